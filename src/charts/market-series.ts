/** The series of a market by candle, for its view and its figure. */
import type { Market } from '../market/market.ts'
import type { Candles } from './candles.ts'
import { MARKET_SERIES, type MarketSeries } from './market-payload.ts'
import { recordedByCandle, recordedUsd } from './recorded.ts'

/** Volume in coins, and the series that have at least one value; NaN where nothing is on record. */
export interface CandleSeries {
  volume: Float64Array
  others: [name: MarketSeries, values: Float64Array][]
}

/** The series that have at least one value. */
export function seriesOf(market: Market): MarketSeries[] {
  const usd = recordedUsd(market)
  return MARKET_SERIES.filter(name => {
    const values = name === 'longLiquidations' ? usd?.long : name === 'shortLiquidations' ? usd?.short : market[name]
    return values?.some(value => !Number.isNaN(value)) === true
  })
}

/** Open interest is that of the last bar on record, all else the sum over the bars; liquidations are USD. */
export function seriesByCandle(market: Market, candles: Candles): CandleSeries {
  const recorded = recordedByCandle(market, candles)
  const read = (name: MarketSeries): Float64Array => {
    if (name === 'longLiquidations') return recorded!.long
    if (name === 'shortLiquidations') return recorded!.short
    return byCandle(market, candles, market[name]!, name === 'openInterest' ? latest : sum)
  }
  return {
    volume: byCandle(market, candles, market.volume, sum),
    others: seriesOf(market).map(name => [name, read(name)]),
  }
}

const sum = (total: number, value: number): number => total + value
const latest = (_: number, value: number): number => value

/** Values of the bars of each candle combined, those without a record left out; NaN where none is. */
function byCandle(
  { time, length }: Market,
  { time: opens, end }: Candles,
  values: Float64Array,
  combine: (total: number, value: number) => number,
): Float64Array {
  const result = new Float64Array(opens.length).fill(Number.NaN)
  let t = time.indexOf(opens[0]!)
  for (let k = 0; k < opens.length; k++)
    for (; t < length && time[t]! < end[k]!; t++) {
      if (Number.isNaN(values[t]!)) continue
      result[k] = Number.isNaN(result[k]!) ? values[t]! : combine(result[k]!, values[t]!)
    }
  return result
}
