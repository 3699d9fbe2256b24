import { exactKey } from '../../common/cache-key.ts'
import { type Cluster, type ClusterRule, findClusters, resolveRule } from '../../liquidation/clusters.ts'
import type { LiquidationMap } from '../../liquidation/map.ts'
import type { Market } from '../../market/market.ts'
import { asOf } from './as-of.ts'
import { type LevelColumns, LevelPacker, type LevelSource, levelSource } from './columns.ts'

export interface ClusterLevelOptions extends ClusterRule {
  /** Only the so many brightest clusters of each side. Default 1. */
  brightest?: number
  /** Only clusters in which at least so many tiers converge. Default 1. */
  minConvergence?: number
  /** Only clusters of which each of these leverages carries at least `tierShare`, e.g. `[50, 100]`. Default: any. */
  tiers?: readonly number[]
  /** Whose liquidations: `long` for lows below the price, `short` for highs above it. Default both. */
  side?: 'long' | 'short' | 'both'
  /** Any other condition on a cluster, as it is known at the close of bar t. */
  where?: (cluster: Cluster, t: number) => boolean
}

/**
 * The brightest clusters of a map, bar by bar. A cluster counts as known since the close of the bar it was seen at. With a
 * market of shorter bars as `onto`, the clusters are those of the map's last closed bar, without those that the price has
 * gone into since: see {@link asOf}.
 *
 * @throws RangeError naming the option that is out of range
 * @example clusterLevels(map4h, { brightest: 3, minConvergence: 2 }, market15m)
 */
export function clusterLevels(map: LiquidationMap, options: ClusterLevelOptions = {}, onto?: Market): LevelSource {
  const rule = resolve(map, options)
  const ofMap = levelSource(nameOf(rule, map), map.market, () => packed(map, rule))
  return onto && onto.time !== map.market.time ? asOf(onto, map.market, ofMap) : ofMap
}

type ResolvedOptions = Required<Omit<ClusterLevelOptions, 'where'>> & Pick<ClusterLevelOptions, 'where'>

/** Every run through a map costs seconds on years of hours, and a sweep asks for the same levels a thousand times. */
const CACHE = new WeakMap<LiquidationMap, Map<string, LevelColumns>>()
const MOST_CACHED = 32

function packed(map: LiquidationMap, rule: ResolvedOptions): LevelColumns {
  if (rule.where) return pack(map, rule)
  const known = CACHE.get(map) ?? new Map<string, LevelColumns>()
  CACHE.set(map, known)
  const key = exactKey(rule)
  let columns = known.get(key)
  if (!columns) {
    columns = pack(map, rule)
    if (known.size >= MOST_CACHED) known.delete(known.keys().next().value!)
    known.set(key, columns)
  }
  return columns
}

function pack(map: LiquidationMap, { brightest, minConvergence, tiers, side, where, ...rule }: ResolvedOptions) {
  const { market } = map
  const { binWidth } = map.options
  const wanted = tiers.map(leverage => map.options.tiers.findIndex(tier => tier.leverage === leverage))
  const sides = side === 'both' ? (['long', 'short'] as const) : [side]
  // A cluster that is left out makes room for a dimmer one.
  const most = minConvergence > 1 || wanted.length > 0 || where ? Infinity : brightest
  const packer = new LevelPacker(market.length)
  map.replay((t, book) => {
    for (const of of sides) {
      let taken = 0
      for (const cluster of findClusters(book, of, market.close[t]!, binWidth, rule, most)) {
        if (cluster.convergence < minConvergence) continue
        if (wanted.some(tier => cluster.byTier[tier]! < rule.tierShare * cluster.notional)) continue
        if (where && !where(cluster, t)) continue
        const above = of === 'short'
        packer.add(
          packer.level({
            kind: above ? 'high' : 'low',
            inner: above ? cluster.low : cluster.high,
            outer: above ? cluster.high : cluster.low,
            strength: cluster.notional,
            convergence: cluster.convergence,
            since: t,
            profile: profileOf(cluster.byBin, above),
          }),
        )
        if (++taken >= brightest) break
      }
    }
    packer.closeBar()
  })
  return packer.columns()
}

/** Cumulative shares of a cluster's USD from its inner edge outwards: upwards above the price, else downwards. */
function profileOf(byBin: Float64Array, upwards: boolean): Float32Array {
  const { length } = byBin
  const profile = new Float32Array(length)
  let total = 0
  for (let i = 0; i < length; i++) total += byBin[i]!
  let sum = 0
  for (let i = 0; i < length; i++) {
    sum += byBin[upwards ? i : length - 1 - i]!
    profile[i] = sum / total
  }
  return profile
}

function nameOf(
  { brightest, minConvergence, tiers, side, where }: ResolvedOptions,
  { market }: LiquidationMap,
): string {
  const which = brightest === 1 ? 'brightest cluster' : `${brightest} brightest clusters`
  return [
    `${which} of ${side === 'both' ? 'each side' : `${side}s`}`,
    minConvergence > 1 ? `${minConvergence}+ tiers` : '',
    tiers.length > 0 ? `with ${tiers.map(leverage => `${leverage}x`).join(', ')}` : '',
    where ? 'filtered' : '',
    market.timeframe,
  ]
    .filter(part => part !== '')
    .join(', ')
}

function resolve(map: LiquidationMap, options: ClusterLevelOptions): ResolvedOptions {
  const { brightest = 1, minConvergence = 1, tiers = [], side = 'both', where, ...given } = options
  if (!(brightest >= 1)) throw new RangeError(`brightest: ${brightest}, but expected 1 or more`)
  if (!(minConvergence >= 0)) throw new RangeError(`minConvergence: ${minConvergence}, but expected 0 or more tiers`)
  if (!['long', 'short', 'both'].includes(side)) throw new RangeError(`side: ${side}, but expected long, short or both`)
  const known = map.options.tiers.map(tier => tier.leverage)
  for (const leverage of tiers)
    if (!known.includes(leverage))
      throw new RangeError(`tiers: ${leverage}x, but the map has the tiers ${known.map(x => `${x}x`).join(', ')}`)
  return { brightest, minConvergence, tiers, side, ...resolveRule(given), ...(where ? { where } : {}) }
}
