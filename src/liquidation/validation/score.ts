/** Scores a map's implied liquidations against recorded ones. */

import { DataError } from '../../common/errors.ts'
import { mapValues } from '../../common/map-values.ts'
import { countText } from '../../common/number-text.ts'
import { defineOptions, invalidOption, optional, wholeNumber } from '../../common/options.ts'
import type { Market } from '../../market/market.ts'
import { groupTies, partialOfRanks, pearson, rankSample, ranks, spearman } from '../../stats/ranks.ts'
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
import { type ImpliedLiquidations, impliedLiquidations } from './implied.ts'

export interface ScoreOptions extends BarBootstrapOptions {
  /** First and last bar to score, inclusive. Default: all bars with a record. */
  from?: number
  to?: number
}

const CALLER = 'liq.score'

const scoreOptions = defineOptions<ScoreOptions, 'from' | 'to' | 'blockBars'>(CALLER, {
  from: optional(wholeNumber(0)),
  to: optional(wholeNumber(0)),
  ...barBootstrap,
})

/** How well implied liquidations of one side match recorded ones. */
export interface SideScore {
  side: Side
  /** Bars with a record. */
  bars: number
  /** Rank correlation of implied with recorded liquidations. */
  spearman: Estimate
  /**
   * What the map knows beyond its geometry, before the bar: the rank correlation of levels known before it, controlled for its
   * adverse move, its volume, and the same levels of a map with a constant flow (see {@link constantFlowMap}).
   */
  skill: Estimate
  /** Rank correlation controlled for the bar's adverse move and its volume only. Much of it is geometry. */
  partial: Estimate
  /** {@link partial} of the levels known before the bar only, without positions that the bar itself opened. */
  partialPriorLevels: Estimate
  /** {@link partial} and {@link partialPriorLevels} of the map with a constant flow: the scores to beat. */
  geometry: number
  geometryPriorLevels: number
  /** Rank correlation of recorded liquidations with adverse move × volume: the score to beat, without a map. */
  baseline: number
  /** USD that the map implies over USD on record, in all. */
  impliedOverRecorded: Estimate
  /** Share of all liquidated volume in the tenth of bars with the highest implied liquidations, divided by a tenth. */
  topDecileLift: number
  /** By tenth of the bars, from the lowest implied liquidations: means per bar in USD. */
  calibration: { implied: number; real: number }[]
}

/** The series that a score compares, bar by bar; NaN without a record. */
interface ScoreInput {
  implied: Float64Array
  /** The part from levels known before the bar. */
  priorLevels: Float64Array
  /** The same two of the map with a constant flow. */
  constant: Float64Array
  constantPriorLevels: Float64Array
  /** Liquidated in the bar, USD. */
  real: Float64Array
  /** ln of the adverse move from the close before to the bar's low (longs) or high (shorts), 0 if there was none. */
  move: Float64Array
  volume: Float64Array
}

/**
 * Scores a map against the liquidations of its market.
 *
 * @param caller the public function, for errors
 * @throws DataError when the market has no record of liquidations, or one of fewer than 30 bars
 * @throws OptionError naming the option that is out of range
 */
export function scoreMap(
  map: LiquidationMap,
  market: Market = map.market,
  options: ScoreOptions = {},
  caller = CALLER,
): Record<Side, SideScore> {
  if (market.length !== map.market.length || market.time[0] !== map.market.time[0])
    throw new DataError(`${caller}: the bars of the market with the record differ from the map’s`)
  const implied = impliedLiquidations(map)
  const constant = impliedLiquidations(constantFlowMap(map))
  return {
    long: scoreSide('long', scoreInput('long', implied, constant, market, caller), market, options, caller),
    short: scoreSide('short', scoreInput('short', implied, constant, market, caller), market, options, caller),
  }
}

/** The series of one side. @throws DataError when the market has no record of liquidations */
function scoreInput(
  side: Side,
  implied: ImpliedLiquidations,
  constant: ImpliedLiquidations,
  market: Market,
  caller: string,
): ScoreInput {
  return {
    implied: implied[side],
    priorLevels: priorLevels(side, implied),
    constant: constant[side],
    constantPriorLevels: priorLevels(side, constant),
    ...recordedLiquidations(side, market, caller),
  }
}

/** Implied liquidations of the levels that were known before each bar. */
export function priorLevels(side: Side, implied: ImpliedLiquidations): Float64Array {
  return implied[side].map((value, t) => value - implied[`${side}SameBar`][t]!)
}

