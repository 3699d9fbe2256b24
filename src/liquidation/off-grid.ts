import { binOf } from '../market/bins.ts'
import type { ColumnVisitor } from './grid.ts'
import type { LiquidationMap } from './map.ts'
import type { Side } from './margin/liquidation-price.ts'

/** What a tier holds on one side beyond the rows of a grid, away from the price, by column. */
export interface OffGridNotional {
  /** USD, at the tier's weight in the map. */
  usd: number[]
  /** How many bins it is from the edge of the grid to the outermost one that holds anything. */
  bins: number[]
}

/**
 * Watches at each column of a grid what lies beyond it, as far as `maxDistance` in ln(price) from the close. A cluster is brighter than
 * the mean of all its side, also of what a look at a narrow range of prices does not show.
 *
 * @returns what to give to the sampling of the grid, and by tier what it has found then
 */
export function collectOffGrid(
  { market, options }: LiquidationMap,
  maxDistance: number,
): { visit: ColumnVisitor; tiers: Record<Side, OffGridNotional>[] } {
  const { binWidth } = options
  const reach = Math.round(maxDistance / binWidth)
  const tiers = options.tiers.map(() => ({ long: { usd: [], bins: [] }, short: { usd: [], bins: [] } }))
  const visit: ColumnVisitor = ({ bar, firstBin, endBin }, books) => {
    const close = binOf(market.close[bar]!, binWidth)
    const sides = [
      { side: 'long', from: close - reach, count: firstBin - (close - reach) },
      { side: 'short', from: endBin, count: close + reach + 1 - endBin },
    ] as const
    for (const { side, from, count } of sides) {
      const column = new Float64Array(Math.max(0, count))
      for (const [tier, found] of tiers.entries()) {
        column.fill(0)
        for (const book of books) book.addColumn(side, from, column, tier)
        const outermost = side === 'long' ? column.findIndex(holds) : column.findLastIndex(holds)
        const { usd, bins }: OffGridNotional = found[side]
        usd.push(column.reduce((sum, value) => sum + value, 0))
        bins.push(outermost < 0 ? 0 : side === 'long' ? count - outermost : outermost + 1)
      }
    }
  }
  return { visit, tiers }
}

const holds = (usd: number): boolean => usd > 0
