import type { Task } from '../../common/task.ts'

/**
 * Work that several tasks wait for. It goes on as long as one of them does, whoever began it: a task that is cancelled stops
 * waiting, and the last one to do so cancels the work. All of them hear of its progress.
 */
export class Shared<T> {
  /** `lost`: it failed, or nobody waited for it any more; whoever needs it now begins anew. */
  state: 'going' | 'done' | 'lost' = 'going'
  readonly #result: Promise<T>
  readonly #cancel = new AbortController()
  /** An entry for each call, as one task may wait in several. */
  readonly #waiting = new Set<{ task: Task }>()

  constructor(work: (task: Task) => Promise<T>) {
    const progress: Task['progress'] = (message, fraction) => {
      for (const task of new Set(Array.from(this.#waiting, ({ task }) => task))) task.progress(message, fraction)
    }
    this.#result = work({ signal: this.#cancel.signal, progress })
    this.#result.then(
      () => this.#end('done'),
      () => this.#end('lost'),
    )
  }

  /** The result, or the error. @throws the signal's reason when this task is cancelled first */
  async wait(task: Task): Promise<T> {
    const place = { task }
    this.#waiting.add(place)
    try {
      return await abortable(this.#result, task.signal)
    } finally {
      this.#waiting.delete(place)
      if (this.#waiting.size === 0 && this.state === 'going') {
        this.#end('lost')
        this.#cancel.abort(task.signal.reason)
      }
    }
  }

  #end(state: 'done' | 'lost'): void {
    if (this.state === 'going') this.state = state
  }
}

/** Stops waiting when the signal says so, whatever the work does. @throws the signal's reason then */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
