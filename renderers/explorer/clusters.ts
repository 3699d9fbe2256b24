/**
 * The cluster rule of the library on one column of the mixed map, so that clusters follow the sliders. It works on the
 * map's rows: where a row holds several price bins, edges are as coarse as that.
 */
import { columnOf } from './mix.ts'
import { cellOf, type Model, priceAt, rowOf, SIDES, type Side } from './model.ts'

export interface Cluster {
  side: Side
  low: number
  high: number
  peak: number
  /** As far as the map shows it. */
  usd: number
  /** It may go on beyond the map's edge. */
  cut?: boolean
  /** Of all on its side within the rule's distance. */
  share: number
  /** Tiers that carry at least the rule's share of it. */
  convergence: number
  /** From the close to the near edge, as a fraction of the close. */
  distance: number
}

/** The clusters of both sides at the close of `column`, brightest first. */
export function clustersAt(model: Model, weights: readonly number[], column: number): Cluster[] {
  return SIDES.flatMap(side => sideClusters(model, weights, side, column)).sort((a, b) => b.usd - a.usd)
}

function sideClusters(model: Model, weights: readonly number[], side: Side, column: number): Cluster[] {
  const { rule } = model.header
  const close = model.closes[column]!
  const here = rowOf(model, close)
  const reach = Math.round(rule.maxDistance / model.lnRow)
  const { total, byTier } = columnOf(model, weights, side, column)
  // The row of the close itself belongs to neither side.
  let a = Math.max(0, side === 'long' ? here - reach : here + 1)
  let b = Math.min(model.rows - 1, side === 'long' ? here - 1 : here + reach)
  while (a <= b && total[a] === 0) a++
  while (b >= a && total[b] === 0) b--
  if (a > b) return []
  const outside = offGridAt(model, weights, side, column)
  let sum = outside.usd
  for (let row = a; row <= b; row++) sum += total[row]!
  const edge = side === 'long' ? 0 : model.rows - 1
  const span = outside.rows > 0 ? outside.rows + (side === 'long' ? b - edge : edge - a) + 1 : b - a + 1
  const bright = (rule.brightness * sum) / span
  const clusters: Cluster[] = []
  for (let row = a; row <= b; row++) {
    if (!(total[row]! >= bright && total[row]! > 0)) continue
    let last = row
    for (let next = row + 1; next <= b && next - last <= rule.gap + 1; next++) if (total[next]! >= bright) last = next
    let usd = 0
    let peak = row
    for (let k = row; k <= last; k++) {
      usd += total[k]!
      if (total[k]! > total[peak]!) peak = k
    }
    const [low, high] = [priceAt(model, row), priceAt(model, last + 1)]
    if (usd >= rule.minShare * sum)
      clusters.push({
        side,
        low,
        high,
        peak: priceAt(model, peak + 0.5),
        usd,
        cut: outside.usd > 0 && (side === 'long' ? row : last) === edge,
        share: usd / sum,
        convergence: byTier.filter(values => within(values, row, last) >= rule.tierShare * usd).length,
        distance: (side === 'long' ? high : low) / close - 1,
      })
    row = last
  }
  return clusters
}

/** What a side holds beyond the rows of the map: the rule weighs a row against all of its side, also against what is not shown. */
function offGridAt(
  { tiers, header }: Model,
  weights: readonly number[],
  side: Side,
  column: number,
): { usd: number; rows: number } {
  let usd = 0
  let bins = 0
  for (const [tier, { offGrid }] of tiers.entries()) {
    const weight = weights[tier]!
    if (!offGrid || !(weight > 0)) continue
    usd += weight * cellOf(offGrid[side].usd, 0, column)
    bins = Math.max(bins, offGrid[side].bins[column]!)
  }
  return { usd, rows: bins / header.grid.binsPerRow }
}

function within(values: Float64Array, from: number, to: number): number {
  let sum = 0
  for (let row = from; row <= to; row++) sum += values[row]!
  return sum
}

/** What would be liquidated in each row, and all on the way from the close to there. */
export interface Profile {
  long: Float64Array
  short: Float64Array
  longSum: Float64Array
  shortSum: Float64Array
}

/** Profile and cumulative curve at the close of `column`. */
export function profileAt(model: Model, weights: readonly number[], column: number): Profile {
  const long = columnOf(model, weights, 'long', column).total
  const short = columnOf(model, weights, 'short', column).total
  const longSum = Float64Array.from(long)
  const shortSum = Float64Array.from(short)
  for (let row = model.rows - 2; row >= 0; row--) longSum[row]! += longSum[row + 1]!
  for (let row = 1; row < model.rows; row++) shortSum[row]! += shortSum[row - 1]!
  return { long, short, longSum, shortSum }
}
