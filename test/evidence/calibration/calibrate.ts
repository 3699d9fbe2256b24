import { type Evidence, gatherEvidence } from '../../../src/evidence/evidence.ts'
import { Ledger } from '../../../src/evidence/ledger.ts'
import type { EvidenceOptions } from '../../../src/evidence/settings.ts'
import type { SimulateOptions } from '../../../src/simulate/options.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'

/** What one test said of one simulated market. */
export interface Outcome {
  test: string
  p: number
  effect: number
  n: number
}

export type ClaimOf = (evidence: Evidence) => ReturnType<Evidence['all']>

/** Every test on one simulated market, without a word of the markets before it. */
export function outcomesOf(
  simulate: SimulateOptions,
  options: EvidenceOptions,
  claims: ClaimOf = evidence => evidence.all(),
): Outcome[] {
  const evidence = gatherEvidence([simulateMarket(simulate)], undefined, options, new Ledger())
  return claims(evidence).flatMap(claim =>
    claim.tests.map(({ question, p, effect, n }) => ({ test: question.name, p, effect, n })),
  )
}

export interface Rejections {
  test: string
  /** Markets in which there was enough to test. */
  tested: number
  /** Those with p < 0.05, and of these the ones with an effect as claimed. */
  rejected: number
  asClaimed: number
  meanEffect: number
  meanN: number
}

export function rejections(outcomes: readonly Outcome[], alpha = 0.05): Rejections[] {
  return [...new Set(outcomes.map(({ test }) => test))].map(test => {
    const own = outcomes.filter(one => one.test === test && !Number.isNaN(one.p))
    const mean = (value: (one: Outcome) => number) => own.reduce((sum, one) => sum + value(one), 0) / own.length
    return {
      test,
      tested: own.length,
      rejected: own.filter(({ p }) => p < alpha).length,
      asClaimed: own.filter(({ p, effect }) => p < alpha && effect > 0).length,
      meanEffect: mean(one => one.effect),
      meanN: mean(one => one.n),
    }
  })
}

/** Fewest and most successes of n with chance p that are no surprise: at most (1 − level)/2 of the distribution lies beyond each. */
export function binomialBounds(n: number, p: number, level = 0.95): [least: number, most: number] {
  const tail = (1 - level) / 2
  let term = (1 - p) ** n
  let below = 0
  let least = 0
  for (let k = 0; k <= n; k++) {
    if (below + term <= tail) least = k + 1
    below += term
    if (1 - below <= tail) return [least, k]
    term *= ((n - k) / (k + 1)) * (p / (1 - p))
  }
  return [least, n]
}
