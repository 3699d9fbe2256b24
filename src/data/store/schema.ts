/** How a column is kept: `double` as DOUBLE (NaN where there is no record), `flag` as BOOLEAN. */
export type ColumnType = 'double' | 'flag'

export interface SeriesSchema {
  /** Columns beside `time`, in the order in which the files have them. */
  columns: Readonly<Record<string, ColumnType>>
  /** Columns that not every exchange serves; they are NaN then. */
  optional?: readonly string[]
  /** What one file holds. A month of trades would not fit into memory. */
  partition: 'month' | 'day'
  /**
   * `unique`: each time occurs once, and where the series has a timeframe its records are that far apart.
   * `events`: several may happen in one millisecond.
   */
  times: 'unique' | 'events'
}

export type SeriesName = 'candles' | 'openInterest' | 'funding' | 'longShortRatio' | 'trades' | 'liquidations'

/**
 * Every series that the store knows. All files of a series have the same columns and types, whatever the exchange and symbol,
 * because a reader of many files takes the types from the first: decimals with a scale for each symbol would be rounded
 * to the scale of that one (DuckDB does so without a word).
 */
export const SERIES: Readonly<Record<SeriesName, SeriesSchema>> = {
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
}

export const isSeries = (name: string): name is SeriesName => Object.hasOwn(SERIES, name)

export type StoredColumn = Float64Array | Uint8Array

/** Records of a series in order of time; the columns of its schema. */
export interface Records {
  time: Float64Array
  columns: Record<string, StoredColumn>
}

/** No records, with the columns of `series`. */
export function noRecords(series: SeriesName): Records {
  return allocate(series, 0)
}

/** Columns of a series with room for `rows` records: NaN and 0. */
export function allocate(series: SeriesName, rows: number): Records {
  const columns: Record<string, StoredColumn> = {}
  for (const [name, type] of Object.entries(SERIES[series].columns)) {
    columns[name] = type === 'double' ? new Float64Array(rows).fill(Number.NaN) : new Uint8Array(rows)
  }
  return { time: new Float64Array(rows), columns }
}
