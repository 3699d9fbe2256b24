/** Puts jobs into a queue, and waits for their results, which lie in a folder and not in the queue. */
import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { version } from '../../../package.json'
import { countText } from '../../common/number-text.ts'
import { ATTEMPTS } from '../local.ts'
import { connectQueue, queueWarnings } from './connection.ts'
import { loadQueuePackages } from './packages.ts'
import { type JobKind, OPTION_ERROR, queueName, queueVersion } from './queue-names.ts'
import { within } from './within.ts'

export interface QueueOptions {
  url: string
  /** Folder from which the packages are found. */
  packages: string
  caller: string
  /** How often the queue is asked what became of the jobs, ms; results are looked for as soon as it tells of one. */
  checkMs?: number
}

/** Jobs and where their results come to lie. */
export interface QueuedJobs {
  kind: JobKind
  /** What each job is given, by its id: the same whoever queues it, so that it is queued once. */
  data: ReadonlyMap<string, object>
  /** Ids of jobs that have a result, among others. */
  results(): Promise<Iterable<string>>
  /** The folder of the results, and the command that starts a worker, for messages. */
  folder: string
  command: string
}

/** A job that failed as often as it is tried, and has no result. */
export interface JobFailure {
  id: string
  message: string
  /** Whether an option is wrong, or the worker refuses the job, so that it was tried once. */
  isRefused: boolean
}

export interface QueueHandlers {
  signal: AbortSignal
  /** Called with the jobs that have ended since, which have a result or have failed, and the number of those that are left. */
  onEnded?(results: readonly string[], failures: readonly JobFailure[], left: number): void | Promise<void>
  /** Called with what the user should know. */
  onNote?(text: string): void
}

const CHECK_MS = 2000
const BACKOFF_MS = 1000
/** How long each step of the end may take while Redis does not answer, ms. */
const END_MS = 2000
/** Jobs that are added, asked for or removed at a time. */
const CHUNK = 500
/** How often a job may be done without its result being there, before that counts as another folder. */
const MAX_UNSEEN = 5
/** Redis need not remember a job for longer: what counts is the result. */
const KEEP_SECONDS = 7 * 86_400

/**
 * Queues jobs and waits until each has a result, whoever wrote it, or has failed. Jobs that the queue has lost are queued again.
 * @throws OptionError when the queue cannot be reached, or its packages are not installed; the signal's reason when it is cancelled;
 *   what `onEnded` throws
 */
