/** Sets of time intervals. */

/** A half-open interval of time [from, to), epoch ms. */
export type Interval = readonly [from: number, to: number]

/** The union of intervals, in order: overlapping and touching ones are joined, empty ones left out. */
export function unite(intervals: readonly Interval[]): Interval[] {
  const united: [number, number][] = []
  for (const [from, to] of intervals.filter(([from, to]) => from < to).sort((a, b) => a[0] - b[0])) {
    const last = united.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else united.push([from, to])
  }
  return united
}

/** The parts of `whole` that are in none of `intervals`, in order. */
export function subtract(whole: Interval, intervals: readonly Interval[]): Interval[] {
  const gaps: Interval[] = []
  let cursor = whole[0]
  for (const [from, to] of unite(intervals)) {
    if (to <= cursor) continue
    if (from >= whole[1]) break
    if (from > cursor) gaps.push([cursor, from])
    cursor = to
  }
  if (cursor < whole[1]) gaps.push([cursor, whole[1]])
  return gaps
}

/** The parts of `intervals` within `bounds`, in order. */
export function clip(intervals: readonly Interval[], bounds: Interval): Interval[] {
  return unite(intervals.map(interval => overlap(interval, bounds)))
}

/** The overlap of two intervals; empty (from ≥ to) when there is none. */
export function overlap(a: Interval, b: Interval): Interval {
  return [Math.max(a[0], b[0]), Math.min(a[1], b[1])]
}
