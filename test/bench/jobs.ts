/** Times the parts of a planned sweep, in processes of this machine and by workers of a queue, and what a part costs beside its work. */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { JobFolder } from '../../src/jobs/job-folder.ts'
import { type LocalOptions, runLocally } from '../../src/jobs/local.ts'
import { loadQueuePackages } from '../../src/jobs/queue/packages.ts'
import { queueExecutor } from '../../src/jobs/queue/submit.ts'
import { serveQueue } from '../../src/jobs/queue/worker.ts'
import { createSweepPlan, type OpenSweep } from '../../src/jobs/sweep-plan.ts'
import type { Market } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { hasRedis, startRedis } from '../jobs/redis.ts'
import type { BenchPlan } from './plan.ts'
import { count, ms, textTable } from './table.ts'

/** The overhead that a size of parts is chosen for. */
const MAX_OVERHEAD = 0.02
const { signal } = new AbortController()
const shardsOf = (n: number) => Array.from({ length: n }, (_, index) => ({ index, count: n }))
const values = (n: number, step: number) => Array.from({ length: n }, (_, i) => i * step)

export async function jobsBench(_market: Market, { quick }: BenchPlan): Promise<string> {
  const folder = new JobFolder(mkdtempSync(join(tmpdir(), 'liqnb-bench-jobs-')))
  try {
    const work = plan(
      [1, 2, 3].map(seed => simulateMarket({ seed, bars: 8766, timeframe: '1h' })),
      quick ? 300 : 1500,
    )
    await folder.writePlan(work.opened, work.markets)
    // One warm-up of each number of processes is in the measurement: it is what a user waits for.
    const rows: string[][] = []
    let alone = 0
    for (const processes of [1, 2]) {
      const wall = await timed(() => local(work.opened, folder, 12 * processes, { processes }))
      if (processes === 1) alone = wall
      const units = work.opened.variants.length * work.markets.length
      rows.push([
        `${processes} processes`,
        count(units),
        ms(wall),
        ms((wall * processes) / units),
        (alone / wall).toFixed(2),
      ])
    }
    if (hasRedis) {
      let one = 0
      for (const workers of [1, 2]) {
        const wall = await withWorkers(folder, workers, url =>
          timed(() => queued(work.opened, folder, 12 * workers, url)),
        )
        if (workers === 1) one = wall
        const units = work.opened.variants.length * work.markets.length
        rows.push([
          `${workers} workers of a queue`,
          count(units),
          ms(wall),
          ms((wall * workers) / units),
          (one / wall).toFixed(2),
        ])
      }
    }
    const empty = plan([simulateMarket({ seed: 1, bars: 60, timeframe: '1h' })], quick ? 200 : 1000)
    await folder.writePlan(empty.opened, empty.markets)
    const parts = empty.opened.variants.length
    const rest = [
      [
        'processes of this machine',
        ms((await timed(() => local(empty.opened, folder, parts, { processes: 1 }))) / parts),
      ],
    ]
    let text = ''
    if (hasRedis) {
      const costs = await queueOverhead(empty.opened, folder)
      rest.push(['a worker of a queue', ms(costs.perPart)])
      text = `\n${textTable('Parts of a queue with 2 % overhead', ['workers', 'part', 'parts/s then'], model(costs))}Redis and BullMQ hand out ${count(Math.round(costs.perSecond))} jobs/s at most.\n`
    } else text = 'No redis-server here: the queue is not measured.\n'
    return [
      textTable('A planned sweep of 3 years of hours', ['', 'backtests', 'wall ms', 'ms each', 'speed-up'], rows),
      textTable('What a part costs beside its work', ['run by', 'ms'], rest) + text,
    ].join('\n')
  } finally {
    rmSync(folder.path, { recursive: true, force: true })
  }
}

function plan(markets: Market[], variants: number): { opened: OpenSweep; markets: Market[] } {
  const grid = { minMove: values(5, 0.2), stopBuffer: values(Math.ceil(variants / 5), 1e-5) }
  return { markets, opened: createSweepPlan(markets, { levels: 'pivots', grid }) }
}

async function local(
  opened: OpenSweep,
  folder: JobFolder,
  parts: number,
  options: Partial<LocalOptions>,
): Promise<void> {
  rmSync(join(folder.path, 'shards'), { recursive: true, force: true })
  const failures = await runLocally(opened, folder, folder.planFile(opened.hash), shardsOf(parts), {
    signal,
    ...options,
  })
  if (failures.length > 0) throw new Error(failures[0]!.message)
}

interface QueueCosts {
  /** ms that a worker spends on a part beside its work. */
  perPart: number
  /** Jobs that the queue can hand out. */
  perSecond: number
}

/** Starts a Redis and workers of one process each. */
async function withWorkers<T>(folder: JobFolder, count: number, use: (url: string) => Promise<T>): Promise<T> {
  const redis = await startRedis()
  const stop = new AbortController()
  const served: Promise<void>[] = []
  try {
    for (let i = 0; i < count; i++)
      await new Promise<void>((onReady, reject) => {
        const options = { url: redis.url, folder: folder.path, processes: 1, packages: process.cwd() }
        const serving = serveQueue({ ...options, signal: stop.signal, onReady })
        serving.catch(reject)
        served.push(serving)
      })
    return await use(redis.url)
  } finally {
    stop.abort()
    await Promise.allSettled(served)
    await redis.close()
  }
}

async function queued(opened: OpenSweep, folder: JobFolder, parts: number, url: string): Promise<void> {
  rmSync(join(folder.path, 'shards'), { recursive: true, force: true })
  const execute = queueExecutor({ url, packages: process.cwd(), caller: 'bench' })
  const failures = await execute(opened, folder, '', shardsOf(parts), { signal })
  if (failures.length > 0) throw new Error(failures[0]!.message)
}

/** One worker with one process, parts that hold next to nothing; then workers that do nothing at all. */
async function queueOverhead(opened: OpenSweep, folder: JobFolder): Promise<QueueCosts> {
  const parts = opened.variants.length
  return withWorkers(folder, 1, async url => {
    const wall = await timed(() => queued(opened, folder, parts, url))
    return { perPart: wall / parts, perSecond: await capacity(url) }
  })
}

const CAPACITY_JOBS = 20_000

async function capacity(url: string): Promise<number> {
  const { bullmq } = await loadQueuePackages(process.cwd(), 'bench')
  const connection = { url, maxRetriesPerRequest: null }
  const queue = new bullmq.Queue('capacity', { connection })
  const jobs = Array.from({ length: CAPACITY_JOBS }, (_, i) => ({ name: 'shard', data: { shard: i } }))
  await queue.addBulk(jobs)
  let done = 0
  const wall = await timed(
    () =>
      new Promise<void>(resolve => {
        const worker = new bullmq.Worker('capacity', async () => null, { connection, concurrency: 64 })
        worker.on('completed', () => {
          if (++done === CAPACITY_JOBS) void worker.close().then(resolve)
        })
      }),
  )
  await queue.close()
  return (1000 * CAPACITY_JOBS) / wall
}

/** A worker needs parts of overhead / 2 %; all of them together, parts so long that the queue keeps up at half of what it can. */
function model({ perPart, perSecond }: QueueCosts): string[][] {
  return [availableParallelism(), 64, 1000].map(workers => {
    const seconds = Math.max(perPart / MAX_OVERHEAD / 1000, (2 * workers) / perSecond)
    return [count(workers), `${seconds.toFixed(1)} s`, (workers / seconds).toFixed(1)]
  })
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
