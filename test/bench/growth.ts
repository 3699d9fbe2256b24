/** Times how replay and grids grow with the size of the problem. */
import { tierGrids } from '../../src/liquidation/grid.ts'
import { type LiquidationMap, liquidationMap, type MapOptions } from '../../src/liquidation/map.ts'
import type { Market } from '../../src/market/market.ts'
import { prefix } from '../market/fixtures.ts'
import { replay } from './heatmap.ts'
import { type Repeats, time } from './measure.ts'
import { type BenchPlan, DISPLAY } from './plan.ts'
import { count, ms, textTable, times } from './table.ts'

interface Case {
  name: string
  map: LiquidationMap
  display: { columns: number; rows: number }
}

/** One table per dimension: its sizes and their times. */
export function growthBench(market: Market, { repeats, quick }: BenchPlan): string {
  const full = quick ? prefix(market, Math.round(market.length / 4)) : market
  const half = prefix(full, Math.round(full.length / 2))
  const variants = (values: readonly [string, MapOptions][]): Case[] =>
    values.map(([name, options]) => ({ name, map: liquidationMap(half, options), display: DISPLAY }))
  const tables: [string, Case[]][] = [
    ['bars', [8, 4, 2, 1].map(part => createCase(prefix(full, Math.round(full.length / part))))],
    ['tiers', variants([1, 2, 5, 10, 20].map(tiers => [String(tiers), { leverage: equalMix(tiers) }]))],
    ['price bins', variants([40, 20, 10, 5, 2.5].map(bp => [`${bp} bp`, { binWidth: bp / 1e4 }]))],
    ['display cells', [250, 500, 1000, 2000].map(columns => createCase(half, { columns, rows: columns * 0.6 }))],
  ]
  return tables.map(([dimension, cases]) => growthTable(dimension, cases, repeats)).join('\n')
}

function createCase(market: Market, display = DISPLAY): Case {
  const name = display === DISPLAY ? count(market.length) : cells(display)
  return { name, map: liquidationMap(market), display }
}

function growthTable(dimension: string, cases: readonly Case[], repeats: Repeats): string {
  const timed = cases.map(({ name, map, display }) => ({
    name,
    bins: map.parts[0]!.start().book.binCount,
    replay: time(() => replay(map), repeats).cpu,
    whole: time(() => tierGrids(map, display), repeats).cpu,
  }))
  const first = timed[0]!
  const bars = count(cases.at(-1)!.map.market.length)
  const setting =
    { bars: '', 'display cells': `, ${bars} bars` }[dimension] ?? `, ${bars} bars, ${cells(DISPLAY)} cells`
  return textTable(
    `Growth with ${dimension}${setting}: replay alone, and replay with a grid for each tier`,
    [dimension, 'entry bins', 'replay cpu ms', 'vs first', 'with grids cpu ms', 'vs first'],
    timed.map(({ name, bins, replay: alone, whole }) => [
      name,
      count(bins),
      ms(alone),
      times(alone / first.replay),
      ms(whole),
      times(whole / first.whole),
    ]),
  )
}

const cells = ({ columns, rows }: { columns: number; rows: number }) => `${columns} × ${rows}`

/** Equal shares at tiers from 3x to 100x, evenly spaced on a log scale. */
function equalMix(tiers: number): Record<number, number> {
  const leverages = Array.from({ length: tiers }, (_, i) => 100 * (3 / 100) ** (tiers === 1 ? 0.5 : i / (tiers - 1)))
  return Object.fromEntries(leverages.map(leverage => [leverage.toFixed(2), 1]))
}
