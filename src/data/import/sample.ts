/** The first rows of a table, as text. */
import type { CellReader } from './cell-readers.ts'
import type { Table } from './table.ts'

/** Ends a reading early. */
class Enough extends Error {}

/** Keeps the texts of a column. */
export class TextReader implements CellReader {
  readonly texts: string[] = []
  readonly #max: number

  /** @param max how many to keep; one more ends the reading */
  constructor(max = Infinity) {
    this.#max = max
  }

  fromBytes(bytes: Buffer, from: number, to: number): number {
    return this.#keep(bytes.toString('utf8', from, to))
  }

  fromValue(value: unknown): number {
    return this.#keep(cellText(value))
  }

  #keep(text: string): number {
    if (this.texts.length >= this.#max) throw new Enough()
    this.texts.push(text)
    return 0
  }
}

/** A value of a typed file as text; empty where there is none. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/**
 * The first cells of some columns, by the position of the column. A row that cannot be read ends the sample.
 *
 * @param count rows at most
 */
export async function sampleColumns(
  table: Table,
  indices: readonly number[],
  count: number,
): Promise<Map<number, string[]>> {
  const columns = [...new Set(indices)].map(index => ({
    name: table.names[index] ?? '',
    index,
    reader: new TextReader(count),
  }))
  try {
    for await (const _ of table.rows(columns)) if (columns.every(({ reader }) => reader.texts.length >= count)) break
  } catch {
    // Enough rows, or one that is damaged: reading the file says where.
  }
  return new Map(columns.map(({ index, reader }) => [index, reader.texts]))
}

const SHOWN = 2
const MAX_COLUMNS = 40
const MAX_LENGTH = 24

/** The columns of a table with their first values: `vol (23503.2, 117), ts (1718830800000, 1718834400000)`. */
export async function describeColumns(table: Table): Promise<string> {
  const shown = table.names.slice(0, MAX_COLUMNS)
  const samples = await sampleColumns(table, [...shown.keys()], SHOWN)
  const short = (text: string) => (text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 1)}…` : text)
  const texts = shown.map((name, index) => {
    const values = samples.get(index) ?? []
    return values.length === 0
      ? name
      : `${name} (${values.map(value => (value === '' ? 'empty' : short(value))).join(', ')})`
  })
  const more = table.names.length - shown.length
  return `${texts.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
