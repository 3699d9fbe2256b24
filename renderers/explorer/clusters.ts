/**
 * Clusters and the price profile of one column of the mixed map. The library's cluster rule runs here, so that clusters follow
 * the sliders: on price bins in the columns that are known in full, else on rows.
 */
import { brightRuns, type OutsideColumn, rankingNotional, takesPart } from '../../src/liquidation/cluster-runs.ts'
import { type FullColumn, mixBins, sumBins } from './full-column.ts'
import { mixColumn } from './mix.ts'
import { cellUsd, type Model, priceAt, rowAt, SIDES, type Side } from './model.ts'

export interface Cluster {
  side: Side
  low: number
  high: number
  peak: number
  usd: number
  /** USD of its brightest bin, or row. */
  peakUsd: number
  /** From a full column: as in the library's table. Else estimated from the rows of the map. */
  exact: boolean
  /** It touches the map's edge and may continue beyond it. */
  cut: boolean
  /** Share of its side's notional within the rule's distance. */
  share: number
  /** Number of tiers that take part in it. */
  convergence: number
  /** From the close to the near edge, as a fraction of the close. */
  distance: number
}

/** The clusters of both sides at the close of `column`, in the order of the rule. */
export function clustersAt(model: Model, shares: readonly number[], column: number): Cluster[] {
  const full = model.fullColumns.get(column)
  const rank = ({ usd, peakUsd }: Cluster) =>
    rankingNotional({ notional: usd, peakNotional: peakUsd }, model.header.rule.rankBy)
  return SIDES.flatMap(side =>
    full ? fullClusters(model, full, shares, side) : rowClusters(model, shares, side, column),
  ).sort((a, b) => rank(b) - rank(a))
}

/** Those of the library, by price bin. */
function fullClusters({ header }: Model, full: FullColumn, shares: readonly number[], side: Side): Cluster[] {
  const { rule } = header
  const { close, closeBin, binWidth } = full
  const binCount = Math.round(rule.maxDistance / binWidth)
  const firstBin = side === 'long' ? closeBin - binCount : closeBin + 1
  const { runs, sum } = brightRuns(mixBins(full, shares, side, firstBin, binCount), side, rule)
  return runs.map(({ from, to, peak, notional, peakNotional }) => {
    const [low, high] = [priceOfBin(firstBin + from, binWidth), priceOfBin(firstBin + to + 1, binWidth)]
    const byTier = shares.map((share, tier) => share * sumBins(full, tier, side, firstBin + from, firstBin + to))
    return {
      side,
      low,
      high,
      peak: priceOfBin(firstBin + peak + 0.5, binWidth),
      usd: notional,
      peakUsd: peakNotional,
      exact: true,
      cut: false,
      share: notional / sum,
      convergence: byTier.filter((usd, tier) => takesPart(usd, notional, shares[tier]!, rule.tierShare)).length,
      distance: (side === 'long' ? high : low) / close - 1,
    }
  })
}

const priceOfBin = (bin: number, binWidth: number): number => Math.exp(bin * binWidth)

/** The same rule on the rows of the map, which may hold several price bins and are accurate to 3.5 %. */
function rowClusters(model: Model, shares: readonly number[], side: Side, column: number): Cluster[] {
  const { rule } = model.header
  const close = model.closes[column]!
  const closeRow = rowAt(model, close)
  const maxRows = Math.round(rule.maxDistance / model.lnRow)
  const { total, byTier } = mixColumn(model, shares, side, column)
  // The row of the close itself belongs to neither side.
  const first = Math.max(0, side === 'long' ? closeRow - maxRows : closeRow + 1)
  const last = Math.min(model.rows - 1, side === 'long' ? closeRow - 1 : closeRow + maxRows)
  const offGrid = offGridAt(model, shares, side, column)
  const { runs, sum } = brightRuns(total.subarray(first, last + 1), side, rule, offGrid)
  const edge = side === 'long' ? 0 : model.rows - 1
  return runs.map(({ from, to, peak, notional, peakNotional }) => {
    const [fromRow, toRow] = [first + from, first + to]
    const [low, high] = [priceAt(model, fromRow), priceAt(model, toRow + 1)]
    return {
      side,
      low,
      high,
      peak: priceAt(model, first + peak + 0.5),
      usd: notional,
      peakUsd: peakNotional,
      exact: false,
      cut: offGrid.notional > 0 && (side === 'long' ? fromRow : toRow) === edge,
      share: notional / sum,
      convergence: byTier.filter((values, tier) =>
        takesPart(sumBetween(values, fromRow, toRow), notional, shares[tier]!, rule.tierShare),
      ).length,
      distance: (side === 'long' ? high : low) / close - 1,
    }
  })
}

/** Notional of a side outside the rows of the map: the rule compares a row with all of its side, shown or not. */
function offGridAt({ tiers, header }: Model, shares: readonly number[], side: Side, column: number): OutsideColumn {
  let notional = 0
  let bins = 0
  for (const [tier, { offGrid }] of tiers.entries()) {
    const share = shares[tier]!
    if (!(share > 0)) continue
    notional += share * cellUsd(offGrid[side].usd, 0, column)
    bins = Math.max(bins, offGrid[side].bins[column]!)
  }
  return { notional, bins: bins / header.grid.binsPerRow }
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

export function profileAt(model: Model, shares: readonly number[], column: number): Profile {
  const long = mixColumn(model, shares, 'long', column).total
  const short = mixColumn(model, shares, 'short', column).total
  const longSum = Float64Array.from(long)
  const shortSum = Float64Array.from(short)
  for (let row = model.rows - 2; row >= 0; row--) longSum[row]! += longSum[row + 1]!
  for (let row = 1; row < model.rows; row++) shortSum[row]! += shortSum[row - 1]!
  return { long, short, longSum, shortSum }
}
