/** `liq.levels`: level sources of a market. */
import { invalidOption } from '../common/options.ts'
import { assertMap, type LiquidationMap } from '../liquidation/map.ts'
import { assertMarket, type Market } from '../market/market.ts'
import { asOf } from '../sfp/levels/as-of.ts'
import { type ClusterLevelOptions, clusterLevels } from '../sfp/levels/clusters.ts'
import type { LevelSource } from '../sfp/levels/level-source.ts'
import { pivotLevels } from '../sfp/levels/pivots.ts'
import { combinedLevels, mirroredLevels, randomLevels, shiftedLevels } from '../sfp/levels/placebo.ts'
import { previousDayLevels, previousWeekLevels } from '../sfp/levels/previous.ts'
import { roundLevels } from '../sfp/levels/round.ts'

/** Level sources by name, each a function of the market to trade. */
export const levels = {
  /**
   * Clusters of a map of this market, or of its longer bars.
   * @example liq.levels.clusters(btc, map, { brightest: 3 })
   */
  clusters: forMarket('clusters', (market: Market, map: LiquidationMap, options?: ClusterLevelOptions): LevelSource => {
    assertMap(map, 'liq.levels.clusters')
    return clusterLevels(map, options, market)
  }),
  /**
   * The last pivot high and low: `leftBars` before and `rightBars` after it are no higher (lower). Default 10 and `leftBars`.
   * @example liq.levels.pivots(btc, 10)
   */
  pivots: forMarket('pivots', pivotLevels),
  /**
   * High and low of the previous UTC day.
   * @example liq.levels.previousDay(btc)
   */
  previousDay: forMarket('previousDay', previousDayLevels),
  /**
   * High and low of the previous week, from Monday.
   * @example liq.levels.previousWeek(btc)
   */
  previousWeek: forMarket('previousWeek', previousWeekLevels),
  /**
   * Round numbers around the price.
   * @example liq.levels.round(btc)
   */
  round: forMarket('round', roundLevels),
  /**
   * Placebo: each level at the same ln(price) distance on the other side of the price.
   * @example liq.levels.mirrored(btc, liq.levels.clusters(btc, map))
   */
  mirrored: forSource('mirrored', mirroredLevels),
  /**
   * Placebo: each level moved away from the price by `byAtr` ATR.
   * @example liq.levels.shifted(btc, liq.levels.clusters(btc, map), 2)
   */
  shifted: forSource('shifted', shiftedLevels),
  /**
   * Placebo: each level at a random distance, from a seed.
   * @example liq.levels.random(btc, liq.levels.clusters(btc, map), 1)
   */
  random: forSource('random', randomLevels),
  /**
   * The levels of several sources together.
   * @example liq.levels.combined(btc, [liq.levels.pivots(btc), liq.levels.round(btc)])
   */
  combined: forMarket('combined', (market: Market, sources: readonly LevelSource[]): LevelSource => {
    if (!Array.isArray(sources))
      throw invalidOption('liq.levels.combined', 'sources', sources, 'a list of level sources')
    for (const source of sources) assertLevelSource(source, 'liq.levels.combined')
    return combinedLevels(market, sources)
  }),
  /**
   * Levels of longer bars, as known at each close of the market.
   * @example liq.levels.asOf(btc, daily, liq.levels.pivots(daily))
   */
  asOf: forMarket('asOf', (market: Market, longer: Market, source: LevelSource): LevelSource => {
    assertMarket(longer, 'liq.levels.asOf')
    assertLevelSource(source, 'liq.levels.asOf')
    return asOf(market, longer, source)
  }),
}

/** The function, with a check of its first argument. */
function forMarket<Args extends unknown[]>(
  name: string,
  create: (market: Market, ...args: Args) => LevelSource,
): (market: Market, ...args: Args) => LevelSource {
  return (market, ...args) => {
    assertMarket(market, `liq.levels.${name}`)
    return create(market, ...args)
  }
}

/** The function, with a check of its first two arguments. */
function forSource<Args extends unknown[]>(
  name: string,
  create: (market: Market, source: LevelSource, ...args: Args) => LevelSource,
): (market: Market, source: LevelSource, ...args: Args) => LevelSource {
  return forMarket(name, (market, source, ...args) => {
    assertLevelSource(source, `liq.levels.${name}`)
    return create(market, source, ...args)
  })
}

function assertLevelSource(value: unknown, caller: string): asserts value is LevelSource {
  if (typeof (value as Partial<LevelSource> | null | undefined)?.forEachBar !== 'function')
    throw invalidOption(caller, 'source', value, 'a level source, e.g. liq.levels.pivots(market)')
}
