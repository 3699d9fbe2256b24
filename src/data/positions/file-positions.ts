/** Reads saved positions from files. */
import { basename } from 'node:path'
import { DataError, quoteValue } from '../../common/errors.ts'
import { momentMs } from '../../common/iso-time.ts'
import {
  anything,
  defineOptions,
  invalidOption,
  moment,
  oneOf,
  option,
  optional,
  text,
  trueOrFalse,
} from '../../common/options.ts'
import {
  NameIndex,
  type ObservedPositions,
  ObservedPositionsBuilder,
  type ObservedRow,
  ROW_KINDS,
  type RowKind,
} from '../../market/observed-positions.ts'
import { CellError, type CellReader, numberReader } from '../import/cell-readers.ts'
import { normalizeName } from '../import/column-names.ts'
import { type FileSelection, findFiles, summarizeNames } from '../import/find-files.ts'
import { openTable } from '../import/open-table.ts'
import { withFileName } from '../import/read-rows.ts'
import type { Column, Table } from '../import/table.ts'
import { TimeReader } from '../import/time-reader.ts'

export interface PositionFileSource {
  /**
   * Saved positions, a row each: JSON (lines or a list), CSV, Parquet or Arrow with `side` (or the sign of `size`), `size`,
   * `leverage` and `liquidationPrice`, and where known `time`, `account`, `coin`, `entry`, `marginMode`, `margin` and `kind`.
   * Without rows of the kind `account`, all rows of one time are a complete snapshot.
   */
  file: FileSelection
  /** When the snapshot was taken, for files without times (ISO date or epoch ms). */
  time?: string | number
  /** The coin, for files without one. */
  coin?: string
  /** Where the positions are from, for display. Default `file`. */
  venue?: string
  /** Of rows without one. Default: not known. */
  marginMode?: 'isolated' | 'cross'
  /** Whether a simulation made the positions. Default false. */
  synthetic?: boolean
}

const CALLER = 'liq.positions'

export const positionFileOptions = defineOptions<PositionFileSource, 'time' | 'coin' | 'marginMode'>(CALLER, {
  // Checked by findFiles.
  file: option('' as FileSelection, anything),
  time: optional(moment),
  coin: optional(text),
  venue: option('file', text),
  marginMode: optional(oneOf('isolated', 'cross')),
  synthetic: option(false, trueOrFalse),
})

/** Column names, normalized; earlier ones take precedence. */
const COLUMN_NAMES = {
  time: ['time', 'timestamp', 'ts', 'datetime', 'date', 't'],
  kind: ['kind'],
  account: ['account', 'address', 'user', 'wallet'],
  coin: ['coin', 'asset', 'symbol'],
  side: ['side', 'positionside'],
  size: ['size', 'szi', 'sz', 'amount', 'quantity', 'qty'],
  price: ['price', 'liquidationprice', 'liquidationpx', 'liqprice', 'liqpx', 'triggerprice', 'triggerpx'],
  entry: ['entry', 'entryprice', 'entrypx'],
  leverage: ['leverage'],
  margin: ['margin', 'marginused'],
  marginMode: ['marginmode', 'leveragetype'],
} as const

type Field = keyof typeof COLUMN_NAMES

const KINDS: readonly string[] = ROW_KINDS

/** One of some words, as its index. */
function wordReader(words: readonly string[], expected: string, missing = Number.NaN): CellReader {
  const parse = (cell: string) => {
    const word = cell.trim()
    if (word === '') return missing
    const index = words.findIndex(name => name.toLowerCase() === word.toLowerCase())
    if (index < 0) throw new CellError(expected)
    return index
  }
  return textReader(parse)
}

function textReader(parse: (cell: string) => number): CellReader {
  return {
    fromBytes: (bytes, from, to) => parse(bytes.toString('utf8', from, to)),
    fromValue(value) {
      if (value === null || value === undefined) return parse('')
      if (typeof value === 'object') throw new CellError('text')
      return parse(String(value))
    },
  }
}

const SIDES = ['long', 'short']
const MARGIN_MODES = ['cross', 'isolated']

/** Rows of one file, not in order yet. */
interface FileRow extends ObservedRow {
  /** Order in the files. */
  row: number
}

/**
 * @throws OptionError for an option that is missing or not allowed
 * @throws DataError naming file, row, field and value
 */
export async function readPositionFiles(source: PositionFileSource): Promise<ObservedPositions> {
  const options = positionFileOptions.resolve(source, CALLER)
  const entries = await findFiles(options.file, {}, CALLER)
  const rows: FileRow[] = []
  for (const { file } of entries)
    await withFileName(basename(file), async () => {
      for (const row of await readRows(await openTable(file), options)) rows.push(row)
    })
  rows.sort((a, b) => a.time - b.time)
  const hasReadings = rows.some(({ kind }) => kind === 'account' || kind === 'orders')
  const builder = new ObservedPositionsBuilder()
  for (const row of hasReadings ? rows : completeSnapshots(rows)) builder.add(row)
  const names = entries.map(({ file }) => basename(file))
  return builder.build({
    exchange: options.venue,
    source: summarizeNames(names),
    synthetic: options.synthetic,
    notes: hasReadings ? [] : [`${summarizeNames(names)}: all rows of one time were read as a complete snapshot`],
  })
}

