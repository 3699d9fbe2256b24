/** Describes a failed cell for the terminal. */
import { errorPosition, withoutExcerpt } from '../notebook/error-place.ts'
import { errorText } from '../notebook/outputs.ts'
import type { Colors } from './colors.ts'
import { excerpt } from './excerpt.ts'
import type { CellFailure } from './execute.ts'

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
  const position = errorPosition(text, cellNumber)
  const place = position === undefined ? '' : `:${position.line}:${position.column}`
  const code = excerpt(source, position, colors)
  const body = withoutExcerpt(text)
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
