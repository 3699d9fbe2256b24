/**
 * The entries of one bar, stretch by stretch and then by bin. Reused from bar to bar. The columns are typed arrays that
 * {@link pathEntries} fills itself: a call for each stretch would make an object of each of its numbers.
 */
export class BarEntries {
  /** Stretches: first and last bin, USD in each of them, the longs' share, and the extremes of the bar after them. */
  count = 0
  from = new Int32Array(FEW)
  to = new Int32Array(FEW)
  notional = new Float64Array(FEW)
  longShare = new Float64Array(FEW)
  lowestAt = new Float64Array(FEW)
  highestAt = new Float64Array(FEW)
  /** First and last bin of all stretches. */
  first = 0
  last = -1
  private scratch = new Float64Array(64)
  private part = new Float64Array(64)
  /** All 0 between two calls of {@link sum}. */
  private steps = new Float64Array(64)
  /** USD that count as one in {@link values}: the scale of the book. */
  private unit = 1

  /** How many bins there are from {@link first} on. */
  get bins(): number {
    return this.last - this.first + 1
  }

  /**
   * `notional` USD in EACH of the price bins `from` … `to`, of which longs have `longShare` and shorts the rest. `lowestAt` and `highestAt` are
   * the extremes of the bar after these entries, as ln(price)/width: longs are liquidated from the one on upwards, shorts from
   * the other downwards.
   */
  add(from: number, to: number, notional: number, longShare: number, lowestAt: number, highestAt: number): void {
    if (this.count === this.from.length) this.grow()
    const k = this.count++
    this.from[k] = from
    this.to[k] = to
    this.notional[k] = notional
    this.longShare[k] = longShare
    this.lowestAt[k] = lowestAt
    this.highestAt[k] = highestAt
    if (k === 0 || from < this.first) this.first = from
    if (k === 0 || to > this.last) this.last = to
  }

  /** @param unit USD that count as one in {@link values} and {@link valuesBefore} */
  clear(unit = 1): void {
    this.count = 0
    this.last = this.first - 1
    this.unit = unit
  }

  /** USD of a side in each bin of stretch k. */
  amount(side: 'long' | 'short', k: number): number {
    return this.notional[k]! * (side === 'long' ? this.longShare[k]! : 1 - this.longShare[k]!)
  }

  /** A side's USD / unit by bin, from {@link first} on, {@link bins} of them. The array is reused by the next call. */
  values(side: 'long' | 'short'): Float64Array {
    if (this.scratch.length < this.bins) this.scratch = new Float64Array(2 * this.bins)
    this.sum(this.scratch, side, -1)
    return this.scratch
  }

  /** As {@link values}, but only of the stretches after which the extreme that liquidates the side is the one of stretch k. */
  valuesBefore(side: 'long' | 'short', k: number): Float64Array {
    if (this.part.length < this.bins) this.part = new Float64Array(2 * this.bins)
    this.sum(this.part, side, k)
    return this.part
  }

  /** No stretch before k has the extreme of stretch k. */
  isFirst(side: 'long' | 'short', k: number): boolean {
    const extremes = side === 'long' ? this.lowestAt : this.highestAt
    for (let j = 0; j < k; j++) if (extremes[j] === extremes[k]) return false
    return true
  }

  /** Of all stretches, or of those with the extreme of stretch `like`. */
  private sum(into: Float64Array, side: 'long' | 'short', like: number): void {
    const { from, to, notional, longShare, first, last, count, unit } = this
    const bins = last - first + 1
    if (count > FEW) {
      this.sumApart(into, side, like)
      return
    }
    if (this.steps.length <= bins) this.steps = new Float64Array(2 * bins)
    const { steps } = this
    const long = side === 'long'
    const extremes = long ? this.lowestAt : this.highestAt
    // Stretches of a path overlap: rise where one begins, fall behind where it ends, and add up once.
    for (let k = 0; k < count; k++) {
      if (like >= 0 && extremes[k] !== extremes[like]) continue
      const value = (notional[k]! * (long ? longShare[k]! : 1 - longShare[k]!)) / unit
      steps[from[k]! - first]! += value
      steps[to[k]! - first + 1]! -= value
    }
    let sum = 0
    for (let i = 0; i < bins; i++) {
      sum += steps[i]!
      into[i] = sum
      steps[i] = 0
    }
    steps[bins] = 0
  }

  /** Single trades leave bins between them empty, which must stay exactly 0. */
  private sumApart(into: Float64Array, side: 'long' | 'short', like: number): void {
    const { from, to, first, count, unit } = this
    const extremes = side === 'long' ? this.lowestAt : this.highestAt
    into.fill(0, 0, this.bins)
    for (let k = 0; k < count; k++) {
      if (like >= 0 && extremes[k] !== extremes[like]) continue
      const value = this.amount(side, k) / unit
      for (let bin = from[k]!; bin <= to[k]!; bin++) into[bin - first]! += value
    }
  }

  private grow(): void {
    const length = 2 * this.from.length
    const longer = <A extends Int32Array | Float64Array>(values: A, empty: A): A => {
      empty.set(values)
      return empty
    }
    this.from = longer(this.from, new Int32Array(length))
    this.to = longer(this.to, new Int32Array(length))
    this.notional = longer(this.notional, new Float64Array(length))
    this.longShare = longer(this.longShare, new Float64Array(length))
    this.lowestAt = longer(this.lowestAt, new Float64Array(length))
    this.highestAt = longer(this.highestAt, new Float64Array(length))
  }
}

/** The stretches of a path. */
export const FEW = 6