async function readRows(table: Table, options: ReturnType<typeof positionFileOptions.resolve>): Promise<FileRow[]> {
  const normalized = table.names.map(normalizeName)
  const indexOf = (field: Field) => {
    const name = COLUMN_NAMES[field].find(known => normalized.includes(known))
    return name === undefined ? -1 : normalized.indexOf(name)
  }
  const missing = (field: Field) => indexOf(field) < 0
  for (const field of ['size', 'price', 'leverage'] as const)
    if (missing(field))
      throw new DataError(
        `There is no column ${field} (${COLUMN_NAMES[field].join(', ')}); there are ${table.names.join(', ')}`,
      )
  for (const name of ['time', 'coin'] as const)
    if (missing(name) && options[name] === undefined)
      throw invalidOption(CALLER, name, undefined, `the ${name} of the rows, as the file has no such column`)
  const accounts = new NameIndex()
  const coins = new NameIndex()
  const number = () => numberReader('.', true)
  const readers: Record<Field, CellReader> = {
    time: new TimeReader(),
    kind: wordReader(KINDS, KINDS.join(', '), KINDS.indexOf('position')),
    account: textReader(cell => accounts.add(cell.trim())),
    coin: textReader(cell => coins.add(cell.trim())),
    side: wordReader(SIDES, 'long or short'),
    size: number(),
    price: number(),
    entry: number(),
    leverage: number(),
    margin: number(),
    marginMode: wordReader(MARGIN_MODES, 'isolated or cross'),
  }
  const fields = (Object.keys(COLUMN_NAMES) as Field[]).filter(field => !missing(field))
  const columns = fields.map((field): Column => {
    const index = indexOf(field)
    return { name: table.names[index]!, index, reader: readers[field] }
  })
  const fixedTime = options.time === undefined ? Number.NaN : momentMs(options.time, 'time')
  const fixedMode = options.marginMode === undefined ? Number.NaN : MARGIN_MODES.indexOf(options.marginMode)
  const rows: FileRow[] = []
  for await (const batch of table.rows(columns)) {
    for (let i = 0; i < batch.length; i++) {
      const value = (field: Field) => batch.values[fields.indexOf(field)]?.[i] ?? Number.NaN
      const row = rows.length + 1
      const kind = (KINDS[missing('kind') ? KINDS.indexOf('position') : value('kind')] ?? 'position') as RowKind
      const side = value('side')
      const record = {
        row,
        kind,
        time: missing('time') ? fixedTime : value('time'),
        account: accounts.names[value('account')] ?? '',
        coin: missing('coin') ? options.coin! : (coins.names[value('coin')] ?? ''),
        size: side === 1 ? -value('size') : value('size'),
        price: value('price'),
        entry: value('entry'),
        leverage: value('leverage'),
        margin: value('margin'),
        isolated: Number.isNaN(value('marginMode')) ? fixedMode : value('marginMode'),
      }
      const problem = findProblem(record, value('size'), side)
      if (problem) throw new DataError(`Row ${row}, ${problem}`)
      rows.push(record)
    }
  }
  if (rows.length === 0) throw new DataError('The file holds no rows')
  return rows
}

/** What is wrong with a row, as `field: value, but expected …`; undefined if nothing is. */
function findProblem(row: FileRow, size: number, side: number): string | undefined {
  const wrong = (field: string, value: unknown, expected: string) =>
    `${field}: ${quoteValue(Number.isNaN(value) ? '' : value)}, but expected ${expected}`
  const { kind, account, coin, price, entry, leverage, margin } = row
  if (kind === 'account' || kind === 'orders')
    return account === '' ? wrong('account', account, `an address, as the row is of kind ${kind}`) : undefined
  if (coin === '') return wrong('coin', coin, 'the name of a coin')
  if (kind === 'market') return size >= 0 ? undefined : wrong('size', size, 'open interest of 0 or more')
  if (!(Number.isFinite(size) && size !== 0)) return wrong('size', size, 'a number of coins other than 0')
  if (!Number.isNaN(side) && size < 0) return wrong('size', size, 'a number above 0, as the side is in its own column')
  if (kind !== 'position') return price! > 0 ? undefined : wrong('price', price, 'a trigger price above 0')
  if (price! <= 0) return wrong('liquidation price', price, 'a price above 0, or none')
  if (entry! <= 0) return wrong('entry', entry, 'a price above 0')
  if (!(leverage! >= 1 && leverage! <= 1000)) return wrong('leverage', leverage, '1 to 1000')
  return margin! < 0 ? wrong('margin', margin, 'USD of 0 or more') : undefined
}

/**
 * Adds the readings that complete snapshots imply: each account of a snapshot was read, and those of the snapshot before that
 * are in it no more have closed.
 */
function* completeSnapshots(rows: readonly FileRow[]): Generator<ObservedRow> {
  const hasOrders = rows.some(({ kind }) => kind === 'stop' || kind === 'takeProfit')
  let previous = new Set<string>()
  for (let i = 0; i < rows.length; ) {
    const { time } = rows[i]!
    let end = i
    while (end < rows.length && rows[end]!.time === time) end++
    const snapshot = new Map<string, FileRow[]>()
    for (const row of rows.slice(i, end)) {
      if (row.kind === 'market') yield row
      else {
        // Rows without an account are accounts of their own.
        const account = row.account === '' ? `${time}#${row.row}` : row.account
        snapshot.set(account, [...(snapshot.get(account) ?? []), { ...row, account }])
      }
    }
    for (const account of new Set([...previous, ...snapshot.keys()])) {
      const all = snapshot.get(account) ?? []
      yield { time, kind: 'account', account }
      for (const row of all) if (row.kind === 'position') yield row
      if (!hasOrders) continue
      yield { time, kind: 'orders', account }
      for (const row of all) if (row.kind !== 'position') yield row
    }
    previous = new Set(snapshot.keys())
    i = end
  }
}
