import { lowerBound } from '../common/binary-search.ts'
import { blockLength } from '../stats/block-length.ts'
import { Calendar } from './calendar.ts'
import { type Sample, stratumWeights } from './sample.ts'
import { streamOf } from './streams.ts'

export interface InferOptions {
  /** Length of a slot of the calendar in ms: what happens within one is never torn apart. */
  slotMs: number
  /** Least mean length of a block, in ms: as long as outcomes overlap. */
  leastBlockMs: number
  resamples: number
  seed: number
}

/** An effect and what can be said of it. NaN where there are too few observations, or where they do not vary. */
export interface Inference {
  effect: number
  /** 95 % interval. */
  low: number
  high: number
  /** Two-sided, of the effect being 0. */
  p: number
  /** 0 where all outcomes of one kind are the same, which tells nothing of how much they might differ. */
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
  const effect = calendar.effect()
  const automatic = blockLength(calendar.influences())
  const block = Math.max(automatic, leastBlockMs / slotMs, 1)
  const found = { ...none, effect, blockMs: block * slotMs, blocks: Math.floor(slots / block) }
  if (found.blocks < FEWEST_BLOCKS) return found
  if (!varies(sample, weights)) return { ...found, standardError: 0 }

  const rng = streamOf(seed, 'bootstrap')
  const effects = new Float64Array(resamples)
  const errors = new Float64Array(resamples)
  let kept = 0
  for (let r = 0; r < resamples; r++) {
    if (!calendar.resample(block, rng)) continue
    effects[kept] = calendar.drawnEffect
    errors[kept++] = calendar.drawnError
  }
  // A stratum so small that it drops out of many resamples cannot carry a test.
  if (kept < 0.9 * resamples) return found
  const spread = deviation(effects.subarray(0, kept), effect)
  if (!(spread > 0)) return { ...found, standardError: 0 }
  const t = Float64Array.from({ length: kept }, (_, r) => {
    const off = Math.abs(effects[r]! - effect)
    return errors[r]! > 0 ? off / errors[r]! : off > 0 ? Infinity : 0
  }).sort()
  const observed = Math.abs(effect) / spread
  const beyond = t.length - lowerBound(t, observed)
  // The interval leaves 0 out exactly where p is below 5 %: where fewer than 5 % of the |t|, with the observed one, reach it.
  const reach = t[Math.min(kept - 1, kept + 1 - Math.ceil(0.05 * (kept + 1)))]! * spread
  return {
    ...found,
    low: effect - reach,
    high: effect + reach,
    p: (1 + beyond) / (1 + kept),
    standardError: spread,
  }
}

/**
 * Do the outcomes differ, of the treated and of the controls, on each side of the comparison? Ten levels of which none was
 * touched look the same in every resample, but are no proof that the eleventh is not.
 */
function varies({ strata, stratum, y, a, b }: Sample, weights: Float64Array): boolean {
  const first = new Map<string, number>()
  const kinds = new Map<string, boolean>()
  for (let i = 0; i < y.length; i++) {
    const s = stratum[i]!
    if (weights[s] === 0) continue
    for (const [role, weight] of [a[i]!, b[i]!].entries()) {
      if (!(weight > 0)) continue
      const own = `${s} ${role}`
      const kind = `${strata[s]!.sign} ${role}`
      if (!first.has(own)) first.set(own, y[i]!)
      kinds.set(kind, kinds.get(kind) || first.get(own) !== y[i])
    }
  }
  return [...kinds.values()].every(Boolean)
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
