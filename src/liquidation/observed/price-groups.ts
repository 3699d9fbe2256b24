/** USD of a book by price group around the close: what estimates and observations are compared by. */
import { DataError } from '../../common/errors.ts'
import { invalidOption, numberThat, option } from '../../common/options.ts'
import { binOf } from '../../market/bins.ts'
import type { BookView } from '../book/level-book.ts'
import type { LiquidationMap } from '../map.ts'
import type { Side } from '../side.ts'

export interface GroupOptions {
  /** Distance from the close, in ln(price), within which levels are compared. Default 0.2: about ±20 %. */
  within?: number
  /** Width of the compared price groups in ln(price); rounded to whole bins of the maps. Default 0.005. */
  binWidth?: number
}

/** {@link GroupOptions} for `defineOptions`. */
export const groupOptions = {
  within: option(
    0.2,
    numberThat('above 0 to 2 in ln(price), e.g. 0.1 for 10 %', x => x > 0 && x <= 2),
  ),
  binWidth: option(
    0.005,
    numberThat('above 0 to 0.5 in ln(price)', x => x > 0 && x <= 0.5),
  ),
}

/** Price groups of each side, from the close outwards. */
export interface GroupShape {
  binsPerGroup: number
  groups: number
  /** Of a group, in ln(price). */
  width: number
}

/** @param mapBinWidth width of the maps' bins */
export function groupShape(within: number, groupWidth: number, mapBinWidth: number): GroupShape {
  const binsPerGroup = Math.max(1, Math.round(groupWidth / mapBinWidth))
  const width = binsPerGroup * mapBinWidth
  return { binsPerGroup, groups: Math.max(1, Math.round(within / width)), width }
}

/** @throws DataError unless both maps have the same bars */
export function assertSameBars(map: LiquidationMap, observed: LiquidationMap, caller: string): void {
  const { market } = observed
  const { binWidth } = observed.options
  if (map.market.length !== market.length || map.market.time[0] !== market.time[0] || map.market.barMs !== market.barMs)
    throw new DataError(
      `${caller}: the bars of the two maps differ: ${map.market.symbol} ${map.market.timeframe}, ${map.market.length} bars, and ${market.symbol} ${market.timeframe}, ${market.length} bars. Build both on the same market`,
    )
  if (map.options.binWidth !== binWidth)
    throw invalidOption(caller, 'binWidth of the map', map.options.binWidth, `${binWidth}, as in the observed map`)
}

/** Evenly spread bars at whose close something is observed within the distance. */
export function chosenBars(
  observed: LiquidationMap,
  from: number,
  to: number,
  count: number,
  shape: GroupShape,
  caller: string,
): number[] {
  const filled: number[] = []
  observed.replay(
    (t, book) => {
      if (t < from) return
      const sides = readBook(book, observed, t, shape, [])
      if (sides.long.all.some(isFilled) || sides.short.all.some(isFilled)) filled.push(t)
    },
    { until: to },
  )
  if (filled.length === 0)
    throw new DataError(`${caller}: no position was observed within the distance at the close of bars ${from} to ${to}`)
  return evenlySpread(filled, count)
}

/** At most `count` of the values, the first and the last among them. */
export function evenlySpread(values: number[], count: number): number[] {
  if (values.length <= count) return values
  return Array.from(
    { length: count },
    (_, k) => values[Math.round((k * (values.length - 1)) / Math.max(1, count - 1))]!,
  )
}

export const isFilled = (usd: number): boolean => usd > 0

export type BookSides = Record<Side, { all: Float64Array; byTier: Float64Array[] }>

export function booksAt(
  map: LiquidationMap,
  bars: readonly number[],
  shape: GroupShape,
  tiers: readonly number[],
): BookSides[] {
  const wanted = new Set(bars)
  const out: BookSides[] = []
  map.replay(
    (t, book) => {
      if (wanted.has(t)) out.push(readBook(book, map, t, shape, tiers))
    },
    { until: bars.at(-1)! },
  )
  return out
}

/** USD of a book by price group, from the close outwards. */
function readBook(
  book: BookView,
  { market, options }: LiquidationMap,
  t: number,
  { binsPerGroup, groups }: GroupShape,
  tiers: readonly number[],
): BookSides {
  const closeBin = binOf(market.close[t]!, options.binWidth)
  const column = new Float64Array(binsPerGroup * groups)
  const grouped = (side: Side, tier?: number) => {
    book.column(side, side === 'long' ? closeBin - column.length : closeBin + 1, column, tier)
    const out = new Float64Array(groups)
    for (let k = 0; k < column.length; k++) {
      const group = Math.floor(k / binsPerGroup)
      out[side === 'long' ? groups - 1 - group : group]! += column[k]!
    }
    return out
  }
  const read = (side: Side) => ({ all: grouped(side), byTier: tiers.map(tier => grouped(side, tier)) })
  return { long: read('long'), short: read('short') }
}
