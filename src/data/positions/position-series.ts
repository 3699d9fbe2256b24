/** Readings of accounts as a series of the store: one series per symbol. */
import { DataError } from '../../common/errors.ts'
import { KIND, type ObservedPositionsBuilder, type ObservedRow, ROW_KINDS } from '../../market/observed-positions.ts'
import type { SeriesRecords } from '../store/schema.ts'
import type { SeriesKey } from '../store/series-key.ts'

export function positionKey(exchange: string, symbol: string): SeriesKey {
  return { series: 'positions', exchange, symbol, timeframe: '' }
}

/** The exchange's name of a symbol's coin: `BTC/USDC:USDC` → `BTC`. */
export const coinOfSymbol = (symbol: string): string => symbol.split('/')[0]!

const VALUES = ['size', 'price', 'entry', 'leverage', 'margin', 'isolated'] as const

/** Hex digits in each of the four numbers that hold an address exactly. */
const PART_DIGITS = 10
const ADDRESS_COLUMNS = ['address0', 'address1', 'address2', 'address3'] as const

/** Rows in order of time as columns of the series. */
export function toRecords(rows: readonly ObservedRow[]): SeriesRecords {
  const column = (value: (row: ObservedRow) => number) => Float64Array.from(rows, value)
  const columns: Record<string, Float64Array> = { kind: column(row => KIND[row.kind]) }
  for (const [k, name] of ADDRESS_COLUMNS.entries())
    columns[name] = column(({ account }) => {
      const digits = account.slice(2 + k * PART_DIGITS, 2 + (k + 1) * PART_DIGITS)
      return digits === '' ? 0 : Number.parseInt(digits, 16)
    })
  for (const name of VALUES) columns[name] = column(row => row[name] ?? Number.NaN)
  return { time: column(row => row.time), columns }
}

/** The rows of stored records, in their order. @throws DataError naming the row of an unknown kind */
export function* fromRecords({ time, columns }: SeriesRecords, coin: string): Generator<ObservedRow> {
  const value = (name: string, i: number) => columns[name]![i]!
  for (let i = 0; i < time.length; i++) {
    const kind = ROW_KINDS[value('kind', i)]
    if (kind === undefined) throw new DataError(`Row ${i + 1}, kind: ${value('kind', i)}, but expected 0 to 5`)
    const isReading = kind === 'account' || kind === 'orders'
    yield {
      time: time[i]!,
      kind,
      account: kind === 'market' ? '' : addressAt(columns, i),
      ...(!isReading && { coin }),
      size: value('size', i),
      price: value('price', i),
      entry: value('entry', i),
      leverage: value('leverage', i),
      margin: value('margin', i),
      isolated: value('isolated', i),
    }
  }
}

function addressAt(columns: SeriesRecords['columns'], i: number): string {
  const parts = ADDRESS_COLUMNS.map(name => columns[name]![i]!.toString(16).padStart(PART_DIGITS, '0'))
  return `0x${parts.join('')}`
}

export function addRecords(builder: ObservedPositionsBuilder, records: SeriesRecords, coin: string): void {
  for (const row of fromRecords(records, coin)) builder.add(row)
}
