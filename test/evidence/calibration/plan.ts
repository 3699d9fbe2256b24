/** The markets and effects of the calibration. */
import type { ClaimName } from '../../../src/evidence/claims.ts'
import type { EvidenceOptions } from '../../../src/evidence/evidence-options.ts'
import type { SimulateOptions } from '../../../src/simulate/simulate-options.ts'
import { withBlindLiquidations } from '../blind-liquidations.ts'
import { trueLevels } from '../true-levels.ts'
import { testOutcomes } from './calibrate.ts'

/** One row of the plan: a number of markets with one strength of one effect. */
export interface Experiment {
  name: string
  markets: number
  simulate: SimulateOptions
  /** Whether the levels of a heatmap are tested, or the true ones that only a simulation reveals. */
  levels: 'heatmap' | 'true'
  /** Options beside those of all experiments, and the claims that are tested. Default: all that the simulation has levels for. */
  options?: EvidenceOptions
  claims?: readonly ClaimName[]
  /** The records of liquidations know of no levels; otherwise they are those of the simulated positions. */
  blind?: boolean
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

const ALL = ['magnet', 'reversal', 'sfp', 'timeframes', 'convergence', 'continuation'] as const

/** Longer bars have no true levels, and the planted effects do not depend on the timeframe. */
const WITHOUT_TIMEFRAMES = ALL.filter(name => name !== 'timeframes')

const NOTHING = 'nothing planted'

/** Trades lose their costs, so that their mean of 0 is no null in any market. Without them it is one. */
const WITHOUT_COSTS: EvidenceOptions = { trade: { takerFee: 0, makerFee: 0, slippageBps: 0, funding: false } }

/** @param only a part of the name of the experiments to run; empty for all */
export function createPlan(markets: number, bars: number, powerMarkets: number, only = ''): Experiment[] {
  return allExperiments(markets, bars, powerMarkets).filter(({ name }) => name.includes(only))
}

function allExperiments(markets: number, bars: number, powerMarkets: number): Experiment[] {
  const plan: Experiment[] = [
    { name: NOTHING, markets, simulate: { bars }, levels: 'heatmap', claims: ALL },
    {
      name: `${NOTHING}, trades without costs`,
      ...{ markets, simulate: { bars }, levels: 'heatmap', options: WITHOUT_COSTS, claims: ['sfp'] },
    },
    {
      name: `${NOTHING}, liquidations that know of no levels`,
      ...{ markets, simulate: { bars }, levels: 'heatmap', blind: true, claims: ['forecast', 'stops'] },
    },
  ]
  if (powerMarkets === 0) return plan
  plan.push({ name: NOTHING, markets: powerMarkets, simulate: { bars }, levels: 'true' })
  for (const levels of ['true', 'heatmap'] as const)
    plan.push({
      name: 'liquidations of the positions',
      ...{ markets: powerMarkets, simulate: { bars }, levels, claims: ['forecast'] },
    })
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

export function runOne({ simulate, levels, options, claims = WITHOUT_TIMEFRAMES, blind }: Experiment, seed: number) {
  return testOutcomes(
    { ...simulate, seed },
    { ...OPTIONS, ...LEVELS[levels], ...options },
    evidence => claims.map(name => evidence[name]()),
    market => (blind ? withBlindLiquidations(market, seed) : market),
  )
}
