/** How far a bar swept a level, and which conditions on it fail. */
import type { DetectOptions, DetectRule } from './detect-options.ts'
import type { LevelColumns } from './levels/level-source.ts'

/** What a bar did to a level, in the terms of the detector's options. Values in ATR are NaN while the ATR is 0. */
export interface SweepMeasure {
  /** Move of the sweeping bar, from the close before it to its extreme, in ATR. */
  move: number
  /** Share of the zone's width that the extreme went through. */
  sweepDepth: number
  /** Share of the zone's USD that the extreme went through. */
  consumed: number
  /** How far the extreme went beyond the inner edge, in ATR and in %. */
  depth: number
  depthPct: number
}

/** A condition that failed: its option, the value measured, and the value needed. */
export interface FailedCondition {
  condition: keyof DetectOptions
  value: number
  needed: number
}

/** Measures the sweep of one level. `atr` is that of the bar before. */
export function measureSweep(
  levels: LevelColumns,
  id: number,
  extreme: number,
  closeBefore: number,
  atr: number,
): SweepMeasure {
  const inner = levels.inner[id]!
  const width = Math.abs(levels.outer[id]! - inner)
  const depth = Math.abs(extreme - inner)
  const unit = atr > 0 ? atr : Number.NaN
  return {
    move: ((levels.high[id] ? 1 : -1) * (extreme - closeBefore)) / unit,
    // A line, which has no width, is gone through as a whole.
    sweepDepth: Math.min(1, depth / width),
    consumed: consumedUpTo(levels, id, extreme),
    depth: depth / unit,
    depthPct: (100 * depth) / inner,
  }
}

/** The conditions on a sweep that fail, in the order in which they are checked. NaN fails every condition that is set. */
export function failedConditions(measure: SweepMeasure, rule: DetectRule): FailedCondition[] {
  const failed: FailedCondition[] = []
  const atLeast = (condition: FailedCondition['condition'], value: number, needed: number) => {
    if (needed > 0 && !(value >= needed)) failed.push({ condition, value, needed })
  }
  atLeast('minMove', measure.move, rule.minMove)
  atLeast('minSweepDepth', measure.sweepDepth, rule.minSweepDepth)
  atLeast('minConsumed', measure.consumed, rule.minConsumed)
  atLeast('minDepth', measure.depth, rule.minDepth)
  atLeast('minDepthPct', measure.depthPct, rule.minDepthPct)
  if (rule.maxDepth < Infinity && !(measure.depth <= rule.maxDepth))
    failed.push({ condition: 'maxDepth', value: measure.depth, needed: rule.maxDepth })
  return failed
}

/** Share of a level's USD between its inner edge and a price beyond it; within one part of the profile linear in ln(price). */
function consumedUpTo(levels: LevelColumns, id: number, price: number): number {
  const from = levels.profileStarts[id]!
  const parts = levels.profileStarts[id + 1]! - from
  const inner = levels.inner[id]!
  const outer = levels.outer[id]!
  const width = Math.log(outer / inner)
  if (width === 0) return 1
  const position = Math.min(1, Math.log(price / inner) / width)
  if (parts === 0) return position
  const part = Math.min(parts - 1, Math.floor(position * parts))
  const before = part > 0 ? levels.profile[from + part - 1]! : 0
  return before + (position * parts - part) * (levels.profile[from + part]! - before)
}
