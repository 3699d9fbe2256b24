import { errorText } from '../notebook/outputs.ts'
import type { CellFailure } from './execute.ts'

const CONTEXT_LINES = 3
const EXCERPT_LINES = 8

// The kernel's own excerpt at the end of a traceback: one line and a caret.
const KERNEL_EXCERPT = /\n+\d+ \| .*\n +\t*\^(?=\n|$)/

/** A failed cell for the terminal: which, its code around the place, and the error. */
export function describeFailure({ cellNumber, source, error }: CellFailure): string {
  const text = error ? errorText(error) : 'The kernel gave no reason.'
  const code = excerpt(source, failingPlace(text, cellNumber))
  return `Cell ${cellNumber} failed:\n\n${code}\n\n${text.replace(KERNEL_EXCERPT, '')}\n`
}

interface Place {
  line: number
  column: number
}

/** The topmost frame of the error that lies in the cell itself (both from 1), if there is one. */
function failingPlace(text: string, cellNumber: number): Place | undefined {
  const match = new RegExp(`\\bCell ${cellNumber}:(\\d+):(\\d+)`).exec(text)
  return match ? { line: Number(match[1]), column: Number(match[2]) } : undefined
}

/** The lines around a place, which is marked, or the first lines; with their numbers. */
function excerpt(source: string, place: Place | undefined): string {
  const lines = source.split('\n')
  const from = place === undefined ? 0 : Math.max(0, place.line - 1 - CONTEXT_LINES)
  const to = place === undefined ? EXCERPT_LINES : place.line + CONTEXT_LINES
  const width = String(Math.min(to, lines.length)).length
  const margin = `  ${' '.repeat(width)} | `
  const shown = lines.slice(from, to).flatMap((line, index) => {
    const number = from + index + 1
    const marked = number === place?.line
    const numbered = `${marked ? '>' : ' '} ${String(number).padStart(width)} | ${line}`.trimEnd()
    if (!marked) return [numbered]
    return [numbered, `${margin}${line.slice(0, place.column - 1).replace(/[^\t]/g, ' ')}^`]
  })
  return [...shown, ...(to < lines.length ? [`${margin}…`] : [])].join('\n')
}
