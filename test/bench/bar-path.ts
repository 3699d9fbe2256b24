/** The path of the price within a bar, for the reference implementations. */
import type { Market } from '../../src/market/market.ts'

/** Receives the USD opened in each of the price bins `from` … `to`, and the range of prices later in the bar. */
export type PathSegment = (from: number, to: number, usd: number, lowestLater: number, highestLater: number) => void

/**
 * Walks along the two paths of bar t, open → high → low → close and open → low → high → close, and calls back with each
 * segment; `usd` is spread over the path by ln(price). Shares no code with the engine.
 */
export function walkBarPath(market: Market, t: number, usd: number, binWidth: number, segment: PathSegment): void {
  const open = market.open[t]!
  const high = market.high[t]!
  const low = market.low[t]!
  const close = market.close[t]!
  if (high === low) {
    const bin = Math.floor(Math.log(close) / binWidth)
    segment(bin, bin, usd, close, close)
    return
  }
  const highFirst = 0.5 + (0.5 * (open - close)) / (high - low)
  walkPoints(open, high, low, close, usd * highFirst, binWidth, segment)
  walkPoints(open, low, high, close, usd * (1 - highFirst), binWidth, segment)
}

function walkPoints(
  open: number,
  second: number,
  third: number,
  close: number,
  usd: number,
  binWidth: number,
  segment: PathSegment,
): void {
  if (!(usd > 0)) return
  const a = Math.log(open) / binWidth
  const b = Math.log(second) / binWidth
  const c = Math.log(third) / binWidth
  const d = Math.log(close) / binWidth
  const perBin = usd / (Math.abs(b - a) + Math.abs(c - b) + Math.abs(d - c))
  walkSegment(a, b, perBin, Math.min(second, third, close), Math.max(second, third, close), segment)
  walkSegment(b, c, perBin, Math.min(third, close), Math.max(third, close), segment)
  walkSegment(c, d, perBin, close, close, segment)
}

function walkSegment(a: number, b: number, perBin: number, min: number, max: number, segment: PathSegment): void {
  if (a === b) return
  const from = Math.floor(Math.min(a, b))
  const to = Math.floor(Math.max(a, b))
  segment(from, to, (perBin * Math.abs(b - a)) / (to - from + 1), min, max)
}
