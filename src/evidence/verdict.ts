/** Verdicts on tests and claims, and how their figures are printed. */
import { MINUS } from '../common/number-text.ts'
import type { Inference } from './bootstrap.ts'
import type { EffectThresholds } from './evidence-options.ts'

/** `share`: a difference of two shares; `move`: a return in σ over the horizon; `r`: multiples of the risk; `bits`: of information. */
export type EffectUnit = keyof EffectThresholds

export type Verdict = 'supported' | 'not supported' | 'inconclusive'

/**
 * Supported: the effect has the claimed sign and a corrected p-value below `alpha`. Not supported: the 95 % interval contains no
 * effect that would matter, or the effect has the opposite sign and a corrected p-value below `alpha`. Otherwise inconclusive.
 */
export function judge(
  { effect, high, p }: Pick<Inference, 'effect' | 'high' | 'p'>,
  pAdjusted: number,
  matters: number,
  alpha: number,
): Verdict {
  if (Number.isNaN(p)) return 'inconclusive'
  const significant = pAdjusted < alpha
  if (significant && effect > 0) return 'supported'
  return (significant && effect < 0) || high < matters ? 'not supported' : 'inconclusive'
}

/**
 * Verdict on a claim with several tests: `all` must hold (profitable, and more than on placebo levels), or `any` (clusters may
 * be stronger in one respect or another).
 */
export function combine(verdicts: readonly Verdict[], rule: 'all' | 'any'): Verdict {
  if (verdicts.length === 0) return 'inconclusive'
  if (rule === 'all') {
    if (verdicts.every(verdict => verdict === 'supported')) return 'supported'
    return verdicts.includes('not supported') ? 'not supported' : 'inconclusive'
  }
  if (verdicts.includes('supported')) return 'supported'
  return verdicts.every(verdict => verdict === 'not supported') ? 'not supported' : 'inconclusive'
}

/** `+0.5 pp`, `−0.031 σ`, `+0.12 R`, `+0.010 bit`; without the unit if `bare`. */
export function formatEffect(value: number, unit: EffectUnit, bare = false): string {
  if (!Number.isFinite(value)) return 'n/a'
  const scaled = unit === 'share' ? 100 * value : value
  const digits = unit === 'share' ? 1 : 3
  const number = `${scaled < 0 ? MINUS : '+'}${Math.abs(scaled).toFixed(digits)}`
  return bare ? number : `${number} ${{ share: 'pp', move: 'σ', r: 'R', bits: 'bit' }[unit]}`
}

export function formatP(p: number): string {
  if (Number.isNaN(p)) return 'n/a'
  return p < 0.001 ? '< 0.001' : p.toFixed(p < 0.1 ? 3 : 2)
}

export function formatShare(share: number): string {
  return Number.isNaN(share) ? 'n/a' : `${(100 * share).toFixed(1)} %`
}

/** The text with a capital letter. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
