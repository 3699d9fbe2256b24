/** Exports a notebook as a TypeScript program. */
import { otherLanguage } from './runnable.ts'
import { cellCode, SQL_LANGUAGE } from './sql-cell.ts'
import { hasTag } from './tags.ts'
import type { Cell, Notebook } from './types.ts'

/** What the kernel gives to cells, for a program of its own. A declaration is added if a cell uses the name. */
const GLOBALS: readonly (readonly [name: string, declaration: string])[] = [
  ['display', 'const display = (value: unknown) => console.log(value)'],
  ['progress', 'const progress = (message: string, _fraction?: number | null) => console.error(message)'],
  ['clear', 'const clear = () => {}'],
  ['signal', 'const { signal } = new AbortController()'],
]

export interface ScriptOptions {
  title: string
  /** Top-level names that the cells use and none declares. */
  freeNames: ReadonlySet<string>
}

/**
 * The cells as one module for Node, in the percent format of editors (`// %%`): Markdown and code of other languages as
 * comments. Values that cells show by their last line are not printed.
 */
export function toScript({ cells }: Notebook, { title, freeNames }: ScriptOptions): string {
  const library = ['aq', 'liq'].filter(name => freeNames.has(name))
  const head = [
    `// ${title.replace(/\s+/g, ' ')}`,
    '// A program for Node.js: the values that cells show by their last line are not printed.',
    ...(library.length > 0 ? [`import { ${library.join(', ')} } from 'liqnb'`] : []),
    ...GLOBALS.flatMap(([name, declaration]) => (freeNames.has(name) ? [declaration] : [])),
  ]
  return `${[head.join('\n'), ...cells.filter(cell => cell.source.trim() !== '').map(cellText)].join('\n\n')}\n`
}

function cellText(cell: Cell): string {
  if (cell.cell_type !== 'code') return `// %% [${cell.cell_type}]\n${comment(cell.source)}`
  const language = otherLanguage(cell)
  if (language !== undefined && language !== SQL_LANGUAGE) return `// %% [${language}]\n${comment(cell.source)}`
  if (hasTag(cell.metadata, 'skip-execution')) return `// %% skipped\n${comment(cell.source)}`
  return `// %%\n${cellCode(cell).trimEnd()}`
}

const comment = (text: string) =>
  text
    .trimEnd()
    .split(/\r\n?|[\n\u2028\u2029]/)
    .map(line => `// ${line}`.trimEnd())
    .join('\n')
