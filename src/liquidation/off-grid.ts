/** Notional outside a grid's price range, so that the clusters of a part of the prices equal those of the whole side. */
import { binOf } from '../market/bins.ts'
import type { ColumnVisitor } from './grid.ts'
import type { LiquidationMap } from './map.ts'
import type { Side } from './side.ts'

/** Notional outside the grid's price range, per tier and side, by column. */
export interface OffGridNotional {
  /** USD, at the tier's weight in the map. */
  usd: number[]
  /** Number of bins from the edge of the grid to the outermost bin that is not empty. */
  bins: number[]
}

/**
 * Collects at each column of a grid the notional outside it, up to `maxDistance` in ln(price) from the close. Clusters are
 * compared with the mean of their whole side, so a grid of a narrow price range needs it.
 *
 * @returns the visitor to sample the grid with, and what it has collected then, by tier
 */
export function collectOffGrid(
  { market, options }: LiquidationMap,
  maxDistance: number,
): { visit: ColumnVisitor; tiers: Record<Side, OffGridNotional>[] } {
  const { binWidth } = options
  const maxBins = Math.round(maxDistance / binWidth)
  const tiers = options.tiers.map(
    (): Record<Side, OffGridNotional> => ({ long: { usd: [], bins: [] }, short: { usd: [], bins: [] } }),
  )
  const visit: ColumnVisitor = ({ bar, firstBin, endBin }, books) => {
    const closeBin = binOf(market.close[bar]!, binWidth)
    const sides = [
      { side: 'long', from: closeBin - maxBins, count: firstBin - (closeBin - maxBins) },
      { side: 'short', from: endBin, count: closeBin + maxBins + 1 - endBin },
    ] as const
    for (const { side, from, count } of sides) {
      const column = new Float64Array(Math.max(0, count))
      for (const [tier, bySide] of tiers.entries()) {
        column.fill(0)
        for (const book of books) book.addColumn(side, from, column, tier)
        const outermost = side === 'long' ? column.findIndex(isFilled) : column.findLastIndex(isFilled)
        const { usd, bins } = bySide[side]
        usd.push(column.reduce((sum, value) => sum + value, 0))
        bins.push(outermost < 0 ? 0 : side === 'long' ? count - outermost : outermost + 1)
      }
    }
  }
  return { visit, tiers }
}

const isFilled = (usd: number): boolean => usd > 0
