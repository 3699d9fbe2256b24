/** Clusters: runs of price bins that stand out from one side of the book. */
import { type ColumnTable, table } from 'arquero'
import { FORMATS, withFormats } from '../common/column-format.ts'
import { formatTime, HOUR } from '../common/duration.ts'
import { parseIsoUtc } from '../common/iso-time.ts'
import {
  anything,
  defineOptions,
  invalidOption,
  numberThat,
  oneOf,
  option,
  optional,
  wholeNumber,
} from '../common/options.ts'
import { atr } from '../market/atr.ts'
import { binOf, binPrice } from '../market/bins.ts'
import type { BookView } from './book/level-book.ts'
import { type ClusterRank, findRuns, type Run, rankingNotional, takesPart } from './cluster-runs.ts'
import { amountFormat, type LiquidationMap } from './map.ts'
import type { Side } from './side.ts'

/** The parameters of the cluster rule. */
export interface ClusterRule {
  /** Levels farther than this from the close, in ln(price), are ignored. Default 0.3 (about 30 %). */
  maxDistance?: number
  /** A bin is bright from this multiple of its column's mean on. Default 2. */
  brightness?: number
  /** Bright bins with at most this many dimmer bins between them form one cluster. Default 1. */
  gap?: number
  /** Minimum share of the column that a cluster holds. Default 0.02. */
  minShare?: number
  /**
   * A tier takes part in a cluster when its share of it is at least this part of its own weight in the leverage mix (observed
   * positions: of an equal weight). Default 0.5.
   */
  tierShare?: number
  /**
   * Which cluster is the first: the `brightest`, that of the brightest bin, which catches the eye on the map, or the `largest`, that
   * of most USD. Default `brightest`.
   */
  rankBy?: ClusterRank
}

const share = numberThat('0 to 1', x => x >= 0 && x <= 1)

/** Default and check of each parameter, for the options of functions that take the rule among others. */
export const clusterRule = {
  maxDistance: option(
    0.3,
    numberThat('above 0 to 3 in ln(price)', x => x > 0 && x <= 3),
  ),
  brightness: option(
    2,
    numberThat('a factor above 0', x => x > 0 && x < Infinity),
  ),
  gap: option(1, wholeNumber(0)),
  minShare: option(0.02, share),
  tierShare: option(
    0.5,
    numberThat('0 to 100', x => x >= 0 && x <= 100),
  ),
  rankBy: option('brightest' as ClusterRank, oneOf('brightest', 'largest')),
}

export const clusterRuleOptions = defineOptions<ClusterRule>('map.clusters', clusterRule)

/** Weights of a map's tiers, as the cluster rule takes them. */
export const tierWeights = ({ options }: Pick<LiquidationMap, 'options'>): number[] =>
  options.tiers.map(({ weight }) => weight)

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
  /** USD that would be liquidated: in total, in the brightest bin, by bin from `fromBin` on, and by tier. */
  notional: number
  peakNotional: number
  byBin: Float64Array
  byTier: Float64Array
  /** Share of its side's notional within `maxDistance`. */
  share: number
  /** Number of tiers that take part in it, see {@link ClusterRule.tierShare}. */
  convergence: number
}

/**
 * The clusters of one side at one moment, from the first by `rankBy` on.
 *
 * The column is the bins from the price outwards up to `maxDistance`; its clusters are its {@link findRuns}. The bin of the
 * close belongs to neither side.
 *
 * @param weights of the tiers in the mix
 * @param maxCount keep only the first N clusters
 */
export function findClusters(
  book: BookView,
  side: Side,
  close: number,
  binWidth: number,
  weights: readonly number[],
  rule: Required<ClusterRule> = clusterRuleOptions.defaults,
  maxCount = Infinity,
): Cluster[] {
  return new ClusterSearch(weights, binWidth, rule, maxCount).clusters(book, side, close)
}

/**
 * The search of {@link findClusters} in two steps, for callers that search at every bar: they turn into clusters only the runs
 * that they need. Each search reuses the arrays of the one before.
 */
