import type { EntrySink } from './flow.ts'

/** The entries of one bar, collected stretch by stretch and then by bin. Reused from bar to bar. */
export class BarEntries implements EntrySink {
  /** Stretches, as given to {@link add}. */
  count = 0
  readonly from: number[] = []
  readonly to: number[] = []
  readonly notional: number[] = []
  readonly longShare: number[] = []
  readonly lowestAt: number[] = []
  readonly highestAt: number[] = []
  /** First bin of all stretches, and how many bins there are from there on. */
  first = 0
  bins = 0
  /** The longs have the same share in all stretches. */
  private uniform = true
  private scratch = new Float64Array(64)
  private filled: 'both' | 'long' | 'short' | null = null

  add(from: number, to: number, notional: number, longShare: number, lowestAt: number, highestAt: number): void {
    const k = this.count++
    this.from[k] = from
    this.to[k] = to
    this.notional[k] = notional
    this.longShare[k] = longShare
    this.lowestAt[k] = lowestAt
    this.highestAt[k] = highestAt
    if (k === 0) {
      this.first = from
      this.bins = to - from + 1
      return
    }
    if (longShare !== this.longShare[0]) this.uniform = false
    const last = Math.max(to, this.first + this.bins - 1)
    if (from < this.first) this.first = from
    this.bins = last - this.first + 1
  }

  clear(): void {
    this.count = 0
    this.bins = 0
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
      this.fill(key)
      this.filled = key
    }
    return this.scratch
  }

  factor(side: 'long' | 'short'): number {
    if (!this.uniform) return 1
    return side === 'long' ? this.longShare[0]! : 1 - this.longShare[0]!
  }

  private fill(key: 'both' | 'long' | 'short'): void {
    if (this.scratch.length <= this.bins) this.scratch = new Float64Array(2 * this.bins)
    const { scratch, from, to, notional, first, bins, count } = this
    scratch.fill(0, 0, bins + 1)
    // Stretches of a path overlap: rise where one begins, fall behind where it ends, and add up once.
    if (count <= FEW) {
      for (let k = 0; k < count; k++) {
        const value = key === 'both' ? notional[k]! : this.amount(key, k)
        scratch[from[k]! - first]! += value
        scratch[to[k]! - first + 1]! -= value
      }
      let sum = 0
      for (let i = 0; i < bins; i++) {
        sum += scratch[i]!
        scratch[i] = sum
      }
      return
    }
    for (let k = 0; k < count; k++) {
      const value = key === 'both' ? notional[k]! : this.amount(key, k)
      for (let bin = from[k]!; bin <= to[k]!; bin++) scratch[bin - first]! += value
    }
  }
}

/** The stretches of a path. More of them are single trades, which leave bins between them empty. */
const FEW = 6
