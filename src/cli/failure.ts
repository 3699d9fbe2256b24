/** Describes a failed cell for the terminal. */
import { errorText } from '../notebook/outputs.ts'
import type { CellFailure } from './execute.ts'

const CONTEXT_LINES = 3
const EXCERPT_LINES = 8

// The kernel's own excerpt at the end of a traceback: one line and a caret.
const KERNEL_EXCERPT = /\n+\d+ \| .*\n +\t*\^(?=\n|$)/

/** The number of the cell, its code around the failing line, and the error. */
export function describeFailure({ cellNumber, source, error }: CellFailure): string {
  const text = error ? errorText(error) : 'The kernel gave no reason.'
  const code = excerpt(source, findFailure(text, cellNumber))
  return `Cell ${cellNumber} failed:\n\n${code}\n\n${text.replace(KERNEL_EXCERPT, '')}\n`
}

/** Both from 1. */
interface Position {
  line: number
  column: number
}

/** The position of the error's topmost stack frame in the cell itself, if there is one. */
function findFailure(text: string, cellNumber: number): Position | undefined {
  const match = new RegExp(`\\bCell ${cellNumber}:(\\d+):(\\d+)`).exec(text)
  return match ? { line: Number(match[1]), column: Number(match[2]) } : undefined
}

/** Numbered lines around a position, which is marked; the first lines if there is none. */
function excerpt(source: string, position: Position | undefined): string {
  const lines = source.split('\n')
  const from = position === undefined ? 0 : Math.max(0, position.line - 1 - CONTEXT_LINES)
  const to = position === undefined ? EXCERPT_LINES : position.line + CONTEXT_LINES
  const width = String(Math.min(to, lines.length)).length
  const margin = `  ${' '.repeat(width)} | `
  const shown = lines.slice(from, to).flatMap((line, index) => {
    const number = from + index + 1
    const marked = number === position?.line
    const numbered = `${marked ? '>' : ' '} ${String(number).padStart(width)} | ${line}`.trimEnd()
    if (!marked) return [numbered]
    return [numbered, `${margin}${line.slice(0, position.column - 1).replace(/[^\t]/g, ' ')}^`]
  })
  return [...shown, ...(to < lines.length ? [`${margin}…`] : [])].join('\n')
}
