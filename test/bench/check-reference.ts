/** Checks that a reference implementation makes the engine's grids. */
import { type GridLayer, type HeatGrid, heatGrid, tierGrids } from '../../src/liquidation/grid.ts'
import { type LiquidationMap, liquidationMap, type MapOptions } from '../../src/liquidation/map.ts'
import type { Market } from '../../src/market/market.ts'
import type { CellLayout } from './matrix.ts'

/** Cells are single precision and sums of a few hundred levels. */
const TOLERANCE = 1e-5

const SMALL = { columns: 60, rows: 80 }

/** A reference implementation, and the map options that it supports. */
export interface Reference {
  name: string
  options: MapOptions
  grids: (map: LiquidationMap, screen: CellLayout) => GridLayer[]
}

/**
 * Checks that a reference makes the engine's grids, so that their times can be compared.
 *
 * @returns the largest difference of a cell, as a share of the brightest one
 * @throws Error naming the reference, the cell and its values if they differ
 */
export function checkReference(market: Market, { name, options, grids }: Reference): number {
  const map = liquidationMap(market, options)
  const engineGrids = tierGrids(map, SMALL)
  const [first] = engineGrids
  if (first === undefined) throw new Error('The map has no tiers')
  compare('The summed grid', [sumLayers(engineGrids)], [heatGrid(map, SMALL)])
  return compare(name, grids(map, first), engineGrids)
}

function sumLayers(layers: readonly HeatGrid[]): GridLayer {
  const sum = (side: 'long' | 'short') =>
    layers[0]![side].map((_, i) => layers.reduce((total, layer) => total + layer[side][i]!, 0))
  return { long: sum('long'), short: sum('short') }
}

function compare(name: string, layers: readonly GridLayer[], grids: readonly HeatGrid[]): number {
  let worst = 0
  for (const [tier, grid] of grids.entries())
    for (const side of ['long', 'short'] as const) {
      const expected = grid[side]
      const actual = layers[tier]?.[side]
      if (actual === undefined) throw new Error(`${name}: tier ${tier} is missing`)
      const brightest = expected.reduce((max, value) => Math.max(max, value), 0)
      if (!(brightest > 0))
        throw new Error(`${name}: tier ${tier} holds no ${side} levels, so the check proves nothing`)
      for (let i = 0; i < expected.length; i++) {
        const error = Math.abs(actual[i]! - expected[i]!) / brightest
        if (!(error <= TOLERANCE))
          throw new Error(
            `${name}: cell ${i} of tier ${tier}, ${side}, is ${actual[i]}, but ${expected[i]} in the engine's grid; nothing was timed`,
          )
        worst = Math.max(worst, error)
      }
    }
  return worst
}
