/** Sweeps by the workers of a queue: the same bits, whatever dies. Needs `redis-server`. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as bullmq from 'bullmq'
import { Redis } from 'ioredis'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { version } from '../../package.json'
import { publishTask } from '../../src/common/host.ts'
import { type MergedSweep, mergeSweep } from '../../src/jobs/merge.ts'
import { planText } from '../../src/jobs/plan.ts'
import { connectQueue, queueWarnings, shownUrl } from '../../src/jobs/queue/connection.ts'
import { loadQueuePackages } from '../../src/jobs/queue/packages.ts'
import { queueName } from '../../src/jobs/queue/queue-names.ts'
import { readShardJob, shardJob } from '../../src/jobs/queue/shard-job.ts'
import { queueExecutor } from '../../src/jobs/queue/submit.ts'
import { type PlanRun, runPlan } from '../../src/jobs/run-plan.ts'
import { createSweepPlan } from '../../src/jobs/sweep-plan.ts'
import { random } from '../../src/stats/random.ts'
import { bundleForNode } from '../bundle.mjs'
import { localBytes, markets, mergedBytes, search, useJobFolder, useShardProcess } from './fixtures.ts'
import { hasRedis, type LocalRedis, startRedis } from './redis.ts'

/** Number of kills of a worker. */
const KILLS = Number(process.env.LIQNB_KILLS ?? 20)
const LOCK_MS = 1000

type Run = PlanRun & MergedSweep

it.skipIf(hasRedis)(
  'SKIPPED: there is no redis-server here, so no queue is tested: apt-get install redis-server',
  () => {},
)