/** The record that one side's implied liquidations are compared with. @throws DataError when the market has none */
export function recordedLiquidations(
  side: Side,
  market: Market,
  caller: string,
): Pick<ScoreInput, 'real' | 'move' | 'volume'> {
  const record = side === 'long' ? market.longLiquidations : market.shortLiquidations
  if (!record) throw new DataError(`${caller}: ${market.symbol} has no ${side}Liquidations to compare with`)
  const { low, high, close, volume } = market
  return {
    real: record.map((coins, t) => coins * close[t]!),
    move: close.map((_, t) => {
      if (t === 0) return Number.NaN
      const move = side === 'long' ? close[t - 1]! / low[t]! : high[t]! / close[t - 1]!
      return Math.max(0, Math.log(move))
    }),
    volume,
  }
}

/** Fewer recorded bars than this give no meaningful correlation. */
const MIN_BARS = 30

/** @throws DataError when fewer than 30 bars have a record; OptionError naming the option that is out of range */
function scoreSide(side: Side, input: ScoreInput, market: Market, options: ScoreOptions, caller: string): SideScore {
  const { from, to, blockBars, resamples, seed } = resolveOptions(options, market, caller)
  const used: number[] = []
  for (let t = Math.max(1, from); t <= to; t++) if (!Number.isNaN(input.real[t]!)) used.push(t)
  if (used.length < MIN_BARS)
    throw new DataError(
      `${caller}: ${side}Liquidations are recorded in only ${countText(used.length, 'bar')}; at least ${MIN_BARS} are needed`,
    )
  const pick = (values: Float64Array) => Float64Array.from(used, t => values[t]!)
  const columns = {
    implied: pick(input.implied),
    prior: pick(input.priorLevels),
    constant: pick(input.constant),
    constantPrior: pick(input.constantPriorLevels),
    real: pick(input.real),
    move: pick(input.move),
    volume: pick(input.volume),
  }
  const { implied, real, move, volume } = columns
  const ties = mapValues(columns, groupTies)
  const statistics = (rows: Int32Array) => {
    const ranked = mapValues(ties, groups => rankSample(groups, rows))
    const bar = [ranked.move, ranked.volume]
    const beyondBar = partialOfRanks(ranked.real, bar)
    let usd = 0
    let recorded = 0
    for (const row of rows) {
      usd += implied[row]!
      recorded += real[row]!
    }
    return {
      spearman: pearson(ranked.implied, ranked.real),
      partial: beyondBar(ranked.implied),
      partialPriorLevels: beyondBar(ranked.prior),
      geometry: beyondBar(ranked.constant),
      geometryPriorLevels: beyondBar(ranked.constantPrior),
      skill: partialOfRanks(ranked.real, [...bar, ranked.constantPrior])(ranked.prior),
      impliedOverRecorded: usd / recorded,
    }
  }
  const whole = statistics(Int32Array.from(used.keys()))
  const samples = movingBlocks(used.length, blockBars, resamples, seed).map(statistics)
  const interval = (name: keyof typeof whole) =>
    estimate(
      whole[name],
      samples.map(sample => sample[name]),
    )
  return {
    side,
    bars: used.length,
    skill: interval('skill'),
    spearman: interval('spearman'),
    partial: interval('partial'),
    partialPriorLevels: interval('partialPriorLevels'),
    geometry: whole.geometry,
    geometryPriorLevels: whole.geometryPriorLevels,
    baseline: spearman(
      move.map((value, i) => value * volume[i]!),
      real,
    ),
    impliedOverRecorded: interval('impliedOverRecorded'),
    topDecileLift: topDecileLift(implied, real),
    calibration: calibrationCurve(implied, real),
  }
}

function resolveOptions(options: ScoreOptions, market: Market, caller: string) {
  const last = market.length - 1
  const resolved = scoreOptions.resolve(options, caller)
  const { from = 0, to = last, blockBars = defaultBlockBars(market) } = resolved
  if (from > last) throw invalidOption(caller, 'from', from, `a bar from 0 to ${last}`)
  if (to < from || to > last) throw invalidOption(caller, 'to', to, `a bar from ${from} to ${last}`)
  return { ...resolved, from, to, blockBars }
}

function topDecileLift(implied: Float64Array, real: Float64Array): number {
  const order = ranks(implied)
  const limit = 0.9 * implied.length
  let top = 0
  let all = 0
  let bars = 0
  for (let i = 0; i < real.length; i++) {
    all += real[i]!
    if (order[i]! > limit) {
      top += real[i]!
      bars++
    }
  }
  return top / all / (bars / real.length)
}

function calibrationCurve(implied: Float64Array, real: Float64Array): SideScore['calibration'] {
  const order = ranks(implied)
  const groups = Array.from({ length: 10 }, () => ({ implied: 0, real: 0, bars: 0 }))
  for (let i = 0; i < implied.length; i++) {
    const group = groups[Math.min(9, Math.floor((10 * (order[i]! - 0.5)) / implied.length))]!
    group.implied += implied[i]!
    group.real += real[i]!
    group.bars++
  }
  return groups
    .filter(group => group.bars > 0)
    .map(group => ({ implied: group.implied / group.bars, real: group.real / group.bars }))
}
