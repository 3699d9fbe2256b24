import type { Inference } from './bootstrap.ts'
import type { Matters } from './settings.ts'

/** `share`: a difference of two shares; `move`: a return in usual moves over the horizon; `r`: multiples of the risk. */
export type Unit = keyof Matters

export type Verdict = 'supported' | 'not supported' | 'inconclusive'

/**
 * Supported: the effect has the claimed direction and its corrected p-value is below `alpha`. Not supported: the 95 % interval
 * holds no effect that would matter, or the effect goes the other way by the same rule. Else the data cannot tell.
 */
export function judge(
  { effect, high, p }: Pick<Inference, 'effect' | 'high' | 'p'>,
  pAdjusted: number,
  matters: number,
  alpha: number,
): Verdict {
  if (Number.isNaN(p)) return 'inconclusive'
  const sure = pAdjusted < alpha
  if (sure && effect > 0) return 'supported'
  return (sure && effect < 0) || high < matters ? 'not supported' : 'inconclusive'
}

/**
 * The verdict on a claim with several tests: `all` must hold for it (it pays, and more than a placebo), or `any` of them
 * (clusters may be stronger in one way or the other).
 */
export function combine(verdicts: readonly Verdict[], rule: 'all' | 'any'): Verdict {
  const is = (verdict: Verdict) => (other: Verdict) => other === verdict
  if (verdicts.length === 0) return 'inconclusive'
  if (rule === 'all') {
    if (verdicts.every(is('supported'))) return 'supported'
    return verdicts.some(is('not supported')) ? 'not supported' : 'inconclusive'
  }
  if (verdicts.some(is('supported'))) return 'supported'
  return verdicts.every(is('not supported')) ? 'not supported' : 'inconclusive'
}

/** `+0.5 pp`, `−0.031 σ`, `+0.12 R`; without the unit on request. */
export function formatEffect(value: number, unit: Unit, bare = false): string {
  if (!Number.isFinite(value)) return 'n/a'
  const scaled = unit === 'share' ? 100 * value : value
  const digits = unit === 'share' ? 1 : 3
  const number = `${scaled < 0 ? '−' : '+'}${Math.abs(scaled).toFixed(digits)}`
  return bare ? number : `${number} ${{ share: 'pp', move: 'σ', r: 'R' }[unit]}`
}

export function formatP(p: number): string {
  if (Number.isNaN(p)) return 'n/a'
  return p < 0.001 ? '< 0.001' : p.toFixed(p < 0.1 ? 3 : 2)
}

export function formatShare(share: number): string {
  return Number.isNaN(share) ? 'n/a' : `${(100 * share).toFixed(1)} %`
}
