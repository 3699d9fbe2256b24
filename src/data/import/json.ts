/** Reads JSON and JSON lines files. */

import { DataError } from '../../common/errors.ts'
import { countText } from '../../common/number-text.ts'
import { MARKET_COLUMN_NAMES, normalizeName } from './column-names.ts'
import { type Packing, readContent } from './file-content.ts'
import { JsonScanner } from './json-scanner.ts'
import { nodeLiquidations } from './node-fills.ts'
import { type Batch, BatchBuilder, type Column, type Table } from './table.ts'

/** Rows from which the names of the fields are collected. */
const SAMPLE_ROWS = 100

type Row = readonly unknown[] | Readonly<Record<string, unknown>>

/**
 * Rows as arrays (ccxt's and exchanges' candles) or objects; one per line, in one long array, or inside a response such as
 * `{ "data": [ … ] }` or `[{ "symbol": …, "history": [ … ] }]`.
 *
 * @throws DataError when the text is not JSON, or holds no rows
 */
export async function jsonTable(path: string, packing: Packing, name: string): Promise<Table> {
  const firstRows: Row[] = []
  const stated: Record<string, string> = {}
  for await (const rows of jsonRows(readContent(path, packing), stated)) {
    for (const row of rows) if (firstRows.length < SAMPLE_ROWS) firstRows.push(row)
    if (firstRows.length === SAMPLE_ROWS) break
  }
  const [first] = firstRows
  if (first === undefined) throw new DataError('The file holds no rows: its list is empty')
  const isArray = Array.isArray(first)
  const names = isArray
    ? first.map((_, index) => String(index + 1))
    : [...new Set(firstRows.flatMap(row => Object.keys(row)))]
  const cellOf = (row: Row, index: number): unknown => {
    if (isArray) return plainCell((row as readonly unknown[])[index])
    const column = names[index]
    return column === undefined ? undefined : plainCell((row as Readonly<Record<string, unknown>>)[column])
  }
  const check = (row: Row, number: number) => {
    if (Array.isArray(row) !== isArray)
      throw new DataError(
        `Row ${number} is ${isArray ? 'an object' : 'a list'}, but the rows above are ${isArray ? 'lists' : 'objects'}`,
      )
    if (Array.isArray(row) && row.length !== names.length)
      throw new DataError(`Row ${number} has ${countText(row.length, 'value')}, but the first has ${names.length}`)
  }
  return {
    name,
    names,
    hasNames: !isArray,
    stated,
    firstRow: names.map((_, index) => String(cellOf(first, index) ?? '')),
    async *rows(columns: readonly Column[]): AsyncGenerator<Batch> {
      const batch = new BatchBuilder(columns)
      for await (const rows of jsonRows(readContent(path, packing, `Reading ${name}`))) {
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

/** A cell as a column can hold it: what is nested in it, to any depth, is no number, time or text. */
function plainCell(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Array.isArray(value) ? '[…]' : '{…}'
}

/**
 * The rows in a JSON text, in groups: those that end in one chunk of it. Messages of a stream, one after the other, may each hold
 * a list of rows, if they are of one channel.
 * @param stated gets what is said beside a list of rows, such as its symbol
 */
async function* jsonRows(
  chunks: AsyncIterable<Buffer>,
  stated: Record<string, string> = {},
): AsyncGenerator<readonly Row[]> {
  let count = 0
  let single = 0
  let lists = 0
  let nested: boolean | null = null
  for await (const values of jsonValues(chunks)) {
    const rows: Row[] = []
    for (const value of values) {
      count++
      const liquidations = nodeLiquidations(value)
      if (liquidations !== null) {
        rows.push(...liquidations)
        continue
      }
      const beside: Record<string, string> = {}
      const list = Array.isArray(value) ? null : listWithin(value as Fields, beside)
      if (list === null) {
        if (isAnswer(value)) continue
        if (lists > 0) throw new DataError(`Value ${count} of the file is a row, but the first holds a list of rows`)
        single++
        const inner: Row | null = nested === false ? null : rowWithin(value)
        nested ??= inner !== null
        rows.push(inner ?? value)
      } else {
        lists++
        if (lists === 1) Object.assign(stated, beside)
        if (single > 0 || (lists > 1 && !sameChannel(stated, beside)))
          throw new DataError(
            'The file holds several lists of rows, perhaps of several markets: save each to its own file',
          )
        for (const row of list) for (const inner of rowsWithin(row)) rows.push(inner)
      }
    }
    yield rows
  }
}

/** What names the channel or the market of a message. */
const CHANNEL_NAMES = ['topic', 'stream', 'ch', 'channel', 'table', 'category', ...MARKET_COLUMN_NAMES]

function sameChannel(first: Record<string, string>, other: Record<string, string>): boolean {
  const channel = (fields: Record<string, string>) =>
    Object.entries(fields)
      .filter(([name]) => CHANNEL_NAMES.includes(normalizeName(name)))
      .map(([name, text]) => `${name}=${text}`)
  const named = channel(first)
  return named.length > 0 && named.join() === channel(other).join()
}

/** Whether a message answers a request or says that the connection lives, and holds no row. */
function isAnswer(value: Row): boolean {
  if (Array.isArray(value)) return false
  const fields = value as Fields
  const answers =
    'op' in fields || 'event' in fields || 'success' in fields || 'ping' in fields || fields.result === null
  return answers && !('data' in fields)
}

/** The row in a message that packs one, with the fields of the message, as Binance's streams do; null if it packs none. */
function rowWithin(value: Row): Row | null {
  if (Array.isArray(value) || isRow(value as Fields)) return null
  const packed = Object.entries(value).flatMap(([name, inner]) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return []
    const row = isRow(inner as Fields) ? (inner as Row) : rowWithin(inner as Row)
    return row === null ? [] : [[name, row] as const]
  })
  const [first, ...others] = packed
  if (first === undefined || others.length > 0) return null
  const fields = Object.fromEntries(Object.entries(value).filter(([name]) => name !== first[0]))
  return { ...fields, ...first[1] }
}

/** Lists and objects in a JSON text, in groups: those that end in one chunk of it. */
export async function* jsonValues(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly Row[]> {
  const scanner = new JsonScanner()
  for await (const chunk of chunks) yield scanner.feed(chunk) as readonly Row[]
  scanner.end()
}

type Fields = Readonly<Record<string, unknown>>

/** What has a time of its own is a row, even if it holds lists, such as the fees of a trade. */
const TIMES = ['timestamp', 'time', 'ts', 't', 'T', 'date', 'datetime', 'openTime', 'open_time']
const isRow = (value: Fields) => TIMES.some(name => typeof value[name] === 'number' || typeof value[name] === 'string')

function isRowList(value: unknown): value is readonly Row[] {
  return Array.isArray(value) && value.length > 0 && value.every(row => typeof row === 'object' && row !== null)
}

/** Texts beside a list, also those of the channel of a message, as OKX writes it. */
function noteFields(value: Fields, stated: Record<string, string>): void {
  for (const [name, field] of Object.entries(value)) {
    if (typeof field === 'string') stated[name] ??= field
    else if (name === 'arg' && typeof field === 'object' && field !== null) noteFields(field as Fields, stated)
  }
}

/** Names of lists of rows in responses, which may have a time of their own. */
const LIST_NAMES = new Set(['data', 'result', 'results', 'rows', 'list', 'candles', 'tick'])

/** Names that lists of times have. */
const TIME_LISTS = ['t', 'time', 'ticks', 'timestamp', 'timestamps']
const MIN_COLUMNS = 4

/** The rows of a response with a list per column, as charts have it; null if it is none. */
function rowsOfColumns(value: Fields): readonly Row[] | null {
  const columns = Object.entries(value).filter(
    (entry): entry is [string, readonly unknown[]] =>
      Array.isArray(entry[1]) && entry[1].length > 0 && entry[1].every(cell => typeof cell !== 'object'),
  )
  const times = columns.find(([name]) => TIME_LISTS.includes(name))?.[1]
  if (times === undefined || columns.length < MIN_COLUMNS) return null
  const uneven = columns.find(([, cells]) => cells.length !== times.length)
  if (uneven !== undefined)
    throw new DataError(
      `The list ${uneven[0]} has ${countText(uneven[1].length, 'value')}, but that of the times ${times.length}`,
    )
  return times.map((_, k) => Object.fromEntries(columns.map(([name, cells]) => [name, cells[k]])))
}

/** The only list of rows inside a response, at most two levels down; null when there is none. */
function listWithin(value: Fields, stated: Record<string, string>, depth = 0): readonly Row[] | null {
  if (
    depth === 0 &&
    isRow(value) &&
    !Object.entries(value).some(([name, inner]) => isRowList(inner) && (LIST_NAMES.has(name) || isRowOf(inner)))
  )
    return null
  const byColumn = rowsOfColumns(value)
  if (byColumn !== null) {
    noteFields(value, stated)
    return byColumn
  }
  const lists: (readonly Row[])[] = []
  for (const inner of Object.values(value)) {
    if (Array.isArray(inner)) {
      if (isRowList(inner)) lists.push(inner)
    } else if (typeof inner === 'object' && inner !== null && depth < 1) {
      const deeper = listWithin(inner as Fields, stated, depth + 1)
      if (deeper) lists.push(deeper)
    }
  }
  if (lists.length > 1)
    throw new DataError(`The file holds ${lists.length} lists of rows: save the one you need to its own file`)
  if (lists[0]) noteFields(value, stated)
  return lists[0] ?? null
}

/** Whether a list holds rows with times, or rows as lists. */
function isRowOf(list: readonly Row[]): boolean {
  return list.every(row => Array.isArray(row) || isRow(row as Fields))
}

/** The rows that an entry of a list holds, each with the fields of the entry, as OKX packs orders; else the entry itself. */
function rowsWithin(row: Row): readonly Row[] {
  if (Array.isArray(row)) return [row]
  // HTX gives each group of trades a time of its own.
  const timed = isRow(row as Fields)
  const lists = Object.entries(row).filter(
    ([name, inner]) =>
      isRowList(inner) && !inner.some(Array.isArray) && isRowOf(inner) && (!timed || LIST_NAMES.has(name)),
  )
  const [list, ...others] = lists
  if (list === undefined || others.length > 0) return [row]
  const fields = Object.fromEntries(Object.entries(row).filter(([name]) => name !== list[0]))
  return (list[1] as readonly Fields[]).map(inner => ({ ...fields, ...inner }))
}
