/**
 * Clusters and the price profile of one column of the mixed map. The library's cluster rule runs again here, so that clusters
 * follow the sliders. It works on rows, so edges are coarser where a row holds several price bins.
 */
import { mixColumn } from './mix.ts'
import { cellUsd, type Model, priceAt, rowAt, SIDES, type Side } from './model.ts'

export interface Cluster {
  side: Side
  low: number
  high: number
  peak: number
  /** Within the rows of the map. */
  usd: number
  /** It touches the map's edge and may continue beyond it. */
  cut: boolean
  /** Share of its side's notional within the rule's distance. */
  share: number
  /** Number of tiers that hold at least the rule's share of it. */
  convergence: number
  /** From the close to the near edge, as a fraction of the close. */
  distance: number
}

/** The clusters of both sides at the close of `column`, largest first. */
export function clustersAt(model: Model, weights: readonly number[], column: number): Cluster[] {
  return SIDES.flatMap(side => sideClusters(model, weights, side, column)).sort((a, b) => b.usd - a.usd)
}

function sideClusters(model: Model, weights: readonly number[], side: Side, column: number): Cluster[] {
  const { rule } = model.header
  const close = model.closes[column]!
  const closeRow = rowAt(model, close)
  const maxRows = Math.round(rule.maxDistance / model.lnRow)
  const { total, byTier } = mixColumn(model, weights, side, column)
  // The row of the close itself belongs to neither side.
  let a = Math.max(0, side === 'long' ? closeRow - maxRows : closeRow + 1)
  let b = Math.min(model.rows - 1, side === 'long' ? closeRow - 1 : closeRow + maxRows)
  while (a <= b && total[a] === 0) a++
  while (b >= a && total[b] === 0) b--
  if (a > b) return []
  const offGrid = offGridAt(model, weights, side, column)
  let sum = offGrid.usd
  for (let row = a; row <= b; row++) sum += total[row]!
  const edge = side === 'long' ? 0 : model.rows - 1
  const span = offGrid.rows > 0 ? offGrid.rows + (side === 'long' ? b - edge : edge - a) + 1 : b - a + 1
  const minBright = (rule.brightness * sum) / span
  const clusters: Cluster[] = []
  for (let row = a; row <= b; row++) {
    if (!(total[row]! >= minBright && total[row]! > 0)) continue
    let last = row
    for (let next = row + 1; next <= b && next - last <= rule.gap + 1; next++)
      if (total[next]! >= minBright) last = next
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
        cut: offGrid.usd > 0 && (side === 'long' ? row : last) === edge,
        share: usd / sum,
        convergence: byTier.filter(values => sumBetween(values, row, last) >= rule.tierShare * usd).length,
        distance: (side === 'long' ? high : low) / close - 1,
      })
    row = last
  }
  return clusters
}

/** Notional of a side outside the rows of the map: the rule compares a row with all of its side, shown or not. */
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
    usd += weight * cellUsd(offGrid[side].usd, 0, column)
    bins = Math.max(bins, offGrid[side].bins[column]!)
  }
  return { usd, rows: bins / header.grid.binsPerRow }
}

function sumBetween(values: Float64Array, from: number, to: number): number {
  let sum = 0
  for (let row = from; row <= to; row++) sum += values[row]!
  return sum
}

/** USD that would be liquidated in each row, and cumulative from the close to there. */
export interface Profile {
  long: Float64Array
  short: Float64Array
  longSum: Float64Array
  shortSum: Float64Array
}

export function profileAt(model: Model, weights: readonly number[], column: number): Profile {
  const long = mixColumn(model, weights, 'long', column).total
  const short = mixColumn(model, weights, 'short', column).total
  const longSum = Float64Array.from(long)
  const shortSum = Float64Array.from(short)
  for (let row = model.rows - 2; row >= 0; row--) longSum[row]! += longSum[row + 1]!
  for (let row = 1; row < model.rows; row++) shortSum[row]! += shortSum[row - 1]!
  return { long, short, longSum, shortSum }
}
