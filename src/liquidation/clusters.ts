import { type ColumnTable, table } from 'arquero'
import { atr } from '../market/atr.ts'
import { DataError, quote } from '../market/errors.ts'
import { parseIsoUtc } from '../market/moment.ts'
import type { LevelBook } from './book.ts'
import { binOf, binPrice, type LiquidationMap } from './map.ts'
import type { Side } from './price.ts'

/** The cluster rule's parameters. */
export interface ClusterRule {
  /** Levels farther than this from the close, in ln(price), are left out. Default 0.3 (about 30 %). */
  maxDistance?: number
  /** A bin is bright when it holds at least so many times the mean of its column. Default 3. */
  brightness?: number
  /** Bright bins that have at most so many dimmer ones between them are one cluster. Default 1. */
  gap?: number
  /** A cluster holds at least this share of its column. Default 0.02. */
  minShare?: number
  /** A tier takes part in a cluster when it carries at least this share of it. Default 0.15. */
  tierShare?: number
}

export const DEFAULT_RULE: Required<ClusterRule> = {
  maxDistance: 0.3,
  brightness: 3,
  gap: 1,
  minShare: 0.02,
  tierShare: 0.15,
}

/** A run of bright bins on one side of the price, as known at the close of one bar. */
export interface Cluster {
  /** Whose liquidations: longs below the price, shorts above it. */
  side: Side
  /** Price edges of the run and the middle of its brightest bin. */
  low: number
  high: number
  peak: number
  /** USD that would be liquidated, in all and by tier. */
  notional: number
  byTier: Float64Array
  /** Of all on its side within `maxDistance`. */
  share: number
  /** How many tiers carry at least `tierShare` of it. */
  convergence: number
  /** Epoch ms of the mean opening of its positions, weighted by notional. */
  meanOpened: number
}

/**
 * The clusters of one side at one moment, brightest first.
 *
 * The column is the bins from the price outwards up to `maxDistance`; its mean is taken over the bins from its first to
 * its last one that is not empty. Bins of at least `brightness` times that mean are bright; bright bins with at most
 * `gap` dimmer ones between them make a cluster, which counts when it holds `minShare` of the column.
 */
export function findClusters(
  book: LevelBook,
  side: Side,
  close: number,
  binWidth: number,
  rule: Required<ClusterRule> = DEFAULT_RULE,
): Cluster[] {
  const { firstBin, binCount, scale } = book
  const { total } = side === 'long' ? book.long : book.short
  const at = binOf(close, binWidth) - firstBin
  const reach = Math.round(rule.maxDistance / binWidth)
  // Indices of the column, inclusive. The bin of the close itself belongs to neither side.
  let a = side === 'long' ? Math.max(0, at - reach) : Math.max(0, at + 1)
  let b = side === 'long' ? Math.min(binCount - 1, at - 1) : Math.min(binCount - 1, at + reach)
  while (a <= b && total[a] === 0) a++
  while (b >= a && total[b] === 0) b--
  if (a > b) return []
  let sum = 0
  for (let i = a; i <= b; i++) sum += total[i]!
  const bright = (rule.brightness * sum) / (b - a + 1)

  const clusters: Cluster[] = []
  for (let i = a; i <= b; i++) {
    if (total[i]! < bright || total[i] === 0) continue
    let last = i
    for (let j = i + 1; j <= b && j - last <= rule.gap + 1; j++) if (total[j]! >= bright) last = j
    const cluster = measure(book, side, i, last, sum, binWidth, rule)
    if (cluster.share >= rule.minShare) clusters.push(cluster)
    i = last
  }
  for (const cluster of clusters) {
    cluster.notional *= scale
    for (let tier = 0; tier < cluster.byTier.length; tier++) cluster.byTier[tier]! *= scale
  }
  return clusters.sort((x, y) => y.notional - x.notional)
}

function measure(
  book: LevelBook,
  side: Side,
  from: number,
  to: number,
  columnSum: number,
  binWidth: number,
  rule: Required<ClusterRule>,
): Cluster {
  const { total, birth, byTier } = side === 'long' ? book.long : book.short
  const tiers = new Float64Array(book.tierCount)
  let notional = 0
  let born = 0
  let peak = from
  for (let i = from; i <= to; i++) {
    notional += total[i]!
    born += birth[i]!
    if (total[i]! > total[peak]!) peak = i
    for (let tier = 0; tier < tiers.length; tier++) tiers[tier]! += byTier[i * tiers.length + tier]!
  }
  let convergence = 0
  for (let tier = 0; tier < tiers.length; tier++) if (tiers[tier]! >= rule.tierShare * notional) convergence++
  return {
    side,
    low: binPrice(book.firstBin + from, binWidth),
    high: binPrice(book.firstBin + to + 1, binWidth),
    peak: binPrice(book.firstBin + peak + 0.5, binWidth),
    notional,
    byTier: tiers,
    share: notional / columnSum,
    convergence,
    meanOpened: born / notional,
  }
}

