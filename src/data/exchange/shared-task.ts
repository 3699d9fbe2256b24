/** Work that several tasks wait for, and a promise that an abort signal ends. */
import { withCallerStack } from '../../common/errors.ts'
import type { Task } from '../../common/host.ts'

/**
 * Work that several tasks wait for, and that reports its progress to all of them. A cancelled task only stops waiting; the
 * work itself is cancelled together with the last task that waits.
 */
export class SharedTask<T> {
  /** `failed` includes cancelled: whoever needs the result then starts again. */
  state: 'running' | 'done' | 'failed' = 'running'
  readonly #result: Promise<T>
  readonly #controller = new AbortController()
  /** One entry per call, because one task may wait in several calls. */
  readonly #waiters = new Set<{ task: Task }>()

  constructor(work: (task: Task) => Promise<T>) {
    const progress: Task['progress'] = (message, fraction) => {
      for (const task of new Set(Array.from(this.#waiters, ({ task }) => task))) task.progress(message, fraction)
    }
    this.#result = work({ signal: this.#controller.signal, progress })
    this.#result.then(
      () => this.#end('done'),
      () => this.#end('failed'),
    )
  }

  /** Resolves with the result. @throws the work's error, or the signal's reason if this task is cancelled first */
  async wait(task: Task): Promise<T> {
    const waiter = { task }
    this.#waiters.add(waiter)
    try {
      return await abortable(this.#result, task.signal)
    } catch (error) {
      throw withCallerStack(error)
    } finally {
      this.#waiters.delete(waiter)
      if (this.#waiters.size === 0 && this.state === 'running') {
        this.#end('failed')
        this.#controller.abort(task.signal.reason)
      }
    }
  }

  #end(state: 'done' | 'failed'): void {
    if (this.state === 'running') this.state = state
  }
}

/** A promise that also ends with the signal. @throws the signal's reason on abort */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
