import type { EvidenceOptions } from '../../../src/evidence/settings.ts'
import type { SimulateOptions } from '../../../src/simulate/options.ts'
import { trueLevels } from '../true-levels.ts'
import { type ClaimOf, outcomesOf } from './calibrate.ts'

/** A row of the plan: so many markets with one strength of one effect. */
export interface Experiment {
  name: string
  markets: number
  simulate: SimulateOptions
  /** Tested are the levels of a heatmap, or the true ones that only a simulation knows. */
  levels: 'heatmap' | 'true'
}

/**
 * Levels near the price, so that there are events enough in a market of a few thousand bars; nothing else differs from what
 * `liq.evidence` does by default but the horizon, for the same reason.
 */
const OPTIONS: EvidenceOptions = {
  horizon: 12,
  timeframes: ['1h', '4h'],
  stronger: ['4h'],
  resamples: 500,
}

const LEVELS: Record<Experiment['levels'], EvidenceOptions> = {
  heatmap: {
    map: { leverage: { 20: 0.3, 50: 0.4, 100: 0.3 }, halfLife: '2d' },
    clusters: { brightest: 8, brightness: 3 },
  },
  true: { levels: trueLevels },
}

/** Coarser bars have no true levels of their own, and the effects that are planted know no timeframe. */
const WITHOUT_TIMEFRAMES: ClaimOf = ({ magnet, reversal, sfp, convergence, continuation }) =>
  [magnet, reversal, sfp, convergence, continuation].map(claim => claim())

const NOTHING = 'nothing planted'

export function planOf(markets: number, bars: number, powerMarkets: number): Experiment[] {
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
  return outcomesOf({ ...simulate, seed }, options, all ? undefined : WITHOUT_TIMEFRAMES)
}
