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
  /** The longs have the same share in all stretches. */
  uniform = true
  private scratch = new Float64Array(64)
  private part = new Float64Array(64)
  /** All 0 between two calls of {@link sum}. */
  private steps = new Float64Array(64)
  private filled: 'both' | 'long' | 'short' | null = null

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
    if (longShare !== this.longShare[0]) this.uniform = false
  }

  clear(): void {
    this.count = 0
    this.last = this.first - 1
    this.uniform = true
    this.filled = null
  }

  /** USD of a side in each bin of stretch k. */
  amount(side: 'long' | 'short', k: number): number {
    return this.notional[k]! * (side === 'long' ? this.longShare[k]! : 1 - this.longShare[k]!)
  }

  /**
   * USD by bin, from {@link first} on, {@link bins} of them: of the side, to be multiplied by {@link factor}. The array is reused by
   * the next call.
   */
  values(side: 'long' | 'short'): Float64Array {
    const key = this.uniform ? 'both' : side
    if (this.filled !== key) {
      if (this.scratch.length <= this.bins) this.scratch = new Float64Array(2 * this.bins)
      this.sum(this.scratch, key, null, 0)
      this.filled = key
    }
    return this.scratch
  }

  /** As {@link values}, but only of the stretches after which the extreme that liquidates the side is the one of stretch k. */
  valuesBefore(side: 'long' | 'short', k: number): Float64Array {
    if (this.part.length <= this.bins) this.part = new Float64Array(2 * this.bins)
    const extremes = side === 'long' ? this.lowestAt : this.highestAt
    this.sum(this.part, this.uniform ? 'both' : side, extremes, extremes[k]!)
    return this.part
  }

  /** No stretch before k has the extreme of stretch k. */
  isFirst(extremes: Float64Array, k: number): boolean {
    for (let j = 0; j < k; j++) if (extremes[j] === extremes[k]) return false
    return true
  }

  factor(side: 'long' | 'short'): number {
    if (!this.uniform) return 1
    return side === 'long' ? this.longShare[0]! : 1 - this.longShare[0]!
  }

  private sum(
    into: Float64Array,
    key: 'both' | 'long' | 'short',
    extremes: Float64Array | null,
    extreme: number,
  ): void {
    const { from, to, notional, first, last, count } = this
    const bins = last - first + 1
    if (count > FEW) {
      this.sumApart(into, key, extremes, extreme)
      return
    }
    if (this.steps.length <= bins) this.steps = new Float64Array(2 * bins)
    const { steps } = this
    // Stretches of a path overlap: rise where one begins, fall behind where it ends, and add up once.
    for (let k = 0; k < count; k++) {
      if (extremes !== null && extremes[k] !== extreme) continue
      const value = key === 'both' ? notional[k]! : this.amount(key, k)
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
  private sumApart(into: Float64Array, key: 'both' | 'long' | 'short', extremes: Float64Array | null, extreme: number) {
    const { from, to, notional, first, count } = this
    into.fill(0, 0, this.bins)
    for (let k = 0; k < count; k++) {
      if (extremes !== null && extremes[k] !== extreme) continue
      const value = key === 'both' ? notional[k]! : this.amount(key, k)
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
