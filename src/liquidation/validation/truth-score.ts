import { DataError } from '../../common/errors.ts'
import { binOf } from '../../market/bins.ts'
import type { Market } from '../../market/market.ts'
import type { TrueLevels } from '../../market/true-positions.ts'
import { partialSpearman, spearman } from '../../stats/ranks.ts'
import type { LiquidationMap } from '../map.ts'
import type { Side } from '../margin/liquidation-price.ts'
import { type Estimate, movingBlocks } from './score.ts'

export interface TruthOptions {
  /** Levels within this distance of the close are compared, as ln(price). Default 0.1: about ±10 %. */
  within?: number
  /** Width of the price bins in which they are, as ln(price); rounded to whole bins of the map. Default 0.005. */
  binWidth?: number
  /** First bar to compare. Default: a tenth of the bars, which the map needs to fill. */
  from?: number
  /** Books to compare, evenly spread over the rest. Default 200. */
  books?: number
  /** Seed of the intervals. Default 1. */
  seed?: number
}

/** How well a map knows the true book of one side. */
export interface TruthScore {
  side: Side
  /** Books compared. */
  books: number
  /** Mean over the books of Spearman's rank correlation of estimated with true notional over the price bins. */
  spearman: Estimate
  /** The same beyond what the distance from the price alone tells: partial correlation, given the distance. */
  beyondDistance: Estimate
  /** Of distance alone: rank correlation of the true notional with what lies as far from the price, on average over all books. */
  distanceAlone: number
  /** Estimated over true notional within reach: how far off the scale is, which says nothing of the places. */
  scale: number
}

const RESAMPLES = 500

/**
 * Compares a map with the true book of liquidation levels of its simulated market, after the close of bars spread over it.
 * Only the side that lies on is compared: longs below the close, shorts above.
 *
 * @throws DataError when the market has no known truth, or a number of books or bars that leaves nothing to compare
 * @example truthScore(liquidationMap(simulateMarket({ seed: 3 }))).long.spearman.value
 */
export function truthScore(
  map: LiquidationMap,
  market: Market = map.market,
  options: TruthOptions = {},
): Record<Side, TruthScore> {
  const { truth } = market
  if (!truth) throw new DataError(`truth: ${market.symbol}, ${market.source}, has none; only a simulated market has`)
  if (market.length !== map.market.length || market.time[0] !== map.market.time[0])
    throw new DataError('truth: the market has other bars than the map')
  const { within = 0.1, books = 200, seed = 1, from = Math.floor(market.length / 10) } = options
  if (!(within > 0 && within <= 2)) throw new DataError(`within: ${within}, but expected above 0 to 2 (0.1 = 10 %)`)
  if (!(Number.isInteger(books) && books > 1))
    throw new DataError(`books: ${books}, but expected a whole number above 1`)
  if (!(Number.isInteger(from) && from >= 0 && from < market.length - 1))
    throw new DataError(`from: ${from}, but expected a bar before the last, ${market.length - 1}`)
  const each = Math.max(1, Math.round((options.binWidth ?? 0.005) / map.options.binWidth))
  const width = each * map.options.binWidth
  const count = Math.max(3, Math.round(within / width))

  const pairs: Record<Side, Columns[]> = { long: [], short: [] }
  const step = Math.max(1, Math.floor((market.length - from) / books))
  const fine = new Float64Array(each * count)
  map.replay((t, book) => {
    if (t < from || (t - from) % step !== 0) return
    const at = binOf(market.close[t]!, map.options.binWidth)
    const known = truth.at(t)
    for (const side of ['long', 'short'] as const) {
      // Bins count from the close outwards; the one that holds the close is of neither side.
      const firstFine = side === 'long' ? at - each * count : at + 1
      book.column(side, firstFine, fine)
      const estimate = new Float64Array(count)
      for (let k = 0; k < fine.length; k++) estimate[outwards(side, Math.floor(k / each), count)]! += fine[k]!
      pairs[side].push({ estimate, real: binned(known[side], side, firstFine, each, count, map.options.binWidth) })
    }
  })
  return { long: scoreSide('long', pairs.long, seed), short: scoreSide('short', pairs.short, seed) }
}

interface Columns {
  estimate: Float64Array
  real: Float64Array
}

const outwards = (side: Side, bin: number, count: number) => (side === 'long' ? count - 1 - bin : bin)

function binned(levels: TrueLevels, side: Side, firstFine: number, each: number, count: number, width: number) {
  const out = new Float64Array(count)
  for (let i = 0; i < levels.price.length; i++) {
    if (levels.price[i]! <= 0) continue
    const bin = Math.floor((binOf(levels.price[i]!, width) - firstFine) / each)
    if (bin >= 0 && bin < count) out[outwards(side, bin, count)]! += levels.notional[i]!
  }
  return out
}

function scoreSide(side: Side, pairs: readonly Columns[], seed: number): TruthScore {
  const count = pairs[0]!.real.length
  const distance = Float64Array.from({ length: count }, (_, k) => k)
  const usual = new Float64Array(count)
  let estimated = 0
  let real = 0
  for (const pair of pairs) {
    for (let k = 0; k < count; k++) {
      usual[k]! += pair.real[k]!
      estimated += pair.estimate[k]!
      real += pair.real[k]!
    }
  }
  const blocks = movingBlocks(pairs.length, Math.max(2, Math.round(Math.sqrt(pairs.length))), RESAMPLES, seed)
  return {
    side,
    books: pairs.length,
    spearman: overBooks(
      pairs.map(pair => spearman(pair.estimate, pair.real)),
      blocks,
    ),
    beyondDistance: overBooks(
      pairs.map(pair => partialSpearman(pair.estimate, pair.real, [distance])),
      blocks,
    ),
    distanceAlone: meanOf(pairs.map(pair => spearman(usual, pair.real))),
    scale: estimated / real,
  }
}

/** Mean with its interval; a book in which one of the two is the same everywhere says nothing. */
function overBooks(values: readonly number[], blocks: readonly Int32Array[]): Estimate {
  const means = Float64Array.from(blocks, rows => meanOf(Array.from(rows, i => values[i]!))).sort()
  const quantile = (share: number) => means[Math.min(means.length - 1, Math.floor(share * means.length))]!
  return { value: meanOf(values), low: quantile(0.025), high: quantile(0.975) }
}

function meanOf(values: readonly number[]): number {
  const there = values.filter(value => !Number.isNaN(value))
  return there.reduce((sum, value) => sum + value, 0) / there.length
}
