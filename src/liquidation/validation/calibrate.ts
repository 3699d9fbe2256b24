import { type ColumnTable, table } from 'arquero'
import { DataError } from '../../common/errors.ts'
import { assertKnownOptions, dropUndefined } from '../../common/options.ts'
import { currentTask } from '../../common/task.ts'
import type { Market } from '../../market/market.ts'
import { partialSpearmanWith } from '../../stats/ranks.ts'
import type { Distribution } from '../book/cohorts.ts'
import type { LeverageMix } from '../book/leverage.ts'
import type { FlowOptions } from '../book/position-flow.ts'
import { liquidationMap, type MapOptions } from '../map.ts'
import type { Side } from '../margin/liquidation-price.ts'
import { impliedLiquidations } from './implied.ts'
import { recordOf, type ScoreOptions, type SideScore, scoreMap } from './score.ts'

export interface CalibrateOptions {
  /** Share of the bars, from the first, that is fitted on; the rest is scored. Default 0.5. */
  train?: number
  /** Tiers of the mix. Default 5, 10, 20, 25, 50, 75, 100, 125. */
  tiers?: readonly number[]
  /** Exponents a to try: weights in proportion to leverage^a. Default −1, 0, 0.5, 1, 2. */
  exponents?: readonly number[]
  halfLives?: readonly (string | number)[]
  /** Default 0, 0.001, 0.002, 0.003. */
  triggerDepths?: readonly number[]
  /** Flows to try. Default: volume, and with open interest also that and a blend of both. */
  flows?: readonly FlowOptions[]
  /** Distributions of added margin to try. Default: none, and a long tail. */
  extraMargins?: readonly Distribution[]
  /** All other options of the map, the same in every trial. */
  base?: MapOptions
  /** For the intervals of the scored part. */
  score?: Pick<ScoreOptions, 'blockBars' | 'resamples' | 'seed'>
}

export interface Calibration {
  /** The options that did best on the fitted part. */
  options: MapOptions
  /** Mean of both sides' partial rank correlation on the fitted part. */
  train: number
  /** Bars that were fitted on and scored, first and last. */
  trainBars: [from: number, to: number]
  testBars: [from: number, to: number]
  /** Score on the rest, which the fit never saw. */
  test: Record<Side, SideScore>
  /** Every trial, best first: `train`, `long`, `short` (partial rank correlations on the fitted part) and its options. */
  trials: ColumnTable
}

const DEFAULTS = {
  train: 0.5,
  tiers: [5, 10, 20, 25, 50, 75, 100, 125],
  exponents: [-1, 0, 0.5, 1, 2],
  halfLives: ['12h', '2d', '7d', '30d'],
  triggerDepths: [0, 0.001, 0.002, 0.003],
  extraMargins: [{ 0: 1 }, { 0: 0.5, 0.5: 0.25, 1: 0.15, 3: 0.1 }],
} as const

interface Trial {
  options: MapOptions
  exponent: number
  long: number
  short: number
  train: number
}

/**
 * Fits a map to the liquidations of the first part of a market, and scores it on the rest.
 *
 * A search over few, coarse values: what data of some months can tell apart. The leverage mix has one parameter, the exponent
 * of leverage; free weights fit no better and differ wildly between halves of the data, so fitted weights are no
 * finding about traders. The score is the partial rank correlation of {@link scoreMap}, averaged over both sides.
 *
 * @throws DataError when the market has no record of liquidations or a part is too short
 */
