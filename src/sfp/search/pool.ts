/** Worker threads that run variants of a sweep. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { DataError, OptionError } from '../../common/errors.ts'
import type { Outcome } from './run-variant.ts'
import type { WorkerReply, WorkerStart, WorkerTask } from './worker-messages.ts'

/** The built worker, beside the library or beside the folder of its chunks; null when the library runs from its sources. */
export function workerFile(): URL | null {
  const candidates = ['./worker.mjs', '../worker.mjs'].map(path => new URL(path, import.meta.url))
  return candidates.find(url => url.protocol === 'file:' && existsSync(fileURLToPath(url))) ?? null
}

/** A worker failed to start, or ended early: its variants can run on the main thread instead. */
export class WorkerLostError extends Error {
  override readonly name = 'WorkerLostError'
}

interface Job {
  task: WorkerTask
  resolve: (outcomes: Outcome[]) => void
  reject: (error: Error) => void
}

/** Worker threads that share a queue of batches. End it with {@link Pool.close}. */
export class Pool {
  readonly #workers: Worker[]
  readonly #idle: Worker[] = []
  readonly #running = new Map<Worker, Job>()
  readonly #queue: Job[] = []
  #failure: WorkerLostError | null = null
  #nextId = 0

  /** @param size number of threads. Default: the number of processors, at most 8 */
  constructor(file: URL, start: WorkerStart, size = Math.min(8, availableParallelism())) {
    this.#workers = Array.from({ length: size }, () => {
      // The flags of this process configure its own debugging and memory, so workers get none of them. Trades live until their
      // backtest ends; a larger young generation does not copy them meanwhile.
      const worker = new Worker(file, {
        workerData: start,
        execArgv: [],
        resourceLimits: { maxYoungGenerationSizeMb: 64 },
      })
      worker.on('message', (reply: WorkerReply) => this.#onReply(worker, reply))
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

  /** @throws WorkerLostError when the threads fail; OptionError as the backtest does */
  run(task: Omit<WorkerTask, 'id'>): Promise<Outcome[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure)
      this.#queue.push({ task: { ...task, id: this.#nextId++ }, resolve, reject })
      this.#next()
    })
  }

  /** Ends all threads at once. Batches not done yet are rejected. */
  async close(): Promise<void> {
    this.#fail(new WorkerLostError('The worker threads are closed'))
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

  #onReply(worker: Worker, reply: WorkerReply): void {
    const job = this.#running.get(worker)
    this.#running.delete(worker)
    this.#idle.push(worker)
    if ('outcomes' in reply) job?.resolve(reply.outcomes)
    else job?.reject(toError(reply.error))
    this.#next()
  }

  #fail(error: WorkerLostError): void {
    this.#failure ??= error
    const jobs = [...this.#running.values(), ...this.#queue.splice(0)]
    this.#running.clear()
    for (const job of jobs) job.reject(this.#failure)
  }
}

const ERRORS: Readonly<Record<string, new (message: string) => Error>> = { OptionError, DataError }

/** An error of a worker in its own class, which it loses when it is sent. */
function toError({ name, message }: { name: string; message: string }): Error {
  const ErrorClass = ERRORS[name] ?? Error
  return new ErrorClass(message)
}
