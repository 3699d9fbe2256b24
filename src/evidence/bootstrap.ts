/** Effects with interval and p-value from a block bootstrap. */
import { lowerBound } from '../common/binary-search.ts'
import { blockLength } from '../stats/block-length.ts'
import { Calendar } from './calendar.ts'
import { jackknifeBias } from './jackknife.ts'
import { type Sample, stratumWeights } from './sample.ts'
import { createStream } from './streams.ts'

export interface InferOptions {
  /** Length of a calendar slot in ms. Observations in one slot always stay together. */
  slotMs: number
  /** Smallest mean length of a block in ms: the time over which outcomes overlap. */
  minBlockMs: number
  resamples: number
  seed: number
  /** Frees the effect of its bias of order 1/n, see {@link jackknifeBias}. Default true; false for a plain difference of means. */
  jackknife?: boolean
}

/** An effect and its uncertainty. NaN if there are too few observations, or if they do not vary. */
export interface Inference {
  effect: number
  /** Estimate of the bias of order 1/n that `effect` is freed of, see {@link jackknifeBias}; NaN without an interval. */
  bias: number
  /** 95 % confidence interval. */
  low: number
  high: number
  /** Two-sided p-value of an effect of 0. */
  p: number
  /** 0 if the outcomes of one kind are all equal: their variation is unknown then. */
  standardError: number
  /** Treated and control observations in strata of non-zero weight. */
  treated: number
  controls: number
  /** Mean length of a block, and number of blocks in the calendar. */
  blockMs: number
  blocks: number
}

/** Fewer blocks do not show how much the effect varies. */
const MIN_BLOCKS = 8
/**
 * Fewer events do not either: a resample may draw events that hardly differ, whose standard error is then next to 0, and the
 * interval is as wide as a hundred risks.
 */
export const MIN_EVENTS = 20

/**
 * Effect Σ_s w_s (mean of the treated − mean of the controls) with a studentised stationary bootstrap over calendar time.
 *
 * Blocks of time of geometric length (Politis and Romano 1994) are drawn from the circular calendar for all strata at once,
 * so that overlapping, clustered and common events of several markets stay together. The effect of each resample is divided
 * by its own standard error, the root of the sum of its blocks' squared influences (Götze and Künsch 1996). p and the
 * symmetric interval come from the same |t|, so they never contradict each other. The effect is freed of its bias of order 1/n.
 */
export function infer(sample: Sample, options: InferOptions): Inference {
  const { slotMs, minBlockMs, resamples, seed, jackknife = true } = options
  const weights = stratumWeights(sample)
  const treated = count(sample, weights, sample.a)
  const controls = count(sample, weights, sample.b)
  const noInference = {
    effect: Number.NaN,
    bias: Number.NaN,
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
  if (signs.size === 0 || signs.size < new Set(sample.strata.map(stratum => stratum.sign)).size) return noInference

  const calendar = new Calendar(sample, weights, slotMs)
  const { slots } = calendar
  const uncorrected = calendar.effect()
  const automatic = blockLength(calendar.influences())
  const block = Math.max(automatic, minBlockMs / slotMs, 1)
  const result = { ...noInference, effect: uncorrected, blockMs: block * slotMs, blocks: Math.floor(slots / block) }
  if (result.blocks < MIN_BLOCKS) return result
  if (!varies(sample, weights)) return { ...result, standardError: 0 }
  if (treated < MIN_EVENTS) return result

  const rng = createStream(seed, 'bootstrap')
  const effects = new Float64Array(resamples)
  const errors = new Float64Array(resamples)
  let valid = 0
  for (let r = 0; r < resamples; r++) {
    if (!calendar.resample(block, rng)) continue
    effects[valid] = calendar.drawnEffect
    errors[valid++] = calendar.drawnError
  }
  // No test if a stratum is so small that it is missing from many resamples.
  if (valid < 0.9 * resamples) return result
  const standardError = rootMeanSquare(effects.subarray(0, valid), uncorrected)
  if (!(standardError > 0)) return { ...result, standardError: 0 }
  const t = Float64Array.from({ length: valid }, (_, r) => {
    const deviation = Math.abs(effects[r]! - uncorrected)
    return errors[r]! > 0 ? deviation / errors[r]! : deviation > 0 ? Infinity : 0
  }).sort()
  const bias = jackknife ? jackknifeBias(sample) : 0
  const effect = uncorrected - bias
  const observed = Math.abs(effect) / standardError
  const beyond = t.length - lowerBound(t, observed)
  // The interval excludes 0 exactly if p < 5 %: if fewer than 5 % of the |t|, including the observed one, reach it.
  const halfWidth = t[Math.min(valid - 1, valid + 1 - Math.ceil(0.05 * (valid + 1)))]! * standardError
  return {
    ...result,
    effect,
    bias,
    low: effect - halfWidth,
    high: effect + halfWidth,
    p: (1 + beyond) / (1 + valid),
    standardError,
  }
}

/**
 * Whether the outcomes vary, among the treated and among the controls, on each side of the comparison. Ten levels without a
 * touch look the same in every resample, but do not prove that the eleventh is not touched.
 */
function varies({ strata, stratum, y, a, b }: Sample, weights: Float64Array): boolean {
  const first = new Map<string, number>()
  const kinds = new Map<string, boolean>()
  for (let i = 0; i < y.length; i++) {
    const s = stratum[i]!
    if (weights[s] === 0) continue
    for (const [role, weight] of [a[i]!, b[i]!].entries()) {
      if (!(weight > 0)) continue
      const group = `${s} ${role}`
      const kind = `${strata[s]!.sign} ${role}`
      if (!first.has(group)) first.set(group, y[i]!)
      kinds.set(kind, kinds.get(kind) || first.get(group) !== y[i])
    }
  }
  return [...kinds.values()].every(Boolean)
}

/** Observations of positive weight in a stratum of non-zero weight. */
function count(sample: Sample, strataWeights: Float64Array, weights: readonly number[]): number {
  let n = 0
  for (let i = 0; i < weights.length; i++) if (weights[i]! > 0 && strataWeights[sample.stratum[i]!] !== 0) n++
  return n
}

function rootMeanSquare(values: Float64Array, around: number): number {
  let squares = 0
  for (let i = 0; i < values.length; i++) squares += (values[i]! - around) ** 2
  return Math.sqrt(squares / values.length)
}
