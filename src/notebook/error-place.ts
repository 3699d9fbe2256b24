/** Where in a cell an error was thrown, and the code around it. */

const CONTEXT_LINES = 3
const EXCERPT_LINES = 8

/** Both from 1. */
export interface Position {
  line: number
  column: number
}

/** The position of the error's topmost stack frame in the cell itself, if there is one. */
export function errorPosition(text: string, cellNumber: number): Position | undefined {
  const match = new RegExp(`\\bCell ${cellNumber}:(\\d+):(\\d+)`).exec(text)
  return match ? { line: Number(match[1]), column: Number(match[2]) } : undefined
}

export interface ExcerptLine {
  text: string
  kind: 'code' | 'failed' | 'caret' | 'more'
}

/** Numbered lines around a position, which is marked; the first lines if there is none. */
export function excerptLines(source: string, position: Position | undefined): ExcerptLine[] {
  const lines = source.split('\n')
  const from = position === undefined ? 0 : Math.max(0, position.line - 1 - CONTEXT_LINES)
  const to = position === undefined ? EXCERPT_LINES : position.line + CONTEXT_LINES
  const width = String(Math.min(to, lines.length)).length
  const margin = `  ${' '.repeat(width)} | `
  const shown = lines.slice(from, to).flatMap((line, index): ExcerptLine[] => {
    const number = from + index + 1
    const isFailed = number === position?.line
    const text = `${isFailed ? '>' : ' '} ${String(number).padStart(width)} | ${line}`.trimEnd()
    if (!isFailed) return [{ text, kind: 'code' }]
    const gap = line.slice(0, position.column - 1).replace(/[^\t]/g, ' ')
    return [
      { text, kind: 'failed' },
      { text: `${margin}${gap}^`, kind: 'caret' },
    ]
  })
  return to < lines.length ? [...shown, { text: `${margin}…`, kind: 'more' }] : shown
}

// The kernel's own excerpt in a traceback: one line and a caret.
const KERNEL_EXCERPT = /\n+\d+ \| .*\n +\t*\^(?=\n|$)/

/** The text of an error without the line of code that the kernel adds. */
export const withoutExcerpt = (text: string) => text.replace(KERNEL_EXCERPT, '')
