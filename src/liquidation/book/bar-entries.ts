/** Entries of one bar: where in price its positions open, and in which order relative to its extremes. */
import type { Market } from '../../market/market.ts'
import type { Side } from '../side.ts'

/** Leveraged notional that opens in each bar. */
export interface OpenedNotional {
  /** USD (quote currency) of both sides in bar t. */
  notional(t: number): number
  /** The longs' share of it, 0…1. */
  longShare(t: number): number
}

/**
 * The entries of one bar as segments of price bins. Reused from bar to bar. The columns are typed arrays that
 * `pathEntries` fills itself: a call per segment would box its fractional numbers.
 */
export class BarEntries {
  /** Low and high of the bar, as ln(price)/width. */
  lowAt = Number.NaN
  highAt = Number.NaN
  /** Segments: first and last bin, and USD in each bin. */
  count = 0
  from = new Int32Array(PATH_SEGMENTS)
  to = new Int32Array(PATH_SEGMENTS)
  notional = new Float64Array(PATH_SEGMENTS)
  /** The longs' share of each segment; all segments of a path share the first value. */
  longShare = new Float64Array(PATH_SEGMENTS)
  /**
   * The segments are those of the bar's path and overlap. For each, `beforeLow` and `beforeHigh` tell whether the low and
   * the high are still to come (1) or only the close, at `closeAt`. Otherwise what follows an entry is unknown.
   */
  alongPath = false
  closeAt = Number.NaN
  beforeLow = new Uint8Array(PATH_SEGMENTS)
  beforeHigh = new Uint8Array(PATH_SEGMENTS)
  /** First and last bin of all segments. */
  first = 0
  last = -1
  /** The last close and its logarithm, which `pathEntries` caches here. */
  lastClose = Number.NaN
  lastLogClose = Number.NaN
  #total = new Float64Array(64)
  #beforeExtreme = new Float64Array(64)
  #longs = new Float64Array(0)
  #shorts = new Float64Array(0)
  /** All 0 between calls of {@link total}. */
  #steps = new Float64Array(64)

  /** Number of bins from {@link first} to {@link last}. */
  get bins(): number {
    return this.last - this.first + 1
  }

  /** Resets to bar t of a market, without entries. Price bins are `binWidth` wide in ln(price). */
  start({ low, high }: Pick<Market, 'low' | 'high'>, t: number, binWidth: number): void {
    this.count = 0
    this.alongPath = false
    this.last = this.first - 1
    this.lowAt = Math.log(low[t]!) / binWidth
    this.highAt = Math.log(high[t]!) / binWidth
  }

  /** Adds `notional` USD in EACH of the price bins `from` … `to`; longs have `longShare` of it. */
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

  /** A side's share of segment k, 0…1. */
  sideShare(side: Side, k = 0): number {
    const long = this.longShare[this.alongPath ? 0 : k]!
    return side === 'long' ? long : 1 - long
  }

  /** USD of both sides by bin of a path, {@link bins} values from {@link first} on. The next call reuses the array. */
  total(): Float64Array {
    const { from, to, notional, first, count } = this
    const bins = this.last - first + 1
    if (this.#steps.length <= bins) {
      this.#steps = new Float64Array(2 * bins)
      this.#total = new Float64Array(2 * bins)
    }
    const steps = this.#steps
    const total = this.#total
    // A step up at the start of each segment, a step down after its end, and one prefix sum.
    for (let k = 0; k < count; k++) {
      steps[from[k]! - first]! += notional[k]!
      steps[to[k]! - first + 1]! -= notional[k]!
    }
    let sum = 0
    for (let i = 0; i < bins; i++) {
      sum += steps[i]!
      total[i] = sum
      steps[i] = 0
    }
    steps[bins] = 0
    return total
  }

  /** USD of a side by bin, {@link bins} values from {@link first} on. The side's next call reuses the array. */
  values(side: Side): Float64Array {
    const { from, to, first, notional, count, bins } = this
    const values = side === 'long' ? this.#longs : this.#shorts
    if (values.length < bins) {
      this.#longs = new Float64Array(2 * bins)
      this.#shorts = new Float64Array(2 * bins)
      return this.values(side)
    }
    if (this.alongPath) {
      const total = this.total()
      const share = this.sideShare(side)
      for (let i = 0; i < bins; i++) values[i] = total[i]! * share
      return values
    }
    // Bins without entries stay exactly 0.
    values.fill(0, 0, bins)
    for (let k = 0; k < count; k++) {
      const value = notional[k]! * this.sideShare(side, k)
      for (let bin = from[k]!; bin <= to[k]!; bin++) values[bin - first]! += value
    }
    return values
  }

  /**
   * USD of both sides that opens on the path before the extreme that liquidates a side, at the indices `fromIndex` … `toIndex`
   * relative to {@link first}. The next call reuses the array.
   */
  openedBeforeExtreme(side: Side, fromIndex: number, toIndex: number): Float64Array {
    const { from, to, notional, first, count } = this
    if (this.#beforeExtreme.length <= toIndex) this.#beforeExtreme = new Float64Array(2 * toIndex)
    const opened = this.#beforeExtreme
    const before = side === 'long' ? this.beforeLow : this.beforeHigh
    // A path has at most three such segments. In registers, so that one pass adds them up: a loop for each segment costs twice
    // as much, as few bars have many bins.
    let fromA = 0
    let toA = -1
    let usdA = 0
    let fromB = 0
    let toB = -1
    let usdB = 0
    let fromC = 0
    let toC = -1
    let usdC = 0
    for (let k = 0; k < count; k++) {
      if (before[k] === 0) continue
      fromA = fromB
      toA = toB
      usdA = usdB
      fromB = fromC
      toB = toC
      usdB = usdC
      fromC = from[k]! - first
      toC = to[k]! - first
      usdC = notional[k]!
    }
    for (let i = fromIndex; i <= toIndex; i++) {
      let usd = 0
      if (i >= fromA && i <= toA) usd += usdA
      if (i >= fromB && i <= toB) usd += usdB
      if (i >= fromC && i <= toC) usd += usdC
      opened[i] = usd
    }
    return opened
  }

  #grow(): void {
    const length = 2 * this.from.length
    const extended = <A extends Int32Array | Float64Array>(values: A, longer: A): A => {
      longer.set(values)
      return longer
    }
    this.from = extended(this.from, new Int32Array(length))
    this.to = extended(this.to, new Int32Array(length))
    this.notional = extended(this.notional, new Float64Array(length))
    this.longShare = extended(this.longShare, new Float64Array(length))
  }
}

/** Maximum number of segments of a path. */
const PATH_SEGMENTS = 6
