import type { Market } from '../../market/market.ts'
import type { Side } from '../margin/liquidation-price.ts'

/** What opened in each bar. */
export interface OpenedBy {
  /** USD (quote currency) of both sides in bar t. */
  notional(t: number): number
  /** The longs' share of it, 0…1. */
  longShare(t: number): number
}

/**
 * The entries of one bar, stretch by stretch and then by bin. Reused from bar to bar. The columns are typed arrays that
 * {@link pathEntries} fills itself: a call for each stretch would make an object of each of its numbers.
 */
export class BarEntries {
  /** Low and high of the bar, as ln(price)/width. */
  lowAt = Number.NaN
  highAt = Number.NaN
  /** Stretches: first and last bin, and USD in each of them. */
  count = 0
  from = new Int32Array(FEW)
  to = new Int32Array(FEW)
  notional = new Float64Array(FEW)
  /** The longs' share of each stretch; those of a path all have the first. */
  longShare = new Float64Array(FEW)
  /**
   * The stretches are those of the bar's path and overlap: for each it is known whether the low and the high are still to come (1) or only
   * the close, at `closeAt`. Else they are single prices, and nothing is known of what came after them.
   */
  alongPath = false
  closeAt = Number.NaN
  beforeLow = new Uint8Array(FEW)
  beforeHigh = new Uint8Array(FEW)
  /** First and last bin of all stretches. */
  first = 0
  last = -1
  /** A price whose logarithm is known already: {@link pathEntries} leaves the last close here. */
  knownPrice = Number.NaN
  knownLog = Number.NaN
  #all = new Float64Array(64)
  #ahead = new Float64Array(64)
  #longs = new Float64Array(0)
  #shorts = new Float64Array(0)
  /** All 0 between two calls of {@link total}. */
  #steps = new Float64Array(64)

  /** How many bins there are from {@link first} on. */
  get bins(): number {
    return this.last - this.first + 1
  }

  /** Begins with bar t of a market, without entries. Price bins are `binWidth` wide in ln(price). */
  start({ low, high }: Pick<Market, 'low' | 'high'>, t: number, binWidth: number): void {
    this.count = 0
    this.alongPath = false
    this.last = this.first - 1
    this.lowAt = Math.log(low[t]!) / binWidth
    this.highAt = Math.log(high[t]!) / binWidth
  }

  /** `notional` USD in EACH of the price bins `from` … `to`, of which longs have `longShare` and shorts the rest. */
  add(from: number, to: number, notional: number, longShare: number): void {
    if (this.count === this.from.length) this.#grow()
    const k = this.count++
    this.from[k] = from
    this.to[k] = to
    this.notional[k] = notional
    this.longShare[k] = longShare
    if (k === 0 || from < this.first) this.first = from
    if (k === 0 || to > this.last) this.last = to
  }

  /** A side's share of stretch k, 0…1. */
  share(side: Side, k = 0): number {
    const long = this.longShare[this.alongPath ? 0 : k]!
    return side === 'long' ? long : 1 - long
  }

  /** USD of both sides in the bins of a path, from {@link first} on, {@link bins} of them. The array is reused by the next call. */
  total(): Float64Array {
    const { from, to, notional, first, count } = this
    const bins = this.last - first + 1
    if (this.#steps.length <= bins) {
      this.#steps = new Float64Array(2 * bins)
      this.#all = new Float64Array(2 * bins)
    }
    const steps = this.#steps
    const all = this.#all
    // Rise where a stretch begins, fall behind where it ends, and add up once.
    for (let k = 0; k < count; k++) {
      steps[from[k]! - first]! += notional[k]!
      steps[to[k]! - first + 1]! -= notional[k]!
    }
    let sum = 0
    for (let i = 0; i < bins; i++) {
      sum += steps[i]!
      all[i] = sum
      steps[i] = 0
    }
    steps[bins] = 0
    return all
  }

  /** USD of a side by bin, from {@link first} on, {@link bins} of them. The array is reused by the next call for the side. */
  values(side: Side): Float64Array {
    const { from, to, first, notional, count, bins } = this
    const values = side === 'long' ? this.#longs : this.#shorts
    if (values.length < bins) {
      this.#longs = new Float64Array(2 * bins)
      this.#shorts = new Float64Array(2 * bins)
      return this.values(side)
    }
    if (this.alongPath) {
      const all = this.total()
      const share = this.share(side)
      for (let i = 0; i < bins; i++) values[i] = all[i]! * share
      return values
    }
    // Bins between two prices stay exactly 0.
    values.fill(0, 0, bins)
    for (let k = 0; k < count; k++) {
      const value = notional[k]! * this.share(side, k)
      for (let bin = from[k]!; bin <= to[k]!; bin++) values[bin - first]! += value
    }
    return values
  }

  /** USD of both sides that open on the path before the extreme that liquidates a side, in the indices `least` … `most` from {@link first} on. */
  before(side: Side, least: number, most: number): Float64Array {
    const { from, to, notional, first, count } = this
    if (this.#ahead.length <= most) this.#ahead = new Float64Array(2 * most)
    const ahead = this.#ahead
    const before = side === 'long' ? this.beforeLow : this.beforeHigh
    for (let i = least; i <= most; i++) ahead[i] = 0
    for (let k = 0; k < count; k++) {
      if (before[k] === 0) continue
      const value = notional[k]!
      const end = Math.min(most, to[k]! - first)
      for (let i = Math.max(least, from[k]! - first); i <= end; i++) ahead[i]! += value
    }
    return ahead
  }

  #grow(): void {
    const length = 2 * this.from.length
    const longer = <A extends Int32Array | Float64Array>(values: A, empty: A): A => {
      empty.set(values)
      return empty
    }
    this.from = longer(this.from, new Int32Array(length))
    this.to = longer(this.to, new Int32Array(length))
    this.notional = longer(this.notional, new Float64Array(length))
    this.longShare = longer(this.longShare, new Float64Array(length))
  }
}

/** The stretches of a path. */
const FEW = 6
