/** Liquidations that a map implies, bar by bar. */
import { type ColumnTable, table } from 'arquero'
import { withFormats } from '../../common/column-format.ts'
import { amountFormat, type LiquidationMap } from '../map.ts'

/** Notional (USD) that each bar's low (longs) and high (shorts) liquidates, in total and by tier (`byTier[tier][bar]`). */
export interface ImpliedLiquidations {
  long: Float64Array
  short: Float64Array
  /** The part from positions opened in the bar itself; the rest was known before it. */
  longSameBar: Float64Array
  shortSameBar: Float64Array
  longByTier: Float64Array[]
  shortByTier: Float64Array[]
}

/**
 * The liquidations that a map implies, bar by bar. The value of bar t depends on levels known before it and its own range. In a map
 * of several markets, liquidations of bars that close while the map has no bar are ignored.
 *
 * @param bars number of bars to compute, from the first; the others are 0
 */
export function impliedLiquidations(map: LiquidationMap, bars = map.market.length): ImpliedLiquidations {
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
    const { liquidated } = run
    if (!liquidated) throw new Error('The replay was started without recording liquidations')
    const { priorLevels, sameBar } = liquidated
    let t = 0
    while (run.step()) {
      // The map's bar in which the part's bar closes; in a map of one part, the same bar.
      const close = part.market.time[run.bar]! + part.market.barMs
      while (t < n && map.market.time[t]! + map.market.barMs < close) t++
      if (t >= bars) break
      // A bar that closes before the map begins, or in a gap of the map, is in none of its bars.
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
  const { time: _, ...amounts } = columns
  return withFormats(
    table(columns as Parameters<typeof table>[0]),
    Object.fromEntries(Object.keys(amounts).map(name => [name, amountFormat(map)])),
  )
}