export async function runOnQueue(jobs: QueuedJobs, options: QueueOptions, handlers: QueueHandlers): Promise<void> {
  const { signal, onEnded, onNote } = handlers
  const packages = await loadQueuePackages(options.packages, options.caller)
  const redis = await connectQueue(packages, options.url, options.caller)
  const name = queueName(jobs.kind)
  const queue: Queue = new packages.bullmq.Queue(name, { connection: redis })
  queue.on('error', () => {})
  // One for all jobs: waiting for each would open a connection each.
  const events = new packages.bullmq.QueueEvents(name, { connection: redis })
  events.on('error', () => {})
  const run = new QueueRun(queue, redis, jobs)
  // A Redis that is away never answers, so that nothing but the signal ends the wait.
  let abort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort)
  })
  const follow = async () => {
    for (const warning of await queueWarnings(redis)) onNote?.(warning)
    events.on('completed', () => run.wake())
    events.on('failed', ({ jobId, failedReason }) => run.onFailed(jobId, failedReason))
    await run.add([...jobs.data.keys()], signal)
    for (;;) {
      signal.throwIfAborted()
      const { results, failures, left } = await run.ended()
      await onEnded?.(results, failures, left)
      if (left === 0) return
      if (await run.waited(options.checkMs ?? CHECK_MS)) await run.check(signal, onNote)
    }
  }
  const following = follow()
  try {
    await Promise.race([following, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
    run.wake()
    await within(following, END_MS)
    // Those that run cannot be removed; their results are kept.
    if (run.open.size > 0) await within(run.removeAll(), END_MS)
    await within(Promise.allSettled([events.close(), queue.close()]), END_MS)
    redis.disconnect()
  }
}

class QueueRun {
  readonly #queue: Queue
  readonly #redis: Redis
  readonly #jobs: QueuedJobs
  /** Ids of the jobs that have neither a result nor failed. */
  readonly open: Set<string>
  #failures: JobFailure[] = []
  readonly #unseen = new Map<string, number>()
  #awake = false
  #resume: (() => void) | undefined
  #notedWorkers = false

  constructor(queue: Queue, redis: Redis, jobs: QueuedJobs) {
    this.#queue = queue
    this.#redis = redis
    this.#jobs = jobs
    this.open = new Set(jobs.data.keys())
  }

  /** Queues jobs, also those that have failed before. */
  async add(ids: readonly string[], signal: AbortSignal): Promise<void> {
    for (let i = 0; i < ids.length; i += CHUNK) {
      signal.throwIfAborted()
      const part = ids.slice(i, i + CHUNK)
      // A job that has ended keeps its id, under which nothing else can be queued. One that waits or runs is left alone.
      const states = await Promise.all(part.map(id => this.#queue.getJobState(id)))
      await Promise.all(
        part.map((id, k) => (states[k] === 'failed' || states[k] === 'completed' ? this.#queue.remove(id) : undefined)),
      )
      await this.#queue.addBulk(
        part.map(id => ({
          name: this.#jobs.kind,
          data: this.#jobs.data.get(id),
          opts: {
            jobId: id,
            attempts: ATTEMPTS,
            backoff: { type: 'exponential', delay: BACKOFF_MS },
            removeOnComplete: { age: KEEP_SECONDS },
            removeOnFail: { age: KEEP_SECONDS },
          },
        })),
      )
    }
  }

  /** The jobs that have ended since it was called before, and the number of those that have not. */
  async ended(): Promise<{ results: string[]; failures: JobFailure[]; left: number }> {
    const known = await this.#jobs.results()
    const results: string[] = []
    for (const id of known) if (this.open.delete(id)) results.push(id)
    const failures = this.#failures
    this.#failures = []
    return { results, failures, left: this.open.size }
  }

  onFailed(id: string, reason: string): void {
    const isRefused = reason.startsWith(OPTION_ERROR)
    this.#fail({ id, message: isRefused ? reason.slice(OPTION_ERROR.length) : reason, isRefused })
  }

  #fail(failure: JobFailure): void {
    if (!this.open.delete(failure.id)) return
    this.#failures.push(failure)
    this.wake()
  }

  /** Ends the wait. */
  readonly wake = (): void => {
    this.#awake = true
    this.#resume?.()
  }

  /** Waits until something happens. @returns whether nothing did for `ms` */
  async waited(ms: number): Promise<boolean> {
    if (!this.#awake) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>(resolve => {
        this.#resume = resolve
        timer = setTimeout(resolve, ms)
      })
      clearTimeout(timer)
      this.#resume = undefined
    }
    const isQuiet = !this.#awake
    this.#awake = false
    return isQuiet
  }

  /** Asks what became of jobs: events are lost while Redis is away, and jobs if it keeps no log. */
  async check(signal: AbortSignal, onNote: ((text: string) => void) | undefined): Promise<void> {
    const ids = [...this.open].slice(0, CHUNK)
    const jobs = await Promise.all(ids.map(id => this.#queue.getJob(id)))
    const lost: string[] = []
    for (const [k, id] of ids.entries()) {
      const job = jobs[k]
      if (!job) lost.push(id)
      else if (job.finishedOn !== undefined && job.failedReason) this.onFailed(id, job.failedReason)
      else if (job.finishedOn !== undefined) this.#countUnseen(id)
    }
    if (lost.length > 0) {
      // A result may have come since they were looked for.
      const known = new Set(await this.#jobs.results())
      await this.add(
        lost.filter(id => !known.has(id)),
        signal,
      )
    }
    await this.#noteWorkers(onNote)
  }

  #countUnseen(id: string): void {
    const count = (this.#unseen.get(id) ?? 0) + 1
    this.#unseen.set(id, count)
    if (count < MAX_UNSEEN) return
    const message = `a worker has run it, but its result is not in ${this.#jobs.folder}: do all workers use the same folder?`
    this.#fail({ id, message, isRefused: false })
  }

  /** Says once when nobody takes the jobs. */
  async #noteWorkers(onNote: ((text: string) => void) | undefined): Promise<void> {
    const { kind, data, command } = this.#jobs
    if (this.#notedWorkers || this.open.size < data.size) return
    if ((await this.#queue.getWorkersCount()) > 0) return
    this.#notedWorkers = true
    const others = await this.#otherVersions(kind)
    const found = others.length === 0 ? '' : `; there are workers of ${others.join(', ')}, which refuse its jobs`
    onNote?.(
      `No worker of Liqnb ${version} is connected${found}. ${countText(this.open.size, 'job')} waiting: start workers with ${command}`,
    )
  }

  async #otherVersions(kind: JobKind): Promise<string[]> {
    const list = String(await this.#redis.client('LIST'))
    const names = [...list.matchAll(/\bname=bull:([A-Za-z0-9+/=]+)/g)].map(([, name]) =>
      Buffer.from(name!, 'base64').toString(),
    )
    const versions = names.flatMap(name => queueVersion(kind, name) ?? []).filter(other => other !== version)
    return [...new Set(versions)]
  }

  async removeAll(): Promise<void> {
    const ids = [...this.open]
    for (let i = 0; i < ids.length; i += CHUNK)
      await Promise.allSettled(ids.slice(i, i + CHUNK).map(id => this.#queue.remove(id)))
  }
}
