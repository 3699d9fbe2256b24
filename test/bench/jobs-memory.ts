/** Most memory of a planned sweep of 300,000 backtests, in the process that asks and in those that run them. Of Linux only. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JobFolder } from '../../src/jobs/job-folder.ts'
import { mergeSweep } from '../../src/jobs/merge.ts'
import { localExecutor, runPlan } from '../../src/jobs/run-plan.ts'
import { createSweepPlan } from '../../src/jobs/sweep-plan.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import type { BenchPlan } from './plan.ts'
import { count, ms, textTable } from './table.ts'

const SAMPLE_MS = 100
/** What the sum may be at most, MB. */
const LIMIT = 1000
const values = (n: number, step: number) => Array.from({ length: n }, (_, i) => i * step)

/** @throws Error where it takes more than 1 GB */
export async function jobsMemoryBench({ quick }: BenchPlan): Promise<string> {
  if (process.platform !== 'linux') return 'Memory of processes is read from /proc, which only Linux has.\n'
  const folder = new JobFolder(mkdtempSync(join(tmpdir(), 'liqnb-bench-jobs-memory-')))
  const most = { own: 0, process: 0, all: 0 }
  const timer = setInterval(() => {
    const own = memory(process.pid)
    const others = children().map(memory)
    most.own = Math.max(most.own, own)
    most.process = Math.max(most.process, ...others)
    most.all = Math.max(
      most.all,
      others.reduce((sum, part) => sum + part, own),
    )
  }, SAMPLE_MS)
  try {
    const markets = [1, 2, 3].map(seed => simulateMarket({ seed, bars: 2000, timeframe: '1h' }))
    const variants = quick ? 5000 : 100_000
    const grid = {
      minMove: values(10, 0.1),
      stopBuffer: values(10, 1e-4),
      'target.r': values(10, 0.25).map(r => r + 0.5),
      maxBars: values(variants / 1000, 1).map(bars => bars + 5),
    }
    const opened = createSweepPlan(markets, { levels: 'pivots', grid })
    const start = performance.now()
    const execute = localExecutor({ processes: 2 })
    const run = await runPlan(opened, folder, folder.planFile(opened.hash), execute, mergeSweep, { markets })
    const wall = performance.now() - start
    if (run.missingUnits > 0) throw new Error(`${run.missingUnits} backtests missing: ${run.failures[0]?.message}`)
    const mb = (value: number) => count(Math.round(value))
    const row = [count(3 * variants), count(run.shards), ms(wall), mb(most.own), mb(most.process), mb(most.all)]
    const head = ['backtests', 'parts', 'wall ms', 'own MB', 'each process MB', 'all MB']
    if (most.all > LIMIT) throw new Error(`a planned sweep takes ${mb(most.all)} MB, more than ${LIMIT}`)
    return textTable('Memory of a planned sweep with two processes', head, [row])
  } finally {
    clearInterval(timer)
    rmSync(folder.path, { recursive: true, force: true })
  }
}

/** Memory of a process, MB; 0 when it has ended. */
function memory(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

function children(): number[] {
  return readdirSync('/proc/self/task').flatMap(thread =>
    readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
}
