/** Takes jobs of a queue until it is told to stop. */
import type { Job, Worker } from 'bullmq'
import { OptionError } from '../../common/errors.ts'
import { connectQueue, queueWarnings } from './connection.ts'
import { loadQueuePackages } from './packages.ts'
import { type JobKind, OPTION_ERROR, queueName } from './queue-names.ts'

export interface ServeOptions {
  url: string
  /** Jobs at a time. */
  processes: number
  /** Folder from which the packages are found. */
  packages: string
  /** Ends the worker: what runs is stopped, and waits again for any worker. */
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
/** How long jobs that were stopped may take to go back to the queue, ms. */
const CLOSE_MS = 3000
const CHECK_MS = 200
const CALLER = '--queue'

/**
 * Serves a queue until it is stopped. Jobs must leave this process free to renew their locks.
 *
 * @param run runs a job, by what it was given: outside this process, and until `options.signal` at most. An OptionError refuses the job;
 *   other errors are tried again.
 * @throws OptionError when the queue cannot be reached, or its packages are not installed
 */
export async function serveJobs(
  kind: JobKind,
  run: (data: unknown) => Promise<void>,
  options: ServeOptions,
): Promise<void> {
  const { url, processes, signal, lockMs = LOCK_MS, idleMs } = options
  const packages = await loadQueuePackages(options.packages, CALLER)
  const redis = await connectQueue(packages, url, CALLER)
  for (const warning of await queueWarnings(redis)) options.onWarning?.(warning)
  let busy = 0
  let lastWork = Date.now()

  const process = async (job: Job, token?: string): Promise<null> => {
    busy++
    try {
      await run(job.data)
      return null
    } catch (error) {
      if (signal.aborted) {
        // No attempt of its own.
        await job.moveToWait(token)
        throw new packages.bullmq.WaitingError()
      }
      // The class of an error is lost in the queue.
      if (error instanceof OptionError) throw new packages.bullmq.UnrecoverableError(OPTION_ERROR + error.message)
      throw error
    } finally {
      busy--
      lastWork = Date.now()
    }
  }

  const worker: Worker = new packages.bullmq.Worker(queueName(kind), process, {
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
    await until(signal, () => idleMs !== undefined && busy === 0 && Date.now() - lastWork > idleMs)
  } finally {
    await worker.pause(true)
    await until(AbortSignal.timeout(CLOSE_MS), () => busy === 0)
    await worker.close(true)
    redis.disconnect()
  }
}

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
