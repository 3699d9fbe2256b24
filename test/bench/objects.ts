/** A reference implementation of the heatmap: one object per position. */
import type { GridLayer } from '../../src/liquidation/grid.ts'
import type { LiquidationMap } from '../../src/liquidation/map.ts'
import { replayPositions } from '../liquidation/replay-positions.ts'
import type { CellLayout } from './matrix.ts'

/**
 * The heatmap from position objects that are all visited in every bar, as in the engine's tests. Supports maps with one
 * position size and no added margin.
 *
 * @returns a layer for each tier, as `tierGrids` does
 */
export function objectGrids(map: LiquidationMap, layout: CellLayout): GridLayer[] {
  const { market, flow, positionCohorts } = map
  const { binWidth, tiers } = map.options
  const { from, openShare, split, entry } = flow.options
  const { long: longs, short: shorts } = positionCohorts.cohorts
  if (longs.length !== tiers.length || shorts.length !== tiers.length)
    throw new RangeError('The position objects support maps of one position size, without added margin')
  const ratio = (shift: number | null) => Math.exp(shift! * binWidth)
  const kinds = longs.map(({ tier, weight, shift }, k) => ({
    tier,
    weight,
    long: ratio(shift),
    short: ratio(shorts[k]!.shift),
  }))
  const snapshots = replayPositions(market, { ...map.options, kinds, from, openShare, split, entry })

  const { columns, rows, bars, edges } = layout
  const firstBin = Math.round(Math.log(edges[0]!) / binWidth)
  const binsPerRow = Math.round(Math.log(edges[1]! / edges[0]!) / binWidth)
  const layers = tiers.map(() => ({ long: new Float32Array(rows * columns), short: new Float32Array(rows * columns) }))
  for (let column = 0; column < columns; column++)
    for (const [key, notional] of snapshots[bars[column]!]!.levels) {
      const [side, tier, bin] = key.split(':')
      const row = Math.floor((Number(bin) - firstBin) / binsPerRow)
      if (row >= 0 && row < rows) layers[Number(tier)]![side as 'long' | 'short'][row * columns + column]! += notional
    }
  return layers
}
