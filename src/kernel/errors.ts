/** Turns whatever a cell throws into nbformat's error output. */
import { inspect } from 'node:util'
import type { ErrorOutput } from '../notebook/types.ts'
import { SourceSyntaxError } from './syntax.ts'

/** The cell that runs, as messages show it. */
export interface CellSource {
  cellNumber: number
  code: string
}

const MAX_CAUSES = 8

/** A traceback without colours: the error, its frames, the line of the cell it comes from, and its causes. */
export function toErrorOutput(error: unknown, cell: CellSource): ErrorOutput {
  if (!isError(error)) {
    const value = show(error)
    const note = '    (the thrown value is not an Error, so it carries no stack)'
    return { output_type: 'error', ename: 'Uncaught', evalue: value, traceback: [`Uncaught ${value}`, note] }
  }
  return {
    output_type: 'error',
    ename: nameOf(error),
    evalue: messageOf(error),
    traceback: describe(error, cell, new Set()).flatMap(text => text.split('\n')),
  }
}

function describe(error: Error, cell: CellSource, seen: Set<unknown>): string[] {
  seen.add(error)
  const lines = stackOf(error, cell).split('\n')
  const extras = ownFields(error)
  if (extras) lines.push(extras)
  if (seen.size === 1) lines.push(...excerptOf(lines, cell))
  if (error instanceof AggregateError) {
    error.errors.slice(0, MAX_CAUSES).forEach((inner, index) => {
      lines.push(...nested(`Error ${index + 1} of ${error.errors.length}: `, inner, cell, seen))
    })
  }
  if (error.cause !== undefined) lines.push(...nested('Caused by: ', error.cause, cell, seen))
  return lines
}

function nested(label: string, inner: unknown, cell: CellSource, seen: Set<unknown>): string[] {
  if (seen.has(inner) || seen.size > MAX_CAUSES) return [`${label}(see above)`]
  if (!isError(inner)) return [`${label}${show(inner)}`]
  const [first, ...rest] = describe(inner, cell, seen)
  return [`${label}${first}`, ...rest]
}

function stackOf(error: Error, cell: CellSource): string {
  const header = `${nameOf(error)}: ${messageOf(error)}`
  if (error instanceof SourceSyntaxError) {
    return `${header}\n    at Cell ${cell.cellNumber}:${error.line}:${error.column}`
  }
  try {
    return typeof error.stack === 'string' && error.stack !== '' ? error.stack : header
  } catch {
    return header
  }
}

/** The topmost line of the running cell among the frames, with a caret under the column. */
function excerptOf(stack: string[], cell: CellSource): string[] {
  for (const line of stack) {
    const place = /^ {4}at (?:async )?(?:.*\()?Cell (\d+):(\d+):(\d+)\)?$/.exec(line)
    if (place && Number(place[1]) === cell.cellNumber) return excerpt(cell.code, Number(place[2]), Number(place[3]))
  }
  return []
}

/** A line of a text and a caret under one of its columns (both from 1); nothing where there is no such line. */
export function excerpt(source: string, line: number, column: number): string[] {
  const text = source.split('\n')[line - 1]?.trimEnd()
  if (text === undefined || text.length > 500) return []
  const margin = `${line} | `
  const gap = text.slice(0, column - 1).replace(/[^\t]/g, ' ')
  return ['', `${margin}${text}`, `${' '.repeat(margin.length)}${gap}^`]
}

/** Fields such as `code` and `errno` that the stack does not show. */
function ownFields(error: Error): string | null {
  const fields = Object.entries(Object.getOwnPropertyDescriptors(error)).filter(
    ([key, { enumerable, value }]) =>
      enumerable &&
      value !== undefined &&
      !['name', 'message', 'stack', 'cause', 'errors', 'line', 'column'].includes(key),
  )
  if (fields.length === 0) return null
  const values = Object.fromEntries(fields.map(([key, { value }]) => [key, value]))
  return `    ${show(values)}`
}

function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
}

function nameOf(error: Error): string {
  return read(() => String(error.name)) || 'Error'
}

function messageOf(error: Error): string {
  return read(() => String(error.message))
}

function read(field: () => string): string {
  try {
    return field()
  } catch {
    return ''
  }
}

function show(value: unknown): string {
  return read(() => inspect(value, { depth: 2, breakLength: 100, maxArrayLength: 20, maxStringLength: 2000 }))
}
