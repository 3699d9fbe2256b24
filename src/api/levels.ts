import { DataError, quoteValue } from '../common/errors.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import { type Market, marketLine } from '../market/market.ts'
import { asOf } from '../sfp/levels/as-of.ts'
import { type ClusterLevelOptions, clusterLevels } from '../sfp/levels/clusters.ts'
import type { LevelSource } from '../sfp/levels/columns.ts'
import { pivotLevels } from '../sfp/levels/pivots.ts'
import { combinedLevels, mirroredLevels, randomLevels, shiftedLevels } from '../sfp/levels/placebo.ts'
import { previousDayLevels, previousWeekLevels } from '../sfp/levels/previous.ts'
import { roundLevels } from '../sfp/levels/round.ts'

/** The sources of levels by name, each a function of the market that is traded. */
export const levels = {
  /** Clusters of a map of this market, or of its longer bars. */
  clusters: (market: Market, map: LiquidationMap, options?: ClusterLevelOptions) => clusterLevels(map, options, market),
  pivots: pivotLevels,
  previousDay: previousDayLevels,
  previousWeek: previousWeekLevels,
  round: roundLevels,
  mirrored: mirroredLevels,
  shifted: shiftedLevels,
  random: randomLevels,
  combined: combinedLevels,
  /** Levels of longer bars, as known at each close of the market. */
  asOf,
}

/** A source with something put in its place, to see whether the place matters. */
export interface Placebo {
  placebo: 'mirrored' | 'shifted' | 'random'
  of: Levels
  /** For `shifted`: ATR away from the price. Default 2. */
  byAtr?: number
  /** For `random`. Default 1. */
  seed?: number
}

/** What `levels` may be: a heatmap (its clusters), a name, a placebo of either, several of them, or a source of one's own. */
export type Levels =
  | LiquidationMap
  | 'pivots'
  | 'previousDay'
  | 'previousWeek'
  | 'round'
  | Placebo
  | readonly Levels[]
  | LevelSource

export interface NamedLevelOptions extends ClusterLevelOptions {
  /** Bars before a pivot that must not exceed it. Default 10. */
  leftBars?: number
  /** Bars after it: a pivot is known this many bars later. Default: `leftBars`. */
  rightBars?: number
  /** Significant digits of round numbers. Default 2. */
  digits?: number
}

export const LEVEL_OPTIONS = [
  'brightest',
  'minConvergence',
  'tiers',
  'side',
  'where',
  'maxDistance',
  'brightness',
  'gap',
  'minShare',
  'tierShare',
  'leftBars',
  'rightBars',
  'digits',
] as const satisfies readonly (keyof NamedLevelOptions)[]

/**
 * The source that `levels` names, and what it rests on, a line each.
 * @throws DataError when it is none, or a heatmap of another market
 */
export function levelsOf(
  market: Market,
  given: Levels,
  options: NamedLevelOptions,
): { source: LevelSource; assumptions: readonly string[] } {
  const { leftBars, rightBars, digits, ...clusters } = options
  const plain = (source: LevelSource) => ({ source, assumptions: [marketLine(market)] })
  if (given === 'pivots') return plain(pivotLevels(market, leftBars, rightBars))
  if (given === 'previousDay') return plain(previousDayLevels(market))
  if (given === 'previousWeek') return plain(previousWeekLevels(market))
  if (given === 'round') return plain(roundLevels(market, { digits }))
  if (typeof given !== 'object' || given === null) return refuse(given)
  if (Array.isArray(given)) {
    const all = (given as readonly Levels[]).map(one => levelsOf(market, one, options))
    const source = combinedLevels(
      market,
      all.map(one => one.source),
    )
    return { source, assumptions: [...new Set(all.flatMap(one => one.assumptions))] }
  }
  if ('placebo' in given) {
    const real = levelsOf(market, given.of, options)
    return { ...real, source: placeboOf(market, given, real.source) }
  }
  if ('flow' in given) {
    sameMarket(market, given.market)
    return { source: clusterLevels(given, clusters, market), assumptions: given.assumptions }
  }
  if ('forEachBar' in given) return plain(given)
  return refuse(given)
}

function placeboOf(market: Market, { placebo, byAtr = 2, seed }: Placebo, source: LevelSource): LevelSource {
  switch (placebo) {
    case 'mirrored':
      return mirroredLevels(market, source)
    case 'shifted':
      return shiftedLevels(market, source, byAtr)
    case 'random':
      return randomLevels(market, source, seed)
    default:
      throw new DataError(`placebo: ${quoteValue(placebo)}, but expected mirrored, shifted or random`)
  }
}

/** A map of longer bars of the same symbol may be of another market object; one of the same bars must be the same. */
function sameMarket(market: Market, other: Market): void {
  const same = other.time === market.time || (other.barMs > market.barMs && other.symbol === market.symbol)
  if (!same) throw new RangeError('levels: the heatmap is of another market than the one to trade')
}

function refuse(given: unknown): never {
  throw new DataError(
    `levels: ${quoteValue(given)}, but expected a heatmap, pivots, previousDay, previousWeek, round, { placebo, of }, or a source`,
  )
}
