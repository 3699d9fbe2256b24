/** Notebooks for the tests of types: cells in files, each after a line that starts with `// %%`. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const folder = join(import.meta.dirname, 'notebooks')

/** The notebooks without a mistake, by name. */
export const CLEAN = readdirSync(folder)
  .filter(name => name.endsWith('.cells') && name !== 'mistakes.cells')
  .map(name => name.replace('.cells', ''))

export const cellsOf = (name: string): string[] => read(name).map(({ text }) => text)

/** What a cell must be told, and where (lines and columns from 1). */
export interface Mistake {
  severity: 'error' | 'warning'
  code: string
  /** Part of the message. */
  message: string
  places: { line: number; column: number; text: string }[]
}

/** The cells of `mistakes.cells`, in which `⟦…⟧` marks what is wrong, and the mistake of each; the first has none. */
export function mistakes(): { text: string; mistake: Mistake | undefined }[] {
  return read('mistakes').map(({ head, text }) => {
    const [, warning, code, message] = /^(warning )?(TS\d+) (.*)$/.exec(head) ?? []
    const mistake =
      code === undefined || message === undefined
        ? undefined
        : { severity: warning ? ('warning' as const) : ('error' as const), code, message, places: placesIn(text) }
    return { text: unmarked(text), mistake }
  })
}

function read(name: string): { head: string; text: string }[] {
  const source = readFileSync(join(folder, `${name}.cells`), 'utf8')
  return source
    .split(/^\/\/ %%/m)
    .slice(1)
    .map(part => {
      const [head = '', ...lines] = part.split('\n')
      return { head: head.trim(), text: lines.join('\n').trimEnd() }
    })
}

const unmarked = (text: string) => text.replace(/[⟦⟧]/g, '')

function placesIn(text: string): Mistake['places'] {
  return [...text.matchAll(/⟦([^⟧]*)⟧/g)].map(({ index, 1: marked = '' }) => {
    const before = unmarked(text.slice(0, index)).split('\n')
    return { line: before.length, column: before.at(-1)!.length + 1, text: marked }
  })
}
