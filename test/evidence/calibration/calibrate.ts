/** Runs the tests of claims on simulated markets and counts rejections. */
import { type Evidence, gatherEvidence } from '../../../src/evidence/evidence.ts'
import type { EvidenceOptions } from '../../../src/evidence/evidence-options.ts'
import { Ledger } from '../../../src/evidence/ledger.ts'
import type { Market } from '../../../src/market/market.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import type { SimulateOptions } from '../../../src/simulate/simulate-options.ts'

/** Result of one test on one simulated market. */
export interface Outcome {
  test: string
  p: number
  effect: number
  n: number
}

export type ClaimSelector = (evidence: Evidence) => ReturnType<Evidence['all']>

/** All tests on one simulated market, with a separate ledger. @param change of the market that is tested */
export function testOutcomes(
  simulate: SimulateOptions,
  options: EvidenceOptions,
  claims: ClaimSelector = evidence => evidence.all(),
  change = (market: Market) => market,
): Outcome[] {
  const evidence = gatherEvidence([change(simulateMarket(simulate))], undefined, options, new Ledger())
  return claims(evidence).flatMap(claim =>
    claim.tests.map(({ question, p, effect, n }) => ({ test: question.name, p, effect, n })),
  )
}

export interface Rejections {
  test: string
  /** Markets with enough observations. */
  tested: number
  /** Markets with p < alpha, and those of them with an effect in the claimed direction. */
  rejected: number
  asClaimed: number
  meanEffect: number
  meanN: number
}

export function countRejections(outcomes: readonly Outcome[], alpha = 0.05): Rejections[] {
  return [...new Set(outcomes.map(({ test }) => test))].map(test => {
    const tested = outcomes.filter(outcome => outcome.test === test && !Number.isNaN(outcome.p))
    const mean = (value: (outcome: Outcome) => number) =>
      tested.reduce((sum, outcome) => sum + value(outcome), 0) / tested.length
    return {
      test,
      tested: tested.length,
      rejected: tested.filter(({ p }) => p < alpha).length,
      asClaimed: tested.filter(({ p, effect }) => p < alpha && effect > 0).length,
      meanEffect: mean(({ effect }) => effect),
      meanN: mean(({ n }) => n),
    }
  })
}

/** Central interval of a binomial distribution: at most (1 − level)/2 of it lies beyond each bound. */
export function binomialBounds(n: number, p: number, level = 0.95): [min: number, max: number] {
  const tail = (1 - level) / 2
  let term = (1 - p) ** n
  let below = 0
  let min = 0
  for (let k = 0; k <= n; k++) {
    if (below + term <= tail) min = k + 1
    below += term
    if (1 - below <= tail) return [min, k]
    term *= ((n - k) / (k + 1)) * (p / (1 - p))
  }
  return [min, n]
}