export class ClusterSearch {
  /** Bin of index 0 of the last searched column, the column in USD, and its sum. */
  firstBin = 0
  readonly column: Float64Array
  sum = 0
  readonly byTier: Float64Array
  readonly #rule: Required<ClusterRule>
  readonly #binWidth: number
  readonly #maxCount: number
  readonly #weights: readonly number[]
  #side: Side = 'long'

  /** @param weights of the tiers in the mix */
  constructor(weights: readonly number[], binWidth: number, rule: Required<ClusterRule>, maxCount = Infinity) {
    this.column = new Float64Array(Math.round(rule.maxDistance / binWidth))
    this.byTier = new Float64Array(weights.length)
    this.#weights = weights
    this.#rule = rule
    this.#binWidth = binWidth
    this.#maxCount = maxCount
  }

  /** The runs of a side that count as clusters, in order of rank. */
  run(book: BookView, side: Side, close: number): Run[] {
    const { column } = this
    const closeBin = binOf(close, this.#binWidth)
    this.#side = side
    this.firstBin = side === 'long' ? closeBin - column.length : closeBin + 1
    this.sum = book.readColumn(side, this.firstBin, column)
    return findRuns(column, side, this.sum, this.#rule, this.#maxCount)
  }

  /** {@link run}, with all runs turned into clusters. */
  clusters(book: BookView, side: Side, close: number): Cluster[] {
    return this.run(book, side, close).map(run => this.toCluster(book, run))
  }

  /** Sums of a run of the last search by tier, in {@link byTier}. @returns the number of tiers that take part in it */
  readTiers(book: BookView, { from, to, notional }: Run): number {
    const { byTier, firstBin } = this
    book.byTier(this.#side, firstBin + from, firstBin + to, byTier)
    let count = 0
    for (let tier = 0; tier < byTier.length; tier++) if (this.takesPart(tier, notional)) count++
    return count
  }

  /** Whether a tier takes part in the cluster of `notional` that was read last. */
  takesPart(tier: number, notional: number): boolean {
    return takesPart(this.byTier[tier]!, notional, this.#weights[tier]!, this.#rule.tierShare)
  }

  /** The USD that rank a run. */
  rankingNotional(run: Run): number {
    return rankingNotional(run, this.#rule.rankBy)
  }

  /** Lower edge in ln(price) of an index of the column. */
  edge(index: number): number {
    return binPrice(this.firstBin + index, this.#binWidth)
  }

  /** A run of the last search as a cluster with arrays of its own. */
  toCluster(book: BookView, run: Run): Cluster {
    const { from, to, peak, notional, peakNotional } = run
    const { firstBin } = this
    const convergence = this.readTiers(book, run)
    return {
      side: this.#side,
      fromBin: firstBin + from,
      toBin: firstBin + to,
      low: this.edge(from),
      high: this.edge(to + 1),
      peak: this.edge(peak + 0.5),
      notional,
      peakNotional,
      byBin: this.column.slice(from, to + 1),
      byTier: this.byTier.slice(),
      share: notional / this.sum,
      convergence,
    }
  }
}

export interface ClusterOptions extends ClusterRule {
  /** The bar at whose close clusters are known: its number, a time within it, or `all` bars. Default: the last bar. */
  at?: number | Date | string | 'all'
}

export const clusterOptions = defineOptions<ClusterOptions, 'at'>('map.clusters', {
  ...clusterRule,
  at: optional(anything),
})

const clusterFormats = {
  share: FORMATS.share,
  distance: FORMATS.signedPercent,
  distanceAtr: FORMATS.signedAtr,
  ageHours: FORMATS.hours,
}

/**
 * Clusters as a table, by bar and in order of rank: `time` (open time of the bar at whose close they are known),
 * `bar`, `timeframe`, `rank` (1 = first of its side by `rankBy`), `side`, `low`, `high`, `peak` (prices), `notional` (USD),
 * `peakNotional` (USD of its brightest bin), `share` of its side, `convergence` (tiers), `distance` (% from the close to the near
 * edge, negative below the close), `distanceAtr` (the same in ATR), `ageHours` (mean, weighted by notional), and USD by tier, e.g.
 * `x25`.
 *
 * @throws OptionError naming the option that is out of range, also when `at` is not in the market
 */
export function clusterTable(
  map: LiquidationMap,
  options: ClusterOptions = {},
  caller: 'map.clusters' | 'liq.timeframeClusters' = 'map.clusters',
): ColumnTable {
  const { market } = map
  const { at = market.length - 1, ...rule } = clusterOptions.resolve(options, caller)
  const { binWidth, tiers } = map.options
  const to = at === 'all' ? market.length - 1 : findBar(map, at, caller)
  const from = at === 'all' ? 0 : to
  const ranges = atr(market)
  const columns = {
    time: [] as Date[],
    bar: [] as number[],
    timeframe: [] as string[],
    rank: [] as number[],
    side: [] as Side[],
    low: [] as number[],
    high: [] as number[],
    peak: [] as number[],
    notional: [] as number[],
    peakNotional: [] as number[],
    share: [] as number[],
    convergence: [] as number[],
    distance: [] as number[],
    distanceAtr: [] as number[],
    ageHours: [] as number[],
  }
  const tierColumns = tiers.map(() => [] as number[])
  const search = new ClusterSearch(tierWeights(map), binWidth, rule)

  map.replay(
    (t, book) => {
      if (t < from) return
      const close = market.close[t]!
      const closeTime = market.time[t]! + market.barMs
      for (const side of ['long', 'short'] as const) {
        for (const [index, cluster] of search.clusters(book, side, close).entries()) {
          const nearEdge = side === 'long' ? cluster.high : cluster.low
          const opened = book.openedTime(side, cluster.fromBin, cluster.toBin) / cluster.notional
          columns.time.push(new Date(market.time[t]!))
          columns.bar.push(t)
          columns.timeframe.push(market.timeframe)
          columns.rank.push(index + 1)
          columns.side.push(cluster.side)
          columns.distance.push((nearEdge / close - 1) * 100)
          columns.distanceAtr.push(ranges[t]! > 0 ? (nearEdge - close) / ranges[t]! : Number.NaN)
          columns.ageHours.push((closeTime - opened) / HOUR)
          for (const name of ['low', 'high', 'peak', 'notional', 'peakNotional', 'share', 'convergence'] as const)
            columns[name].push(cluster[name])
          for (const [tier, column] of tierColumns.entries()) column.push(cluster.byTier[tier]!)
        }
      }
    },
    { ages: true, until: to },
  )
  const byTier = Object.fromEntries(tierColumns.map((column, tier) => [`x${tiers[tier]!.leverage}`, column]))
  const amount = amountFormat(map)
  return withFormats(table({ ...columns, ...byTier }), {
    ...clusterFormats,
    notional: amount,
    peakNotional: amount,
    ...Object.fromEntries(Object.keys(byTier).map(name => [name, amount])),
  })
}

/**
 * The bar that the option `at` names.
 * @throws OptionError when it is not in the market
 */
export function findBar({ market }: LiquidationMap, at: number | Date | string, caller: string): number {
  if (typeof at === 'number') {
    if (Number.isInteger(at) && at >= 0 && at < market.length) return at
    throw invalidOption(caller, 'at', at, `a bar from 0 to ${market.length - 1}`)
  }
  const ms = at instanceof Date ? at.getTime() : typeof at === 'string' ? parseIsoUtc(at) : Number.NaN
  const { time, barMs, length } = market
  const start = time[0]!
  const end = time[length - 1]! + barMs
  if (!(ms >= start && ms < end))
    throw invalidOption(
      caller,
      'at',
      at,
      `a bar, or a time in the market, from ${formatTime(start)} to ${formatTime(end)}`,
    )
  return time.findLastIndex(open => open <= ms)
}
