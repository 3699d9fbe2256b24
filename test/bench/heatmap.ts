/** Times the map, its grids and its clusters. */
import { clusterTable } from '../../src/liquidation/clusters.ts'
import { heatGrid, tierGrids } from '../../src/liquidation/grid.ts'
import { type LiquidationMap, liquidationMap, type MapOptions } from '../../src/liquidation/map.ts'
import { impliedLiquidations } from '../../src/liquidation/validation/implied.ts'
import type { Market } from '../../src/market/market.ts'
import { type Repeats, time } from './measure.ts'
import { type BenchPlan, DISPLAY } from './plan.ts'
import { count, ms, TIMING_HEADER, textTable, times, timingRow } from './table.ts'

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
  const timings = textTable(
    `Heatmap: ${count(market.length)} bars (${market.symbol} ${market.timeframe}, ${market.source}) × ${tiers} tiers × 2 sides → ${columns} × ${rows} cells`,
    TIMING_HEADER,
    lines,
  )
  return `${timings}\n${replayRatios(market, repeats)}`
}

/** What turnover, the trigger, more tiers and survival cost: replays in turn, against one without any of them. */
function replayRatios(market: Market, { warmups, runs }: Repeats): string {
  const leverage = { 5: 1, 10: 1, 25: 1, 50: 1, 100: 1 }
  const plain: MapOptions = { flow: { from: 'volume' }, leverage, triggerDepth: 0 }
  const survival = { 0.5: 0.7, 0.8: 0.6, 1: 0.4 }
  const cases: [string, MapOptions][] = [
    ['volume, 5 tiers, no trigger depth (the reference)', plain],
    ['turnover', { ...plain, flow: {} }],
    ['turnover, trigger depth', { leverage }],
    ['all defaults: turnover, trigger depth, 6 tiers', {}],
    ['defaults with survival', { survival }],
    ['defaults with survival, both layers', { survival, layer: 'both' }],
  ]
  const replays = cases.map(([name, options]) => ({ name, map: liquidationMap(market, options), cpu: [] as number[] }))
  for (let run = 0; run < warmups + runs; run++)
    for (const { map, cpu } of replays) {
      const timing = time(() => replay(map), { warmups: 0, runs: 1 })
      if (run >= warmups) cpu.push(timing.cpu)
    }
  const least = replays.map(({ cpu }) => Math.min(...cpu))
  return textTable(
    `Replay of ${count(market.length)} bars, in turn; the least of ${runs} runs`,
    ['', 'cohorts a side', 'cpu ms', 'to reference'],
    replays.map(({ name, map }, i) => [
      name,
      String(map.positionCohorts.cohorts.long.length),
      ms(least[i]!),
      times(least[i]! / least[0]!),
    ]),
  )
}

const AT_CLOSE: MapOptions = { flow: { entry: 'close' } }
