/** Compares an estimated map with observed positions: where they agree, by side, distance and tier. */
import { defineOptions, invalidOption, numberThat, option, optional, wholeNumber } from '../../common/options.ts'
import { bootstrap, type Interval, MAX_RESAMPLES } from '../../stats/bootstrap.ts'
import { partialSpearman, spearman } from '../../stats/ranks.ts'
import type { LiquidationMap } from '../map.ts'
import type { Side } from '../side.ts'
import {
  assertSameBars,
  booksAt,
  chosenBars,
  type GroupOptions,
  type GroupShape,
  groupOptions,
  groupShape,
  isFilled,
} from './price-groups.ts'

export interface CompareOptions extends GroupOptions {
  /** First and last bar to compare, inclusive. Default: those with observed positions. */
  from?: number
  to?: number
  /** Number of snapshots to compare, evenly spread. Default 200. */
  snapshots?: number
  /** Mean length of a bootstrap block, in snapshots. Default: the cube root of their number. */
  block?: number
  /** Number of bootstrap samples. Default 500. */
  resamples?: number
  /** Seed of the bootstrap. Default 1. */
  seed?: number
}

const CALLER = 'liq.compare'

const compareOptions = defineOptions<CompareOptions, 'from' | 'to' | 'block'>(CALLER, {
  ...groupOptions,
  from: optional(wholeNumber(0)),
  to: optional(wholeNumber(0)),
  snapshots: option(200, wholeNumber(1)),
  block: optional(numberThat('1 snapshot or more', x => x >= 1 && x < Infinity)),
  resamples: option(500, wholeNumber(1, MAX_RESAMPLES)),
  seed: option(1, wholeNumber()),
})

/** How well two books agree on some levels; intervals: 95 %, block bootstrap over snapshots, none below ten. */
export interface Agreement {
  /** Mean over the snapshots of Spearman's rank correlation of estimated with observed USD by price group. */
  spearman: Interval
  /** Mean share of overlap: Σ min(estimated share, observed share) over the groups; 1 where both are distributed alike. */
  overlap: Interval
  /** Estimated USD over observed USD, in all. */
  ratio: Interval
  /** Mean USD of a snapshot. */
  estimatedUsd: number
  observedUsd: number
}

/** Agreement on one side. */
export interface SideComparison extends Agreement {
  side: Side
  /** Snapshots compared: closes at which positions of this side were seen. */
  snapshots: number
  /** The rank correlation, controlled for the distance from the price. */
  beyondDistance: Interval
  /** By distance from the close in ln(price). */
  byDistance: (Agreement & { from: number; to: number })[]
  /** By tiers that both maps have. */
  byTier: (Agreement & { leverage: number })[]
}

/** Edges of the distances, in ln(price); those within the compared distance are used. */
const DISTANCES = [0, 0.02, 0.05, 0.1, 0.2]

/** One side at one snapshot: USD by price group from the close outwards, in all and by common tier. */
interface Snapshot {
  estimated: Float64Array
  observed: Float64Array
  estimatedByTier: Float64Array[]
  observedByTier: Float64Array[]
}

/**
 * Compares the levels of two maps of the same bars, at closes spread over them. Longs are compared below the close, shorts
 * above; the bin of the close belongs to neither.
 *
 * @throws DataError when bars differ, or nothing was observed within the distance
 * @throws OptionError naming the option
 */
export function compareMaps(
  map: LiquidationMap,
  observed: LiquidationMap,
  options: CompareOptions = {},
): Record<Side, SideComparison> {
  const { market } = observed
  const { binWidth } = observed.options
  const resolved = compareOptions.resolve(options)
  assertSameBars(map, observed, CALLER)
  const last = market.length - 1
  const { from = 0, to = last } = resolved
  if (from > last) throw invalidOption(CALLER, 'from', from, `a bar from 0 to ${last}`)
  if (to < from || to > last) throw invalidOption(CALLER, 'to', to, `a bar from ${from} to ${last}`)
  const shape = groupShape(resolved.within, resolved.binWidth, binWidth)
  const tiers = commonTiers(map, observed)
  const bars = chosenBars(observed, from, to, resolved.snapshots, shape, CALLER)
  const both = { map: booksAt(map, bars, shape, tiers.map), observed: booksAt(observed, bars, shape, tiers.observed) }
  const compare = (side: Side) => {
    const snapshots = bars.map(
      (_, k): Snapshot => ({
        estimated: both.map[k]![side].all,
        observed: both.observed[k]![side].all,
        estimatedByTier: both.map[k]![side].byTier,
        observedByTier: both.observed[k]![side].byTier,
      }),
    )
    return compareSide(side, snapshots, shape, tiers.leverages, resolved)
  }
  return { long: compare('long'), short: compare('short') }
}

