/** Worker threads for sweeps, kept warm between them. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { DataError, OptionError } from '../../common/errors.ts'
import type { PackedOutcomes } from './packed-outcomes.ts'
import type { WorkerReply, WorkerTask } from './worker-messages.ts'

/** The built worker, beside the library or beside the folder of its chunks; null when the library runs from its sources. */
export function workerFile(): URL | null {
  const candidates = ['./worker.mjs', '../worker.mjs'].map(path => new URL(path, import.meta.url))
  return candidates.find(url => url.protocol === 'file:' && existsSync(fileURLToPath(url))) ?? null
}

/** A thread failed to start or ended early, or a task cannot be sent: its variants can run on the main thread instead. */
export class ThreadLostError extends Error {
  override readonly name = 'ThreadLostError'
}

interface RunningTask {
  resolve: (outcomes: PackedOutcomes) => void
  reject: (error: Error) => void
}

/** One thread, which runs its tasks one after the other. */
export class SweepThread {
  readonly #worker: Worker
  readonly #running = new Map<number, RunningTask>()
  #lost: ThreadLostError | null = null
  #lastId = 0

  constructor(worker: Worker) {
    this.#worker = worker
    // An idle thread must not keep the process alive.
    this.#worker.unref()
    this.#worker.on('message', (reply: WorkerReply) => this.#onReply(reply))
    this.#worker.on('error', error => this.#onLost(error instanceof Error ? error.message : String(error)))
    this.#worker.on('messageerror', error => this.#onLost(error.message))
    this.#worker.on('exit', code => this.#onLost(`A worker thread ended with code ${code}`))
  }

  /** The thread has ended. */
  get isLost(): boolean {
    return this.#lost !== null
  }

  /** @throws ThreadLostError when the thread ends, or the task is cancelled or cannot be sent; OptionError as the backtest does */
  run(task: Omit<WorkerTask, 'id'>): Promise<PackedOutcomes> {
    return new Promise((resolve, reject) => {
      if (this.#lost) return reject(this.#lost)
      const id = ++this.#lastId
      try {
        this.#worker.postMessage({ ...task, id } satisfies WorkerTask)
      } catch (error) {
        // A function, for example, cannot be cloned.
        return reject(new ThreadLostError(String(error)))
      }
      this.#running.set(id, { resolve, reject })
      this.#worker.ref()
    })
  }

  /**
   * Ends a sweep's use of the thread, which then does not keep the process alive. Nobody waits for a task that still runs; the
   * thread ends it before the next one.
   */
  rest(): void {
    this.#reject(new ThreadLostError('The task was cancelled'))
    this.#worker.unref()
  }

  /** Ends the thread at once. */
  end(): void {
    void this.#worker.terminate()
  }

  #onReply(reply: WorkerReply): void {
    const running = this.#running.get(reply.id)
    this.#running.delete(reply.id)
    if ('outcomes' in reply) running?.resolve(reply.outcomes)
    else running?.reject(toError(reply.error))
  }

  #onLost(message: string): void {
    this.#lost ??= new ThreadLostError(message)
    this.#reject(this.#lost)
  }

  #reject(error: ThreadLostError): void {
    const tasks = [...this.#running.values()]
    this.#running.clear()
    for (const { reject } of tasks) reject(error)
  }
}

function startWorker(file: URL): Worker {
  // The flags of this process configure its own debugging and memory, so threads get none of them. Trades live until their
  // backtest ends; a larger young generation does not copy them meanwhile.
  return new Worker(file, { execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: 64 } })
}

/** Idle threads by the file that they run. A thread keeps its compiled code and the market of its last task. */
const idle = new Map<string, SweepThread[]>()

/** Whether threads are waiting, which costs no start. */
export function hasWarmThreads(file: URL): boolean {
  return (idle.get(file.href) ?? []).some(thread => !thread.isLost)
}

/** Takes idle threads, and starts new ones where there are too few. Give them back with {@link releaseThread}. */
export function takeThreads(file: URL, count: number, start = startWorker): SweepThread[] {
  const available = (idle.get(file.href) ?? []).filter(thread => !thread.isLost)
  const taken = available.splice(0, count)
  idle.set(file.href, available)
  while (taken.length < count) taken.push(new SweepThread(start(file)))
  return taken
}

/** Keeps a thread for the next sweep, with at most `max` others; ends it otherwise. */
export function releaseThread(file: URL, thread: SweepThread, max: number): void {
  if (thread.isLost) return
  const threads = idle.get(file.href) ?? []
  if (threads.length < max) threads.push(thread)
  else thread.end()
  idle.set(file.href, threads)
}

const ERRORS: Readonly<Record<string, new (message: string) => Error>> = { OptionError, DataError }

/** An error of a thread in its own class, which it loses when it is sent. */
function toError({ name, message }: { name: string; message: string }): Error {
  const ErrorClass = ERRORS[name] ?? Error
  return new ErrorClass(message)
}
