/** The formats of `liqnb export` besides pages: a script, Markdown, and a notebook for Jupyter. */
import { basename, dirname, extname, join } from 'node:path'
import { oneLine } from '../common/errors.ts'
import type { Json } from '../common/json.ts'
import { listWords } from '../common/options.ts'
import { toIpynb } from '../notebook/ipynb.ts'
import { type ReadTable, toMarkdown } from '../notebook/markdown-export.ts'
import { type FigureOf, withFigures } from '../notebook/portable.ts'
import { toScript } from '../notebook/script.ts'
import { serializeNotebook } from '../notebook/serialize.ts'
import type { Notebook } from '../notebook/types.ts'
import { createFormat } from '../table/format.ts'
import { readSavedTable } from '../table/saved-table.ts'
import { CliError, type Environment } from './environment.ts'
import { STDOUT, writeTarget } from './files.ts'
import { readDependencies } from './needed-cells.ts'

/** Rows of a table in Markdown. */
const MAX_ROWS = 20

/**
 * The notebook as a program. Names that two cells declare are said, because a module declares a name once.
 * @throws CliError if a cell has a syntax error
 */
export async function scriptText(notebook: Notebook, file: string, environment: Environment): Promise<string> {
  const { cells, unreadable } = await readDependencies(notebook, environment)
  if (unreadable.length > 0) throw new CliError(`${basename(file)}: cell ${unreadable[0]} has a syntax error`)
  const declared = new Map<string, number[]>()
  for (const { names, number } of cells)
    for (const name of new Set(names.declares)) declared.set(name, [...(declared.get(name) ?? []), number])
  const repeated = [...declared].filter(([, numbers]) => numbers.length > 1)
  for (const [name, numbers] of repeated.slice(0, 10))
    environment.stderr.write(
      `Warning: cells ${listWords(numbers.map(String)).replace(' or ', ' and ')} declare ${name}; a program may declare a name once, so rename one of them\n`,
    )
  const used = cells.flatMap(({ names }) => names.uses)
  const freeNames = new Set(used.filter(name => !declared.has(name)))
  return toScript(notebook, { title: basename(file), freeNames })
}

/**
 * The notebook for Jupyter, with figures of the outputs that Jupyter does not know. One that cannot be drawn is said, and stays as
 * it is.
 */
export async function ipynbText(notebook: Notebook, { dist, stderr }: Environment): Promise<string> {
  // Loaded here, because few notebooks are written for Jupyter.
  const figureOf: FigureOf = async (mime, payload) => {
    if (!mime.startsWith('application/vnd.liqnb.')) return undefined
    const drawing = (await import(new URL('renderers/portable.mjs', dist).href)) as { figureOf: FigureOf }
    return drawing.figureOf(mime, payload)
  }
  const portable = await withFigures(notebook, figureOf)
  for (const { cell, message } of portable.failed.slice(0, 10))
    stderr.write(`Warning: cell ${oneLine(cell, 100)} has no figure for Jupyter: ${oneLine(message, 500)}\n`)
  return serializeNotebook(toIpynb(portable.notebook), { indentOutputs: true })
}

/**
 * The notebook as Markdown. Its images are files in a folder beside the target, named `NAME_files` as Jupyter does, or in the text
 * if that goes to the standard output.
 * @param target as {@link readTarget} gives it
 */
export async function markdownText(
  notebook: Notebook,
  target: string,
  options: { code: boolean; inline: boolean },
  environment: Environment,
): Promise<string> {
  const folder = `${basename(target, extname(target))}_files`
  const imageFolder = options.inline || target === STDOUT ? undefined : folder
  const { text, images } = toMarkdown(notebook, { imageFolder, code: options.code, readTable })
  for (const { name, bytes } of images) await writeTarget(join(dirname(target), folder, name), bytes, environment)
  return text
}

/** The first rows, with the numbers and times as on screen. */
const readTable: ReadTable = (content: Json) => {
  let table: ReturnType<typeof readSavedTable>
  try {
    table = readSavedTable(content)
  } catch {
    return undefined // Not a table of ours: its text is shown.
  }
  const shown = table.columns.map(column => {
    const format = createFormat(column)
    const name = format.unit === '' ? column.name : `${column.name} (${format.unit})`
    return { name, values: column.values.slice(0, MAX_ROWS).map(value => format.text(value)) }
  })
  const count = Math.min(table.rows, MAX_ROWS)
  const rows = Array.from({ length: count }, (_, row) => shown.map(({ values }) => values[row] ?? ''))
  return { names: shown.map(({ name }) => name), rows, totalRows: table.totalRows }
}
