/** The series that the store holds, and their columns. */

/** How a column is stored: `double` as DOUBLE (NaN where there is no record), `flag` as BOOLEAN. */
export type ColumnType = 'double' | 'flag'

interface SeriesSchema {
  /** Columns beside `time`, in the order of the files. */
  columns: Readonly<Record<string, ColumnType>>
  /** Columns that not every exchange serves; NaN where it does not. */
  optional?: readonly string[]
  /** The time range of one file. A month of trades would not fit into memory. */
  partition: 'month' | 'day'
  /**
   * `unique`: each time occurs once, and with a timeframe the records are that far apart.
   * `events`: several may have the same millisecond.
   */
  times: 'unique' | 'events'
}

export type SeriesName =
  | 'candles'
  | 'openInterest'
  | 'funding'
  | 'longShortRatio'
  | 'trades'
  | 'liquidations'
  | 'positions'

/**
 * Every series of the store. All files of a series have the same columns and types, whatever the exchange and symbol, because a
 * reader of many files takes the types from the first: decimals with a scale per symbol would be rounded to the scale of that
 * file (DuckDB does so silently).
 */
export const SERIES_SCHEMAS: Readonly<Record<SeriesName, SeriesSchema>> = {
  candles: {
    columns: {
      open: 'double',
      high: 'double',
      low: 'double',
      close: 'double',
      volume: 'double',
      takerBuyVolume: 'double',
    },
    optional: ['takerBuyVolume'],
    partition: 'month',
    times: 'unique',
  },
  openInterest: { columns: { openInterest: 'double' }, partition: 'month', times: 'unique' },
  funding: { columns: { fundingRate: 'double' }, partition: 'month', times: 'unique' },
  longShortRatio: { columns: { longShortRatio: 'double' }, partition: 'month', times: 'unique' },
  trades: { columns: { price: 'double', amount: 'double', buy: 'flag' }, partition: 'day', times: 'events' },
  liquidations: { columns: { price: 'double', amount: 'double', long: 'flag' }, partition: 'month', times: 'events' },
  // Readings of accounts; see position-series.ts. The four addresses are 40 bits each of one address.
  positions: {
    columns: {
      kind: 'double',
      address0: 'double',
      address1: 'double',
      address2: 'double',
      address3: 'double',
      size: 'double',
      price: 'double',
      entry: 'double',
      leverage: 'double',
      margin: 'double',
      isolated: 'double',
    },
    partition: 'day',
    times: 'events',
  },
}

export const isSeriesName = (name: string): name is SeriesName => Object.hasOwn(SERIES_SCHEMAS, name)

export type StoredColumn = Float64Array | Uint8Array

/** Records of a series in order of time, with the columns of its schema. */
export interface SeriesRecords {
  time: Float64Array
  columns: Record<string, StoredColumn>
}

/** Columns of a series for `rows` records, filled with NaN and 0. */
export function allocateRecords(series: SeriesName, rows: number): SeriesRecords {
  const columns: Record<string, StoredColumn> = {}
  for (const [name, type] of Object.entries(SERIES_SCHEMAS[series].columns)) {
    columns[name] = type === 'double' ? new Float64Array(rows).fill(Number.NaN) : new Uint8Array(rows)
  }
  return { time: new Float64Array(rows), columns }
}
