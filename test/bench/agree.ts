import { type GridLayer, type HeatGrid, heatGrid, tierGrids } from '../../src/liquidation/grid.ts'
import { type LiquidationMap, liquidationMap, type MapOptions } from '../../src/liquidation/map.ts'
import type { Market } from '../../src/market/market.ts'
import type { Screen } from './matrix.ts'

/** Cells are single precision and sums of a few hundred levels. */
const TOLERANCE = 1e-5

const SMALL = { columns: 60, rows: 80 }

/** A reference and the options it is for. */
export interface Reference {
  name: string
  options: MapOptions
  grids: (map: LiquidationMap, screen: Screen) => GridLayer[]
}

/**
 * That a reference makes the engine's grids, so that their times may be compared.
 *
 * @returns the largest difference of a cell, as a share of the brightest one
 * @throws Error naming the reference, the cell and its values where they do not agree
 */
export function checkReference(market: Market, { name, options, grids }: Reference): number {
  const map = liquidationMap(market, options)
  const own = tierGrids(map, SMALL)
  compare('The summed grid', [sumOf(own)], [heatGrid(map, SMALL)])
  return compare(name, grids(map, own[0]!), own)
}

function sumOf(layers: readonly GridLayer[]): GridLayer {
  const sum = (side: 'long' | 'short') =>
    layers[0]![side].map((_, i) => layers.reduce((total, layer) => total + layer[side][i]!, 0))
  return { long: sum('long'), short: sum('short') }
}

function compare(name: string, layers: readonly GridLayer[], grids: readonly HeatGrid[]): number {
  let worst = 0
  for (const [tier, grid] of grids.entries())
    for (const side of ['long', 'short'] as const) {
      const expected = grid[side]
      const given = layers[tier]![side]
      const brightest = expected.reduce((most, value) => Math.max(most, value), 0)
      if (!(brightest > 0)) throw new Error(`${name}: tier ${tier} holds no ${side} levels, so it shows nothing`)
      for (let i = 0; i < expected.length; i++) {
        const error = Math.abs(given[i]! - expected[i]!) / brightest
        if (!(error <= TOLERANCE))
          throw new Error(
            `${name}: cell ${i} of tier ${tier}, ${side}, is ${given[i]}, but the engine says ${expected[i]}; nothing was timed`,
          )
        worst = Math.max(worst, error)
      }
    }
  return worst
}
