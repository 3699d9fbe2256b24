/** Fits a map's assumptions to recorded liquidations, and scores the fit on bars that it never saw. */

import { type ColumnTable, table } from 'arquero'
import { durationMs } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import { currentTask } from '../../common/host.ts'
import { countText } from '../../common/number-text.ts'
import { defineOptions, duration, listOf, numberThat, option, optional } from '../../common/options.ts'
import type { Market } from '../../market/market.ts'
import { partialSpearmanWith } from '../../stats/ranks.ts'
import type { LeverageMix } from '../book/leverage.ts'
import { defaultFlows, type FlowOptions, flowOption } from '../book/position-flow.ts'
import { type Distribution, sharesBy } from '../book/shares.ts'
import { type CalibratedScale, liquidationMap, type MapOptions, mapOptions } from '../map.ts'
import type { Side } from '../side.ts'
import {
  type BarBootstrapOptions,
  barBootstrapOptions,
  defaultBlockBars,
  type Estimate,
  estimate,
  movingBlocks,
} from './bar-bootstrap.ts'
import { impliedLiquidations } from './implied.ts'
import { recordedLiquidations, type SideScore, scoreMap } from './score.ts'

export interface CalibrateOptions {
  /** Share of the bars, from the first, to fit on; the remaining bars are scored. Default 0.5. */
  train?: number
  /** Tiers of the mix. Default 5, 10, 20, 25, 50, 75, 100, 125. */
  tiers?: readonly number[]
  /** Exponents a to try: weights in proportion to leverage^a. Default −2, −1, −0.5, 0, 0.5, 1, 2. */
  exponents?: readonly number[]
  /** Half-lives to try. Default 6h, 1d, `Infinity` with a flow by turnover; 3h, 12h, 2d, 7d, 30d, `Infinity` with others. */
  halfLives?: readonly (string | number)[]
  /** Trigger depths to try. Default 0, 0.001, 0.002, 0.003, 0.005. */
  triggerDepths?: readonly number[]
  /** Flows to try. Default: volume; with open interest turnover, by which 10, 25, 50 or 100 % of the volume open. */
  flows?: readonly FlowOptions[]
  /** Distributions of added margin to try. Default: none, and a long tail. */
  extraMargins?: readonly Distribution[]
  /** All other options of the map, the same in every trial. Default `{}`. */
  base?: MapOptions
  /** Options of the score's intervals. */
  score?: BarBootstrapOptions
}

export interface Calibration {
  /** The options with the best score on the fitted part, with the {@link scale} found there. */
  options: MapOptions
  /** USD on record for each USD that the map implies, on the fitted part: both sides together. */
  scale: Estimate
  /** Where the fit lies on an edge of the values tried, so that the best may lie beyond: widen the option, or distrust it. */
  edges: CalibrationEdge[]
  /** Mean of both sides' partial rank correlation on the fitted part. */
  train: number
  /** First and last bar of the fitted and of the scored part. */
  trainBars: [from: number, to: number]
  testBars: [from: number, to: number]
  /** Score on the part that the fit never saw. */
  test: Record<Side, SideScore>
  /** Every trial, best first: `train`, `long`, `short` (partial rank correlations on the fitted part) and its options. */
  trials: ColumnTable
}

/** A fitted value that is the lowest or highest of those tried. */
export interface CalibrationEdge {
  /** The option of {@link CalibrateOptions} that listed the values. */
  option: 'exponents' | 'halfLives' | 'triggerDepths' | 'flows.openShare'
  value: number | string
  end: 'lowest' | 'highest'
}

const CALLER = 'liq.calibrate'

const calibrateOptions = defineOptions<CalibrateOptions, 'flows' | 'halfLives'>(CALLER, {
  train: option(
    0.5,
    numberThat('a share between 0 and 1', x => x > 0 && x < 1),
  ),
  tiers: option(
    [5, 10, 20, 25, 50, 75, 100, 125],
    listOf(numberThat('a leverage above 1', x => x > 1 && x < Infinity)),
  ),
  exponents: option([-2, -1, -0.5, 0, 0.5, 1, 2], listOf(numberThat('a finite number', Number.isFinite))),
  halfLives: optional(listOf(duration(true))),
  triggerDepths: option(
    [0, 0.001, 0.002, 0.003, 0.005],
    listOf(numberThat('0 to 0.1 in ln(price)', x => x >= 0 && x <= 0.1)),
  ),
  flows: optional(listOf(flowOption)),
  extraMargins: option(
    [{ 0: 1 }, { 0: 0.5, 0.5: 0.25, 1: 0.15, 3: 0.1 }],
    listOf(sharesBy('multiples of 0 or more', multiple => multiple >= 0, '{ 0: 0.7, 1: 0.3 }')),
  ),
  base: option({}, mapOptions.check),
  score: option({}, barBootstrapOptions.check),
})

