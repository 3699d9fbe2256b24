/** The markets and effects of the calibration. */
import type { EvidenceOptions } from '../../../src/evidence/evidence-options.ts'
import type { SimulateOptions } from '../../../src/simulate/simulate-options.ts'
import { trueLevels } from '../true-levels.ts'
import { type ClaimSelector, testOutcomes } from './calibrate.ts'

/** One row of the plan: a number of markets with one strength of one effect. */
export interface Experiment {
  name: string
  markets: number
  simulate: SimulateOptions
  /** Whether the levels of a heatmap are tested, or the true ones that only a simulation reveals. */
  levels: 'heatmap' | 'true'
}

/** As the defaults of `liq.evidence`, but with a shorter horizon, so that a few thousand bars have enough events. */
const OPTIONS: EvidenceOptions = {
  horizon: 12,
  timeframes: ['1h', '4h'],
  stronger: ['4h'],
  resamples: 500,
}

/** The clusters of a heatmap with its defaults, or the levels of the simulation itself. */
const LEVELS: Record<Experiment['levels'], EvidenceOptions> = {
  heatmap: {},
  true: { levels: trueLevels },
}

/** Longer bars have no true levels, and the planted effects do not depend on the timeframe. */
const WITHOUT_TIMEFRAMES: ClaimSelector = ({ magnet, reversal, sfp, convergence, continuation }) =>
  [magnet, reversal, sfp, convergence, continuation].map(claim => claim())

const NOTHING = 'nothing planted'

export function createPlan(markets: number, bars: number, powerMarkets: number): Experiment[] {
  const plan: Experiment[] = [{ name: NOTHING, markets, simulate: { bars }, levels: 'heatmap' }]
  if (powerMarkets === 0) return plan
  plan.push({ name: NOTHING, markets: powerMarkets, simulate: { bars }, levels: 'true' })
  for (const effect of ['magnet', 'reversal', 'continuation'] as const)
    for (const strength of [0.5, 1, 2])
      for (const levels of ['true', 'heatmap'] as const)
        plan.push({
          name: `${effect} ${strength}`,
          markets: powerMarkets,
          simulate: { bars, [effect]: strength },
          levels,
        })
  for (const strength of [1, 3])
    plan.push({
      name: `magnet 0.5, reversal 0.5, convergence ${strength}`,
      markets: powerMarkets,
      simulate: { bars, magnet: 0.5, reversal: 0.5, convergence: strength },
      levels: 'true',
    })
  return plan
}

export function runOne({ name, simulate, levels }: Experiment, seed: number) {
  const options = { ...OPTIONS, ...LEVELS[levels] }
  const all = levels === 'heatmap' && name === NOTHING
  return testOutcomes({ ...simulate, seed }, options, all ? undefined : WITHOUT_TIMEFRAMES)
}
