import { type ColumnTable, table } from 'arquero'
import { formatTime, HOUR } from '../common/duration.ts'
import { DataError, quoteValue } from '../common/errors.ts'
import { parseIsoUtc } from '../common/iso-time.ts'
import { dropUndefined } from '../common/options.ts'
import { atr } from '../market/atr.ts'
import { binOf, binPrice } from '../market/bins.ts'
import type { BookView } from './book/level-book.ts'
import type { LiquidationMap } from './map.ts'
import type { Side } from './margin/liquidation-price.ts'

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
  /** First and last bin of the run. */
  fromBin: number
  toBin: number
  /** Price edges of the run and the middle of its brightest bin. */
  low: number
  high: number
  peak: number
  /** USD that would be liquidated: in all, by bin from `fromBin` on, and by tier. */
  notional: number
  byBin: Float64Array
  byTier: Float64Array
  /** Of all on its side within `maxDistance`. */
  share: number
  /** How many tiers carry at least `tierShare` of it. */
  convergence: number
}

/**
 * The clusters of one side at one moment, brightest first.
 *
 * The column is the bins from the price outwards up to `maxDistance`; its mean is taken over the bins from its first to
 * its last one that is not empty. Bins of at least `brightness` times that mean are bright; bright bins with at most
 * `gap` dimmer ones between them make a cluster, which counts when it holds `minShare` of the column. The bin of the close
 * itself belongs to neither side.
 *
 * @param most only the so many brightest
 */
export function findClusters(
  book: BookView,
  side: Side,
  close: number,
  binWidth: number,
  rule: Required<ClusterRule> = DEFAULT_RULE,
  most = Infinity,
): Cluster[] {
  const at = binOf(close, binWidth)
  const reach = Math.round(rule.maxDistance / binWidth)
  const firstBin = side === 'long' ? at - reach : at + 1
  const column = book.column(side, firstBin, scratch(reach))
  let a = 0
  let b = reach - 1
  while (a <= b && column[a] === 0) a++
  while (b >= a && column[b] === 0) b--
  if (a > b) return []
  let sum = 0
  for (let i = a; i <= b; i++) sum += column[i]!
  const bright = (rule.brightness * sum) / (b - a + 1)

  const runs: { from: number; to: number; peak: number; notional: number }[] = []
  for (let i = a; i <= b; i++) {
    if (!(column[i]! >= bright && column[i]! > 0)) continue
    let last = i
    for (let j = i + 1; j <= b && j - last <= rule.gap + 1; j++) if (column[j]! >= bright) last = j
    let notional = 0
    let peak = i
    for (let j = i; j <= last; j++) {
      notional += column[j]!
      if (column[j]! > column[peak]!) peak = j
    }
    if (notional >= rule.minShare * sum) runs.push({ from: i, to: last, peak, notional })
    i = last
  }
  // Tiers are asked for only of the clusters that are wanted: for each bar of a market that is most of the cost.
  return runs
    .sort((x, y) => y.notional - x.notional)
    .slice(0, most)
    .map(({ from, to, peak, notional }) => {
      const byTier = book.byTier(side, firstBin + from, firstBin + to)
      return {
        side,
        fromBin: firstBin + from,
        toBin: firstBin + to,
        low: binPrice(firstBin + from, binWidth),
        high: binPrice(firstBin + to + 1, binWidth),
        peak: binPrice(firstBin + peak + 0.5, binWidth),
        notional,
        byBin: column.slice(from, to + 1),
        byTier,
        share: notional / sum,
        convergence: countFrom(byTier, rule.tierShare * notional),
      }
    })
}

function countFrom(values: Float64Array, least: number): number {
  let count = 0
  for (let i = 0; i < values.length; i++) if (values[i]! >= least) count++
  return count
}

let buffer = new Float64Array(0)

/** A column to work on, made once: a new one for each bar would be most of the cost. */
function scratch(length: number): Float64Array {
  if (buffer.length !== length) buffer = new Float64Array(length)
  return buffer
}

export interface ClusterOptions extends ClusterRule {
  /** Which bar's close: its number, its open time, or `all`. Default: the last bar. */
  at?: number | Date | string | 'all'
}

/** The names of {@link ClusterOptions}. */
export const CLUSTER_OPTIONS: readonly string[] = ['at', ...Object.keys(DEFAULT_RULE)]

/**
 * Clusters as a table, by bar and from the brightest: `time` (open time of the bar at whose close they are known),
 * `bar`, `timeframe`, `rank` (1 = brightest of its side), `side`, `low`, `high`, `peak` (prices), `notional` (USD), `share` of
 * its side, `convergence` (tiers), `distance` (% from the close to the near edge), `distanceAtr`, `ageHours` (mean, weighted
 * by notional), and USD by tier, e.g. `x25`.
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
  const names = ['time', 'bar', 'timeframe', 'rank', 'side', 'low', 'high', 'peak', 'notional', 'share', 'convergence']
  for (const name of [...names, 'distance', 'distanceAtr', 'ageHours', ...tiers.map(tier => `x${tier.leverage}`)])
    rows[name] = []

  map.replay(
    (t, book) => {
      if (only >= 0 && t !== only) return
      const close = market.close[t]!
      const closeTime = market.time[t]! + market.barMs
      for (const side of ['long', 'short'] as const) {
        for (const [index, cluster] of findClusters(book, side, close, binWidth, rule).entries()) {
          const near = side === 'long' ? cluster.high : cluster.low
          const opened = book.openedTime(side, cluster.fromBin, cluster.toBin) / cluster.notional
          rows.time!.push(new Date(market.time[t]!))
          rows.bar!.push(t)
          rows.timeframe!.push(market.timeframe)
          rows.rank!.push(index + 1)
          rows.distance!.push(Math.abs(near / close - 1) * 100)
          rows.distanceAtr!.push(ranges[t]! > 0 ? Math.abs(near - close) / ranges[t]! : Number.NaN)
          rows.ageHours!.push((closeTime - opened) / HOUR)
          for (const name of ['side', 'low', 'high', 'peak', 'notional', 'share', 'convergence'] as const)
            rows[name]!.push(cluster[name])
          for (const [tier, { leverage }] of tiers.entries()) rows[`x${leverage}`]!.push(cluster.byTier[tier]!)
        }
      }
    },
    { ages: true, until: only >= 0 ? only : undefined },
  )
  return table(rows)
}

/** The rule with its defaults. @throws RangeError naming the parameter that is out of range */
export function resolveRule(options: ClusterRule): Required<ClusterRule> {
  const rule = { ...DEFAULT_RULE, ...dropUndefined(options) }
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

/** The bar that `at` names. @throws DataError when it is not in the market */
export function barOf({ market }: LiquidationMap, at: number | Date | string): number {
  if (typeof at === 'number') {
    if (Number.isInteger(at) && at >= 0 && at < market.length) return at
    throw new DataError(`at: bar ${at}, but the market has bars 0 to ${market.length - 1}`)
  }
  const ms = at instanceof Date ? at.getTime() : typeof at === 'string' ? parseIsoUtc(at) : Number.NaN
  const { time, barMs } = market
  const end = time.at(-1)! + barMs
  if (!(ms >= time[0]! && ms < end))
    throw new DataError(
      `at: ${quoteValue(at)} is not a time in the market, which goes from ${formatTime(time[0]!)} to ${formatTime(end)}`,
    )
  return time.findLastIndex(open => open <= ms)
}
