/** Times the map, its grids and its clusters. */
import { clusterTable } from '../../src/liquidation/clusters.ts'
import { heatGrid, tierGrids } from '../../src/liquidation/grid.ts'
import { type LiquidationMap, liquidationMap, type MapOptions } from '../../src/liquidation/map.ts'
import { impliedLiquidations } from '../../src/liquidation/validation/implied.ts'
import type { Market } from '../../src/market/market.ts'
import { time } from './measure.ts'
import { type BenchPlan, DISPLAY } from './plan.ts'
import { count, TIMING_HEADER, textTable, timingRow } from './table.ts'

/** Replays a map without reading it. */
export function replay(map: LiquidationMap): void {
  for (const part of map.parts) {
    const run = part.start()
    while (run.step());
  }
}

/** Times what a notebook's cell waits for, on one market. */
export function heatmapBench(market: Market, { repeats }: BenchPlan): string {
  const map = liquidationMap(market)
  const { columns, rows } = heatGrid(map, DISPLAY)
  const tiers = map.options.tiers.length
  const work: [string, () => unknown][] = [
    [`map and ${tiers} tier grids, from scratch`, () => tierGrids(liquidationMap(market), DISPLAY)],
    ['map and summed grid, from scratch', () => heatGrid(liquidationMap(market), DISPLAY)],
    ['the same with entries at the close', () => tierGrids(liquidationMap(market, AT_CLOSE), DISPLAY)],
    ['map alone (flow and cohorts)', () => liquidationMap(market)],
    ['replay alone', () => replay(map)],
    [`${tiers} tier grids of a map`, () => tierGrids(map, DISPLAY)],
    ['summed grid of a map', () => heatGrid(map, DISPLAY)],
    ['implied liquidations, all bars', () => impliedLiquidations(map)],
    ['clusters at the last bar', () => clusterTable(map)],
  ]
  const lines = work.map(([name, run]) => timingRow(name, time(run, repeats), market.length))
  return textTable(
    `Heatmap: ${count(market.length)} bars (${market.symbol} ${market.timeframe}, ${market.source}) × ${tiers} tiers × 2 sides → ${columns} × ${rows} cells`,
    TIMING_HEADER,
    lines,
  )
}

const AT_CLOSE: MapOptions = { flow: { entry: 'close' } }
