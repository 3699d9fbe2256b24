/** Scores a map as a forecast: the levels within reach at a close against what is liquidated in the bars after it. */
import { DataError } from '../../common/errors.ts'
import { mapValues } from '../../common/map-values.ts'
import { defineOptions, listOf, numberThat, option, wholeNumber } from '../../common/options.ts'
import { binOf } from '../../market/bins.ts'
import type { Market } from '../../market/market.ts'
import { groupTies, partialOfRanks, pearson, rankSample } from '../../stats/ranks.ts'
import type { LiquidationMap } from '../map.ts'
import type { Side } from '../side.ts'
import {
  type BarBootstrapOptions,
  barBootstrap,
  defaultBlockBars,
  type Estimate,
  estimate,
  movingBlocks,
} from './bar-bootstrap.ts'
import { constantFlowMap } from './constant-flow.ts'
import { recordedLiquidations } from './score.ts'

export interface ForecastOptions extends BarBootstrapOptions {
  /** Numbers of bars to look ahead. Default 1, 4, 24. */
  horizons?: readonly number[]
  /** How far the map is looked at, in standard deviations of the return over the horizon. Default 1, 2. */
  within?: readonly number[]
  /** Bars before the close that volatility, recent volume and recent liquidations are taken from. Default 24. */
  recentBars?: number
}

const CALLER = 'liq.forecast'

const forecastOptions = defineOptions<ForecastOptions, 'blockBars'>(CALLER, {
  horizons: option([1, 4, 24], listOf(wholeNumber(1, 10_000))),
  within: option([1, 2], listOf(numberThat('standard deviations above 0 to 10', x => x > 0 && x <= 10))),
  recentBars: option(24, wholeNumber(2, 10_000)),
  ...barBootstrap,
})

/** How well the levels within reach of a close forecast what one side loses in the bars after it. */
export interface ForecastScore {
  side: Side
  horizon: number
  /** Standard deviations. */
  within: number
  /** Closes that were compared. */
  closes: number
  /** Rank correlation of the notional within reach with what is then liquidated. */
  spearman: Estimate
  /** The same, given volatility, recent volume and recent liquidations of the side. */
  partial: Estimate
  /** {@link partial} of a map with a constant flow, which knows geometry only. */
  geometry: number
  /** What the map adds: the rank correlation given, in addition, the levels of that map. */
  skill: Estimate
}

/** Fewer closes than this give no meaningful correlation. */
const MIN_CLOSES = 30

/**
 * For each side, horizon of h bars and reach of k standard deviations: compares, close by close, the notional that the map has
 * within k·σ·√h of the close, in ln(price), with what the record says was liquidated within the next h bars. σ is the root mean
 * square of the last returns. What is known at a close depends on bars up to it only; closes whose horizon has a bar without a
 * record are left out.
 *
 * @throws DataError when the market has no record of liquidations, or too short a one
 * @throws OptionError naming the option that is out of range
 */
export function forecastScores(
  map: LiquidationMap,
  market: Market = map.market,
  options: ForecastOptions = {},
): Record<Side, ForecastScore[]> {
  const resolved = forecastOptions.resolve(options)
  if (market.length !== map.market.length || market.time[0] !== map.market.time[0])
    throw new DataError(`${CALLER}: the bars of the market with the record differ from the map’s`)
  const volatility = recentVolatility(market, resolved.recentBars)
  const volume = recentSum(market.volume, resolved.recentBars)
  const reaches = resolved.horizons.flatMap(horizon => resolved.within.map(within => ({ horizon, within })))
  const distances = reaches.map(({ horizon, within }) => volatility.map(sigma => within * sigma * Math.sqrt(horizon)))
  const levels = notionalWithin(map, distances)
  const constant = notionalWithin(constantFlowMap(map), distances)
  const scoresOf = (side: Side) => {
    const { real } = recordedLiquidations(side, market, CALLER)
    const recent = recentSum(real, resolved.recentBars)
    return reaches.map(({ horizon, within }, i) => {
      const input = {
        levels: levels[side][i]!,
        constant: constant[side][i]!,
        liquidated: nextSum(real, horizon),
        volatility,
        volume,
        recent,
      }
      return scoreReach(side, horizon, within, input, market, resolved)
    })
  }
  return { long: scoresOf('long'), short: scoresOf('short') }
}

