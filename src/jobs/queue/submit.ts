/** Runs the shards of a plan by the workers of a queue. */
import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { version } from '../../../package.json'
import { OptionError } from '../../common/errors.ts'
import { countText } from '../../common/number-text.ts'
import type { JobFolder } from '../job-folder.ts'
import { ATTEMPTS, type ShardFailure } from '../local.ts'
import type { OpenPlan } from '../plan.ts'
import type { Executor } from '../run-plan.ts'
import type { Shard } from '../shard.ts'
import { connectQueue, queueWarnings } from './connection.ts'
import { loadQueuePackages } from './packages.ts'
import { OPTION_ERROR, queueName, queueVersion, shardJob, shardJobId } from './shard-job.ts'

export interface QueueOptions {
  url: string
  /** Folder from which the packages are found. */
  packages: string
  caller: string
  /** How often the queue is asked what became of the jobs, ms; results are looked for as soon as it tells of one. */
  checkMs?: number
}

const CHECK_MS = 2000
const BACKOFF_MS = 1000
/** Jobs that are added, asked for or removed at a time. */
const CHUNK = 500
/** How often a job may be done without its result being there, before that counts as another folder. */
const MAX_UNSEEN = 5
/** Redis need not remember a job for longer: what counts is the file. */
const KEEP_SECONDS = 7 * 86_400

/**
 * Queues shards and waits for their files, which count as results whoever wrote them. Jobs that the queue has lost are queued again.
 */
export function queueExecutor(options: QueueOptions): Executor {
  return async (opened, folder, _planFile, shards, { signal, onProgress, onNote }) => {
    const packages = await loadQueuePackages(options.packages, options.caller)
    const redis = await connectQueue(packages, options.url, options.caller)
    const queue: Queue = new packages.bullmq.Queue(queueName(), { connection: redis })
    queue.on('error', () => {})
    // One for all jobs: waiting for each would open a connection each.
    const events = new packages.bullmq.QueueEvents(queueName(), { connection: redis })
    events.on('error', () => {})
    const run = new QueueRun(queue, redis, opened, folder, shards)
    try {
      for (const warning of await queueWarnings(redis)) onNote?.(warning)
      events.on('completed', () => run.wake())
      events.on('failed', ({ jobId, failedReason }) => run.onFailed(jobId, failedReason))
      signal.addEventListener('abort', run.wake)
      await run.add(shards)
      for (;;) {
        signal.throwIfAborted()
        await run.collect()
        onProgress?.(shards.length - run.open.size)
        if (run.open.size === 0) return run.failures
        if (await run.waited(options.checkMs ?? CHECK_MS)) await run.check(onNote)
      }
    } finally {
      signal.removeEventListener('abort', run.wake)
      // Those that run cannot be removed; their results are kept.
      if (run.open.size > 0) await within(run.removeAll(), 2000)
      await within(Promise.allSettled([events.close(), queue.close()]), 2000)
      redis.disconnect()
    }
  }
}

class QueueRun {
  readonly #queue: Queue
  readonly #redis: Redis
  readonly #opened: OpenPlan
  readonly #folder: JobFolder
  /** Shards without a result, by the ids of their jobs. */
  readonly open: Map<string, Shard>
  readonly failures: ShardFailure[] = []
  readonly #unseen = new Map<string, number>()
  readonly #total: number
  #optionError: OptionError | undefined
  #awake = false
  #resume: (() => void) | undefined
  #notedWorkers = false

  constructor(queue: Queue, redis: Redis, opened: OpenPlan, folder: JobFolder, shards: readonly Shard[]) {
    this.#queue = queue
    this.#redis = redis
    this.#opened = opened
    this.#folder = folder
    this.open = new Map(shards.map(shard => [shardJobId(opened.hash, shard), shard]))
    this.#total = shards.length
  }

