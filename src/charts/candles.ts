/** Candlesticks of a market for figures. */
import { barOpen } from '../common/duration.ts'
import type { Market } from '../market/market.ts'
import { binary } from './figure.ts'

interface CandleColours {
  up: string
  down: string
}

/** Distinct from the heatmap and from each other, without red and green. */
export const CANDLES_ON_MAP: CandleColours = { up: '#f5f5f5', down: '#ff7f50' }

/** Muted, behind trades, on a light or dark page. */
export const CANDLES_ON_PAGE: CandleColours = { up: '#9aa5b1', down: '#66717d' }

/** Candles of one or more bars each: `time` is the first bar's open time, `end` the last bar's close time. */
export interface Candles<Prices = Float64Array> {
  time: Float64Array
  end: Float64Array
  open: Prices
  high: Prices
  low: Prices
  close: Prices
}

/** Numbers as just computed, or in single precision as read from a saved output. */
export type Numbers = Float64Array | Float32Array

/** About as many candles as a figure can show. */
export const MAX_CANDLES = 400

/**
 * Groups bars `from` … `to` into about `maxCandles` candles, at most twice as many: a screen cannot show more, and each
 * one costs drawing time. Candles are aligned as exchanges align bars of their length.
 *
 * @param spanMs length of a candle. Default: what gives that number
 */
export function groupCandles(
  market: Market,
  from: number,
  to: number,
  maxCandles: number,
  spanMs = Math.max(1, Math.ceil((to - from + 1) / maxCandles)) * market.barMs,
): Candles {
  const firstBars = (span: number): number[] => {
    const starts: number[] = []
    for (let t = from; t <= to; t++)
      if (t === from || barOpen(market.time[t]!, span) !== barOpen(market.time[t - 1]!, span)) starts.push(t)
    return starts
  }
  let span = spanMs
  let starts = firstBars(span)
  // With many gaps, few bars share a candle.
  while (starts.length > 2 * maxCandles) {
    span *= 2
    starts = firstBars(span)
  }
  const n = starts.length
  const column = () => new Float64Array(n)
  const candles = { time: column(), end: column(), open: column(), high: column(), low: column(), close: column() }
  for (let k = 0; k < n; k++) {
    const a = starts[k]!
    const b = k + 1 < n ? starts[k + 1]! - 1 : to
    candles.time[k] = market.time[a]!
    candles.end[k] = market.time[b]! + market.barMs
    candles.open[k] = market.open[a]!
    candles.close[k] = market.close[b]!
    candles.high[k] = market.high[a]!
    candles.low[k] = market.low[a]!
    for (let t = a + 1; t <= b; t++) {
      if (market.high[t]! > candles.high[k]!) candles.high[k] = market.high[t]!
      if (market.low[t]! < candles.low[k]!) candles.low[k] = market.low[t]!
    }
  }
  return candles
}

/** A candlestick trace of bars `from` … `to`, in about `maxCandles` candles. */
export function candleTrace(
  market: Market,
  from: number,
  to: number,
  colours: CandleColours,
  maxCandles = MAX_CANDLES,
): Record<string, unknown> {
  return candlesTrace(groupCandles(market, from, to, maxCandles), colours)
}

export function candlesTrace(candles: Candles<Numbers>, colours: CandleColours): Record<string, unknown> {
  const { time, end, open, high, low, close } = candles
  return {
    type: 'candlestick',
    name: 'price',
    // The middle of its bars.
    x: binary(time.map((start, k) => (start + end[k]!) / 2)),
    open: binary(open),
    high: binary(high),
    low: binary(low),
    close: binary(close),
    increasing: { line: { color: colours.up, width: 1 }, fillcolor: colours.up },
    decreasing: { line: { color: colours.down, width: 1 }, fillcolor: colours.down },
    hoverinfo: 'skip',
    showlegend: false,
  }
}
