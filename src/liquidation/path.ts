import type { Market } from '../market/market.ts'
import type { EmitEntries } from './flow.ts'

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
): (t: number, emit: EmitEntries) => void {
  // Made once, not once a bar: a market has millions of them.
  let usd = 0
  let share = 0.5
  const stretch = (a: number, b: number, weight: number, lowest: number, highest: number, emit: EmitEntries) => {
    if (!(weight > 0) || a === b) return
    const from = Math.floor(a)
    const to = Math.floor(b)
    emit(from, to, (usd * weight * (b - a)) / (to - from + 1), share, lowest, highest)
  }
  return (t, emit) => {
    const o = Math.log(open[t]!) / binWidth
    const h = Math.log(high[t]!) / binWidth
    const l = Math.log(low[t]!) / binWidth
    const c = Math.log(close[t]!) / binWidth
    usd = notional[t]!
    share = longShare[t]!
    if (h === l) {
      emit(Math.floor(c), Math.floor(c), usd, share, c, c)
      return
    }
    const highFirst = 0.5 + (0.5 * (open[t]! - close[t]!)) / (high[t]! - low[t]!)
    const perHigh = highFirst / (h - o + (h - l) + (c - l))
    const perLow = (1 - highFirst) / (o - l + (h - l) + (h - c))
    stretch(o, h, perHigh, l, h, emit)
    stretch(l, h, perHigh, l, c, emit)
    stretch(l, c, perHigh, c, c, emit)
    stretch(l, o, perLow, l, h, emit)
    stretch(l, h, perLow, c, h, emit)
    stretch(c, h, perLow, c, c, emit)
  }
}
