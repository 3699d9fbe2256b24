/** Describes a failed cell for the terminal. */
import { errorText } from '../notebook/outputs.ts'
import type { Colors } from './colors.ts'
import type { CellFailure } from './execute.ts'

const CONTEXT_LINES = 3
const EXCERPT_LINES = 8

// The kernel's own excerpt in a traceback: one line and a caret.
const KERNEL_EXCERPT = /\n+\d+ \| .*\n +\t*\^(?=\n|$)/

interface Style {
  colors: Colors
  /** The width that messages are wrapped to; undefined for one line each. */
  columns: number | undefined
}

/**
 * The place of the error (`study.liqnb cell 3:12:5`), the cell's code around it, and the error.
 * @param file the notebook as the user names it
 */
export function describeFailure({ cellNumber, source, error }: CellFailure, file: string, style: Style): string {
  const { colors } = style
  const text = error ? errorText(error) : 'The kernel gave no reason.'
  const position = findFailure(text, cellNumber)
  const place = position === undefined ? '' : `:${position.line}:${position.column}`
  const code = excerpt(source, position, colors)
  const body = text
    .replace(KERNEL_EXCERPT, '')
    .split('\n')
    .flatMap((line, index) => styled(line, index, style))
  return `${colors.strong(`${file} cell ${cellNumber}${place}`)} failed:\n\n${code}\n\n${body.join('\n')}\n`
}

/** A line of the error: the first one has its name, frames are dim, and advice stands out. */
function styled(line: string, index: number, { colors, columns }: Style): string[] {
  if (line.startsWith('    at ')) return [colors.dim(line)]
  const lines = wrap(line, columns)
  if (line.startsWith('→ ')) return lines.map(colors.advice)
  const name = index === 0 ? /^[\w.]+(?=: |$)/.exec(line)?.[0] : undefined
  if (name === undefined) return lines
  return [colors.error(name) + (lines[0] ?? '').slice(name.length), ...lines.slice(1)]
}

const INDENT = '  '

/** Breaks a line between words, so that none is wider than the terminal unless a word is. */
function wrap(line: string, columns: number | undefined): string[] {
  if (columns === undefined || columns < 40 || line.length < columns) return [line]
  const lines = ['']
  for (const word of line.split(' ')) {
    const last = lines.at(-1)!
    if (last !== '' && last.length + 1 + word.length >= columns) lines.push(INDENT + word)
    else lines[lines.length - 1] = last === '' && lines.length === 1 ? word : `${last} ${word}`
  }
  return lines
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
function excerpt(source: string, position: Position | undefined, colors: Colors): string {
  const lines = source.split('\n')
  const from = position === undefined ? 0 : Math.max(0, position.line - 1 - CONTEXT_LINES)
  const to = position === undefined ? EXCERPT_LINES : position.line + CONTEXT_LINES
  const width = String(Math.min(to, lines.length)).length
  const margin = `  ${' '.repeat(width)} | `
  const shown = lines.slice(from, to).flatMap((line, index) => {
    const number = from + index + 1
    const marked = number === position?.line
    const numbered = `${marked ? '>' : ' '} ${String(number).padStart(width)} | ${line}`.trimEnd()
    if (!marked) return [colors.dim(numbered)]
    return [numbered, colors.error(`${margin}${line.slice(0, position.column - 1).replace(/[^\t]/g, ' ')}^`)]
  })
  return [...shown, ...(to < lines.length ? [colors.dim(`${margin}…`)] : [])].join('\n')
}
