import { barOpen } from '../market/duration.ts'
import type { Market } from '../market/market.ts'
import { binary } from './figure.ts'

export interface CandleColours {
  up: string
  down: string
}

/** Stand out from the heatmap and from each other, without red and green. */
export const ON_MAP: CandleColours = { up: '#f5f5f5', down: '#ff7f50' }

/** Stand back behind trades, on a light or a dark ground. */
export const ON_PAPER: CandleColours = { up: '#9aa5b1', down: '#66717d' }

/**
 * A candlestick trace of bars `from` … `to`, put together so that there are about `most` candles: more could not be told
 * apart on a screen, and each one costs drawing time.
 */
export function candleTrace(
  market: Market,
  from: number,
  to: number,
  colours: CandleColours,
  most = 400,
): Record<string, unknown> {
  const bars = to - from + 1
  const span = Math.max(1, Math.ceil(bars / most)) * market.barMs
  const starts: number[] = []
  for (let t = from; t <= to; t++)
    if (t === from || barOpen(market.time[t]!, span) !== barOpen(market.time[t - 1]!, span)) starts.push(t)
  const n = starts.length
  const [x, open, high, low, close] = Array.from({ length: 5 }, () => new Float64Array(n)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  for (let k = 0; k < n; k++) {
    const a = starts[k]!
    const b = k + 1 < n ? starts[k + 1]! - 1 : to
    // The middle of the candle, so that it stands where its bars are.
    x[k] = (market.time[a]! + market.time[b]! + market.barMs) / 2
    open[k] = market.open[a]!
    close[k] = market.close[b]!
    high[k] = market.high[a]!
    low[k] = market.low[a]!
    for (let t = a + 1; t <= b; t++) {
      if (market.high[t]! > high[k]!) high[k] = market.high[t]!
      if (market.low[t]! < low[k]!) low[k] = market.low[t]!
    }
  }
  return {
    type: 'candlestick',
    name: 'price',
    x: binary(x),
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
