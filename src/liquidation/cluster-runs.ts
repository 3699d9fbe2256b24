/** The cluster rule on a column of numbers, without a book: shared with the explorer, so that both find the same clusters. */
import type { Side } from './side.ts'

/** What makes a cluster the first: the bin that catches the eye on a map, or the sum of all its bins. */
export type ClusterRank = 'brightest' | 'largest'

export interface RunRule {
  brightness: number
  gap: number
  minShare: number
  rankBy: ClusterRank
}

/** Indices of the first, last and brightest bin of a run, its notional and that of its brightest bin. */
export interface Run {
  from: number
  to: number
  peak: number
  notional: number
  peakNotional: number
}

/** What {@link RunRule.rankBy} compares, in USD. */
export function rankingNotional(
  { notional, peakNotional }: Pick<Run, 'notional' | 'peakNotional'>,
  rankBy: ClusterRank,
) {
  return rankBy === 'brightest' ? peakNotional : notional
}

/**
 * Whether a tier takes part in a cluster: its share of the cluster is at least `tierShare` times its own weight in the mix. So a
 * tier of little weight counts where it is as strong as the mix lets it be.
 *
 * @param usd of the tier in a cluster of `notional`
 */
export function takesPart(usd: number, notional: number, weight: number, tierShare: number): boolean {
  return usd > 0 && usd >= tierShare * weight * notional
}

/** What a column does not show of its side, beyond its end away from the price. */
export interface OutsideColumn {
  notional: number
  /** Number of bins to the outermost filled one. */
  bins: number
}

const NOTHING: OutsideColumn = { notional: 0, bins: 0 }

/** The {@link findRuns} of a column of which a part may be outside, and the sum of all of it. */
export function brightRuns(
  column: Float64Array,
  side: Side,
  rule: RunRule,
  outside: OutsideColumn = NOTHING,
): { runs: Run[]; sum: number } {
  let { notional: sum } = outside
  for (let i = 0; i < column.length; i++) sum += column[i]!
  return { runs: findRuns(column, side, sum, rule, Infinity, outside.bins), sum }
}

/**
 * Runs of bright bins, from the first by `rankBy` on. Bins of at least `brightness` times the mean of the column are bright; the mean
 * covers the bins from the first to the last nonzero one. Bright bins with at most `gap` dimmer ones between them form a
 * run, which counts from `minShare` of the column on. A search of every bar spends its time here.
 *
 * @param column notional by bin, in order of price: the price lies after its end for longs, before its start for shorts
 * @param sum of the column, and of what lies outside it
 * @param maxCount keep only the first N
 * @param outsideBins number of bins beyond the column's end away from the price to the outermost filled one
 */
export function findRuns(
  column: Float64Array,
  side: Side,
  sum: number,
  { brightness, gap, minShare, rankBy }: RunRule,
  maxCount = Infinity,
  outsideBins = 0,
): Run[] {
  const runs: Run[] = []
  let a = 0
  let b = column.length - 1
  while (a <= b && column[a] === 0) a++
  if (a > b) return runs
  while (column[b] === 0) b--
  const span = outsideBins === 0 ? b - a + 1 : outsideBins + (side === 'long' ? b + 1 : column.length - a)
  // At least the smallest number above 0: bins without notional are never bright.
  const bright = Math.max(Number.MIN_VALUE, (brightness * sum) / span)
  const minNotional = minShare * sum
  for (let i = a; i <= b; i++) {
    if (column[i]! < bright) continue
    let to = i
    let peak = i
    let notional = column[i]!
    for (let j = i + 1; j <= b && j - to <= gap + 1; j++) {
      const value = column[j]!
      if (value < bright) continue
      // Dimmer bins count only when a bright one follows within the gap.
      while (++to < j) notional += column[to]!
      notional += value
      if (value > column[peak]!) peak = j
    }
    if (notional >= minNotional)
      insertRun(runs, { from: i, to, peak, notional, peakNotional: column[peak]! }, rankBy, maxCount)
    i = to
  }
  return runs
}

/** Inserts a run into a list in order of rank, behind equals, and keeps the first `maxCount`. */
function insertRun(runs: Run[], run: Run, rankBy: ClusterRank, maxCount: number): void {
  const value = rankingNotional(run, rankBy)
  let at = runs.length
  while (at > 0 && rankingNotional(runs[at - 1]!, rankBy) < value) at--
  if (at >= maxCount) return
  for (let i = runs.length; i > at; i--) runs[i] = runs[i - 1]!
  runs[at] = run
  if (runs.length > maxCount) runs.pop()
}
