import type { Market } from '../../src/market/market.ts'

/** Takes USD that opened in each of the price bins `from` … `to`, and the prices that the bar still goes to. */
export type Stretch = (from: number, to: number, usd: number, lowestLater: number, highestLater: number) => void

/**
 * Goes along the two paths of bar t, open → high → low → close and open → low → high → close, and calls back with each
 * stretch of them; `usd` is spread over the way by ln(price). For the references: nothing of it is the engine's.
 */
export function alongPath(market: Market, t: number, usd: number, binWidth: number, stretch: Stretch): void {
  const open = market.open[t]!
  const high = market.high[t]!
  const low = market.low[t]!
  const close = market.close[t]!
  if (high === low) {
    const bin = Math.floor(Math.log(close) / binWidth)
    stretch(bin, bin, usd, close, close)
    return
  }
  const highFirst = 0.5 + (0.5 * (open - close)) / (high - low)
  alongPoints(open, high, low, close, usd * highFirst, binWidth, stretch)
  alongPoints(open, low, high, close, usd * (1 - highFirst), binWidth, stretch)
}

function alongPoints(
  open: number,
  second: number,
  third: number,
  close: number,
  usd: number,
  binWidth: number,
  stretch: Stretch,
): void {
  if (!(usd > 0)) return
  const a = Math.log(open) / binWidth
  const b = Math.log(second) / binWidth
  const c = Math.log(third) / binWidth
  const d = Math.log(close) / binWidth
  const perBin = usd / (Math.abs(b - a) + Math.abs(c - b) + Math.abs(d - c))
  oneStretch(a, b, perBin, Math.min(second, third, close), Math.max(second, third, close), stretch)
  oneStretch(b, c, perBin, Math.min(third, close), Math.max(third, close), stretch)
  oneStretch(c, d, perBin, close, close, stretch)
}

function oneStretch(a: number, b: number, perBin: number, least: number, most: number, stretch: Stretch): void {
  if (a === b) return
  const from = Math.floor(Math.min(a, b))
  const to = Math.floor(Math.max(a, b))
  stretch(from, to, (perBin * Math.abs(b - a)) / (to - from + 1), least, most)
}
