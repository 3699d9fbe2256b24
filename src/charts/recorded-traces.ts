/** Liquidations on record as Plotly traces: a circle for each bar and side, its area by USD. */

import type { Side } from '../liquidation/side.ts'
import type { Market } from '../market/market.ts'
import { type Candles, groupCandles, MAX_CANDLES, type Numbers } from './candles.ts'
import { binary } from './figure.ts'
import { recordedByCandle } from './recorded.ts'

/** Diameter of the largest circle, px; smaller ones than the least are left out. */
const MAX_SIZE = 22
const MIN_SIZE = 2

const COLOURS: Record<Side, string> = { long: '#56b4e9', short: '#f0a030' }

/** One trace for each side with liquidations, toggled by its entry in the legend; none where nothing is on record. */
export function recordedTraces(
  market: Market,
  from: number,
  to: number,
  side: Side | 'both',
): Record<string, unknown>[] {
  const candles = groupCandles(market, from, to, MAX_CANDLES)
  const recorded = recordedByCandle(market, candles)
  return recorded ? recordedCircles(candles, recorded, side) : []
}

/**
 * The traces of amounts by candle, NaN where nothing is on record. Only sums by bar are known, so longs are drawn at the low of the
 * bar, or of the bars that share a candle, and shorts at the high.
 */
export function recordedCircles(
  candles: Candles<Numbers>,
  recorded: Record<Side, Numbers>,
  side: Side | 'both',
): Record<string, unknown>[] {
  const sides = (['long', 'short'] as const).filter(name => side === 'both' || side === name)
  const largest = sides.flatMap(name => [...recorded[name]]).reduce((max, usd) => (usd > max ? usd : max), 0)
  return sides.flatMap(name => {
    const size = recorded[name].map(usd => MAX_SIZE * Math.sqrt(usd / largest))
    const shown = Array.from(size.keys()).filter(k => size[k]! >= MIN_SIZE)
    if (shown.length === 0) return []
    const pick = (value: (k: number) => number) => binary(Float64Array.from(shown, value))
    const price = name === 'long' ? candles.low : candles.high
    return {
      type: 'scatter',
      mode: 'markers',
      name: `${name}s liquidated, on record`,
      // The middle of its bars, as of a candle.
      x: pick(k => (candles.time[k]! + candles.end[k]!) / 2),
      y: pick(k => price[k]!),
      customdata: pick(k => recorded[name][k]!),
      marker: {
        size: pick(k => size[k]!),
        color: COLOURS[name],
        opacity: 0.8,
        line: { color: '#0b0d10', width: 1 },
      },
      hovertemplate: `%{x|%Y-%m-%d %H:%M}<br>${name}s liquidated in the bar: %{customdata:.3s} USD<br>at which of its prices is not known<extra></extra>`,
      showlegend: true,
    }
  })
}