interface Trial {
  options: MapOptions
  exponent: number
  long: number
  short: number
  train: number
}

/**
 * Fits a map to the liquidations of the first part of a market, and scores it on the second.
 *
 * A search over few, coarse values, which is what data of some months can distinguish. The leverage mix has one parameter,
 * the exponent of leverage: free weights fit no better and differ wildly between halves of the data, so fitted weights are
 * no finding about traders. The score is the partial rank correlation of {@link scoreMap}, averaged over both sides.
 *
 * @throws DataError when the market has no record of liquidations or a part is too short
 * @throws OptionError naming the option that is out of range
 */
export async function calibrate(market: Market, options: CalibrateOptions = {}): Promise<Calibration> {
  const resolved = calibrateOptions.resolve(options)
  const { train, tiers, exponents, triggerDepths, extraMargins, base } = resolved
  const halfLivesOf = (flow: FlowOptions) =>
    resolved.halfLives ?? (flow.from === 'turnover' ? TURNOVER_HALF_LIVES : HALF_LIVES)
  const half = Math.floor(market.length * train)
  const flows = resolved.flows ?? defaultFlows(market)
  const powerMix = (exponent: number): LeverageMix => Object.fromEntries(tiers.map(tier => [tier, tier ** exponent]))
  const fits = { long: createFit('long', market, half), short: createFit('short', market, half) }
  const task = currentTask()
  const combinations = flows.reduce((sum, flow) => sum + halfLivesOf(flow).length, 0)
  const count = combinations * triggerDepths.length * extraMargins.length
  const trials: Trial[] = []
  let done = 0
  for (const flow of flows)
    for (const halfLife of halfLivesOf(flow))
      for (const triggerDepth of triggerDepths)
        for (const extraMargin of extraMargins) {
          const trialOptions = {
            ...base,
            flow: { ...base.flow, ...flow },
            halfLife,
            triggerDepth,
            extraMargin,
          }
          const map = liquidationMap(market, { ...trialOptions, leverage: powerMix(0) }, CALLER)
          const equalWeights = impliedLiquidations(map, half)
          const { capped } = map.positionCohorts
          for (const exponent of exponents) {
            // A bracket's cap moves weight between tiers, so the tiers of different mixes are not multiples of each other.
            const implied =
              capped > 0
                ? impliedLiquidations(
                    liquidationMap(market, { ...trialOptions, leverage: powerMix(exponent) }, CALLER),
                    half,
                  )
                : equalWeights
            const weights = map.options.tiers.map(tier => (capped > 0 ? 1 : tier.leverage ** exponent))
            const long = fits.long(implied.longByTier, weights)
            const short = fits.short(implied.shortByTier, weights)
            trials.push({ options: trialOptions, exponent, long, short, train: (long + short) / 2 })
          }
          task.progress(`Calibrating: ${++done} of ${count} maps`, done / count)
          // Yields, so that an interrupt can arrive.
          await new Promise(setImmediate)
          task.signal.throwIfAborted()
        }
  // The first of equals wins, so the result does not depend on the sort.
  const ordered = trials
    .map((trial, index) => ({ trial, index }))
    .sort((a, b) => b.trial.train - a.trial.train || a.index - b.index)
  const best = ordered[0]?.trial
  if (!best || Number.isNaN(best.train)) throw new DataError(`${CALLER}: no trial could be scored`)
  const unscaled: MapOptions = { ...best.options, leverage: powerMix(best.exponent) }
  const scale = recordScale(unscaled, market, half, resolved.score)
  const fitted: MapOptions = { ...unscaled, scale: calibratedScale(scale, base.scale, market) }
  const testBars: [number, number] = [half, market.length - 1]
  return {
    options: fitted,
    scale,
    edges: findEdges(best, { exponents, triggerDepths, halfLives: halfLivesOf(best.options.flow ?? {}), flows }),
    train: best.train,
    trainBars: [0, half - 1],
    testBars,
    test: scoreMap(
      liquidationMap(market, fitted, CALLER),
      market,
      { ...resolved.score, from: testBars[0], to: testBars[1] },
      CALLER,
    ),
    trials: trialTable(ordered.map(({ trial }) => trial)),
  }
}

