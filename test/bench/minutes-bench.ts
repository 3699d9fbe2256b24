import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Timing } from './measure.ts'
import type { Plan } from './plan.ts'
import { count, TIMING_HEADER, textTable, timingRow } from './table.ts'

/** What the process of the minutes measured. Memory is the largest resident set until then, in MB. */
export interface MinutesResult {
  bars: number
  columns: number
  rows: number
  tiers: number
  memoryMb: {
    before: number
    simulated: number
    /** After one map and its grids, before anything is repeated. */
    peak: number
    /** Of which the market's own series. */
    market: number
  }
  ms: {
    simulation: Timing
    /** Map and tier grids, the first time, not yet compiled. */
    first: Timing
    tierGrids: Timing
    heatGrid: Timing
    map: Timing
    replay: Timing
  }
}

/** Years of minutes, in a process of its own. */
export async function minutesBench({ minuteBars, fewRepeats }: Plan): Promise<string> {
  const { warmups, runs } = fewRepeats
  const result = await measured([minuteBars, warmups, runs])
  const { memoryMb, ms: took, bars, columns, rows, tiers } = result
  const timed: [string, Timing][] = [
    ['simulating the market (not the engine)', took.simulation],
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
      [`after the simulation (${count(memoryMb.market)} MB of series)`, count(memoryMb.simulated)],
      [`after the map and ${tiers} tier grids`, count(memoryMb.peak)],
    ],
  )
  return `${times}\n${memory}`
}

function measured(args: readonly number[]): Promise<MinutesResult> {
  const script = fileURLToPath(new URL('minutes.mjs', import.meta.url))
  const child = spawn(process.execPath, [script, ...args.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => {
      if (code === 0) resolve(JSON.parse(output) as MinutesResult)
      else reject(new Error(`The process of the minutes ended with code ${code}`))
    })
  })
}
