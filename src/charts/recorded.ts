/** Liquidations on record, as charts and tables show them: by bar, since at which of its prices they happened is not known. */
import { type ColumnTable, table } from 'arquero'
import type { Market } from '../market/market.ts'
import type { Candles } from './candles.ts'

/** USD of longs and shorts, one value for each bar or candle; NaN where nothing was recorded. */
export interface RecordedUsd {
  long: Float64Array
  short: Float64Array
}

/** By bar: the recorded coins at the bar's close, as scores count them. undefined for a market without a record. */
export function recordedUsd({ close, longLiquidations, shortLiquidations }: Market): RecordedUsd | undefined {
  if (!longLiquidations && !shortLiquidations) return undefined
  const usd = (coins: Float64Array | undefined) => close.map((price, t) => (coins ? coins[t]! * price : Number.NaN))
  const [long, short] = [usd(longLiquidations), usd(shortLiquidations)]
  return long.every(Number.isNaN) && short.every(Number.isNaN) ? undefined : { long, short }
}

/** Summed over the bars of each candle that are on record; NaN where none is. */
export function recordedByCandle(market: Market, { time, end }: Candles): RecordedUsd | undefined {
  const byBar = recordedUsd(market)
  if (!byBar) return undefined
  const first = market.time.indexOf(time[0]!)
  const sum = (values: Float64Array): Float64Array => {
    const sums = new Float64Array(time.length).fill(Number.NaN)
    for (let k = 0, t = first; k < time.length; k++)
      for (; t < market.length && market.time[t]! < end[k]!; t++)
        if (!Number.isNaN(values[t]!)) sums[k] = (Number.isNaN(sums[k]!) ? 0 : sums[k]!) + values[t]!
    return sums
  }
  return { long: sum(byBar.long), short: sum(byBar.short) }
}

/**
 * One row for each bar: `time` (its open), `long` and `short` (USD on record at the bar's close; null where nothing was
 * recorded), `low` and `high`, between which they happened. For the same bars as `map.impliedTable()`.
 */
export function recordedTable(market: Market): ColumnTable {
  const { time, low, high, length } = market
  const { long, short } = recordedUsd(market) ?? {}
  const column = (values: Float64Array | undefined) =>
    Array.from({ length }, (_, t) => (values && !Number.isNaN(values[t]!) ? values[t]! : null))
  return table({
    time: Array.from(time, open => new Date(open)),
    long: column(long),
    short: column(short),
    low,
    high,
  })
}
