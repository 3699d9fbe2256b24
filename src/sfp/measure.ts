import type { DetectOptions, DetectRule } from './detect-options.ts'
import type { LevelColumns } from './levels/columns.ts'

/** What a bar did to a level, in the terms of the detector's options. What is in ATR is NaN as long as the market has never moved. */
export interface SweepMeasure {
  /** Move of the sweeping bar, from the close before it to its extreme, in ATR. */
  move: number
  /** Shares of the zone's width and of its USD that the extreme went through. */
  sweepDepth: number
  consumed: number
  /** How far the extreme went beyond the inner edge, in ATR and in %. */
  depth: number
  depthPct: number
}

/** A condition that did not hold: its option, what was there, and what was asked for. */
export interface FailedCondition {
  condition: keyof DetectOptions
  value: number
  needed: number
}

/** Measures the sweep of one level. `range` is the ATR before the bar. */
export function measureSweep(
  levels: LevelColumns,
  id: number,
  extreme: number,
  before: number,
  range: number,
): SweepMeasure {
  const inner = levels.inner[id]!
  const width = Math.abs(levels.outer[id]! - inner)
  const through = Math.abs(extreme - inner)
  const unit = range > 0 ? range : Number.NaN
  return {
    move: ((levels.high[id] ? 1 : -1) * (extreme - before)) / unit,
    sweepDepth: width > 0 ? Math.min(1, through / width) : 1,
    consumed: consumedShare(levels, id, extreme),
    depth: through / unit,
    depthPct: (100 * through) / inner,
  }
}

/** The conditions on a sweep, in the order in which they are looked at, with what they ask for. What is not known meets none. */
export function sweepFaults(measure: SweepMeasure, rule: DetectRule): FailedCondition[] {
  const faults: FailedCondition[] = []
  const least = (condition: FailedCondition['condition'], value: number, needed: number) => {
    if (needed > 0 && !(value >= needed)) faults.push({ condition, value, needed })
  }
  least('minMove', measure.move, rule.minMove)
  least('minSweepDepth', measure.sweepDepth, rule.minSweepDepth)
  least('minConsumed', measure.consumed, rule.minConsumed)
  least('minDepth', measure.depth, rule.minDepth)
  least('minDepthPct', measure.depthPct, rule.minDepthPct)
  if (rule.maxDepth < Infinity && !(measure.depth <= rule.maxDepth))
    faults.push({ condition: 'maxDepth', value: measure.depth, needed: rule.maxDepth })
  return faults
}

/** Share of a level's USD between its inner edge and a price beyond it; within a part in proportion to ln(price). */
export function consumedShare(levels: LevelColumns, id: number, price: number): number {
  const from = levels.profileStarts[id]!
  const parts = levels.profileStarts[id + 1]! - from
  const inner = levels.inner[id]!
  const outer = levels.outer[id]!
  const width = Math.log(outer / inner)
  if (width === 0) return 1
  const at = Math.min(1, Math.log(price / inner) / width)
  if (parts === 0) return at
  const part = Math.min(parts - 1, Math.floor(at * parts))
  const before = part > 0 ? levels.profile[from + part - 1]! : 0
  return before + (at * parts - part) * (levels.profile[from + part]! - before)
}
