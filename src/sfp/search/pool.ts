import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { WorkerReply, WorkerStart, WorkerTask } from './protocol.ts'
import type { Outcome } from './work.ts'

/** The built worker beside the library, or beside the folder of its chunks; null when the library runs from its sources. */
export function workerFile(): URL | null {
  const candidates = ['./worker.mjs', '../worker.mjs'].map(path => new URL(path, import.meta.url))
  return candidates.find(url => url.protocol === 'file:' && existsSync(fileURLToPath(url))) ?? null
}

/** A worker could not be started, or ended before its work was done: the work can be done elsewhere. */
export class WorkerLostError extends Error {
  override readonly name = 'WorkerLostError'
}

interface Job {
  task: WorkerTask
  resolve: (outcomes: Outcome[]) => void
  reject: (error: Error) => void
}

/** Worker threads that take batches in turn. End it with {@link close}. */
export class Pool {
  readonly #workers: Worker[]
  readonly #idle: Worker[] = []
  readonly #running = new Map<Worker, Job>()
  readonly #queue: Job[] = []
  #lost: WorkerLostError | null = null
  #nextId = 0

  /** @param size threads; by default as many as there are processors, up to 8 */
  constructor(file: URL, start: WorkerStart, size = Math.min(8, availableParallelism())) {
    this.#workers = Array.from({ length: size }, () => {
      // Flags of this process are for its own debugging and memory; the worker needs none of them. Trades of one backtest live
      // until its end, and a larger young generation need not copy them meanwhile.
      const worker = new Worker(file, {
        workerData: start,
        execArgv: [],
        resourceLimits: { maxYoungGenerationSizeMb: 64 },
      })
      worker.on('message', (reply: WorkerReply) => this.#settle(worker, reply))
      worker.on('error', error =>
        this.#fail(new WorkerLostError(error instanceof Error ? error.message : String(error))),
      )
      worker.on('exit', code => this.#fail(new WorkerLostError(`A worker thread ended with code ${code}`)))
      return worker
    })
    this.#idle.push(...this.#workers)
  }

  get size(): number {
    return this.#workers.length
  }

  /** @throws WorkerLostError when the threads cannot do it; RangeError as the backtest does */
  run(task: Omit<WorkerTask, 'id'>): Promise<Outcome[]> {
    return new Promise((resolve, reject) => {
      if (this.#lost) return reject(this.#lost)
      this.#queue.push({ task: { ...task, id: this.#nextId++ }, resolve, reject })
      this.#next()
    })
  }

  /** Ends all threads, at once. What is still under way is rejected. */
  async close(): Promise<void> {
    this.#fail(new WorkerLostError('The worker threads were ended'))
    await Promise.all(this.#workers.map(worker => worker.terminate()))
  }

  #next(): void {
    while (this.#idle.length > 0 && this.#queue.length > 0) {
      const worker = this.#idle.pop()!
      const job = this.#queue.shift()!
      this.#running.set(worker, job)
      worker.postMessage(job.task)
    }
  }

  #settle(worker: Worker, reply: WorkerReply): void {
    const job = this.#running.get(worker)
    this.#running.delete(worker)
    this.#idle.push(worker)
    if ('outcomes' in reply) job?.resolve(reply.outcomes)
    else
      job?.reject(
        reply.error.name === 'RangeError' ? new RangeError(reply.error.message) : new Error(reply.error.message),
      )
    this.#next()
  }

  #fail(error: WorkerLostError): void {
    this.#lost ??= error
    const jobs = [...this.#running.values(), ...this.#queue.splice(0)]
    this.#running.clear()
    for (const job of jobs) job.reject(this.#lost)
  }
}