export async function calibrate(market: Market, options: CalibrateOptions = {}): Promise<Calibration> {
  assertKnownOptions(options, [...Object.keys(DEFAULTS), 'flows', 'base', 'score'], 'calibrate')
  const {
    train: share,
    tiers,
    exponents,
    halfLives,
    triggerDepths,
    extraMargins,
  } = { ...DEFAULTS, ...dropUndefined(options) }
  if (!(share > 0 && share < 1)) throw new DataError(`train: ${share}, but expected a share between 0 and 1`)
  const half = Math.floor(market.length * share)
  const flows = options.flows ?? defaultFlows(market)
  const mixOf = (exponent: number): LeverageMix => Object.fromEntries(tiers.map(tier => [tier, tier ** exponent]))
  const fits = { long: fitOf('long', market, half), short: fitOf('short', market, half) }
  const task = currentTask()
  const count = flows.length * halfLives.length * triggerDepths.length * extraMargins.length
  const trials: Trial[] = []
  let done = 0
  for (const flow of flows)
    for (const halfLife of halfLives)
      for (const triggerDepth of triggerDepths)
        for (const extraMargin of extraMargins) {
          const base = {
            ...options.base,
            flow: { ...options.base?.flow, ...flow },
            halfLife,
            triggerDepth,
            extraMargin,
          }
          const map = liquidationMap(market, { ...base, leverage: mixOf(0) })
          const ofEqual = impliedLiquidations(map, half)
          const { capped } = map.positionCohorts
          for (const exponent of exponents) {
            // What a bracket caps goes to another tier, so that the tiers of one mix are no multiples of those of another.
            const implied =
              capped > 0
                ? impliedLiquidations(liquidationMap(market, { ...base, leverage: mixOf(exponent) }), half)
                : ofEqual
            const weights = map.options.tiers.map(tier => (capped > 0 ? 1 : tier.leverage ** exponent))
            const long = fits.long(implied.longByTier, weights)
            const short = fits.short(implied.shortByTier, weights)
            trials.push({ options: base, exponent, long, short, train: (long + short) / 2 })
          }
          task.progress(`Calibrating: ${++done} of ${count} maps`, done / count)
          // Lets an interrupt in.
          await new Promise(setImmediate)
          task.signal.throwIfAborted()
        }
  // Of equals the first, so that the result does not hang on the sort.
  const ordered = trials
    .map((trial, index) => ({ trial, index }))
    .sort((a, b) => b.trial.train - a.trial.train || a.index - b.index)
  const best = ordered[0]?.trial
  if (!best || Number.isNaN(best.train)) throw new DataError('calibrate: no trial could be scored')
  const fitted: MapOptions = { ...best.options, leverage: mixOf(best.exponent) }
  const testBars: [number, number] = [half, market.length - 1]
  return {
    options: fitted,
    train: best.train,
    trainBars: [0, half - 1],
    testBars,
    test: scoreMap(liquidationMap(market, fitted), market, { ...options.score, from: testBars[0], to: testBars[1] }),
    trials: trialTable(ordered.map(({ trial }) => trial)),
  }
}

function defaultFlows(market: Market): FlowOptions[] {
  const volume: FlowOptions = { from: 'volume' }
  return market.openInterest ? [volume, { from: 'openInterest' }, { from: { volume: 0.1, openInterest: 1 } }] : [volume]
}

/** Partial rank correlation of a mix of tiers on the fitted part. The map is linear in their weights, so a mix costs no replay. */
type Fit = (byTier: readonly Float64Array[], weights: readonly number[]) => number

/** Only what the map implies is different in each trial: the record is ranked once. */
function fitOf(side: Side, market: Market, half: number): Fit {
  const { real, move, volume } = recordOf(side, market)
  const rows: number[] = []
  for (let t = 1; t < half; t++) if (!Number.isNaN(real[t]!)) rows.push(t)
  if (rows.length < 30)
    throw new DataError(`calibrate: only ${rows.length} bars of the fitted part have a record of ${side}Liquidations`)
  const pick = (values: Float64Array) => Float64Array.from(rows, t => values[t]!)
  const score = partialSpearmanWith(pick(real), [pick(move), pick(volume)])
  const mixed = new Float64Array(rows.length)
  return (byTier, weights) => {
    mixed.fill(0)
    for (const [tier, values] of byTier.entries())
      for (let k = 0; k < rows.length; k++) mixed[k]! += weights[tier]! * values[rows[k]!]!
    return score(mixed)
  }
}

function trialTable(trials: readonly Trial[]): ColumnTable {
  const column = <T>(value: (trial: Trial) => T) => trials.map(value)
  return table({
    train: column(trial => trial.train),
    long: column(trial => trial.long),
    short: column(trial => trial.short),
    flow: column(trial => JSON.stringify(trial.options.flow?.from)),
    halfLife: column(trial => String(trial.options.halfLife)),
    triggerDepth: column(trial => trial.options.triggerDepth),
    extraMargin: column(trial => JSON.stringify(trial.options.extraMargin)),
    exponent: column(trial => trial.exponent),
  })
}
