/** Converts whatever a cell throws to nbformat's error output. Nothing here throws: an error may be any value. */
import { types } from 'node:util'
import { ADVICE_PREFIX } from '../notebook/outputs.ts'
import type { ErrorOutput } from '../notebook/types.ts'
import { adviceOn, type SessionView } from './advice.ts'
import { cutText, inspectValue, tryRead } from './inspect.ts'
import { SourceSyntaxError } from './syntax.ts'

/** The running cell, for messages. */
export interface CellSource {
  cellNumber: number
  code: string
  /** Whether the cell is a query, and its code what was made of it. */
  isQuery?: boolean
  /** Where advice on its errors is found. */
  session?: SessionView
}

/** A line of a stack that is in a cell: its number, line and column. */
const FRAME = /^ {4}at (?:async )?(?:.*\()?Cell (\d+):(\d+):(\d+)\)?$/

const MAX_CAUSES = 8
const MAX_MESSAGE_CHARS = 10_000
const MAX_STACK_CHARS = 100_000

/** An error output without colours: the error, its frames, the line of the cell that threw it, and its causes. */
export function toErrorOutput(error: unknown, cell: CellSource): ErrorOutput {
  if (!isError(error)) {
    const value = inspectThrown(error)
    const note = '    (the thrown value is not an Error, so it carries no stack)'
    return { output_type: 'error', ename: 'Uncaught', evalue: value, traceback: [`Uncaught ${value}`, note] }
  }
  return {
    output_type: 'error',
    ename: errorName(error),
    evalue: errorMessage(error),
    traceback: [
      ...describeError(error, cell, new Set()).flatMap(text => text.split('\n')),
      ...adviceLines(error, cell),
    ],
  }
}

function adviceLines(error: Error, cell: CellSource): string[] {
  const message = errorMessage(error)
  const advice = error instanceof SourceSyntaxError ? syntaxAdvice(message, cell.code) : thrownAdvice(error, cell)
  return advice === undefined ? [] : ['', ADVICE_PREFIX + advice]
}

function syntaxAdvice(message: string, code: string): string | undefined {
  if (/has already been declared$/.test(message))
    return 'A cell may declare a name once: leave out the second const or let to assign, or choose another name. Another cell may declare it again.'
  if (/^\s*(?:import\s+\w+\s+as\s+\w+|from\s+\w+\s+import\s|def\s+\w+\s*\(|elif\s)/m.test(code))
    return 'This looks like Python, but cells are TypeScript.'
  return undefined
}

/** Advice for an error that the cell's own code threw: the topmost frame is in the cell. */
function thrownAdvice(error: Error, cell: CellSource): string | undefined {
  const { session } = cell
  const [, number, line, column] =
    FRAME.exec(
      stackText(error, cell)
        .split('\n')
        .find(text => text.startsWith('    at ')) ?? '',
    ) ?? []
  if (session === undefined || Number(number) !== cell.cellNumber) return undefined
  return adviceOn(errorMessage(error), cell.code, { line: Number(line), column: Number(column) }, session)
}

function describeError(error: Error, cell: CellSource, seen: Set<unknown>): string[] {
  seen.add(error)
  const lines = shownFrames(stackText(error, cell).split('\n'), cell)
  const fields = extraFields(error)
  if (fields) lines.push(fields)
  if (seen.size === 1) lines.push(...cellExcerpt(lines, cell))
  const { errors, count } = innerErrors(error)
  errors.forEach((inner, index) => {
    lines.push(...describeInner(`Error ${index + 1} of ${count}: `, inner, cell, seen))
  })
  const cause = tryRead(() => error.cause, undefined)
  if (cause !== undefined) lines.push(...describeInner('Caused by: ', cause, cell, seen))
  return lines
}

function describeInner(label: string, inner: unknown, cell: CellSource, seen: Set<unknown>): string[] {
  if (seen.has(inner) || seen.size > MAX_CAUSES) return [`${label}(see above)`]
  if (!isError(inner)) return [`${label}${inspectThrown(inner)}`]
  const [first, ...following] = describeError(inner, cell, seen)
  return [`${label}${first}`, ...following]
}

/** The first errors of an AggregateError, and the number of all. */
function innerErrors(error: Error): { errors: unknown[]; count: number } {
  const none = { errors: [], count: 0 }
  return tryRead(() => {
    if (!(error instanceof AggregateError)) return none
    const { errors } = error
    const count = errors.length
    return { errors: Array.from({ length: Math.min(count, MAX_CAUSES) }, (_, index) => errors[index]), count }
  }, none)
}

function stackText(error: Error, cell: CellSource): string {
  const header = `${errorName(error)}: ${errorMessage(error)}`
  if (error instanceof SourceSyntaxError) {
    return `${header}\n    at Cell ${cell.cellNumber}:${error.line}:${error.column}`
  }
  const stack = tryRead<unknown>(() => error.stack, '')
  return typeof stack === 'string' && stack !== '' ? cutText(stack, MAX_STACK_CHARS) : header
}

/** Frames by their place in what the author wrote: of a query, which runs as one call, that is its begin. */
function shownFrames(stack: string[], { isQuery, cellNumber }: CellSource): string[] {
  if (!isQuery) return stack
  return stack.map(line =>
    Number(FRAME.exec(line)?.[1]) === cellNumber ? line.replace(/:\d+:\d+(\)?)$/, ':1:1$1') : line,
  )
}

/** The cell's line in the topmost frame that is in the running cell, with a caret under the column; none of a query, which DuckDB quotes. */
function cellExcerpt(stack: string[], cell: CellSource): string[] {
  if (cell.isQuery) return []
  for (const line of stack) {
    const match = FRAME.exec(line)
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
  const descriptors = tryRead(() => Object.entries(Object.getOwnPropertyDescriptors(error)), [])
  const fields = descriptors.filter(
    ([key, { enumerable, value }]) =>
      enumerable &&
      value !== undefined &&
      !['name', 'message', 'stack', 'cause', 'errors', 'line', 'column'].includes(key),
  )
  if (fields.length === 0) return null
  const values = Object.fromEntries(fields.map(([key, { value }]) => [key, value]))
  return `    ${inspectThrown(values)}`
}

/** Errors of any realm, and values that say they are one. */
export function isError(value: unknown): value is Error {
  if (types.isNativeError(value)) return true
  return tryRead(() => value instanceof Error || Object.prototype.toString.call(value) === '[object Error]', false)
}

function errorName(error: Error): string {
  return tryRead(() => cutText(String(error.name), 100), '') || 'Error'
}

/** The message of an error; empty if it cannot be read. */
export function errorMessage(error: Error): string {
  return tryRead(() => cutText(String(error.message), MAX_MESSAGE_CHARS), '')
}

function inspectThrown(value: unknown): string {
  return inspectValue(value, { depth: 2, breakLength: 100, maxArrayLength: 20, maxStringLength: 2000 })
}