function commonTiers(map: LiquidationMap, observed: LiquidationMap) {
  const estimated = map.options.tiers.map(({ leverage }) => leverage)
  const seen = observed.options.tiers.map(({ leverage }) => leverage)
  const leverages = seen.filter(leverage => estimated.includes(leverage))
  return {
    leverages,
    map: leverages.map(leverage => estimated.indexOf(leverage)),
    observed: leverages.map(leverage => seen.indexOf(leverage)),
  }
}

function compareSide(
  side: Side,
  all: readonly Snapshot[],
  { groups, width }: GroupShape,
  leverages: readonly number[],
  options: ReturnType<typeof compareOptions.resolve>,
): SideComparison {
  const snapshots = all.filter(({ observed }) => observed.some(isFilled))
  const cut = (estimated: (s: Snapshot) => Float64Array, observed: (s: Snapshot) => Float64Array) =>
    agreement(
      snapshots.map(snapshot => [estimated(snapshot), observed(snapshot)]),
      options,
    )
  const distance = Float64Array.from({ length: groups }, (_, k) => k)
  const beyond = snapshots.map(({ estimated, observed }) => partialSpearman(estimated, observed, [distance]))
  const edges = [...DISTANCES.filter(edge => edge < options.within), options.within]
  const ranges = edges.slice(0, -1).map((from, i) => ({ from, to: edges[i + 1]! }))
  return {
    side,
    snapshots: snapshots.length,
    ...cut(
      snapshot => snapshot.estimated,
      snapshot => snapshot.observed,
    ),
    beyondDistance: bootstrap(snapshots.length, rows => ({ beyond: meanAt(beyond, rows) }), boundsOf(options)).beyond,
    byDistance: ranges.flatMap(({ from, to }) => {
      const [first, end] = [Math.round(from / width), Math.min(groups, Math.round(to / width))]
      if (first >= end) return []
      const part = (values: Float64Array) => values.subarray(first, end)
      return {
        from,
        to,
        ...cut(
          snapshot => part(snapshot.estimated),
          snapshot => part(snapshot.observed),
        ),
      }
    }),
    byTier: leverages.map((leverage, k) => ({
      leverage,
      ...cut(
        snapshot => snapshot.estimatedByTier[k]!,
        snapshot => snapshot.observedByTier[k]!,
      ),
    })),
  }
}

type BootstrapSettings = Pick<ReturnType<typeof compareOptions.resolve>, 'block' | 'resamples' | 'seed'>

function boundsOf({ block, resamples, seed }: BootstrapSettings) {
  return { resamples, seed, ...(block !== undefined && { block }) }
}

/** @param pairs estimated and observed USD by price group, one pair per snapshot */
function agreement(pairs: readonly (readonly [Float64Array, Float64Array])[], options: BootstrapSettings): Agreement {
  const correlation = pairs.map(([estimated, observed]) => spearman(estimated, observed))
  const overlap = pairs.map(([estimated, observed]) => overlapShare(estimated, observed))
  const estimatedUsd = pairs.map(([estimated]) => total(estimated))
  const observedUsd = pairs.map(([, observed]) => total(observed))
  const figures = bootstrap(
    pairs.length,
    rows => ({
      spearman: meanAt(correlation, rows),
      overlap: meanAt(overlap, rows),
      ratio: meanAt(estimatedUsd, rows) / meanAt(observedUsd, rows),
    }),
    boundsOf(options),
  )
  const every = Uint32Array.from(pairs.keys())
  return { ...figures, estimatedUsd: meanAt(estimatedUsd, every), observedUsd: meanAt(observedUsd, every) }
}

/** Σ min of the two distributions; NaN where one of them is empty. */
export function overlapShare(a: Float64Array, b: Float64Array): number {
  const [sumA, sumB] = [total(a), total(b)]
  let share = 0
  for (let k = 0; k < a.length; k++) share += Math.min(a[k]! / sumA, b[k]! / sumB)
  return share
}

function total(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

/** Mean of the values at some indices; those without a value (NaN) are left out. */
function meanAt(values: readonly number[], rows: Uint32Array): number {
  let sum = 0
  let count = 0
  for (const row of rows) {
    const value = values[row]!
    if (Number.isNaN(value)) continue
    sum += value
    count++
  }
  return sum / count
}
