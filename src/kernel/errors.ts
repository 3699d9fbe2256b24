/** Converts whatever a cell throws to nbformat's error output. */
import { inspect } from 'node:util'
import type { ErrorOutput } from '../notebook/types.ts'
import { SourceSyntaxError } from './syntax.ts'

/** The running cell, for messages. */
export interface CellSource {
  cellNumber: number
  code: string
}

const MAX_CAUSES = 8

/** An error output without colours: the error, its frames, the line of the cell that threw it, and its causes. */
export function toErrorOutput(error: unknown, cell: CellSource): ErrorOutput {
  if (!isError(error)) {
    const value = inspectValue(error)
    const note = '    (the thrown value is not an Error, so it carries no stack)'
    return { output_type: 'error', ename: 'Uncaught', evalue: value, traceback: [`Uncaught ${value}`, note] }
  }
  return {
    output_type: 'error',
    ename: errorName(error),
    evalue: errorMessage(error),
    traceback: describeError(error, cell, new Set()).flatMap(text => text.split('\n')),
  }
}

function describeError(error: Error, cell: CellSource, seen: Set<unknown>): string[] {
  seen.add(error)
  const lines = stackText(error, cell).split('\n')
  const fields = extraFields(error)
  if (fields) lines.push(fields)
  if (seen.size === 1) lines.push(...cellExcerpt(lines, cell))
  if (error instanceof AggregateError) {
    error.errors.slice(0, MAX_CAUSES).forEach((inner, index) => {
      lines.push(...describeInner(`Error ${index + 1} of ${error.errors.length}: `, inner, cell, seen))
    })
  }
  if (error.cause !== undefined) lines.push(...describeInner('Caused by: ', error.cause, cell, seen))
  return lines
}

function describeInner(label: string, inner: unknown, cell: CellSource, seen: Set<unknown>): string[] {
  if (seen.has(inner) || seen.size > MAX_CAUSES) return [`${label}(see above)`]
  if (!isError(inner)) return [`${label}${inspectValue(inner)}`]
  const [first, ...following] = describeError(inner, cell, seen)
  return [`${label}${first}`, ...following]
}

function stackText(error: Error, cell: CellSource): string {
  const header = `${errorName(error)}: ${errorMessage(error)}`
  if (error instanceof SourceSyntaxError) {
    return `${header}\n    at Cell ${cell.cellNumber}:${error.line}:${error.column}`
  }
  try {
    return typeof error.stack === 'string' && error.stack !== '' ? error.stack : header
  } catch {
    return header
  }
}

/** The cell's line in the topmost frame that is in the running cell, with a caret under the column. */
function cellExcerpt(stack: string[], cell: CellSource): string[] {
  for (const line of stack) {
    const match = /^ {4}at (?:async )?(?:.*\()?Cell (\d+):(\d+):(\d+)\)?$/.exec(line)
    if (match && Number(match[1]) === cell.cellNumber) return excerpt(cell.code, Number(match[2]), Number(match[3]))
  }
  return []
}

/** A line of a text and a caret under one of its columns (both from 1); nothing if there is no such line. */
export function excerpt(source: string, line: number, column: number): string[] {
  const text = source.split('\n')[line - 1]?.trimEnd()
  if (text === undefined || text.length > 500) return []
  const margin = `${line} | `
  const gap = text.slice(0, column - 1).replace(/[^\t]/g, ' ')
  return ['', `${margin}${text}`, `${' '.repeat(margin.length)}${gap}^`]
}

/** Fields such as `code` and `errno` that the stack does not show. */
function extraFields(error: Error): string | null {
  const fields = Object.entries(Object.getOwnPropertyDescriptors(error)).filter(
    ([key, { enumerable, value }]) =>
      enumerable &&
      value !== undefined &&
      !['name', 'message', 'stack', 'cause', 'errors', 'line', 'column'].includes(key),
  )
  if (fields.length === 0) return null
  const values = Object.fromEntries(fields.map(([key, { value }]) => [key, value]))
  return `    ${inspectValue(values)}`
}

function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
}

function errorName(error: Error): string {
  return tryRead(() => String(error.name)) || 'Error'
}

function errorMessage(error: Error): string {
  return tryRead(() => String(error.message))
}

/** The field, or an empty text if its getter throws. */
function tryRead(field: () => string): string {
  try {
    return field()
  } catch {
    return ''
  }
}

function inspectValue(value: unknown): string {
  return tryRead(() => inspect(value, { depth: 2, breakLength: 100, maxArrayLength: 20, maxStringLength: 2000 }))
}
