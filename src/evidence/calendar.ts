/** Observations by calendar time, for the block bootstrap. */
import type { Random } from '../stats/random.ts'
import type { Sample } from './sample.ts'

/** Sums per stratum: Σ a·y, Σ a, Σ b·y, Σ b. */
const SUMS = 4

/**
 * The observations of a sample in slots of calendar time, as prefix sums: a block of any length costs one subtraction per sum,
 * and a resample costs its number of blocks, independent of the number of observations.
 */
export class Calendar {
  readonly slots: number
  /** Effect and standard error of the last {@link resample}. */
  drawnEffect = Number.NaN
  drawnError = Number.NaN
  /** The non-zero weights. */
  readonly #weights: Float64Array
  /** Without controls the mean of the treated is compared with 0. */
  readonly #noControls: boolean
  readonly #width: number
  /** Row t: the sums over all slots before t, stratum by stratum. */
  readonly #prefixSums: Float64Array
  readonly #totals: Float64Array
  readonly #meanA: Float64Array
  readonly #meanB: Float64Array
  #blocks = new Float64Array(0)

  /** @param weights of all strata of the sample; strata of weight 0 are ignored */
  constructor(sample: Sample, weights: Float64Array, slotMs: number) {
    const { time, stratum, y, a, b } = sample
    const used = [...weights.keys()].filter(s => weights[s] !== 0)
    this.#weights = Float64Array.from(used, s => weights[s]!)
    this.#noControls = b.every(weight => weight === 0)
    this.#width = SUMS * used.length
    const columns = new Int32Array(weights.length).fill(-1)
    for (const [k, s] of used.entries()) columns[s] = SUMS * k
    let first = Infinity
    let last = -Infinity
    for (const [i, ms] of time.entries()) {
      if (columns[stratum[i]!]! < 0) continue
      if (ms < first) first = ms
      if (ms > last) last = ms
    }
    this.slots = Math.floor((last - first) / slotMs) + 1
    const sums = new Float64Array((this.slots + 1) * this.#width)
    for (let i = 0; i < y.length; i++) {
      const column = columns[stratum[i]!]!
      if (column < 0) continue
      const at = (Math.floor((time[i]! - first) / slotMs) + 1) * this.#width + column
      sums[at]! += a[i]! * y[i]!
      sums[at + 1]! += a[i]!
      sums[at + 2]! += b[i]! * y[i]!
      sums[at + 3]! += b[i]!
    }
    for (let at = this.#width; at < sums.length; at++) sums[at]! += sums[at - this.#width]!
    this.#prefixSums = sums
    this.#totals = sums.slice(this.slots * this.#width)
    this.#meanA = new Float64Array(used.length)
    this.#meanB = new Float64Array(used.length)
  }

  /** The effect in the original data. */
  effect(): number {
    this.#totals.set(this.#prefixSums.subarray(this.slots * this.#width))
    return this.#evaluate()
  }

  /** Centred contribution of each slot to the effect in the original data. */
  influences(): Float64Array {
    this.effect()
    const out = new Float64Array(this.slots)
    const row = new Float64Array(this.#width)
    for (let t = 0; t < this.slots; t++) {
      this.#between(t, t + 1, row, 0)
      out[t] = this.#influence(row, 0)
      row.fill(0)
    }
    return out
  }

  /**
   * Draws a new calendar from blocks of geometric length (mean `block`) at random starts on the circle, and sets
   * {@link drawnEffect} and {@link drawnError}.
   *
   * @returns false if a stratum has no treated observations, or no controls
   */
  resample(block: number, rng: Random): boolean {
    const { slots } = this
    const width = this.#width
    const totals = this.#totals
    const logContinue = block > 1 ? Math.log(1 - 1 / block) : -Infinity
    let filled = 0
    let at = 0
    totals.fill(0)
    while (filled < slots) {
      const start = rng.integer(slots)
      const length = Math.min(slots - filled, 1 + Math.floor(Math.log(1 - rng.uniform()) / logContinue))
      if (this.#blocks.length < at + width) this.#blocks = grow(this.#blocks, at + width)
      this.#blocks.fill(0, at, at + width)
      this.#between(start, Math.min(start + length, slots), this.#blocks, at)
      if (start + length > slots) this.#between(0, start + length - slots, this.#blocks, at)
      for (let j = 0; j < width; j++) totals[j]! += this.#blocks[at + j]!
      filled += length
      at += width
    }
    for (let j = 0; j < width; j += SUMS)
      if (!(totals[j + 1]! > EPSILON) || (!this.#noControls && !(totals[j + 3]! > EPSILON))) return false
    this.drawnEffect = this.#evaluate()
    let squares = 0
    for (let row = 0; row < at; row += width) squares += this.#influence(this.#blocks, row) ** 2
    this.drawnError = Math.sqrt(squares)
    return true
  }

  /** Effect of the totals. Sets the means for {@link #influence}. */
  #evaluate(): number {
    const totals = this.#totals
    const meanA = this.#meanA
    const meanB = this.#meanB
    const weights = this.#weights
    let effect = 0
    for (let k = 0; k < weights.length; k++) {
      const at = SUMS * k
      meanA[k] = totals[at]! / totals[at + 1]!
      meanB[k] = this.#noControls ? 0 : totals[at + 2]! / totals[at + 3]!
      effect += weights[k]! * (meanA[k]! - meanB[k]!)
    }
    return effect
  }

  /** Centred contribution of the sums at `row` to the effect. */
  #influence(sums: Float64Array, row: number): number {
    const totals = this.#totals
    const meanA = this.#meanA
    const meanB = this.#meanB
    const weights = this.#weights
    let influence = 0
    for (let k = 0; k < weights.length; k++) {
      const at = SUMS * k
      const treated = (sums[row + at]! - meanA[k]! * sums[row + at + 1]!) / totals[at + 1]!
      const control = this.#noControls ? 0 : (sums[row + at + 2]! - meanB[k]! * sums[row + at + 3]!) / totals[at + 3]!
      influence += weights[k]! * (treated - control)
    }
    return influence
  }

  /** Adds the sums of the slots `from` … `to` − 1 to `out` at `row`. */
  #between(from: number, to: number, out: Float64Array, row: number): void {
    const prefixSums = this.#prefixSums
    const width = this.#width
    for (let j = 0; j < width; j++) out[row + j]! += prefixSums[to * width + j]! - prefixSums[from * width + j]!
  }
}

/** Differences of equal prefix sums may not be exactly 0. */
const EPSILON = 1e-9

function grow(values: Float64Array, minLength: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(Math.max(minLength, 2 * values.length))
  out.set(values)
  return out
}