export interface ClusterOptions extends ClusterRule {
  /** Which bar's close: its number, its open time, or `all`. Default: the last bar. */
  at?: number | Date | string | 'all'
}

/**
 * Clusters as a table, by bar and from the brightest: `time` (open time of the bar at whose close they are known),
 * `bar`, `side`, `low`, `high`, `peak` (prices), `notional` (USD), `share` of its side, `convergence` (tiers),
 * `distance` (% from the close to the near edge), `distanceAtr`, `ageHours` (mean), and USD by tier, e.g. `x25`.
 *
 * @throws DataError when `at` is not in the market
 */
export function clusterTable(map: LiquidationMap, options: ClusterOptions = {}): ColumnTable {
  const { at = map.market.length - 1, ...given } = options
  const rule = resolveRule(given)
  const { market } = map
  const { binWidth, tiers } = map.options
  const only = at === 'all' ? -1 : barOf(map, at)
  const ranges = atr(market)
  const rows: Record<string, unknown[]> = {}
  const names = ['time', 'bar', 'side', 'low', 'high', 'peak', 'notional', 'share', 'convergence', 'distance']
  for (const name of [...names, 'distanceAtr', 'ageHours', ...tiers.map(tier => `x${tier.leverage}`)]) rows[name] = []

  map.replay(
    (t, book) => {
      if (only >= 0 && t !== only) return
      const close = market.close[t]!
      const closeTime = market.time[t]! + market.barMs
      for (const side of ['long', 'short'] as const) {
        for (const cluster of findClusters(book, side, close, binWidth, rule)) {
          const near = side === 'long' ? cluster.high : cluster.low
          rows.time!.push(new Date(market.time[t]!))
          rows.bar!.push(t)
          rows.distance!.push(Math.abs(near / close - 1) * 100)
          rows.distanceAtr!.push(ranges[t]! > 0 ? Math.abs(near - close) / ranges[t]! : Number.NaN)
          rows.ageHours!.push((closeTime - cluster.meanOpened) / 3_600_000)
          for (const name of ['side', 'low', 'high', 'peak', 'notional', 'share', 'convergence'] as const)
            rows[name]!.push(cluster[name])
          for (const [index, tier] of tiers.entries()) rows[`x${tier.leverage}`]!.push(cluster.byTier[index]!)
        }
      }
    },
    only >= 0 ? only : undefined,
  )
  return table(rows)
}

/** The rule with its defaults. @throws RangeError naming the parameter that is out of range */
export function resolveRule(given: ClusterRule): Required<ClusterRule> {
  const rule = { ...DEFAULT_RULE, ...given }
  const check = (name: keyof ClusterRule, ok: boolean, expected: string) => {
    if (!ok) throw new RangeError(`${name}: ${rule[name]}, but expected ${expected}`)
  }
  check('maxDistance', rule.maxDistance > 0 && rule.maxDistance <= 3, 'above 0 and at most 3')
  check('brightness', rule.brightness > 0 && rule.brightness < Infinity, 'a factor above 0')
  check('gap', Number.isInteger(rule.gap) && rule.gap >= 0, 'a whole number of 0 or more')
  check('minShare', rule.minShare >= 0 && rule.minShare <= 1, '0 to 1')
  check('tierShare', rule.tierShare >= 0 && rule.tierShare <= 1, '0 to 1')
  return rule
}

function barOf({ market }: LiquidationMap, at: number | Date | string): number {
  if (typeof at === 'number') {
    if (Number.isInteger(at) && at >= 0 && at < market.length) return at
    throw new DataError(`at: bar ${at}, but the market has bars 0 to ${market.length - 1}`)
  }
  const ms = at instanceof Date ? at.getTime() : parseIsoUtc(at)
  const bar = market.time.findLastIndex(time => time <= ms)
  if (bar < 0) throw new DataError(`at: ${quote(at)} is not a time in the market`)
  return bar
}
