import { random } from '../market/random.ts'
import { blockLength } from './blocks.ts'
import { type Sample, stratumWeights } from './sample.ts'

export interface InferOptions {
  /** Length of a slot of the calendar in ms: what happens within one is never torn apart. */
  slotMs: number
  /** Least mean length of a block, in ms: as long as outcomes overlap. */
  leastBlockMs: number
  resamples: number
  seed: number
}

/** An effect and what can be said of it. NaN where there are too few observations. */
export interface Inference {
  effect: number
  /** 95 % interval. */
  low: number
  high: number
  /** Two-sided, of the effect being 0. */
  p: number
  standardError: number
  /** Treated and control observations in the strata that count. */
  treated: number
  controls: number
  /** Mean length of a block, and how many of them the calendar holds. */
  blockMs: number
  blocks: number
}

/** Fewer blocks than this say nothing of how much the effect varies. */
const FEWEST_BLOCKS = 8

/**
 * Effect Σ_s w_s (mean of the treated − mean of the controls) with a studentised stationary bootstrap over calendar time.
 *
 * Blocks of time of geometric length (Politis and Romano 1994) are drawn from the calendar as on a circle, for all
 * strata at once, so that events that overlap, that come in clusters, or that several markets share stay together. Each
 * resample's effect is divided by its own standard error, the root of the sum of its blocks' squared influences
 * (Götze and Künsch 1996); p and the symmetric interval come from the same |t|, so they never contradict each other.
 */
export function infer(sample: Sample, options: InferOptions): Inference {
  const { slotMs, leastBlockMs, resamples, seed } = options
  const weights = stratumWeights(sample)
  const treated = count(sample, weights, sample.a)
  const controls = count(sample, weights, sample.b)
  const none = {
    effect: Number.NaN,
    low: Number.NaN,
    high: Number.NaN,
    p: Number.NaN,
    standardError: Number.NaN,
    treated,
    controls,
    blockMs: Number.NaN,
    blocks: 0,
  }
  const signs = new Set(sample.strata.filter((_, s) => weights[s] !== 0).map(stratum => stratum.sign))
  if (signs.size === 0 || signs.size < new Set(sample.strata.map(stratum => stratum.sign)).size) return none

  const calendar = new Calendar(sample, weights, slotMs)
  const { slots } = calendar
  const effect = calendar.effect(calendar.totals())
  const automatic = blockLength(calendar.influences(effect))
  const block = Math.max(automatic, leastBlockMs / slotMs, 1)
  const found = { ...none, effect: effect.value, blockMs: block * slotMs, blocks: Math.floor(slots / block) }
  if (found.blocks < FEWEST_BLOCKS) return found

  const rng = random(seed)
  const effects = new Float64Array(resamples)
  const errors = new Float64Array(resamples)
  let kept = 0
  for (let r = 0; r < resamples; r++) {
    const drawn = calendar.resample(block, () => rng.uniform())
    if (drawn === null) continue
    effects[kept] = drawn.effect
    errors[kept++] = drawn.standardError
  }
  // A stratum so small that it drops out of many resamples cannot carry a test.
  if (kept < 0.9 * resamples) return found
  const spread = deviation(effects.subarray(0, kept), effect.value)
  if (!(spread > 0)) return { ...found, low: effect.value, high: effect.value, p: 1, standardError: 0 }
  const t = Float64Array.from({ length: kept }, (_, r) => {
    const off = Math.abs(effects[r]! - effect.value)
    return errors[r]! > 0 ? off / errors[r]! : off > 0 ? Infinity : 0
  }).sort()
  const observed = Math.abs(effect.value) / spread
  const beyond = t.length - lowerBound(t, observed)
  const reach = t[Math.min(kept - 1, Math.ceil(0.95 * (kept + 1)) - 1)]! * spread
  return {
    ...found,
    low: effect.value - reach,
    high: effect.value + reach,
    p: (1 + beyond) / (1 + kept),
    standardError: spread,
  }
}

interface Totals {
  ay: Float64Array
  a: Float64Array
  by: Float64Array
  b: Float64Array
}

interface Effect {
  value: number
  meanA: Float64Array
  meanB: Float64Array
  totals: Totals
}

/** Sums by stratum up to each slot of the calendar, so that a block of any length costs one subtraction a sum. */
class Calendar {
  readonly slots: number
  private readonly weights: Float64Array
  /** Strata that count. */
  private readonly used: number[]
  private readonly slotOf: Int32Array
  private readonly prefix: Totals[]
  private readonly paired: boolean
  private blockSums = new Float64Array(0)

