/** Times sweeps. */
import { sweep } from '../../src/api/sweep.ts'
import type { Market } from '../../src/market/market.ts'
import type { RunOptions } from '../../src/sfp/search/run-variants.ts'
import { plainLoop } from './backtest.ts'
import { median, time } from './measure.ts'
import type { BenchPlan } from './plan.ts'
import { count, ms, textTable, times } from './table.ts'

const GRID = {
  minMove: [0, 0.5, 1, 1.5, 2],
  reclaimWithin: [0, 1, 2, 3],
  'target.r': [1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8],
  stopBuffer: [0, 0.0005, 0.001, 0.002, 0.005],
}

/**
 * Times sweeps of pivots over up to 1,000 combinations: on one thread, with worker threads that must start, and with those that
 * the sweep before has left. Cold and warm threads and one thread take turns, as other work on the machine changes over time.
 */
export async function sweepBench(market: Market, { quick, repeats }: BenchPlan): Promise<string> {
  const loop = time(() => plainLoop(market), repeats).cpu
  const sizes = quick ? [50, 200] : [125, 250, 500, 1000]
  const run = async (n: number, options: RunOptions) => {
    const cpu = process.cpuUsage()
    const start = performance.now()
    await sweep(market, { levels: 'pivots', grid: GRID, ...(n < 1000 ? { random: { n } } : {}), ...options })
    const wall = performance.now() - start
    const { user, system } = process.cpuUsage(cpu)
    return { wall, cpu: (user + system) / 1000 }
  }
  const cold = await run(sizes.at(-1)!, {})
  const rows: string[][] = []
  for (const n of sizes) {
    const turns: { one: Spent; warm: Spent }[] = []
    for (let turn = 0; turn < (quick ? 1 : 3); turn++)
      turns.push({ one: await run(n, { workers: 0 }), warm: await run(n, {}) })
    const middle = (value: (turn: (typeof turns)[number]) => number) => median(turns.map(value))
    const row = (name: string, spent: (turn: (typeof turns)[number]) => Spent) => {
      const cpu = middle(turn => spent(turn).cpu)
      const share = middle(turn => spent(turn).wall / turn.one.wall)
      return [
        count(n),
        name,
        ms(middle(turn => spent(turn).wall)),
        ms(cpu),
        ms(cpu / n),
        times(cpu / n / loop),
        share.toFixed(2),
      ]
    }
    rows.push(
      row('one thread', turn => turn.one),
      row('warm threads', turn => turn.warm),
    )
    if (n === sizes.at(-1))
      rows.push([
        count(n),
        'threads that start',
        ms(cold.wall),
        ms(cold.cpu),
        ms(cold.cpu / n),
        times(cold.cpu / n / loop),
        (cold.wall / middle(turn => turn.one.wall)).toFixed(2),
      ])
  }
  const table = textTable(
    `Sweep: variants of pivot SFP on ${count(market.length)} bars; a plain loop over the bars takes ${ms(loop)} ms`,
    ['variants', 'on', 'wall ms', 'cpu ms', 'cpu ms each', 'plain loops each', 'of one thread'],
    rows,
  )
  return `${table}\n${await memory(market, quick ? 500 : 2000)}`
}

interface Spent {
  wall: number
  cpu: number
}

/** What a sweep holds in memory when it has ended, by what it keeps. */
async function memory(market: Market, n: number): Promise<string> {
  const grid = { ...GRID, maxBars: [10, 20] }
  const rows: string[][] = []
  for (const keep of ['figures', 'returns', 'trades'] as const) {
    const before = heldBytes()
    const result = await sweep(market, { levels: 'pivots', grid, random: { n }, keep, workers: 0 })
    const held = heldBytes() - before
    rows.push([keep, count(result.variants.length), (held / 2 ** 20).toFixed(1), (held / 1000 / n).toFixed(2)])
  }
  return textTable('Memory of a sweep that has ended', ['keep', 'variants', 'MB', 'kB a variant'], rows)
}

function heldBytes(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