type ForecastInput = Record<'levels' | 'constant' | 'liquidated' | 'volatility' | 'volume' | 'recent', Float64Array>

function scoreReach(
  side: Side,
  horizon: number,
  within: number,
  input: ForecastInput,
  market: Market,
  { recentBars, blockBars, resamples, seed }: ReturnType<typeof forecastOptions.resolve>,
): ForecastScore {
  const used: number[] = []
  for (let t = recentBars; t < market.length; t++)
    if (!Number.isNaN(input.liquidated[t]!) && !Number.isNaN(input.recent[t]!)) used.push(t)
  if (used.length < MIN_CLOSES)
    throw new DataError(
      `${CALLER}: only ${used.length} closes have a record of ${side}Liquidations before and after; at least ${MIN_CLOSES} are needed`,
    )
  const ties = mapValues(input, values => groupTies(Float64Array.from(used, t => values[t]!)))
  const statistics = (rows: Int32Array) => {
    const ranked = mapValues(ties, groups => rankSample(groups, rows))
    const known = [ranked.volatility, ranked.volume, ranked.recent]
    const beyondKnown = partialOfRanks(ranked.liquidated, known)
    return {
      spearman: pearson(ranked.levels, ranked.liquidated),
      partial: beyondKnown(ranked.levels),
      geometry: beyondKnown(ranked.constant),
      skill: partialOfRanks(ranked.liquidated, [...known, ranked.constant])(ranked.levels),
    }
  }
  const whole = statistics(Int32Array.from(used.keys()))
  const block = blockBars ?? Math.max(defaultBlockBars(market), 2 * horizon)
  const samples = movingBlocks(used.length, block, resamples, seed).map(statistics)
  const interval = (name: keyof typeof whole) =>
    estimate(
      whole[name],
      samples.map(sample => sample[name]),
    )
  return {
    side,
    horizon,
    within,
    closes: used.length,
    spearman: interval('spearman'),
    partial: interval('partial'),
    geometry: whole.geometry,
    skill: interval('skill'),
  }
}

/**
 * Notional of each side within distances from the close, as known at each close.
 * @param distances for each reach its distance at each bar, in ln(price)
 */
function notionalWithin(map: LiquidationMap, distances: readonly Float64Array[]): Record<Side, Float64Array[]> {
  const { market, options } = map
  const { binWidth } = options
  const empty = () => distances.map(() => new Float64Array(market.length))
  const sums = { long: empty(), short: empty() }
  let column = new Float64Array(64)
  map.replay((t, book) => {
    const bins = distances.map(distance => Math.max(1, Math.round(distance[t]! / binWidth)))
    const most = Math.max(...bins)
    if (column.length < most) column = new Float64Array(2 * most)
    const closeBin = binOf(market.close[t]!, binWidth)
    for (const side of ['long', 'short'] as const) {
      const near = column.subarray(0, most)
      book.column(side, side === 'long' ? closeBin - most : closeBin + 1, near)
      for (const [i, count] of bins.entries()) {
        let usd = 0
        for (let k = 0; k < count; k++) usd += near[side === 'long' ? most - 1 - k : k]!
        sums[side][i]![t] = usd
      }
    }
  })
  return sums
}

/** Root mean square of the returns of the last bars, in ln(price); NaN before there are so many. */
function recentVolatility({ close }: Market, bars: number): Float64Array {
  const squares = close.map((price, t) => (t === 0 ? 0 : Math.log(price / close[t - 1]!) ** 2))
  return recentSum(squares, bars).map((sum, t) => (t < bars ? Number.NaN : Math.sqrt(sum / bars)))
}

/** Sums of the last values at each bar; NaN where one of them is missing, or there are too few. */
function recentSum(values: Float64Array, count: number): Float64Array {
  return values.map((_, t) => {
    if (t + 1 < count) return Number.NaN
    let sum = 0
    for (let i = t - count + 1; i <= t; i++) sum += values[i]!
    return sum
  })
}

/** Sums of the values after each bar; NaN where one of them is missing, or there are too few. */
function nextSum(values: Float64Array, count: number): Float64Array {
  return values.map((_, t) => {
    if (t + count >= values.length) return Number.NaN
    let sum = 0
    for (let i = t + 1; i <= t + count; i++) sum += values[i]!
    return sum
  })
}