  constructor(sample: Sample, weights: Float64Array, slotMs: number) {
    this.weights = weights
    this.used = [...weights.keys()].filter(s => weights[s] !== 0)
    this.paired = sample.b.every(weight => weight === 0)
    let first = Infinity
    let last = -Infinity
    for (const time of sample.time) {
      if (time < first) first = time
      if (time > last) last = time
    }
    this.slots = Math.floor((last - first) / slotMs) + 1
    this.slotOf = Int32Array.from(sample.time, time => Math.floor((time - first) / slotMs))
    const column = () => new Float64Array(this.slots + 1)
    this.prefix = this.used.map(() => ({ ay: column(), a: column(), by: column(), b: column() }))
    const index = new Int32Array(weights.length).fill(-1)
    for (const [k, s] of this.used.entries()) index[s] = k
    for (let i = 0; i < sample.y.length; i++) {
      const sums = this.prefix[index[sample.stratum[i]!]!]
      if (!sums) continue
      const at = this.slotOf[i]! + 1
      sums.ay[at]! += sample.a[i]! * sample.y[i]!
      sums.a[at]! += sample.a[i]!
      sums.by[at]! += sample.b[i]! * sample.y[i]!
      sums.b[at]! += sample.b[i]!
    }
    for (const sums of this.prefix)
      for (const values of [sums.ay, sums.a, sums.by, sums.b])
        for (let t = 1; t <= this.slots; t++) values[t]! += values[t - 1]!
  }

  totals(): Totals {
    const last = (key: keyof Totals) => Float64Array.from(this.prefix, sums => sums[key][this.slots]!)
    return { ay: last('ay'), a: last('a'), by: last('by'), b: last('b') }
  }

  effect(totals: Totals): Effect {
    const meanA = totals.ay.map((sum, k) => sum / totals.a[k]!)
    const meanB = totals.by.map((sum, k) => (this.paired ? 0 : sum / totals.b[k]!))
    let value = 0
    for (const [k, s] of this.used.entries()) value += this.weights[s]! * (meanA[k]! - meanB[k]!)
    return { value, meanA, meanB, totals }
  }

  /** What each slot adds to the effect, centred. */
  influences(effect: Effect): Float64Array {
    const out = new Float64Array(this.slots)
    const sums = new Float64Array(4)
    for (let t = 0; t < this.slots; t++)
      for (const [k] of this.used.entries()) {
        this.between(k, t, t + 1, sums)
        out[t]! += this.influence(k, sums, 0, effect)
      }
    return out
  }

  /** One resample of the calendar; null when a stratum lost all that it is about. */
  resample(block: number, uniform: () => number): { effect: number; standardError: number } | null {
    const { slots, used } = this
    const width = 4 * used.length
    const totals = new Float64Array(width)
    const longer = block > 1 ? Math.log(1 - 1 / block) : -Infinity
    let drawn = 0
    let blocks = 0
    while (drawn < slots) {
      const start = Math.floor(uniform() * slots)
      const length = Math.min(slots - drawn, 1 + Math.floor(Math.log(1 - uniform()) / longer))
      if (this.blockSums.length < (blocks + 1) * width) this.blockSums = grown(this.blockSums, (blocks + 1) * width)
      for (let k = 0; k < used.length; k++) {
        const at = blocks * width + 4 * k
        const end = start + length
        this.between(k, start, Math.min(end, slots), this.blockSums, at)
        if (end > slots) this.between(k, 0, end - slots, this.blockSums, at, true)
        for (let j = 0; j < 4; j++) totals[4 * k + j]! += this.blockSums[at + j]!
      }
      drawn += length
      blocks++
    }
    const pick = (j: number) => Float64Array.from(used, (_, k) => totals[4 * k + j]!)
    const sums = { ay: pick(0), a: pick(1), by: pick(2), b: pick(3) }
    for (let k = 0; k < used.length; k++)
      if (!(sums.a[k]! > 1e-9) || (!this.paired && !(sums.b[k]! > 1e-9))) return null
    const effect = this.effect(sums)
    let squares = 0
    for (let i = 0; i < blocks; i++) {
      let influence = 0
      for (let k = 0; k < used.length; k++) influence += this.influence(k, this.blockSums, i * width + 4 * k, effect)
      squares += influence * influence
    }
    return { effect: effect.value, standardError: Math.sqrt(squares) }
  }

  private between(k: number, from: number, to: number, out: Float64Array, at = 0, add = false): void {
    const { ay, a, by, b } = this.prefix[k]!
    if (!add) out.fill(0, at, at + 4)
    out[at]! += ay[to]! - ay[from]!
    out[at + 1]! += a[to]! - a[from]!
    out[at + 2]! += by[to]! - by[from]!
    out[at + 3]! += b[to]! - b[from]!
  }

  private influence(k: number, sums: Float64Array, at: number, { meanA, meanB, totals }: Effect): number {
    const treated = (sums[at]! - meanA[k]! * sums[at + 1]!) / totals.a[k]!
    const control = this.paired ? 0 : (sums[at + 2]! - meanB[k]! * sums[at + 3]!) / totals.b[k]!
    return this.weights[this.used[k]!]! * (treated - control)
  }
}

function grown(values: Float64Array, least: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(Math.max(least, 2 * values.length))
  out.set(values)
  return out
}

function count(sample: Sample, weights: Float64Array, of: readonly number[]): number {
  let n = 0
  for (let i = 0; i < of.length; i++) if (of[i]! > 0 && weights[sample.stratum[i]!] !== 0) n++
  return n
}

function deviation(values: Float64Array, around: number): number {
  let squares = 0
  for (let i = 0; i < values.length; i++) squares += (values[i]! - around) ** 2
  return Math.sqrt(squares / values.length)
}

/** Index of the first value that is not below `least`. */
function lowerBound(sorted: Float64Array, least: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < least) low = middle + 1
    else high = middle
  }
  return low
}
