import { barOpen } from '../common/duration.ts'
import type { Market } from '../market/market.ts'
import { binary } from './figure.ts'

export interface CandleColours {
  up: string
  down: string
}

/** Stand out from the heatmap and from each other, without red and green. */
export const ON_MAP: CandleColours = { up: '#f5f5f5', down: '#ff7f50' }

/** Stand back behind trades, on a light or a dark ground. */
export const CANDLES_ON_PAGE: CandleColours = { up: '#9aa5b1', down: '#66717d' }

/** Candles that may each put several bars together: `time` is the first bar's open time, `end` the last bar's close time. */
export interface Candles {
  time: Float64Array
  end: Float64Array
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
}

/**
 * Bars `from` … `to` put together so that there are about `most` candles: more could not be told apart on a screen, and
 * each one costs drawing time. Candles are aligned as exchanges align bars of their length.
 */
export function groupCandles(market: Market, from: number, to: number, most: number): Candles {
  const startsOf = (span: number): number[] => {
    const starts: number[] = []
    for (let t = from; t <= to; t++)
      if (t === from || barOpen(market.time[t]!, span) !== barOpen(market.time[t - 1]!, span)) starts.push(t)
    return starts
  }
  let span = Math.max(1, Math.ceil((to - from + 1) / most)) * market.barMs
  let starts = startsOf(span)
  // Between gaps there are few bars to put together.
  while (starts.length > 2 * most) {
    span *= 2
    starts = startsOf(span)
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

/** A candlestick trace of bars `from` … `to`, in about `most` candles. */
export function candleTrace(
  market: Market,
  from: number,
  to: number,
  colours: CandleColours,
  most = 400,
): Record<string, unknown> {
  const { time, end, open, high, low, close } = groupCandles(market, from, to, most)
  return {
    type: 'candlestick',
    name: 'price',
    // The middle of the candle, so that it stands where its bars are.
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
