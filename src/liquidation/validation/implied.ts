import { type ColumnTable, table } from 'arquero'
import type { LiquidationMap } from '../map.ts'

/** Notional (USD) that each bar's low (longs) and high (shorts) liquidates, in all and by tier (`byTier[tier][bar]`). */
export interface Implied {
  long: Float64Array
  short: Float64Array
  /** Of that, positions that had opened in the bar itself; the rest was known before it. */
  longSameBar: Float64Array
  shortSameBar: Float64Array
  longByTier: Float64Array[]
  shortByTier: Float64Array[]
}

/**
 * The liquidations that a map implies, bar by bar. The value of bar t rests on levels known before it and its own range. Of several
 * markets added up, those of bars that close while the map has no bar are left out.
 *
 * @param bars  only so many, from the first; 0 in those that follow
 */
export function impliedLiquidations(map: LiquidationMap, bars = map.market.length): Implied {
  const n = map.market.length
  const tiers = map.options.tiers
  const long = new Float64Array(n)
  const short = new Float64Array(n)
  const longSameBar = new Float64Array(n)
  const shortSameBar = new Float64Array(n)
  const longByTier = tiers.map(() => new Float64Array(n))
  const shortByTier = tiers.map(() => new Float64Array(n))
  for (const part of map.parts) {
    const run = part.start({ liquidated: true })
    const { priorLevels, sameBar } = run.liquidated!
    let t = 0
    while (run.step()) {
      // The bar of the map in which the bar of the part closes; the same bar where there is one part.
      const close = part.market.time[run.bar]! + part.market.barMs
      while (t < n && map.market.time[t]! + map.market.barMs < close) t++
      if (t >= bars) break
      // A bar that closes before the map begins, or where the map has a gap, is in none of its bars.
      if (close <= map.market.time[t]!) continue
      for (let tier = 0; tier < tiers.length; tier++) {
        const longs = priorLevels.long[tier]! + sameBar.long[tier]!
        const shorts = priorLevels.short[tier]! + sameBar.short[tier]!
        longByTier[tier]![t]! += longs
        shortByTier[tier]![t]! += shorts
        long[t]! += longs
        short[t]! += shorts
        longSameBar[t]! += sameBar.long[tier]!
        shortSameBar[t]! += sameBar.short[tier]!
      }
    }
  }
  return { long, short, longSameBar, shortSameBar, longByTier, shortByTier }
}

/** {@link impliedLiquidations} as a table: `time` (open of the bar), `long`, `short`, and by tier `long25x`, `short25x`, … */
export function impliedTable(map: LiquidationMap): ColumnTable {
  const { long, short, longByTier, shortByTier } = impliedLiquidations(map)
  const columns: Record<string, ArrayLike<unknown>> = {
    time: Array.from(map.market.time, ms => new Date(ms)),
    long,
    short,
  }
  for (const [i, { leverage }] of map.options.tiers.entries()) {
    columns[`long${leverage}x`] = longByTier[i]!
    columns[`short${leverage}x`] = shortByTier[i]!
  }
  return table(columns as Parameters<typeof table>[0])
}
