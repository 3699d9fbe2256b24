/** Times sweeps. */
import { sweep } from '../../src/api/sweep.ts'
import type { Market } from '../../src/market/market.ts'
import { plainLoop } from './backtest.ts'
import { time } from './measure.ts'
import type { BenchPlan } from './plan.ts'
import { count, ms, textTable, times } from './table.ts'

const GRID = {
  minMove: [0, 0.5, 1, 1.5, 2],
  reclaimWithin: [0, 1, 2, 3],
  'target.r': [1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8],
  stopBuffer: [0, 0.0005, 0.001, 0.002, 0.005],
}

/** Times sweeps of pivots over up to 1,000 combinations, in worker threads and on one thread. */
export async function sweepBench(market: Market, { quick, repeats }: BenchPlan): Promise<string> {
  const loop = time(() => plainLoop(market), repeats).cpu
  const sizes = quick ? [50, 100, 200] : [125, 250, 500, 1000]
  const rows: string[][] = []
  const measured = async (n: number, workers?: number) => {
    const cpu = process.cpuUsage()
    const start = performance.now()
    const random = n < 1000 ? { random: { n } } : {}
    await sweep(market, { levels: 'pivots', grid: GRID, ...random, ...(workers !== undefined && { workers }) })
    const wall = performance.now() - start
    const { user, system } = process.cpuUsage(cpu)
    return { wall, cpu: (user + system) / 1000 }
  }
  let first = 0
  for (const n of sizes) {
    const { wall, cpu } = await measured(n)
    first ||= wall
    rows.push([count(n), 'worker threads', ms(wall), ms(cpu), ms(cpu / n), times(cpu / n / loop), times(wall / first)])
  }
  const { wall, cpu } = await measured(sizes[0]!, 0)
  rows.push([count(sizes[0]!), 'one thread', ms(wall), ms(cpu), ms(cpu / sizes[0]!), times(cpu / sizes[0]! / loop), ''])
  return textTable(
    `Sweep: variants of pivot SFP on ${count(market.length)} bars; a plain loop over the bars takes ${ms(loop)} ms`,
    ['variants', 'on', 'wall ms', 'cpu ms', 'cpu ms each', 'plain loops each', 'wall vs first'],
    rows,
  )
}
