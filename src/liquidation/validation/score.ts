import { DataError } from '../../common/errors.ts'
import { assertKnownOptions } from '../../common/options.ts'
import type { Market } from '../../market/market.ts'
import { random } from '../../stats/random.ts'
import { partialOfRanks, partialSpearman, pearson, ranks, ranksOf, spearman, standingOf } from '../../stats/ranks.ts'
import type { LiquidationMap } from '../map.ts'
import type { Side } from '../margin/liquidation-price.ts'
import { type Implied, impliedLiquidations } from './implied.ts'

export interface ScoreOptions {
  /** First and last bar to score, inclusive. Default: all bars with a record. */
  from?: number
  to?: number
  /** Length of a block of the bootstrap, in bars. Default: one day, at least 8. */
  blockBars?: number
  /** Default 500. */
  resamples?: number
  /** Default 1. */
  seed?: number
}

export interface Estimate {
  value: number
  /** 95 % interval of the moving-block bootstrap. */
  low: number
  high: number
}

/** How well implied liquidations of one side match those that happened. */
export interface SideScore {
  side: Side
  /** Bars with a record. */
  bars: number
  /** Rank correlation of implied with real liquidations. */
  spearman: Estimate
  /** The same beyond what the bar's adverse move and its volume tell. */
  partial: Estimate
  /** {@link partial} of the levels known before the bar alone, without positions that the bar itself opened. */
  partialKnown: number
  /** Rank correlation of real liquidations with adverse move × volume: what there is to beat without a map. */
  baseline: number
  /** Share of all liquidated volume in the tenth of bars with the highest implied liquidations, over a tenth. */
  topDecileLift: number
  /** By tenth of the bars, from the least implied: means per bar in USD. */
  calibration: { implied: number; real: number }[]
}

/** What a score compares, bar by bar; NaN where there is no record. */
export interface ScoreInput {
  implied: Float64Array
  /** Of that, levels known before the bar. */
  known: Float64Array
  /** Liquidated in the bar, USD. */
  real: Float64Array
  /** ln of the adverse move from the close before to the bar's low (longs) or high (shorts), 0 where there was none. */
  move: Float64Array
  volume: Float64Array
}

/**
 * Scores a map against the liquidations of its market.
 *
 * @throws DataError when the market has no record of liquidations, or too few bars of it, or naming the option that is out of range
 */
export function scoreMap(
  map: LiquidationMap,
  market: Market = map.market,
  options: ScoreOptions = {},
): Record<Side, SideScore> {
  if (market.length !== map.market.length || market.time[0] !== map.market.time[0])
    throw new DataError('score: the market with the record has other bars than the map')
  const implied = impliedLiquidations(map)
  return {
    long: scoreSide('long', scoreInput('long', implied, market), market, options),
    short: scoreSide('short', scoreInput('short', implied, market), market, options),
  }
}

/** The series of one side. @throws DataError when the market has no record of liquidations */
export function scoreInput(side: Side, implied: Implied, market: Market): ScoreInput {
  const all = implied[side]
  return {
    implied: all,
    known: all.map((value, t) => value - implied[`${side}SameBar`][t]!),
    ...recordOf(side, market),
  }
}

/** What one side's implied liquidations are compared with. @throws DataError when the market has no record of liquidations */
export function recordOf(side: Side, market: Market): Pick<ScoreInput, 'real' | 'move' | 'volume'> {
  const record = side === 'long' ? market.longLiquidations : market.shortLiquidations
  if (!record) throw new DataError(`score: ${market.symbol} has no ${side}Liquidations to compare with`)
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

/** @throws DataError when fewer than 30 bars have a record, or naming the option that is out of range */
export function scoreSide(side: Side, input: ScoreInput, market: Market, options: ScoreOptions = {}): SideScore {
  assertKnownOptions(options, ['from', 'to', 'blockBars', 'resamples', 'seed'], 'score')
  const { from = 0, to = market.length - 1, resamples = 500, seed = 1 } = options
  const blockBars = options.blockBars ?? Math.max(8, Math.round(86_400_000 / market.barMs))
  const last = market.length - 1
  checkWhole('from', from, 0, last)
  checkWhole('to', to, from, last)
  checkWhole('blockBars', blockBars, 1)
  checkWhole('resamples', resamples, 1)
  const used: number[] = []
  for (let t = Math.max(1, from); t <= to; t++) if (!Number.isNaN(input.real[t]!)) used.push(t)
  if (used.length < 30)
    throw new DataError(`score: only ${used.length} bars have a record of ${side}Liquidations; at least 30 are needed`)
  const pick = (values: Float64Array) => Float64Array.from(used, t => values[t]!)
  const [implied, real, move, volume] = [
    pick(input.implied),
    pick(input.real),
    pick(input.move),
    pick(input.volume),
  ] as const
  const standings = {
    implied: standingOf(implied),
    real: standingOf(real),
    move: standingOf(move),
    volume: standingOf(volume),
  }
  const correlationsOf = (rows: Int32Array) => {
    const [x, y] = [ranksOf(standings.implied, rows), ranksOf(standings.real, rows)]
    const controls = [ranksOf(standings.move, rows), ranksOf(standings.volume, rows)]
    return { plain: pearson(x, y), partial: partialOfRanks(y, controls)(x) }
  }
  const whole = correlationsOf(Int32Array.from(used.keys()))
  const samples = movingBlocks(used.length, blockBars, resamples, seed).map(correlationsOf)
  return {
    side,
    bars: used.length,
    spearman: estimate(
      whole.plain,
      samples.map(({ plain }) => plain),
    ),
    partial: estimate(
      whole.partial,
      samples.map(({ partial }) => partial),
    ),
    partialKnown: partialSpearman(pick(input.known), real, [move, volume]),
    baseline: spearman(
      move.map((value, i) => value * volume[i]!),
      real,
    ),
    topDecileLift: topDecileLift(implied, real),
    calibration: calibrationCurve(implied, real),
  }
}

function checkWhole(name: keyof ScoreOptions, value: number, least: number, most = Infinity): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  const range = most < Infinity ? `from ${least} to ${most}` : `of ${least} or more`
  throw new DataError(`score.${name}: ${value}, but expected a whole number ${range}`)
}

/** Rows of moving-block bootstrap samples (Künsch 1989): blocks of neighbouring bars, so that what hangs together stays so. */
export function movingBlocks(n: number, blockBars: number, resamples: number, seed: number): Int32Array[] {
  const rng = random(seed)
  const length = Math.min(blockBars, n)
  return Array.from({ length: resamples }, () => {
    const rows = new Int32Array(n)
    for (let i = 0; i < n; ) {
      const start = rng.integer(n - length + 1)
      for (let k = 0; k < length && i < n; k++) rows[i++] = start + k
    }
    return rows
  })
}

/** @param sampled the same figure of each resample */
function estimate(value: number, sampled: readonly number[]): Estimate {
  const values = Float64Array.from(sampled)
    .filter(value => !Number.isNaN(value))
    .sort()
  const quantile = (share: number) =>
    values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN
  return { value, low: quantile(0.025), high: quantile(0.975) }
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
  return all > 0 && bars > 0 ? top / all / (bars / real.length) : Number.NaN
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
