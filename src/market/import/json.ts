import { DataError } from '../errors.ts'
import { content, type Packing } from './bytes.ts'
import { type Batch, BatchBuilder, type Column, type Table, textStart } from './table.ts'

/** As much as one value of the file may take: a row is short, but a whole answer of an interface is one value too. */
const LONGEST_VALUE = 256 * 1024 * 1024
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
  for await (const row of jsonRows(content(path, packing))) {
    first.push(row)
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
  return {
    name,
    names,
    named: !isList,
    sample: names.map((_, index) => String(cellOf(sample, index) ?? '')),
    async *rows(columns: readonly Column[]): AsyncGenerator<Batch> {
      const batch = new BatchBuilder(columns, names)
      for await (const row of jsonRows(content(path, packing, `Reading ${name}`))) {
        if (Array.isArray(row) !== isList)
          throw new DataError(
            `Row ${batch.row + 1} is ${isList ? 'an object' : 'a list'}, but the rows above are ${isList ? 'lists' : 'objects'}`,
          )
        if (isList && (row as readonly unknown[]).length !== names.length)
          throw new DataError(
            `Row ${batch.row + 1} has ${(row as readonly unknown[]).length} values, but the first has ${names.length}`,
          )
        batch.add(index => cellOf(row, index))
        if (batch.full) {
          yield batch
          batch.length = 0
        }
      }
      if (batch.length > 0) yield batch
    },
  }
}

/** The rows in a JSON text, one after the other. */
async function* jsonRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<Row> {
  let count = 0
  let holders = 0
  for await (const value of jsonValues(chunks)) {
    count++
    if (typeof value !== 'object' || value === null)
      throw new DataError(
        `Value ${count} of the file is ${JSON.stringify(value)}, but expected a row: a list or an object`,
      )
    const inner = Array.isArray(value) ? null : rowsWithin(value as Record<string, unknown>)
    if (inner === null) {
      if (holders > 0) throw new DataError(`Value ${count} of the file is a row, but the first holds a list of rows`)
      yield value as Row
    } else {
      holders++
      if (holders > 1 || count > 1)
        throw new DataError(
          'The file holds several lists of rows, perhaps of several markets: save each in a file of its own',
        )
      yield* inner
    }
  }
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

const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const COMMA = 0x2c
const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Values of a JSON text: the members of a list at its root, else the values that follow each other, as in JSON lines. Only one
 * is held at a time. Their ends are found by counting brackets outside of strings; `JSON.parse` judges what is between.
 */
export async function* jsonValues(chunks: AsyncIterable<Buffer>): AsyncGenerator<unknown> {
  let rest: Buffer = Buffer.alloc(0)
  let root: 'unknown' | 'list' | 'values' | 'ended' = 'unknown'
  let comma = false
  let count = 0
  let at = 0
  /** State of the value that begins at 0 of the rest, up to `at`. */
  let depth = 0
  let inString = false
  let escaped = false
  let begun = false
  const parse = (from: number, to: number): unknown => {
    count++
    const text = rest.toString('utf8', from, to)
    try {
      return JSON.parse(text)
    } catch (error) {
      throw new DataError(`Value ${count} of the file is not JSON: ${(error as Error).message}`)
    }
  }
  let first = true
  for await (const chunk of chunks) {
    const piece = first ? chunk.subarray(textStart(chunk)) : chunk
    first = false
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    if (rest.length > LONGEST_VALUE)
      throw new DataError(
        `Value ${count + 1} of the file takes more than ${LONGEST_VALUE >> 20} MB: write the rows as JSON lines`,
      )
    if (root === 'unknown') {
      const form = rootOf(rest)
      if (form === null) continue
      root = form.root
      at = form.at
    }
    let start = 0
    for (; at < rest.length; at++) {
      const byte = rest[at]!
      if (inString) {
        if (escaped) escaped = false
        else if (byte === BACKSLASH) escaped = true
        else if (byte === QUOTE) inString = false
        continue
      }
      if (!begun) {
        if (byte <= 32) continue
        if (root === 'ended') {
          if (byte === OPEN_LIST && count > 0)
            throw new DataError('The file holds several lists, one after the other: write one list, or one row a line')
          throw new DataError('There is text behind the end of the list')
        }
        if (root === 'list' && byte === COMMA && !comma && count > 0) {
          comma = true
          continue
        }
        if (root === 'list' && byte === CLOSE_LIST && !comma) {
          root = 'ended'
          continue
        }
        if (root === 'list' && count > 0 && !comma) throw new DataError(`A comma is missing behind value ${count}`)
        if (byte !== OPEN_LIST && byte !== OPEN_OBJECT)
          throw new DataError(
            `Value ${count + 1} of the file begins with ${JSON.stringify(String.fromCharCode(byte))}, but expected a row: a list or an object`,
          )
        begun = true
        comma = false
        start = at
        depth = 0
      }
      if (byte === QUOTE) inString = true
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++
      else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        depth--
        if (depth === 0) {
          yield parse(start, at + 1)
          begun = false
          start = at + 1
        }
      }
    }
    rest = begun ? rest.subarray(start) : Buffer.alloc(0)
    at = rest.length
  }
  if (begun || root === 'list' || root === 'unknown')
    throw new DataError(`The file is cut off: value ${count + 1} or the list around it does not end`)
}

/** A list of rows, or rows one after the other; null while there is too little text to tell. */
function rootOf(text: Buffer): { root: 'list' | 'values'; at: number } | null {
  const first = text.findIndex(byte => byte > 32)
  if (first < 0) return null
  if (text[first] !== OPEN_LIST) return { root: 'values', at: first }
  for (let i = first + 1; i < text.length; i++) {
    const byte = text[i]!
    if (byte <= 32) continue
    // A list that begins with a plain value is a row itself.
    const rows = byte === OPEN_LIST || byte === OPEN_OBJECT || byte === CLOSE_LIST
    return rows ? { root: 'list', at: first + 1 } : { root: 'values', at: first }
  }
  return null
}
