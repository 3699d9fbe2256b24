/** Bias of an effect, by the jackknife over blocks of time. */
import { type Sample, stratumWeights, weightsByCount } from './sample.ts'

/** Blocks of time, each left out once. */
export const JACKKNIFE_BLOCKS = 20

/** Sums of a cell: treated observations and their outcomes, controls and theirs. */
const SUMS = 4

/**
 * Estimate of the bias of order 1/n of an effect: (G − 1)(mean of the effects without one of G blocks of time − effect)
 * (Quenouille 1956, Biometrika 43, 353–360).
 *
 * The number of events is itself an outcome: after a sweep from which price goes on, it sweeps more levels of that side, and after
 * one from which it turns, fewer. So the mean of n outcomes leans towards turns where every single one is fair, by the
 * covariance of their sum with n, over n². Blocks longer than the outcomes keep that covariance within them. Matching is done
 * again without each block, as the number of treated observations in a cell decides on the weight of its controls.
 *
 * On null markets of 4,000 bars it takes a lean of the reversal effect of +0.050 σ (± 0.027, 110 markets with 33 events each) to
 * 0.006, and with 187 events (508 markets) one of −0.005 ± 0.005 to −0.013, a quarter of what matters.
 *
 * 0 where a block holds all events of a stratum.
 *
 * @param blocks G, at least 2
 */
export function jackknifeBias(sample: Sample, blocks = JACKKNIFE_BLOCKS): number {
  const { strata, stratum, cell, time, y, a, b } = sample
  const weights = stratumWeights(sample)
  const used = (i: number) => weights[stratum[i]!] !== 0 && (a[i]! > 0 || b[i]! > 0)
  let first = Infinity
  let last = -Infinity
  for (let i = 0; i < y.length; i++) {
    if (!used(i)) continue
    first = Math.min(first, time[i]!)
    last = Math.max(last, time[i]!)
  }
  if (!(last > first)) return 0
  const cells: { stratum: number; byBlock: Float64Array }[] = []
  const index = new Map<string, number>()
  for (let i = 0; i < y.length; i++) {
    if (!used(i)) continue
    const key = `${stratum[i]} ${cell[i]}`
    let at = index.get(key)
    if (at === undefined) {
      at = cells.push({ stratum: stratum[i]!, byBlock: new Float64Array(SUMS * blocks) }) - 1
      index.set(key, at)
    }
    const block = Math.min(blocks - 1, Math.floor((blocks * (time[i]! - first)) / (last - first)))
    const from = SUMS * block + (a[i]! > 0 ? 0 : 2)
    cells[at]!.byBlock[from]!++
    cells[at]!.byBlock[from + 1]! += y[i]!
  }
  const hasControls = b.some(weight => weight > 0)
  const sums = new Float64Array(SUMS)
  const size = new Float64Array(strata.length)
  const difference = new Float64Array(strata.length)
  const treated = new Float64Array(strata.length)
  /** The effect without a block; −1 leaves out none. */
  const effectWithout = (omitted: number) => {
    size.fill(0)
    difference.fill(0)
    treated.fill(0)
    for (const { stratum: s, byBlock } of cells) {
      sums.fill(0)
      for (let g = 0; g < blocks; g++) {
        if (g === omitted) continue
        for (let j = 0; j < SUMS; j++) sums[j]! += byBlock[SUMS * g + j]!
      }
      const [n, outcome, m, control] = sums as unknown as [number, number, number, number]
      if (n === 0 || (hasControls && m === 0)) continue
      // Overlap weights, see `match`.
      const weight = hasControls ? (n * m) / (n + m) : n
      size[s]! += weight
      difference[s]! += weight * (outcome / n - (hasControls ? control / m : 0))
      treated[s]! += n
    }
    const shares = weightsByCount(strata, treated)
    let effect = 0
    for (let s = 0; s < strata.length; s++) {
      if (weights[s] === 0) continue
      if (treated[s] === 0) return Number.NaN
      effect += (shares[s]! * difference[s]!) / size[s]!
    }
    return effect
  }
  const effect = effectWithout(-1)
  let mean = 0
  for (let g = 0; g < blocks; g++) mean += effectWithout(g) / blocks
  const bias = (blocks - 1) * (mean - effect)
  return Number.isNaN(bias) ? 0 : bias
}
