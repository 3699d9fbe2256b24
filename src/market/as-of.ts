/** Point-in-time values of a longer timeframe, without looking ahead. */

import { OptionError } from '../common/errors.ts'
import { invalidOption, listWords } from '../common/options.ts'
import { assertMarket, CANDLE_FIELDS, type CandleField, FLOW_FIELDS, type FlowField, type Market } from './market.ts'

/** A series of a market: its name, or one value per bar. */
export type MarketSeries = CandleField | FlowField | ArrayLike<number>

/**
 * The last bar of a longer timeframe that is closed at the close of each bar of a shorter one. Open bars are never used.
 *
 * @param longer any other market, not necessarily resampled from the first
 * @returns by bar, an index into `longer`; -1 before its first close
 */
export function asOf(market: Market, longer: Market): Int32Array
/**
 * The same as values of a series.
 *
 * @param series of the longer market
 * @returns by bar, the value of the last closed longer bar; NaN before its first close
 * @example const daily = liq.resample(btc, '1d'); const above = btc.close.map((close, t) => Number(close > liq.asOf(btc, daily, 'close')[t]))
 * @throws OptionError if the longer market has no such series, or the series has another length
 */
export function asOf(market: Market, longer: Market, series: MarketSeries): Float64Array
export function asOf(market: Market, longer: Market, series?: MarketSeries): Int32Array | Float64Array {
  assertMarket(market, 'liq.asOf')
  assertMarket(longer, 'liq.asOf')
  const values = series === undefined ? null : seriesValues(longer, series)
  const indices = new Int32Array(market.length)
  let k = -1
  for (let t = 0; t < market.length; t++) {
    const closeTime = market.time[t]! + market.barMs
    while (k + 1 < longer.length && longer.time[k + 1]! + longer.barMs <= closeTime) k++
    indices[t] = k
  }
  return values === null ? indices : Float64Array.from(indices, index => (index < 0 ? Number.NaN : values[index]!))
}

/** The last bar of a market that is closed at a time (epoch ms); -1 before the first close. */
export function lastClosedBar({ time, barMs }: Market, atMs: number): number {
  return time.findLastIndex(open => open + barMs <= atMs)
}

function seriesValues(market: Market, series: MarketSeries): ArrayLike<number> {
  if (typeof series !== 'string') {
    if (series?.length !== market.length)
      throw new OptionError(
        `liq.asOf: series: ${series?.length === 1 ? '1 value' : `${series?.length} values`}, but expected ${market.length}, one per bar of the longer market`,
      )
    return series
  }
  const fields = [...CANDLE_FIELDS, ...FLOW_FIELDS].filter(field => market[field])
  const values = fields.includes(series) ? market[series] : undefined
  if (values === undefined)
    throw invalidOption('liq.asOf', 'series', series, `${listWords(fields)}, the series of the longer market`)
  return values
}
