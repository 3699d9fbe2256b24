/** Packs a market into the payload of its view: coarse candles of all of it, and its newest bars. */
import { createHash } from 'node:crypto'
import { candleLength } from '../common/candle-length.ts'
import type { Market } from '../market/market.ts'
import { groupCandles } from './candles.ts'
import { marketFacts } from './market.ts'
import type { MarketPart, MarketPayload } from './market-payload.ts'
import { seriesByCandle, seriesOf } from './market-series.ts'
import { Packer } from './pack.ts'
import { PRICE_STEP, packPrices } from './pack-prices.ts'

/** More than a wide screen shows readably; a part of the history still has some hundred. */
const MAX_CANDLES = 1400
/** A month of hours. */
const RECENT_BARS = 720

/**
 * The payload takes 20 to 50 kB in a file, however long the market is: {@link MAX_CANDLES} candles of all of it, and the newest
 * {@link RECENT_BARS} bars.
 */
export function marketPayload(market: Market): MarketPayload {
  const { symbol, timeframe, synthetic, barMs, instrument, length } = market
  const last = length - 1
  const isCoarse = length > MAX_CANDLES
  return {
    version: 2,
    view: viewName(market),
    symbol,
    timeframe,
    synthetic,
    barMs,
    base: instrument.base ?? 'coins',
    quote: instrument.quote ?? '',
    price: market.close[last]!,
    facts: marketFacts(market),
    notes: [...market.notes],
    series: seriesOf(market),
    priceStep: PRICE_STEP,
    ...marketPart(market, 0, last),
    ...(isCoarse && { recent: marketPart(market, length - RECENT_BARS, last) }),
  }
}

/** Bars `from` … `to`, combined where they are more than {@link MAX_CANDLES}. */
export function marketPart(market: Market, from: number, to: number): MarketPart {
  const { barMs } = market
  const length = candleLength(((to - from + 1) / MAX_CANDLES) * barMs, barMs)
  const candles = groupCandles(market, from, to, MAX_CANDLES, length)
  const { time, end } = candles
  const count = time.length
  const packer = new Packer().steps(count, k => time[k]!).integers(count, k => end[k]! - time[k]!)
  packPrices(packer, candles, PRICE_STEP)
  const { volume, others } = seriesByCandle(market, candles)
  for (const values of [volume, ...others.map(([, values]) => values)]) packer.shortFloats(count, k => values[k]!)
  return {
    candles: count,
    ...packer.deflate(),
  }
}

/** Same market, same view: the range stays when data is added. */
function viewName({ symbol, timeframe, source }: Market): string {
  const key = JSON.stringify([symbol, timeframe, source])
  return `market-${createHash('sha256').update(key).digest('base64url').slice(0, 12)}`
}
