import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Timing } from './measure.ts'
import type { Plan } from './plan.ts'
import { inProcess } from './process.ts'
import { count, TIMING_HEADER, textTable, timingRow } from './table.ts'

/** What the process that simulates says: the series that it wrote, in this order, and what it took. */
export interface MinutesMarket {
  columns: string[]
  simulation: Timing
}

/** What the process of the minutes measured. Memory is the largest resident set until then, in MB. */
export interface MinutesResult {
  bars: number
  columns: number
  rows: number
  tiers: number
  memoryMb: {
    before: number
    /** With the market read. */
    read: number
    /** After one map and its grids, before anything is repeated. */
    peak: number
    /** Of which the market's own series. */
    market: number
  }
  ms: {
    /** Map and tier grids, the first time, not yet compiled. */
    first: Timing
    tierGrids: Timing
    heatGrid: Timing
    map: Timing
    replay: Timing
  }
}

/** Years of minutes, simulated in one process and measured in another. */
export async function minutesBench({ minuteBars, fewRepeats }: Plan): Promise<string> {
  const { warmups, runs } = fewRepeats
  const file = fileURLToPath(new URL('minutes.bin', import.meta.url))
  try {
    const market = await inProcess<MinutesMarket>('minutes-market', [file, minuteBars])
    const args = [file, market.columns.join(','), minuteBars, warmups, runs]
    return tables(market.simulation, await inProcess<MinutesResult>('minutes', args))
  } finally {
    rmSync(file, { force: true })
  }
}

function tables(simulation: Timing, { memoryMb, ms: took, bars, columns, rows, tiers }: MinutesResult): string {
  const timed: [string, Timing][] = [
    ['simulating the market (not the engine)', simulation],
    [`map and ${tiers} tier grids, the first time`, took.first],
    [`map and ${tiers} tier grids, from scratch`, took.tierGrids],
    ['map and summed grid, from scratch', took.heatGrid],
    ['map alone (flow and population)', took.map],
    ['replay alone', took.replay],
  ]
  const times = textTable(
    `Minutes: ${count(bars)} bars (simulated, 1m) × ${tiers} tiers × 2 sides → ${columns} × ${rows} cells, in a process of its own`,
    TIMING_HEADER,
    timed.map(([name, timing]) => timingRow(name, timing, bars)),
  )
  const memory = textTable(
    'Its largest resident set',
    ['', 'MB'],
    [
      ['after start', count(memoryMb.before)],
      [`with the market read (${count(memoryMb.market)} MB of series)`, count(memoryMb.read)],
      [`after the map and ${tiers} tier grids`, count(memoryMb.peak)],
    ],
  )
  return `${times}\n${memory}`
}
