/** A map whose books are written down: what each side holds at each close. */
import type { BookView } from '../../src/liquidation/book/level-book.ts'
import type { LiquidationMap } from '../../src/liquidation/map.ts'
import type { Side } from '../../src/liquidation/side.ts'
import { createMarket } from '../../src/market/market.ts'
import { HOUR, START } from '../market/fixtures.ts'

const BIN_WIDTH = 0.01

/** Price of a bin's lower edge. Bin 0 begins at a price of 1. */
export const binEdge = (bin: number, binWidth = BIN_WIDTH) => Math.exp(bin * binWidth)

export interface ScriptOptions {
  triggerDepth?: number
  binWidth?: number
  scale?: number
  barMs?: number
}

/** Prices in bins, as `-5.5`: the middle of bin −6. Default: the close in the middle of bin 0, and no range. USD by bin. */
export interface ScriptedBar {
  low?: number
  high?: number
  close?: number
  long?: Record<number, number>
  short?: Record<number, number>
}

export function scriptedMap(
  bars: readonly ScriptedBar[],
  { triggerDepth = 0, binWidth = BIN_WIDTH, scale = 1, barMs = HOUR }: ScriptOptions = {},
): LiquidationMap {
  const closes = bars.map(({ close = 0.5 }) => close)
  const price = (bin: (bar: ScriptedBar, close: number) => number) =>
    Float64Array.from(bars, (bar, t) => binEdge(bin(bar, closes[t]!), binWidth))
  const market = createMarket(
    {
      time: Float64Array.from(bars, (_, t) => START + t * barMs),
      open: price((_, close) => close),
      high: price(({ high }, close) => high ?? close),
      low: price(({ low }, close) => low ?? close),
      close: price((_, close) => close),
      volume: new Float64Array(bars.length),
    },
    { symbol: 'X/USDT:USDT', source: 'test', barMs },
  )
  const map = {
    market,
    options: { binWidth, triggerDepth, tiers: [{ leverage: 10, weight: 1 }], scale, calibration: null },
    flow: { options: { from: { turnover: 0 } } },
    replay(visit: (t: number, book: BookView) => void, { until = bars.length - 1 } = {}) {
      for (let t = 0; t <= until; t++) visit(t, viewOf(bars[t]!))
    },
  }
  return map as unknown as LiquidationMap
}

function viewOf(bar: ScriptedBar): BookView {
  const usd = (side: Side, bin: number) => bar[side]?.[bin] ?? 0
  const column = (side: Side, fromBin: number, out: Float64Array) => {
    for (let k = 0; k < out.length; k++) out[k] = usd(side, fromBin + k)
    return out
  }
  return {
    tierCount: 1,
    column,
    readColumn: (side, fromBin, out) => column(side, fromBin, out).reduce((sum, value) => sum + value, 0),
    byTier(side, fromBin, toBin, out = new Float64Array(1)) {
      out[0] = 0
      for (let bin = fromBin; bin <= toBin; bin++) out[0]! += usd(side, bin)
      return out
    },
    openedTime: () => Number.NaN,
  }
}
