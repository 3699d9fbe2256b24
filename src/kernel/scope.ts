/**
 * Which run the code that runs just now belongs to. Where Node keeps the context of asynchronous code in V8 (from 24 on)
 * it is followed through promises and callbacks. On older versions AsyncLocalStorage is built on hooks that are left
 * in disorder when V8 terminates a promise callback, which would end the process; there only timers are followed, and
 * all other code counts to the run that was started last.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Run } from './run.ts'

const storage = Number.parseInt(process.versions.node, 10) >= 24 ? new AsyncLocalStorage<Run>() : null

let entered: Run | null = null
let last: Run | null = null
const throwers = new WeakMap<object, Run>()

/** The run that outputs belong to now; null before the first cell. */
export function currentRun(): Run | null {
  return storage?.getStore() ?? entered ?? last
}

/**
 * Stops code of a run that was given up: it has no business going on. Only where it is known for sure whose code it is.
 * @throws DOMException (AbortError)
 */
export function stopIfAbandoned(): void {
  const run = storage?.getStore() ?? entered
  if (run?.state === 'abandoned') run.abortSignal.throwIfAborted()
}

/** Makes a run the one that code counts to when nothing tells otherwise. */
export function beginRun(run: Run): void {
  last = run
  // A terminated callback leaves no `finally` behind.
  entered = null
}

/** Calls a function as a part of a run. */
export function within<T>(run: Run | null, call: () => T): T {
  if (!run) return call()
  const outer = entered
  entered = run
  try {
    return storage ? storage.run(run, call) : call()
  } catch (error) {
    if (typeof error === 'object' && error !== null) throwers.set(error, run)
    throw error
  } finally {
    entered = outer
  }
}

/** The run that an error nobody caught comes from. */
export function runOf(error: unknown): Run | null {
  return (typeof error === 'object' && error !== null && throwers.get(error)) || currentRun()
}