/** The ends of what is possible are no edges: there is nothing beyond a depth of 0, an infinite half-life and a share of 1. */
function findEdges(
  { exponent, options: { halfLife = Infinity, triggerDepth = 0, flow = {} } }: Trial,
  tried: Pick<Required<CalibrateOptions>, 'exponents' | 'halfLives' | 'triggerDepths' | 'flows'>,
): CalibrationEdge[] {
  const ms = (value: string | number) => (value === Infinity ? Infinity : durationMs(value))
  const shares = tried.flows.flatMap(({ openShare }) => openShare ?? [])
  const edge = (
    option: CalibrationEdge['option'],
    value: number | string,
    values: readonly number[],
    at: number,
  ): CalibrationEdge[] => {
    const [lowest, highest] = [Math.min(...values), Math.max(...values)]
    if (lowest === highest || (at !== lowest && at !== highest)) return []
    return [{ option, value, end: at === lowest ? 'lowest' : 'highest' }]
  }
  return [
    ...edge('exponents', exponent, tried.exponents, exponent),
    ...(halfLife === Infinity ? [] : edge('halfLives', halfLife, tried.halfLives.map(ms), ms(halfLife))),
    ...(triggerDepth === 0 ? [] : edge('triggerDepths', triggerDepth, tried.triggerDepths, triggerDepth)),
    ...(flow.openShare === undefined || flow.openShare === 1
      ? []
      : edge('flows.openShare', flow.openShare, shares, flow.openShare)),
  ]
}

const TURNOVER_HALF_LIVES = ['6h', '1d', Infinity]
const HALF_LIVES = ['3h', '12h', '2d', '7d', '30d', Infinity]

/** The scale in all of a map whose `base` was scaled already. */
function calibratedScale(
  { value, low, high }: Estimate,
  base: MapOptions['scale'] = 1,
  market: Market,
): CalibratedScale {
  const factor = typeof base === 'number' ? base : base.value
  return {
    value: value * factor,
    low: low * factor,
    high: high * factor,
    to: `the liquidations on record of ${market.symbol}`,
  }
}

/** USD on record for each USD that the map implies in the first `half` bars, both sides together. */
function recordScale(options: MapOptions, market: Market, half: number, score: BarBootstrapOptions): Estimate {
  const { blockBars = defaultBlockBars(market), resamples, seed } = barBootstrapOptions.resolve(score, CALLER)
  const implied = impliedLiquidations(liquidationMap(market, options, CALLER), half)
  const record = {
    long: recordedLiquidations('long', market, CALLER),
    short: recordedLiquidations('short', market, CALLER),
  }
  const usd: number[] = []
  const real: number[] = []
  for (let t = 1; t < half; t++) {
    const recorded = record.long.real[t]! + record.short.real[t]!
    if (Number.isNaN(recorded)) continue
    real.push(recorded)
    usd.push(implied.long[t]! + implied.short[t]!)
  }
  const ratio = (rows: Int32Array) => {
    let [a, b] = [0, 0]
    for (const row of rows) {
      a += real[row]!
      b += usd[row]!
    }
    return a / b
  }
  const samples = movingBlocks(usd.length, blockBars, resamples, seed)
  const scale = estimate(ratio(Int32Array.from(usd.keys())), samples.map(ratio))
  if (!(scale.value > 0 && scale.value < Infinity))
    throw new DataError(
      `${CALLER}: the map or the record of the fitted part has no liquidations in bars that have both`,
    )
  return scale
}

/** Partial rank correlation of a mix of tiers on the fitted part. The map is linear in their weights, so a mix costs no replay. */
type Fit = (byTier: readonly Float64Array[], weights: readonly number[]) => number

/** Only the implied liquidations differ between trials, so the record is ranked once. */
function createFit(side: Side, market: Market, half: number): Fit {
  const { real, move, volume } = recordedLiquidations(side, market, CALLER)
  const rows: number[] = []
  for (let t = 1; t < half; t++) if (!Number.isNaN(real[t]!)) rows.push(t)
  if (rows.length < 30)
    throw new DataError(
      `${CALLER}: the fitted part has a record of ${side}Liquidations in only ${countText(rows.length, 'bar')}`,
    )
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
    openShare: column(trial => trial.options.flow?.openShare),
    halfLife: column(trial => String(trial.options.halfLife)),
    triggerDepth: column(trial => trial.options.triggerDepth),
    extraMargin: column(trial => JSON.stringify(trial.options.extraMargin)),
    exponent: column(trial => trial.exponent),
  })
}