describe.skipIf(!hasRedis)('a queue', () => {
  const job = useJobFolder()
  const built = useShardProcess({ worker: 'test/jobs/worker-process.ts' })
  const opened = createSweepPlan(markets, search)
  const packages = process.cwd()
  let redis: LocalRedis
  let local: Buffer[]
  const workers = new Set<ChildProcess>()

  beforeAll(async () => {
    local = await localBytes(markets, search)
  })
  afterEach(async () => {
    for (const worker of workers) worker.kill('SIGKILL')
    workers.clear()
    await redis?.close()
  })

  /** Starts a worker, and resolves when it is ready. */
  async function startWorker({ processes = 1, file = 'worker.mjs', lockMs = LOCK_MS } = {}) {
    const args = [built.at(file), redis.url, job.path, String(processes), String(lockMs)]
    const child = spawn(process.execPath, args, { cwd: packages, stdio: ['ignore', 'pipe', 'inherit'] })
    workers.add(child)
    child.once('exit', () => workers.delete(child))
    const worker = { child, text: '' }
    await new Promise<void>(resolve => {
      child.once('exit', () => resolve())
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        worker.text += text
        if (/^ready/m.test(worker.text)) resolve()
      })
    })
    return worker
  }

  const submit = (
    count: number,
    signal = new AbortController().signal,
    onProgress = (_: string) => {},
  ): Promise<Run> => {
    const unpublish = publishTask(globalThis, () => ({ signal, progress: onProgress }))
    const { folder } = job
    const execute = queueExecutor({ url: redis.url, packages, caller: 'test', checkMs: 300 })
    return runPlan(opened, folder, folder.planFile(opened.hash), execute, mergeSweep, { count, markets }).finally(
      unpublish,
    )
  }

  const expectLocalBits = (run: Run) => {
    expect(run).toMatchObject({ failures: [], missing: [], damaged: [], missingUnits: 0 })
    expect(mergedBytes(run)).toEqual(local)
  }

  const withQueue = async <T>(use: (queue: bullmq.Queue) => Promise<T>): Promise<T> => {
    const queue = new bullmq.Queue(queueName('shard'), { connection: { url: redis.url, maxRetriesPerRequest: null } })
    try {
      return await use(queue)
    } finally {
      await queue.close()
    }
  }

  it.each([1, 2, 5])('gives the bits of the local sweep: %d workers', async count => {
    redis = await startRedis()
    await Promise.all(Array.from({ length: count }, () => startWorker()))
    expectLocalBits(await submit(12))
  })

  it(`loses nothing and changes nothing when a worker is killed, ${KILLS} times`, async () => {
    redis = await startRedis()
    const running = submit(72)
    const rng = random(7)
    const partsDone = async () => (await job.folder.shards(opened.hash)).length
    let ended = false
    void running.finally(() => {
      ended = true
    })
    for (let kills = 0; kills < KILLS; kills++) {
      const { child } = await startWorker({ processes: 2 })
      // However slow the machine is, the first worker has done a part.
      if (kills === 0) await expect.poll(partsDone, { timeout: 60_000 }).toBeGreaterThan(0)
      await sleep(20 + rng.uniform() * 500)
      child.kill('SIGKILL')
    }
    // The kills fell into the run: some parts were done, and not all.
    expect(ended).toBe(false)
    expect(await partsDone()).toBeGreaterThan(0)
    await startWorker({ processes: 2 })
    expectLocalBits(await running)
  })

  it.each([
    ['with its log', 'yes'],
    ['without one, so that the jobs are lost', 'no'],
  ])('goes on after Redis was killed, %s', async (_, appendonly) => {
    redis = await startRedis(['--appendonly', appendonly, '--appendfsync', 'always'])
    const worker = await startWorker()
    const running = submit(24)
    while (!/^done/m.test(worker.text)) await sleep(10)
    await redis.kill()
    const before = (await job.folder.shards(opened.hash)).length
    expect(before).toBeLessThan(24)
    await sleep(300)
    await redis.start()
    const run = await running
    expectLocalBits(run)
    expect(run.notes.some(note => note.includes('appendonly'))).toBe(appendonly === 'no')
  })

  it('runs a job again whose worker stands still, and a result that comes twice changes nothing', async () => {
    redis = await startRedis()
    const first = await startWorker()
    const running = submit(4)
    while ((await withQueue(queue => queue.getActiveCount())) === 0) await sleep(5)
    first.child.kill('SIGSTOP')
    const second = await startWorker()
    await running
    const files = readdirSync(join(job.path, 'shards')).map(name => join(job.path, 'shards', name))
    const bytes = files.map(file => readFileSync(file))
    first.child.kill('SIGCONT')
    // The one that stood still finds that its lock is gone.
    await sleep(LOCK_MS)
    expect(files.map(file => readFileSync(file))).toEqual(bytes)
    expect(second.text).toMatch(/^done/m)
    expectLocalBits(await submit(4))
  })

  it('gives the job of a worker that is stopped to another at once, and counts no attempt', async () => {
    redis = await startRedis()
    const running = submit(24)
    for (let stops = 0; stops < 4; stops++) {
      const { child, text } = await startWorker({ lockMs: 60_000 })
      while ((await withQueue(queue => queue.getActiveCount())) === 0) await sleep(2)
      const ended = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGTERM')
      expect(await ended).toBe(0)
      expect(text).not.toMatch(/^failed/m)
    }
    expect(await withQueue(queue => queue.getActiveCount())).toBe(0)
    await startWorker({ lockMs: 60_000 })
    expectLocalBits(await running)
  })

  it('lets a worker and a sweep stop while Redis is away', async () => {
    redis = await startRedis()
    const stop = new AbortController()
    const running = submit(24, stop.signal)
    const { child } = await startWorker()
    while ((await withQueue(queue => queue.getActiveCount())) === 0) await sleep(2)
    await redis.kill()
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    stop.abort(new Error('stopped'))
    await expect(running).rejects.toThrow('stopped')
  })

  it('delivers a job twice without harm', async () => {
    redis = await startRedis()
    await startWorker()
    expectLocalBits(await submit(3))
    const file = job.folder.shardFile(opened.hash, { index: 1, count: 3 })
    const { mtimeMs } = statSync(file)
    await withQueue(async queue => {
      const events = new bullmq.QueueEvents(queueName('shard'), {
        connection: { url: redis.url, maxRetriesPerRequest: null },
      })
      await events.waitUntilReady()
      const again = await queue.add('shard', shardJob(opened.hash, { index: 1, count: 3 }))
      await again.waitUntilFinished(events)
      await events.close()
    })
    expect(statSync(file).mtimeMs).toBe(mtimeMs)
  })

  it('refuses jobs of another version, and what is no job', async () => {
    redis = await startRedis()
    const worker = await startWorker()
    const added = await withQueue(queue =>
      Promise.all([
        queue.add(
          'shard',
          { ...shardJob(opened.hash, { index: 0, count: 1 }), liqnb: '0.0.9' },
          { jobId: 'old', attempts: 3 },
        ),
        queue.add('shard', { plan: '../../etc', shard: 0, of: 1, liqnb: version }, { jobId: 'path', attempts: 3 }),
      ]),
    )
    expect(added).toHaveLength(2)
    while ((worker.text.match(/^failed/gm) ?? []).length < 2) await sleep(10)
    expect(worker.text).toContain(`failed old: OptionError: the job is of Liqnb "0.0.9", but this worker is ${version}`)
    expect(worker.text).toContain('failed path: OptionError: job: plan: expected 64 hexadecimal digits')
    expect(() => readShardJob({ ...shardJob(opened.hash, { index: 3, count: 3 }) })).toThrow(
      'shard: 3, but expected 0 to 2',
    )
  })

  it('says that there are workers of another version only, which take no job', async () => {
    redis = await startRedis()
    const plugin = {
      name: 'old-version',
      setup(build: import('esbuild').PluginBuild) {
        build.onLoad({ filter: /package\.json$/ }, () => ({ contents: '{"version":"0.0.9"}', loader: 'json' }))
      },
    }
    const script = { old: 'test/jobs/worker-process.ts' }
    await bundleForNode(script, join(built.at('.')), { plugins: [plugin], external: ['ccxt'], splitting: false })
    const old = await startWorker({ file: 'old.mjs' })
    const stop = new AbortController()
    const texts: string[] = []
    const running = submit(4, stop.signal, text => {
      texts.push(text)
      if (text.startsWith('No worker')) stop.abort(new Error('stopped'))
    })
    await expect(running).rejects.toThrow('stopped')
    expect(texts.find(text => text.startsWith('No worker'))).toContain(
      `No worker of Liqnb ${version} is connected; there are workers of 0.0.9, which refuse its jobs. 4 jobs waiting`,
    )
    expect(old.text).toBe('ready\n')
    expect(await withQueue(queue => queue.getJobCounts('waiting', 'active', 'delayed'))).toEqual({
      waiting: 0,
      active: 0,
      delayed: 0,
    })
  })

  it('delivers the rest of a plan with a part that cannot be run, and runs that part when it can', async () => {
    redis = await startRedis()
    const { folder } = job
    await folder.writePlan(opened, markets)
    const file = join(job.path, 'markets', `${opened.plan.markets[1]!.hash}.parquet`)
    const bytes = readFileSync(file)
    writeFileSync(file, bytes.subarray(0, 300))
    const worker = await startWorker()
    const run = await submit(3)
    expect(run.failures).toEqual([{ shard: { index: 1, count: 3 }, message: expect.stringContaining('it is cut off') }])
    expect((worker.text.match(/^failed/gm) ?? []).length).toBe(3)
    expect(run.missing).toEqual([{ index: 1, count: 3 }])
    expect(mergedBytes(run)[2]).toEqual(local[2])
    rmSync(file)
    writeFileSync(file, bytes)
    const again = await submit(3)
    expect(again.resumed).toBe(2)
    expectLocalBits(again)
  })

  it('fails at once for a wrong option', async () => {
    redis = await startRedis()
    const worker = await startWorker()
    const { folder } = job
    const file = folder.planFile(opened.hash)
    await folder.writePlan(opened, markets)
    const execute = queueExecutor({ url: redis.url, packages, caller: 'test', checkMs: 300 })
    writeFileSync(file, planText({ ...opened.plan, liqnb: '0.0.9' }))
    const { signal } = new AbortController()
    await expect(execute(opened, folder, file, [{ index: 0, count: 9 }], { signal })).rejects.toThrow(
      'the plan was made by Liqnb "0.0.9"',
    )
    // The worker's own word may come after the answer of the queue.
    await expect.poll(() => (worker.text.match(/^failed/gm) ?? []).length).toBe(1)
  })

  it('says that the workers see another folder', async () => {
    redis = await startRedis()
    const { folder } = job
    await folder.writePlan(opened, markets)
    await withQueue(async queue => {
      const done = new bullmq.Worker(queueName('shard'), async () => null, {
        connection: { url: redis.url, maxRetriesPerRequest: null },
      })
      const run = await submit(1)
      expect(run.failures[0]!.message).toContain('do all workers use the same folder?')
      await done.close()
      expect(await queue.getCompletedCount()).toBe(1)
    })
  })

  it('is checked before it is used', async () => {
    redis = await startRedis(['--appendonly', 'no', '--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'])
    const loaded = await loadQueuePackages(packages, 'test')
    const connection = await connectQueue(loaded, redis.url, 'test')
    expect(await queueWarnings(connection)).toEqual([
      expect.stringContaining('set "appendonly yes"'),
      expect.stringContaining('maxmemory-policy is allkeys-lru'),
    ])
    connection.disconnect()
    await redis.close()
    const refused = redis.url.replace('redis://', 'redis://:secret@')
    await expect(connectQueue(loaded, refused, 'test')).rejects.toThrow(
      /^test: cannot reach redis:\/\/:…@127\.0\.0\.1:\d+\/?: connect ECONNREFUSED/,
    )
    expect(shownUrl('redis://user:secret@host:1')).not.toContain('secret')
    expect(new Redis({ lazyConnect: true }).status).toBe('wait')
  })
})
