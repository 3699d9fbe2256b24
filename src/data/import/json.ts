import { DataError } from '../../common/errors.ts'
import { content, type Packing } from './bytes.ts'
import { JsonScanner } from './json-scanner.ts'
import { type Batch, BatchBuilder, type Column, type Table } from './table.ts'

/** Rows that are looked at for the names of their fields. */
const LOOK_AT = 100

type Row = readonly unknown[] | Readonly<Record<string, unknown>>

/**
 * Rows as arrays (ccxt's and exchanges' candles) or objects; one a line, in one long array, or inside an answer such as
 * `{ "data": [ … ] }` or `[{ "symbol": …, "history": [ … ] }]`.
 *
 * @throws DataError when the text is not JSON, or holds no rows
 */
export async function jsonTable(path: string, packing: Packing, name: string): Promise<Table> {
  const first: Row[] = []
  for await (const rows of jsonRows(content(path, packing))) {
    for (const row of rows) if (first.length < LOOK_AT) first.push(row)
    if (first.length === LOOK_AT) break
  }
  const [sample] = first
  if (sample === undefined) throw new DataError('The file holds no rows: its list is empty')
  const isList = Array.isArray(sample)
  const names = isList
    ? sample.map((_, index) => String(index + 1))
    : [...new Set(first.flatMap(row => Object.keys(row)))]
  const cellOf = (row: Row, index: number) =>
    isList ? (row as readonly unknown[])[index] : (row as Record<string, unknown>)[names[index]!]
  const check = (row: Row, number: number) => {
    if (Array.isArray(row) !== isList)
      throw new DataError(
        `Row ${number} is ${isList ? 'an object' : 'a list'}, but the rows above are ${isList ? 'lists' : 'objects'}`,
      )
    if (isList && (row as readonly unknown[]).length !== names.length)
      throw new DataError(
        `Row ${number} has ${(row as readonly unknown[]).length} values, but the first has ${names.length}`,
      )
  }
  return {
    name,
    names,
    named: !isList,
    sample: names.map((_, index) => String(cellOf(sample, index) ?? '')),
    async *rows(columns: readonly Column[]): AsyncGenerator<Batch> {
      const batch = new BatchBuilder(columns, names)
      for await (const rows of jsonRows(content(path, packing, `Reading ${name}`))) {
        for (const row of rows) {
          check(row, batch.row + 1)
          batch.add(index => cellOf(row, index))
          if (batch.full) {
            yield batch
            batch.length = 0
          }
        }
      }
      if (batch.length > 0) yield batch
    },
  }
}

/** The rows in a JSON text, as many at a time as end in a piece of it. */
async function* jsonRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly Row[]> {
  let count = 0
  let holders = 0
  for await (const values of jsonValues(chunks)) {
    const rows: Row[] = []
    for (const value of values) {
      count++
      const inner = Array.isArray(value) ? null : rowsWithin(value as Record<string, unknown>)
      if (inner === null) {
        if (holders > 0) throw new DataError(`Value ${count} of the file is a row, but the first holds a list of rows`)
        rows.push(value)
      } else {
        holders++
        if (holders > 1 || count > 1)
          throw new DataError(
            'The file holds several lists of rows, perhaps of several markets: save each in a file of its own',
          )
        for (const row of inner) rows.push(row)
      }
    }
    yield rows
  }
}

/** Lists and objects in a JSON text, as many at a time as end in a piece of it. */
export async function* jsonValues(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly Row[]> {
  const scanner = new JsonScanner()
  for await (const chunk of chunks) yield scanner.feed(chunk) as readonly Row[]
  scanner.end()
}

/** The one list of rows inside an answer, at most two levels down; null when there is none. */
function rowsWithin(value: Record<string, unknown>, depth = 0): readonly Row[] | null {
  const lists: (readonly Row[])[] = []
  for (const inner of Object.values(value)) {
    if (Array.isArray(inner)) {
      if (inner.length > 0 && inner.every(row => typeof row === 'object' && row !== null)) lists.push(inner as Row[])
    } else if (typeof inner === 'object' && inner !== null && depth < 1) {
      const deeper = rowsWithin(inner as Record<string, unknown>, depth + 1)
      if (deeper) lists.push(deeper)
    }
  }
  if (lists.length > 1)
    throw new DataError(`The file holds ${lists.length} lists of rows: save the one you mean in a file of its own`)
  return lists[0] ?? null
}
