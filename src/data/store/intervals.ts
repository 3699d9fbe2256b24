/** A half-open stretch of time [from, to), epoch ms. */
export type Interval = readonly [from: number, to: number]

/** The same moments in order, as few intervals as possible: overlapping and touching ones are joined, empty ones left out. */
export function unite(intervals: readonly Interval[]): Interval[] {
  const united: [number, number][] = []
  for (const [from, to] of intervals.filter(([from, to]) => from < to).sort((a, b) => a[0] - b[0])) {
    const last = united.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else united.push([from, to])
  }
  return united
}

/** What of `whole` lies in none of `parts`, in order. */
export function subtract(whole: Interval, parts: readonly Interval[]): Interval[] {
  const left: Interval[] = []
  let cursor = whole[0]
  for (const [from, to] of unite(parts)) {
    if (to <= cursor) continue
    if (from >= whole[1]) break
    if (from > cursor) left.push([cursor, from])
    cursor = to
  }
  if (cursor < whole[1]) left.push([cursor, whole[1]])
  return left
}

/** The parts of `intervals` that lie within `bounds`, in order. */
export function clip(intervals: readonly Interval[], bounds: Interval): Interval[] {
  return unite(intervals.map(([from, to]) => [Math.max(from, bounds[0]), Math.min(to, bounds[1])]))
}
