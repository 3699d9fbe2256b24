/** Scores a map against the true liquidation levels of its simulated market. */
import { DataError } from '../../common/errors.ts'
import { defineOptions, invalidOption, numberThat, option, optional, wholeNumber } from '../../common/options.ts'
import { binOf } from '../../market/bins.ts'
import type { Market } from '../../market/market.ts'
import type { TrueLevels } from '../../market/true-positions.ts'
import { partialSpearman, spearman } from '../../stats/ranks.ts'
import type { LiquidationMap } from '../map.ts'
import type { Side } from '../side.ts'
import { type Estimate, movingBlocks } from './bar-bootstrap.ts'

export interface TruthOptions {
  /** Distance from the close, in ln(price), within which levels are compared. Default 0.1: about ±10 %. */
  within?: number
  /** Width of the compared price bins in ln(price); rounded to whole bins of the map. Default 0.005. */
  binWidth?: number
  /** First bar to compare. Default: after a tenth of the bars, while the map still fills. */
  from?: number
  /** Number of books to compare, evenly spread over the remaining bars. Default 200. */
  books?: number
  /** Seed of the bootstrap. Default 1. */
  seed?: number
}

const truthOptions = defineOptions<TruthOptions, 'from'>('liq.truth', {
  within: option(
    0.1,
    numberThat('above 0 to 2 in ln(price), e.g. 0.1 for 10 %', x => x > 0 && x <= 2),
  ),
  binWidth: option(
    0.005,
    numberThat('above 0 in ln(price)', x => x > 0 && x < Infinity),
  ),
  from: optional(wholeNumber(0)),
  books: option(200, wholeNumber(2)),
  seed: option(1, wholeNumber()),
})

/** How well a map estimates the true book of one side. */
export interface TruthScore {
  side: Side
  /** Books compared. */
  books: number
  /** Mean over the books of Spearman's rank correlation of estimated with true notional over the price bins. */
  spearman: Estimate
  /** The same, controlled for the distance from the price (partial correlation). */
  beyondDistance: Estimate
  /** Baseline by distance only: rank correlation of the true notional with its mean over all books at the same distance. */
  distanceAlone: number
  /** Estimated over true notional within the distance: the error of the scale, independent of that of the levels. */
  scale: number
}

/** Bootstrap samples of the intervals. */
const RESAMPLES = 500

/**
 * Compares a map with the true book of liquidation levels of its simulated market, after the close of bars spread over it.
 * Longs are compared below the close, shorts above.
 *
 * @throws DataError when the market is not simulated, or its bars differ from the map's
 * @throws OptionError naming the option that is out of range
 * @example truthScore(liquidationMap(simulateMarket({ seed: 3 }))).long.spearman.value
 */
export function truthScore(
  map: LiquidationMap,
  market: Market = map.market,
  options: TruthOptions = {},
): Record<Side, TruthScore> {
  const { truth } = market
  if (!truth)
    throw new DataError(
      `liq.truth: ${market.symbol} (${market.source}) has no true book; only a simulated market has one`,
    )
  if (market.length !== map.market.length || market.time[0] !== map.market.time[0])
    throw new DataError('liq.truth: the market’s bars differ from the map’s')
  const resolved = truthOptions.resolve(options)
  const { within, books, seed, from = Math.floor(market.length / 10) } = resolved
  if (from >= market.length - 1)
    throw invalidOption('liq.truth', 'from', from, `a bar before the last, ${market.length - 1}`)
  const { binWidth } = map.options
  const binsPerGroup = Math.max(1, Math.round(resolved.binWidth / binWidth))
  const count = Math.max(3, Math.round(within / (binsPerGroup * binWidth)))

  const pairs: Record<Side, Columns[]> = { long: [], short: [] }
  const step = Math.max(1, Math.floor((market.length - from) / books))
  const column = new Float64Array(binsPerGroup * count)
  map.replay((t, book) => {
    if (t < from || (t - from) % step !== 0) return
    const closeBin = binOf(market.close[t]!, binWidth)
    const trueBook = truth.at(t)
    for (const side of ['long', 'short'] as const) {
      // Groups count from the close outwards; the bin of the close belongs to neither side.
      const firstBin = side === 'long' ? closeBin - binsPerGroup * count : closeBin + 1
      book.column(side, firstBin, column)
      const estimate = new Float64Array(count)
      for (let k = 0; k < column.length; k++)
        estimate[outwards(side, Math.floor(k / binsPerGroup), count)]! += column[k]!
      pairs[side].push({ estimate, real: binned(trueBook[side], side, firstBin, binsPerGroup, count, binWidth) })
    }
  })
  return { long: scoreSide('long', count, pairs.long, seed), short: scoreSide('short', count, pairs.short, seed) }
}

/** Notional of one side of one book by price group, from the close outwards. */
interface Columns {
  estimate: Float64Array
  real: Float64Array
}

const outwards = (side: Side, group: number, count: number) => (side === 'long' ? count - 1 - group : group)

function binned(
  levels: TrueLevels,
  side: Side,
  firstBin: number,
  binsPerGroup: number,
  count: number,
  binWidth: number,
): Float64Array {
  const out = new Float64Array(count)
  for (let i = 0; i < levels.price.length; i++) {
    if (levels.price[i]! <= 0) continue
    const group = Math.floor((binOf(levels.price[i]!, binWidth) - firstBin) / binsPerGroup)
    if (group >= 0 && group < count) out[outwards(side, group, count)]! += levels.notional[i]!
  }
  return out
}

function scoreSide(side: Side, count: number, pairs: readonly Columns[], seed: number): TruthScore {
  const distance = Float64Array.from({ length: count }, (_, k) => k)
  const totalReal = new Float64Array(count)
  let estimated = 0
  let real = 0
  for (const pair of pairs) {
    for (let k = 0; k < count; k++) {
      totalReal[k]! += pair.real[k]!
      estimated += pair.estimate[k]!
      real += pair.real[k]!
    }
  }
  const blocks = movingBlocks(pairs.length, Math.max(2, Math.round(Math.sqrt(pairs.length))), RESAMPLES, seed)
  return {
    side,
    books: pairs.length,
    spearman: estimateMean(
      pairs.map(pair => spearman(pair.estimate, pair.real)),
      blocks,
    ),
    beyondDistance: estimateMean(
      pairs.map(pair => partialSpearman(pair.estimate, pair.real, [distance])),
      blocks,
    ),
    distanceAlone: meanOfDefined(pairs.map(pair => spearman(totalReal, pair.real))),
    scale: estimated / real,
  }
}

/** Mean over the books with its interval. A book without variation in one of the two has no correlation (NaN). */
function estimateMean(values: readonly number[], blocks: readonly Int32Array[]): Estimate {
  const means = Float64Array.from(blocks, rows => meanOfDefined(Array.from(rows, i => values[i]!))).sort()
  const quantile = (share: number) => means[Math.min(means.length - 1, Math.floor(share * means.length))]!
  return { value: meanOfDefined(values), low: quantile(0.025), high: quantile(0.975) }
}

function meanOfDefined(values: readonly number[]): number {
  const defined = values.filter(value => !Number.isNaN(value))
  return defined.reduce((sum, value) => sum + value, 0) / defined.length
}
