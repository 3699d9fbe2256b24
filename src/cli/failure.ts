import { errorText } from '../notebook/outputs.ts'
import type { CellFailure } from './execute.ts'

const CONTEXT_LINES = 3
const EXCERPT_LINES = 8

/** A failed cell for the terminal: which, its code around the place, and the error. */
export function describeFailure({ cellNumber, source, error }: CellFailure): string {
  const text = error ? errorText(error) : 'The kernel gave no reason.'
  return `Cell ${cellNumber} failed:\n\n${excerpt(source, failingLine(text, cellNumber))}\n\n${text}\n`
}

/** The topmost frame of the error that lies in the cell itself (1-based line), if there is one. */
function failingLine(text: string, cellNumber: number): number | undefined {
  const line = new RegExp(`\\bCell ${cellNumber}:(\\d+)`).exec(text)?.[1]
  return line === undefined ? undefined : Number(line)
}

/** The lines around the marked one, or the first ones, with their numbers. */
function excerpt(source: string, marked: number | undefined): string {
  const lines = source.split('\n')
  const from = marked === undefined ? 0 : Math.max(0, marked - 1 - CONTEXT_LINES)
  const to = marked === undefined ? EXCERPT_LINES : marked + CONTEXT_LINES
  const width = String(Math.min(to, lines.length)).length
  const shown = lines.slice(from, to).map((line, index) => {
    const number = from + index + 1
    return `${number === marked ? '>' : ' '} ${String(number).padStart(width)} | ${line}`.trimEnd()
  })
  return [...shown, ...(to < lines.length ? [`  ${' '.repeat(width)} | …`] : [])].join('\n')
}
