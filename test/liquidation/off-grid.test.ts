/** What lies outside a grid, against a walk through each level of the book. */
import { expect, it } from 'vitest'
import { tierGrids } from '../../src/liquidation/grid.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { collectOffGrid } from '../../src/liquidation/off-grid.ts'
import { existing, market, snapshots, sum } from './helpers.ts'

it('is the notional of each side between the end of the grid and the maximum distance, with its outermost bin', () => {
  const map = liquidationMap(market, { leverage: { 5: 1, 50: 1 } })
  const { binWidth } = map.options
  const books = snapshots(map)
  const prices = [...market.close].sort((a, b) => a - b)
  const bin = (price: number) => Math.floor(Math.log(price) / binWidth)
  const quartiles = { low: prices[100]!, high: prices[300]! }
  for (const [distance, range] of [
    [0.05, quartiles],
    [0.3, quartiles],
    // All of the distance, and more, lies within the grid.
    [0.05, { low: prices[0]! / 2, high: prices[399]! * 2 }],
    // The grid lies below the price, or above it.
    [0.1, { low: prices[0]! / 2, high: prices[0]! / 1.9 }],
    [0.1, { low: prices[399]! * 1.9, high: prices[399]! * 2 }],
  ] as const) {
    const { visit, tiers } = collectOffGrid(map, distance)
    const [grid] = tierGrids(map, { columns: 9, rows: 30, ...range }, visit)
    const { bars, edges } = existing(grid)
    const [first, end] = [edges[0]!, edges.at(-1)!].map(edge => Math.round(Math.log(edge) / binWidth)) as [
      number,
      number,
    ]
    const reach = Math.round(distance / binWidth)
    for (const tier of [0, 1])
      for (const side of ['long', 'short'] as const) {
        const { usd, bins } = tiers[tier]![side]
        expect([usd.length, bins.length]).toEqual([9, 9])
        for (const [column, t] of bars.entries()) {
          const at = bin(market.close[t]!)
          const outside = [...books[t]!].flatMap(([key, notional]) => {
            const [where, of, place] = key.split(':')
            const index = Number(place)
            const isOutside =
              side === 'long' ? index >= at - reach && index < first : index >= end && index <= at + reach
            return where === side && Number(of) === tier && isOutside && notional > 0 ? [{ index, notional }] : []
          })
          expect(usd[column]).toBeCloseTo(sum(outside.map(({ notional }) => notional)), 4)
          const far = outside.map(({ index }) => (side === 'long' ? first - index : index - end + 1))
          expect(bins[column]).toBe(Math.max(0, ...far))
        }
      }
  }
})
