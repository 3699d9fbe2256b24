/** A process of its own, whose memory is that of this case alone: prints what it measured as JSON. */
import { type HeatGrid, heatGrid, tierGrids } from '../../src/liquidation/grid.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { simulateMarket } from '../../src/market/simulate.ts'
import { replay } from './heatmap.ts'
import { time } from './measure.ts'
import type { MinutesResult } from './minutes-bench.ts'
import { DISPLAY } from './plan.ts'

const [bars, warmups, runs] = process.argv.slice(2).map(Number)
const repeats = { warmups: warmups!, runs: runs! }

const once = { warmups: 0, runs: 1 }

let market = simulateMarket({ bars: 1, timeframe: '1m' })
const before = peakMb()
const simulation = time(() => {
  market = simulateMarket({ bars: bars!, timeframe: '1m', seed: 1 })
}, once)
const simulated = peakMb()
let grid: HeatGrid | undefined
const first = time(() => {
  grid = tierGrids(liquidationMap(market), DISPLAY)[0]
}, once)
const peak = peakMb()
const map = liquidationMap(market)

const result: MinutesResult = {
  bars: bars!,
  columns: grid!.columns,
  rows: grid!.rows,
  tiers: map.options.tiers.length,
  memoryMb: { before, simulated, peak, market: marketMb() },
  ms: {
    simulation,
    first,
    tierGrids: time(() => tierGrids(liquidationMap(market), DISPLAY), repeats),
    heatGrid: time(() => heatGrid(liquidationMap(market), DISPLAY), repeats),
    map: time(() => liquidationMap(market), repeats),
    replay: time(() => replay(map), repeats),
  },
}
process.stdout.write(JSON.stringify(result))

/** The largest resident set so far. */
function peakMb(): number {
  return process.resourceUsage().maxRSS / 1024
}

function marketMb(): number {
  const columns = Object.values(market).filter(value => value instanceof Float64Array)
  return columns.reduce((bytes, column) => bytes + column.byteLength, 0) / 2 ** 20
}
