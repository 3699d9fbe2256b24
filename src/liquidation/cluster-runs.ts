/** The cluster rule on a column of numbers, without a book: shared with the explorer, so that both find the same clusters. */
import type { Side } from './side.ts'

export interface RunRule {
  brightness: number
  gap: number
  minShare: number
}

/** Indices of the first, last and brightest bin of a run, and its notional. */
export interface Run {
  from: number
  to: number
  peak: number
  notional: number
}

/** What a column does not show of its side, beyond its end away from the price. */
export interface OutsideColumn {
  notional: number
  /** Number of bins to the outermost filled one. */
  bins: number
}

const NOTHING: OutsideColumn = { notional: 0, bins: 0 }

/**
 * Runs of bright bins, brightest first. Bins of at least `brightness` times the mean of the column are bright; the mean
 * covers the bins from the first to the last nonzero one. Bright bins with at most `gap` dimmer ones between them form a
 * run, which counts from `minShare` of the column on.
 *
 * @param column notional by bin, in order of price: the price lies after its end for longs, before its start for shorts
 */
export function brightRuns(
  column: Float64Array,
  side: Side,
  rule: RunRule,
  outside: OutsideColumn = NOTHING,
): { runs: Run[]; sum: number } {
  let a = 0
  let b = column.length - 1
  while (a <= b && column[a] === 0) a++
  while (b >= a && column[b] === 0) b--
  if (a > b) return { runs: [], sum: outside.notional }
  let sum = outside.notional
  for (let i = a; i <= b; i++) sum += column[i]!
  const span = outside.bins === 0 ? b - a + 1 : outside.bins + (side === 'long' ? b + 1 : column.length - a)
  const bright = (rule.brightness * sum) / span
  const runs: Run[] = []
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
  return { runs: runs.sort((x, y) => y.notional - x.notional), sum }
}
