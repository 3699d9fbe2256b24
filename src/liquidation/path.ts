import type { Market } from '../market/market.ts'
import type { EntrySink } from './flow.ts'

/**
 * Entries along the path of a bar. Candles do not tell whether the high or the low came first; two simple paths stand in:
 * open → high → low → close with the weight q = ½ + ½·(open − close)/(high − low), and open → low → high → close with 1 − q, so that
 * a bar that closes at its low is taken to have made its high first. Volume is spread evenly over the way, by ln(price).
 *
 * What matters is what comes after an entry: a position that opens near the high of a bar that then falls may be liquidated in
 * that same bar. So each stretch of the way carries the lowest and the highest price of the points still to come.
 */
export function pathEntries(
  { open, high, low, close }: Pick<Market, 'open' | 'high' | 'low' | 'close'>,
  notional: Float64Array,
  longShare: Float64Array,
  binWidth: number,
): (t: number, into: EntrySink) => void {
  return (t, into) => {
    const o = Math.log(open[t]!) / binWidth
    const h = Math.log(high[t]!) / binWidth
    const l = Math.log(low[t]!) / binWidth
    const c = Math.log(close[t]!) / binWidth
    const usd = notional[t]!
    const share = longShare[t]!
    if (h === l) {
      into.add(Math.floor(c), Math.floor(c), usd, share, c, c)
      return
    }
    const highFirst = 0.5 + (0.5 * (open[t]! - close[t]!)) / (high[t]! - low[t]!)
    const perHigh = highFirst / (h - o + (h - l) + (c - l))
    const perLow = (1 - highFirst) / (o - l + (h - l) + (h - c))
    stretch(into, o, h, usd * perHigh, share, l, h)
    stretch(into, l, h, usd * perHigh, share, l, c)
    stretch(into, l, c, usd * perHigh, share, c, c)
    stretch(into, l, o, usd * perLow, share, l, h)
    stretch(into, l, h, usd * perLow, share, c, h)
    stretch(into, c, h, usd * perLow, share, c, c)
  }
}

function stretch(
  into: EntrySink,
  a: number,
  b: number,
  perBin: number,
  share: number,
  lowest: number,
  highest: number,
): void {
  if (!(perBin > 0) || a === b) return
  const from = Math.floor(a)
  const to = Math.floor(b)
  into.add(from, to, (perBin * (b - a)) / (to - from + 1), share, lowest, highest)
}
