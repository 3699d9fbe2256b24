/** Clusters of a liquidation map as levels. */
import { exactKey } from '../../common/cache-key.ts'
import {
  defineOptions,
  invalidOption,
  listOf,
  numberThat,
  oneOf,
  option,
  optional,
  type ResolvedOptions,
  valueThat,
} from '../../common/options.ts'
import { type Cluster, type ClusterRule, ClusterSearch, clusterRule } from '../../liquidation/clusters.ts'
import type { LiquidationMap } from '../../liquidation/map.ts'
import type { Market } from '../../market/market.ts'
import { asOf } from './as-of.ts'
import { createLevelSource, type LevelColumns, LevelPacker, type LevelSource } from './level-source.ts'

export interface ClusterLevelOptions extends ClusterRule {
  /** Keep only the N brightest clusters of each side. Default 1. */
  brightest?: number
  /** Keep only clusters in which at least this many tiers converge. Default 1. */
  minConvergence?: number
  /** Keep only clusters of which each of these leverages carries at least `tierShare`, e.g. `[50, 100]`. Default: any. */
  tiers?: readonly number[]
  /** Whose liquidations: `long` for lows below the price, `short` for highs above it. Default `both`. */
  side?: 'long' | 'short' | 'both'
  /** A further condition on a cluster, as it is known at the close of bar t. */
  where?: (cluster: Cluster, t: number) => boolean
}

export const clusterLevelOptions = defineOptions<ClusterLevelOptions, 'where'>('liq.levels.clusters', {
  ...clusterRule,
  brightest: option(
    1,
    numberThat('1 or more', x => x >= 1),
  ),
  minConvergence: option(
    1,
    numberThat('0 or more tiers', x => x >= 0),
  ),
  tiers: option([], listOf(numberThat('a leverage', Number.isFinite), 'a list of leverages, e.g. [50, 100]')),
  side: option('both', oneOf('long', 'short', 'both')),
  where: optional(valueThat('a function of a cluster and a bar', value => typeof value === 'function')),
})

type Rule = ResolvedOptions<ClusterLevelOptions, 'where'>

/**
 * The brightest clusters of a map, bar by bar. A cluster is known at the close of the bar in which it is found. With `onto`, a
 * market of shorter bars, the clusters are those of the map's last closed bar, without those that the price has entered
 * since: see {@link asOf}.
 *
 * @throws OptionError naming the option that is out of range
 * @example clusterLevels(map4h, { brightest: 3, minConvergence: 2 }, market15m)
 */
export function clusterLevels(map: LiquidationMap, options: ClusterLevelOptions = {}, onto?: Market): LevelSource {
  const rule = clusterLevelOptions.resolve(options)
  const tierLeverages = map.options.tiers.map(tier => tier.leverage)
  const missing = rule.tiers.find(leverage => !tierLeverages.includes(leverage))
  if (missing !== undefined)
    throw invalidOption(
      'liq.levels.clusters',
      'tiers',
      missing,
      `tiers of the map: ${tierLeverages.map(x => `${x}x`).join(', ')}`,
    )
  const source = createLevelSource(describe(rule, map), map.market, () => cachedColumns(map, rule))
  return onto && onto.time !== map.market.time ? asOf(onto, map.market, source) : source
}

/** A pass over a map takes seconds on years of hourly bars, and a sweep asks for the same levels a thousand times. */
const CACHE = new WeakMap<LiquidationMap, Map<string, LevelColumns>>()
const MAX_CACHED = 32

function cachedColumns(map: LiquidationMap, rule: Rule): LevelColumns {
  if (rule.where) return packClusters(map, rule)
  const cached = CACHE.get(map) ?? new Map<string, LevelColumns>()
  CACHE.set(map, cached)
  const key = exactKey(rule)
  let columns = cached.get(key)
  if (!columns) {
    columns = packClusters(map, rule)
    const [oldest] = cached.keys()
    if (oldest !== undefined && cached.size >= MAX_CACHED) cached.delete(oldest)
    cached.set(key, columns)
  }
  return columns
}

function packClusters(
  map: LiquidationMap,
  { brightest, minConvergence, tiers, side: sideOption, where, ...rule }: Rule,
): LevelColumns {
  const { market } = map
  const { binWidth } = map.options
  const tierIndices = tiers.map(leverage => map.options.tiers.findIndex(tier => tier.leverage === leverage))
  const sides = sideOption === 'both' ? (['long', 'short'] as const) : [sideOption]
  // A filter may drop a cluster, and then a dimmer one counts.
  const maxClusters = minConvergence > 1 || tierIndices.length > 0 || where ? Infinity : brightest
  const packer = new LevelPacker(market.length)
  const search = new ClusterSearch(map.options.tiers.length, binWidth, rule, maxClusters)
  const { column, byTier } = search
  map.replay((t, book) => {
    for (const side of sides) {
      const isHigh = side === 'short'
      let count = 0
      for (const run of search.run(book, side, market.close[t]!)) {
        const convergence = search.readTiers(book, run)
        if (convergence < minConvergence) continue
        if (tierIndices.some(tier => byTier[tier]! < rule.tierShare * run.notional)) continue
        if (where && !where(search.toCluster(book, run), t)) continue
        const low = search.edge(run.from)
        const high = search.edge(run.to + 1)
        const [inner, outer] = isHigh ? [low, high] : [high, low]
        const kind = isHigh ? 'high' : 'low'
        const level = { kind, inner, outer, strength: run.notional, convergence, since: t } as const
        packer.markKnown(packer.addZone(level, column, run.from, run.to))
        if (++count >= brightest) break
      }
    }
    packer.closeBar()
  })
  return packer.columns()
}

function describe({ brightest, minConvergence, tiers, side, where }: Rule, { market }: LiquidationMap): string {
  const clusters = brightest === 1 ? 'brightest cluster' : `${brightest} brightest clusters`
  return [
    `${clusters} of ${side === 'both' ? 'each side' : `${side}s`}`,
    minConvergence > 1 ? `${minConvergence}+ tiers` : '',
    tiers.length > 0 ? `with ${tiers.map(leverage => `${leverage}x`).join(', ')}` : '',
    where ? 'filtered' : '',
    market.timeframe,
  ]
    .filter(part => part !== '')
    .join(', ')
}
