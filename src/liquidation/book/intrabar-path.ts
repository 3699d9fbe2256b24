/** Entries along a bar's assumed path from its open to its close. */
import type { Market } from '../../market/market.ts'
import type { BarEntries, OpenedNotional } from './bar-entries.ts'

/**
 * Entries along the path of a bar. Candles do not tell whether the high or the low came first, so two simple paths are
 * mixed: open → high → low → close with the weight q = ½ + ½·(open − close)/(high − low), and open → low → high → close with
 * 1 − q: a bar that closes at its low is assumed to have made its high first. Volume is spread evenly over the path, by
 * ln(price).
 *
 * The order matters for what follows an entry: a position that opens near the high of a bar that then falls may be
 * liquidated in that same bar. So each segment of the path records whether the low and the high are still to come.
 */
export function pathEntries(
  { open, high, low, close }: Pick<Market, 'open' | 'high' | 'low' | 'close'>,
  opened: OpenedNotional,
  binWidth: number,
): (t: number, into: BarEntries) => void {
  return (t, into) => {
    const usd = opened.notional(t)
    if (!(usd > 0)) return
    // Bars mostly open at the last close; a logarithm costs more than the comparison.
    const logOpen = open[t] === into.lastClose ? into.lastLogClose : Math.log(open[t]!)
    const logClose = Math.log(close[t]!)
    into.lastClose = close[t]!
    into.lastLogClose = logClose
    const c = logClose / binWidth
    if (high[t] === low[t]) {
      into.add(Math.floor(c), Math.floor(c), usd, opened.longShare(t))
      return
    }
    const l = into.lowAt
    const h = into.highAt
    const o = logOpen / binWidth
    const highFirst = 0.5 + (0.5 * (open[t]! - close[t]!)) / (high[t]! - low[t]!)
    const perHigh = (usd * highFirst) / (h - o + (h - l) + (c - l))
    const perLow = (usd * (1 - highFirst)) / (o - l + (h - l) + (h - c))
    const { from, to, notional: amount, beforeLow, beforeHigh } = into
    const lowBin = Math.floor(l)
    const highBin = Math.floor(h)
    const openBin = Math.floor(o)
    const closeBin = Math.floor(c)
    let k = 0
    if (perHigh > 0) {
      if (h > o) {
        from[k] = openBin
        to[k] = highBin
        amount[k] = (perHigh * (h - o)) / (highBin - openBin + 1)
        beforeLow[k] = 1
        beforeHigh[k++] = 1
      }
      from[k] = lowBin
      to[k] = highBin
      amount[k] = (perHigh * (h - l)) / (highBin - lowBin + 1)
      beforeLow[k] = 1
      beforeHigh[k++] = 0
      if (c > l) {
        from[k] = lowBin
        to[k] = closeBin
        amount[k] = (perHigh * (c - l)) / (closeBin - lowBin + 1)
        beforeLow[k] = 0
        beforeHigh[k++] = 0
      }
    }
    if (perLow > 0) {
      if (o > l) {
        from[k] = lowBin
        to[k] = openBin
        amount[k] = (perLow * (o - l)) / (openBin - lowBin + 1)
        beforeLow[k] = 1
        beforeHigh[k++] = 1
      }
      from[k] = lowBin
      to[k] = highBin
      amount[k] = (perLow * (h - l)) / (highBin - lowBin + 1)
      beforeLow[k] = 0
      beforeHigh[k++] = 1
      if (h > c) {
        from[k] = closeBin
        to[k] = highBin
        amount[k] = (perLow * (h - c)) / (highBin - closeBin + 1)
        beforeLow[k] = 0
        beforeHigh[k++] = 0
      }
    }
    into.count = k
    into.first = lowBin
    into.last = highBin
    into.closeAt = c
    into.alongPath = true
    into.longShare[0] = opened.longShare(t)
  }
}