  /** Queues shards, also those whose jobs have failed before. */
  async add(shards: readonly Shard[]): Promise<void> {
    const { hash } = this.#opened
    for (let i = 0; i < shards.length; i += CHUNK) {
      const part = shards.slice(i, i + CHUNK)
      const ids = part.map(shard => shardJobId(hash, shard))
      // A job that has ended keeps its id, under which nothing else can be queued. One that waits or runs is left alone.
      const states = await Promise.all(ids.map(id => this.#queue.getJobState(id)))
      await Promise.all(
        ids.map((id, k) => (states[k] === 'failed' || states[k] === 'completed' ? this.#queue.remove(id) : undefined)),
      )
      await this.#queue.addBulk(
        part.map((shard, k) => ({
          name: 'shard',
          data: shardJob(hash, shard),
          opts: {
            jobId: ids[k]!,
            attempts: ATTEMPTS,
            backoff: { type: 'exponential', delay: BACKOFF_MS },
            removeOnComplete: { age: KEEP_SECONDS },
            removeOnFail: { age: KEEP_SECONDS },
          },
        })),
      )
    }
  }

  /** Takes note of the results that are there. @throws OptionError of a shard */
  async collect(): Promise<void> {
    for (const shard of await this.#folder.shards(this.#opened.hash))
      this.open.delete(shardJobId(this.#opened.hash, shard))
    if (this.#optionError) throw this.#optionError
  }

  onFailed(id: string, reason: string): void {
    const shard = this.open.get(id)
    if (!shard) return
    if (reason.startsWith(OPTION_ERROR)) this.#optionError ??= new OptionError(reason.slice(OPTION_ERROR.length))
    this.failures.push({ shard, message: reason })
    this.open.delete(id)
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
  async check(onNote: ((text: string) => void) | undefined): Promise<void> {
    const entries = [...this.open].slice(0, CHUNK)
    const jobs = await Promise.all(entries.map(([id]) => this.#queue.getJob(id)))
    const lost: Shard[] = []
    for (const [k, [id, shard]] of entries.entries()) {
      const job = jobs[k]
      if (!job) lost.push(shard)
      else if (job.finishedOn !== undefined && job.failedReason) this.onFailed(id, job.failedReason)
      else if (job.finishedOn !== undefined) this.#countUnseen(id, shard)
    }
    // A result may have come since they were looked for.
    await this.collect()
    const missing = lost.filter(shard => this.open.has(shardJobId(this.#opened.hash, shard)))
    if (missing.length > 0) await this.add(missing)
    await this.#noteWorkers(onNote)
  }

  #countUnseen(id: string, shard: Shard): void {
    const count = (this.#unseen.get(id) ?? 0) + 1
    this.#unseen.set(id, count)
    if (count < MAX_UNSEEN) return
    const message = `a worker has run it, but its result is not in ${this.#folder.path}: do all workers use the same folder?`
    this.failures.push({ shard, message })
    this.open.delete(id)
  }

  /** Says once when nobody takes the jobs. */
  async #noteWorkers(onNote: ((text: string) => void) | undefined): Promise<void> {
    if (this.#notedWorkers || this.open.size < this.#total) return
    if ((await this.#queue.getWorkersCount()) > 0) return
    this.#notedWorkers = true
    const others = await this.#otherVersions()
    const found = others.length === 0 ? '' : `; there are workers of ${others.join(', ')}, which refuse its jobs`
    onNote?.(
      `No worker of Liqnb ${version} is connected${found}. ${countText(this.open.size, 'job')} waiting: start workers with liqnb worker --queue URL --folder ${this.#folder.path}`,
    )
  }

  async #otherVersions(): Promise<string[]> {
    const list = String(await this.#redis.client('LIST'))
    const names = [...list.matchAll(/\bname=bull:([A-Za-z0-9+/=]+)/g)].map(([, name]) =>
      Buffer.from(name!, 'base64').toString(),
    )
    const versions = names.flatMap(name => queueVersion(name) ?? []).filter(other => other !== version)
    return [...new Set(versions)]
  }

  async removeAll(): Promise<void> {
    const ids = [...this.open.keys()]
    for (let i = 0; i < ids.length; i += CHUNK)
      await Promise.allSettled(ids.slice(i, i + CHUNK).map(id => this.#queue.remove(id)))
  }
}

/** Waits for work at most so long: a Redis that is away never answers. */
async function within(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([
    work.catch(() => {}),
    new Promise(resolve => {
      timer = setTimeout(resolve, ms)
    }),
  ])
  clearTimeout(timer)
}
