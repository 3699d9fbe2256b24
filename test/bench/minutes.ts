/** Measures a map of minutes in its own process, so that the memory is that of the engine alone; prints JSON. */
import { closeSync, openSync, readSync } from 'node:fs'
import { type HeatGrid, heatGrid, tierGrids } from '../../src/liquidation/grid.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { createMarket, type MarketColumns } from '../../src/market/market.ts'
import { replay } from './heatmap.ts'
import { time } from './measure.ts'
import type { MinutesResult } from './minutes-bench.ts'
import { DISPLAY } from './plan.ts'
import { peakMb } from './process.ts'

const [file, names, ...numbers] = process.argv.slice(2)
const [bars, warmups, runs] = numbers.map(Number)
const repeats = { warmups: warmups!, runs: runs! }

const before = peakMb()
const columns = readColumns(file!, names!.split(','), bars!)
const market = createMarket(columns, { symbol: 'SYNTH/USDT:USDT', source: 'synthetic', barMs: 60_000, synthetic: true })
const read = peakMb()
let grid: HeatGrid | undefined
const first = time(
  () => {
    grid = tierGrids(liquidationMap(market), DISPLAY)[0]
  },
  { warmups: 0, runs: 1 },
)
const peak = peakMb()
const map = liquidationMap(market)

const result: MinutesResult = {
  bars: bars!,
  columns: grid!.columns,
  rows: grid!.rows,
  tiers: map.options.tiers.length,
  memoryMb: { before, read, peak, market: (names!.split(',').length * bars! * 8) / 2 ** 20 },
  ms: {
    first,
    tierGrids: time(() => tierGrids(liquidationMap(market), DISPLAY), repeats),
    heatGrid: time(() => heatGrid(liquidationMap(market), DISPLAY), repeats),
    map: time(() => liquidationMap(market), repeats),
    replay: time(() => replay(map), repeats),
  },
}
process.stdout.write(JSON.stringify(result))

/** Reads the series one after the other, as the simulating process writes them. */
function readColumns(path: string, names: readonly string[], bars: number): MarketColumns {
  const input = openSync(path, 'r')
  const columns: Record<string, Float64Array> = {}
  for (const name of names) {
    const column = new Float64Array(bars)
    const bytes = new Uint8Array(column.buffer)
    for (let at = 0; at < bytes.length; ) {
      const count = readSync(input, bytes, at, bytes.length - at, null)
      if (count === 0) throw new Error(`${path} ends within the series ${name}`)
      at += count
    }
    columns[name] = column
  }
  closeSync(input)
  return columns as MarketColumns
}
