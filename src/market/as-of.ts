import { DataError } from '../common/errors.ts'
import { CANDLE_FIELDS, type CandleField, FLOW_FIELDS, type FlowField, type Market } from './market.ts'

/** A series of a market by name, or one of the same length that was computed from it. */
export type SeriesOf = CandleField | FlowField | ArrayLike<number>

/**
 * What is known of a longer timeframe at the close of every bar of a shorter one: the last longer bar that is over by then.
 * A bar that is still open is never looked into.
 *
 * @param longer any other market; it need not be made from the first
 * @returns by bar, its index in `longer`, -1 before the first is over
 */
export function asOf(market: Market, longer: Market): Int32Array
/**
 * @param series of the longer market
 * @returns by bar, its value in the last longer bar that is over, NaN before the first
 * @example const daily = liq.resample(btc, '1d'); const above = btc.close.map((close, t) => Number(close > liq.asOf(btc, daily, 'close')[t]))
 * @throws DataError when the longer market has no such series, or it has another length
 */
export function asOf(market: Market, longer: Market, series: SeriesOf): Float64Array
export function asOf(market: Market, longer: Market, series?: SeriesOf): Int32Array | Float64Array {
  const values = series === undefined ? null : valuesOf(longer, series)
  const indices = new Int32Array(market.length)
  let k = -1
  for (let t = 0; t < market.length; t++) {
    const now = market.time[t]! + market.barMs
    while (k + 1 < longer.length && longer.time[k + 1]! + longer.barMs <= now) k++
    indices[t] = k
  }
  return values === null ? indices : Float64Array.from(indices, index => (index < 0 ? Number.NaN : values[index]!))
}

/** The last bar of a market that is over at a moment (epoch ms); -1 before the first is. */
export function lastOverBy({ time, barMs }: Market, moment: number): number {
  return time.findLastIndex(open => open + barMs <= moment)
}

function valuesOf(market: Market, series: SeriesOf): ArrayLike<number> {
  if (typeof series !== 'string') {
    if (series.length !== market.length)
      throw new DataError(`series: has ${series.length} values, but the longer market has ${market.length} bars`)
    return series
  }
  const values = [...CANDLE_FIELDS, ...FLOW_FIELDS].includes(series) ? market[series] : undefined
  if (values === undefined) {
    const there = [...CANDLE_FIELDS, ...FLOW_FIELDS].filter(field => market[field])
    throw new DataError(`series: the longer market has no ${series}, but ${there.join(', ')}`)
  }
  return values
}
