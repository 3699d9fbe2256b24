/** The range that is shown: what the reader chose, or the newest bars with the prices of the clusters around them. */
import { priceAxis, type Range } from '../plot/scales.ts'
import { spanMs } from '../plot/spans.ts'
import { type Cluster, clustersAt } from './clusters.ts'
import { clampRange } from './geometry.ts'
import { fullRange, historyOf, type Maps, partAt } from './maps.ts'
import { columnAt, type Model, type Side } from './model.ts'
import type { ViewState } from './state.ts'

/** A cluster matters if it holds at least this share of the largest one of its side. */
const SIGNIFICANT = 0.5
/** How far beyond the candles a cluster is shown, in heights of the candles: further away they would be squeezed. */
const MAX_REACH = 1.5
/** Where no cluster is that near, in heights of the candles: levels beyond them. */
const EMPTY_REACH = 0.5
/** For a range in which nothing moves, in ln(price). */
const MIN_REACH = 0.01
/** Space beyond what is shown, as a share of the height. */
const MARGIN = 0.05
/** Where the last known bar is when what was known earlier is shown: the rest is room for what came then. */
const AS_OF_AT = 0.85

/** @param plotWidth px; the first view shows as many bars as are readable */
export function visibleRange(maps: Maps, state: ViewState, plotWidth: number): Range {
  const { range, span, asOf, logPrice } = state
  const full = fullRange(maps)
  const timeTo = full.timeTo
  const timeFrom = timeTo - spanMs(historyOf(maps), span, plotWidth)
  const isWhole = timeFrom <= full.timeFrom && (span === 'all' || maps.whole.header.first === undefined)
  const chosen = range ?? (isWhole ? wholeRange(maps) : { timeFrom, timeTo, ...pricesAround(maps, timeFrom, timeTo) })
  return clampRange(maps, follow(chosen, asOf), logPrice)
}

/** The range to show of a map that goes on: where the last bar was at the right edge, the new one is. */
export function continuedRange(before: Maps, after: Maps, { range, asOf, logPrice }: ViewState): Range | null {
  if (range === null || asOf !== null) return range
  const [end, newEnd] = [fullRange(before).timeTo, fullRange(after).timeTo]
  const shown = clampRange(before, range, logPrice)
  if (newEnd <= end || shown.timeTo < end - before.whole.header.barMs / 2) return range
  const step = newEnd - end
  return { ...shown, timeFrom: shown.timeFrom + step, timeTo: shown.timeTo + step }
}

/** All of the whole map: its own prices, not those further away of its newest part. */
function wholeRange(maps: Maps): Range {
  const { low, high } = maps.whole.header.grid
  return { ...fullRange(maps), low, high }
}

/** A range in which the last known column is in sight. */
function follow(range: Range, asOf: number | null): Range {
  if (asOf === null || asOf >= range.timeFrom) return range
  const length = range.timeTo - range.timeFrom
  const timeFrom = asOf - AS_OF_AT * length
  return { ...range, timeFrom, timeTo: timeFrom + length }
}

/**
 * The prices to show for a time: those of its candles, and on both sides of its last close the nearest significant cluster. They
 * do not depend on the sliders, so that nothing moves while a mix is chosen.
 */
export function pricesAround(maps: Maps, timeFrom: number, timeTo: number): Pick<Range, 'low' | 'high'> {
  const model = partAt(maps, timeFrom, timeTo)
  const column = Math.max(0, Math.min(model.columns - 1, columnAt(model, timeTo - 1)))
  const close = model.closes[column]!
  let [low, high] = [close, close]
  const { time, end } = model.candles
  for (let i = 0; i < time.length; i++)
    if (end[i]! > timeFrom && time[i]! < timeTo) {
      low = Math.min(low, model.candles.low[i]!)
      high = Math.max(high, model.candles.high[i]!)
    }
  const height = Math.max(MIN_REACH, Math.log(high / low))
  const shares = model.header.tiers.map(tier => tier.weight)
  const clusters = clustersAt(model, shares, column)
  const reach = Math.exp(MAX_REACH * height)
  const beyond = Math.exp(EMPTY_REACH * height)
  const below = nearest(clusters, 'long', low / reach)?.low ?? low / beyond
  const above = nearest(clusters, 'short', high * reach)?.high ?? high * beyond
  return widen(model, Math.min(low, below), Math.max(high, above))
}

/** The significant cluster of a side that is nearest to the price and not beyond `limit`, or else the largest of those. */
function nearest(clusters: readonly Cluster[], side: Side, limit: number): Cluster | undefined {
  const ofSide = clusters.filter(cluster => cluster.side === side)
  const largest = Math.max(0, ...ofSide.map(({ usd }) => usd))
  const within = ofSide.filter(({ low, high }) => (side === 'long' ? low >= limit : high <= limit))
  const significant = within.filter(({ usd }) => usd >= SIGNIFICANT * largest)
  return (
    significant.sort((a, b) => Math.abs(a.distance) - Math.abs(b.distance))[0] ??
    within.sort((a, b) => b.usd - a.usd)[0]
  )
}

/** With a margin, within the prices of the map. */
function widen({ lnRow, header }: Model, low: number, high: number): { low: number; high: number } {
  const { toAxis, fromAxis } = priceAxis(true)
  const margin = Math.max(2 * lnRow, MARGIN * (toAxis(high) - toAxis(low)))
  return {
    low: Math.max(header.grid.low, fromAxis(toAxis(low) - margin)),
    high: Math.min(header.grid.high, fromAxis(toAxis(high) + margin)),
  }
}
