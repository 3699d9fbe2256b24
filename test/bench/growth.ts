import { tierGrids } from '../../src/liquidation/grid.ts'
import { type LiquidationMap, liquidationMap, type MapOptions } from '../../src/liquidation/map.ts'
import { createMarket, type Market, type MarketColumns } from '../../src/market/market.ts'
import { replay } from './heatmap.ts'
import { type Repeats, time } from './measure.ts'
import { DISPLAY, type Plan } from './plan.ts'
import { count, ms, textTable, times } from './table.ts'

interface Case {
  name: string
  map: LiquidationMap
  display: { columns: number; rows: number }
}

/** One table for each size: what changes it, and what that does to the time. */
export function growthBench(market: Market, { repeats, quick }: Plan): string {
  const most = quick ? prefix(market, Math.round(market.length / 4)) : market
  const half = prefix(most, Math.round(most.length / 2))
  const variants = (values: readonly [string, MapOptions][]): Case[] =>
    values.map(([name, options]) => ({ name, map: liquidationMap(half, options), display: DISPLAY }))
  const tables: [string, Case[]][] = [
    ['bars', [8, 4, 2, 1].map(part => caseOf(prefix(most, Math.round(most.length / part))))],
    ['tiers', variants([1, 2, 5, 10, 20].map(tiers => [String(tiers), { leverage: mix(tiers) }]))],
    ['price bins', variants([40, 20, 10, 5, 2.5].map(bp => [`${bp} bp`, { binWidth: bp / 1e4 }]))],
    ['display cells', [250, 500, 1000, 2000].map(columns => caseOf(half, { columns, rows: columns * 0.6 }))],
  ]
  return tables.map(([what, cases]) => growthTable(what, cases, repeats)).join('\n')
}

function caseOf(market: Market, display = DISPLAY): Case {
  const name = display === DISPLAY ? count(market.length) : cells(display)
  return { name, map: liquidationMap(market), display }
}

function growthTable(what: string, cases: readonly Case[], repeats: Repeats): string {
  const timed = cases.map(({ name, map, display }) => ({
    name,
    bins: map.parts[0]!.start().book.binCount,
    replay: time(() => replay(map), repeats).cpu,
    whole: time(() => tierGrids(map, display), repeats).cpu,
  }))
  const first = timed[0]!
  const bars = count(cases.at(-1)!.map.market.length)
  const given = { bars: '', 'display cells': `, ${bars} bars` }[what] ?? `, ${bars} bars, ${cells(DISPLAY)} cells`
  return textTable(
    `Growth with ${what}${given}: replay alone, and replay with a grid for each tier`,
    [what, 'entry bins', 'replay cpu ms', 'to the first', 'with grids cpu ms', 'to the first'],
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

/** Equal shares at tiers from 3x to 100x, evenly spread on a log scale. */
function mix(tiers: number): Record<number, number> {
  const leverages = Array.from({ length: tiers }, (_, i) => 100 * (3 / 100) ** (tiers === 1 ? 0.5 : i / (tiers - 1)))
  return Object.fromEntries(leverages.map(leverage => [leverage.toFixed(2), 1]))
}

/** The first `bars` bars of a market. */
export function prefix(market: Market, bars: number): Market {
  const columns: Partial<Record<string, Float64Array>> = {}
  for (const [name, value] of Object.entries(market))
    if (value instanceof Float64Array) columns[name] = value.slice(0, bars)
  return createMarket(columns as unknown as MarketColumns, market)
}
