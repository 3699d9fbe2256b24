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
import { type Cluster, type ClusterRule, ClusterSearch, clusterRule, tierWeights } from '../../liquidation/clusters.ts'
import type { LiquidationMap } from '../../liquidation/map.ts'
import type { Market } from '../../market/market.ts'
import { asOf } from './as-of.ts'
import { createLevelSource, type LevelColumns, LevelPacker, type LevelSource } from './level-source.ts'

export interface ClusterLevelOptions extends ClusterRule {
  /** Keep only the first N clusters of each side by `rankBy`. Default 5. */
  brightest?: number
  /** The leverages that convergence counts, e.g. `[25, 50, 100]`. Default `[]`: all tiers of the map. */
  converging?: readonly number[]
  /** Keep only clusters in which at least this many of the {@link converging} tiers take part. Default 0: any. */
  minConvergence?: number
  /** Keep only clusters in which each of these leverages takes part, e.g. `[50, 100]`. Default: any. */
  tiers?: readonly number[]
  /** Whose liquidations: `long` for lows below the price, `short` for highs above it. Default `both`. */
  side?: 'long' | 'short' | 'both'
  /** A further condition on a cluster, as it is known at the close of bar t. */
  where?: (cluster: Cluster, t: number) => boolean
}

const leverages = listOf(numberThat('a leverage', Number.isFinite), 'a list of leverages, e.g. [50, 100]')

export const clusterLevelOptions = defineOptions<ClusterLevelOptions, 'where'>('liq.levels.clusters', {
  ...clusterRule,
  brightest: option(
    5,
    numberThat('1 or more', x => x >= 1),
  ),
  converging: option([], leverages),
  minConvergence: option(
    0,
    numberThat('0 or more tiers', x => x >= 0),
  ),
  tiers: option([], leverages),
  side: option('both', oneOf('long', 'short', 'both')),
  where: optional(valueThat('a function of a cluster and a bar', value => typeof value === 'function')),
})

type Rule = ResolvedOptions<ClusterLevelOptions, 'where'>

/**
 * The first clusters of a map by `rankBy`, bar by bar. The strength of a level is what ranks it: the USD of its brightest bin, or of
 * the whole cluster. A cluster is known at the close of the bar in which it is found. With `onto`, a
 * market of shorter bars, the clusters are those of the map's last closed bar, without those that the price has entered
 * since: see {@link asOf}.
 *
 * @throws OptionError naming the option that is out of range
 * @example clusterLevels(map4h, { brightest: 3, minConvergence: 2 }, market15m)
 */
export function clusterLevels(map: LiquidationMap, options: ClusterLevelOptions = {}, onto?: Market): LevelSource {
  const rule = clusterLevelOptions.resolve(options)
  const tierLeverages = map.options.tiers.map(tier => tier.leverage)
  for (const name of ['tiers', 'converging'] as const) {
    const missing = rule[name].find(leverage => !tierLeverages.includes(leverage))
    if (missing !== undefined)
      throw invalidOption('liq.levels.clusters', name, missing, `tiers of the map: ${multiples(tierLeverages)}`)
  }
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
  { brightest, converging, minConvergence, tiers, side: sideOption, where, ...rule }: Rule,
): LevelColumns {
  const { market } = map
  const { binWidth } = map.options
  const indexOf = (leverage: number) => map.options.tiers.findIndex(tier => tier.leverage === leverage)
  const tierIndices = tiers.map(indexOf)
  const convergingIndices = converging.map(indexOf)
  const sides = sideOption === 'both' ? (['long', 'short'] as const) : [sideOption]
  // A filter may drop a cluster, and then a dimmer one counts.
  const maxClusters = minConvergence > 0 || tierIndices.length > 0 || where ? Infinity : brightest
  const packer = new LevelPacker(market.length)
  const search = new ClusterSearch(tierWeights(map), binWidth, rule, maxClusters)
  const { column } = search
  map.replay((t, book) => {
    for (const side of sides) {
      const isHigh = side === 'short'
      let count = 0
      for (const run of search.run(book, side, market.close[t]!)) {
        const all = search.readTiers(book, run)
        const takesPart = (tier: number) => search.takesPart(tier, run.notional)
        const convergence = converging.length > 0 ? convergingIndices.filter(takesPart).length : all
        if (convergence < minConvergence) continue
        if (!tierIndices.every(takesPart)) continue
        if (where && !where(search.toCluster(book, run), t)) continue
        const low = search.edge(run.from)
        const high = search.edge(run.to + 1)
        const [inner, outer] = isHigh ? [low, high] : [high, low]
        const kind = isHigh ? 'high' : 'low'
        const level = {
          kind,
          inner,
          outer,
          strength: search.rankingNotional(run),
          convergence,
          since: t,
        } as const
        packer.markKnown(packer.addZone(level, column, run.from, run.to))
        if (++count >= brightest) break
      }
    }
    packer.closeBar()
  })
  return packer.columns()
}

function describe(
  { brightest, rankBy, converging, minConvergence, tiers, side, where }: Rule,
  { market }: LiquidationMap,
): string {
  const clusters = brightest === 1 ? `${rankBy} cluster` : `${brightest} ${rankBy} clusters`
  return [
    `${clusters} of ${side === 'both' ? 'each side' : `${side}s`}`,
    minConvergence > 0 ? `${minConvergence}+ ${converging.length > 0 ? `of ${multiples(converging)}` : 'tiers'}` : '',
    tiers.length > 0 ? `with ${multiples(tiers)}` : '',
    where ? 'filtered' : '',
    market.timeframe,
  ]
    .filter(part => part !== '')
    .join(', ')
}

const multiples = (leverages: readonly number[]): string => leverages.map(leverage => `${leverage}x`).join(', ')
