/** A worker: takes jobs of a queue, and runs each in a process of its own, so that this one always renews its locks. */
import type { Job, Worker } from 'bullmq'
import { DataError, OptionError } from '../../common/errors.ts'
import { JobFolder } from '../job-folder.ts'
import { type ShardLimits, ShardRunner, shardProcessFile } from '../shard-runner.ts'
import { connectQueue, queueWarnings } from './connection.ts'
import { loadQueuePackages } from './packages.ts'
import { OPTION_ERROR, queueName, readShardJob } from './shard-job.ts'

export interface WorkerOptions extends ShardLimits {
  url: string
  /** The folder of plans, as this machine sees it. */
  folder: string
  /** Shards at a time, each in a process. */
  processes: number
  /** Folder from which the packages are found. */
  packages: string
  /** Ends the worker: what runs is stopped, and run again by another. */
  signal: AbortSignal
  /** How long a job stays with a worker that does not answer, ms. */
  lockMs?: number
  /** Ends the worker when it has had nothing to do for so long, ms. Default: never. */
  idleMs?: number
  onReady?(): void
  onWarning?(text: string): void
  onDone?(id: string, ms: number): void
  onFailed?(id: string, message: string): void
}

const LOCK_MS = 30_000
/** A worker that is killed leaves its job stalled. Only a job that takes down many workers is given up. */
const MAX_STALLED = 25
const CALLER = '--queue'

/**
 * Serves a queue until it is stopped.
 * @throws OptionError when the queue cannot be reached, or its packages are not installed
 */
export async function serveQueue(options: WorkerOptions): Promise<void> {
  const { url, processes, signal, lockMs = LOCK_MS } = options
  const file = options.file ?? shardProcessFile()
  if (!file) throw new OptionError(`${CALLER}: the process that runs shards is not built: npm run build`)
  const packages = await loadQueuePackages(options.packages, CALLER)
  const redis = await connectQueue(packages, url, CALLER)
  for (const warning of await queueWarnings(redis)) options.onWarning?.(warning)
  const folder = new JobFolder(options.folder)
  const runners = Array.from({ length: processes }, () => new ShardRunner(options, file))
  const free = [...runners]
  let busy = 0
  let lastWork = Date.now()

  const run = async ({ data }: Job): Promise<null> => {
    const runner = free.pop()!
    busy++
    try {
      const { hash, shard } = readShardJob(data)
      // Delivered twice, or run by an array job as well.
      if (await folder.hasShard(hash, shard)) return null
      await runner.run({ folder: folder.path, file: folder.planFile(hash), hash, shard })
      return null
    } catch (error) {
      if (error instanceof OptionError) throw new packages.bullmq.UnrecoverableError(OPTION_ERROR + error.message)
      // Its class is lost in the queue.
      throw new Error(error instanceof DataError ? error.message : (error as Error).message)
    } finally {
      free.push(runner)
      busy--
      lastWork = Date.now()
    }
  }

  const worker: Worker = new packages.bullmq.Worker(queueName(), run, {
    connection: redis,
    concurrency: processes,
    lockDuration: lockMs,
    stalledInterval: lockMs / 2,
    maxStalledCount: MAX_STALLED,
  })
  worker.on('error', () => {})
  worker.on('completed', job => options.onDone?.(job.id ?? '', (job.finishedOn ?? 0) - (job.processedOn ?? 0)))
  worker.on('failed', (job, error) => options.onFailed?.(job?.id ?? '', error.message))
  try {
    await worker.waitUntilReady()
    options.onReady?.()
    await until(signal, () => options.idleMs !== undefined && busy === 0 && Date.now() - lastWork > options.idleMs)
  } finally {
    for (const runner of runners) runner.end()
    await worker.close(true)
    redis.disconnect()
  }
}

const CHECK_MS = 200

/** Resolves when a signal aborts, or a condition is met. */
function until(signal: AbortSignal, isMet: () => boolean): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      clearInterval(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setInterval(() => isMet() && end(), CHECK_MS)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end)
  })
}
