/** Times a map of years of minutes, in its own process. */
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Timing } from './measure.ts'
import type { BenchPlan } from './plan.ts'
import { runProcess } from './process.ts'
import { count, TIMING_HEADER, textTable, timingRow } from './table.ts'

/** Result of the simulating process: the series in the order in which they were written, and the time. */
export interface MinutesMarket {
  columns: string[]
  simulation: Timing
}

/** Result of the measuring process. Memory is the largest resident set up to then, in MB. */
export interface MinutesResult {
  bars: number
  columns: number
  rows: number
  tiers: number
  memoryMb: {
    before: number
    /** After reading the market. */
    read: number
    /** After the first map and its grids. */
    peak: number
    /** Size of the market's own series. */
    market: number
  }
  ms: {
    /** Map and tier grids, the first time, including compilation. */
    first: Timing
    tierGrids: Timing
    heatGrid: Timing
    map: Timing
    replay: Timing
  }
}

/** Simulates years of minutes in one process and measures their map in another. */
export async function minutesBench({ minuteBars, fewRepeats }: BenchPlan): Promise<string> {
  const { warmups, runs } = fewRepeats
  const file = fileURLToPath(new URL('minutes.bin', import.meta.url))
  try {
    const market = await runProcess<MinutesMarket>('minutes-market', [file, minuteBars])
    const args = [file, market.columns.join(','), minuteBars, warmups, runs]
    return tables(market.simulation, await runProcess<MinutesResult>('minutes', args))
  } finally {
    rmSync(file, { force: true })
  }
}

function tables(simulation: Timing, { memoryMb, ms: timings, bars, columns, rows, tiers }: MinutesResult): string {
  const timed: [string, Timing][] = [
    ['simulating the market (not the engine)', simulation],
    [`map and ${tiers} tier grids, the first time`, timings.first],
    [`map and ${tiers} tier grids, from scratch`, timings.tierGrids],
    ['map and summed grid, from scratch', timings.heatGrid],
    ['map alone (flow and cohorts)', timings.map],
    ['replay alone', timings.replay],
  ]
  const times = textTable(
    `Minutes: ${count(bars)} bars (simulated, 1m) × ${tiers} tiers × 2 sides → ${columns} × ${rows} cells, in its own process`,
    TIMING_HEADER,
    timed.map(([name, timing]) => timingRow(name, timing, bars)),
  )
  const memory = textTable(
    'Largest resident set of that process',
    ['', 'MB'],
    [
      ['after the start', count(memoryMb.before)],
      [`after reading the market (${count(memoryMb.market)} MB of series)`, count(memoryMb.read)],
      [`after the map and ${tiers} tier grids`, count(memoryMb.peak)],
    ],
  )
  return `${times}\n${memory}`
}
