/**
 * Which piece of work the code that runs just now belongs to: the run of a cell, or the answer to a request. Where Node keeps
 * the context of asynchronous code in V8 (from 24 on) it is followed through promises and callbacks. On older versions
 * AsyncLocalStorage is built on hooks that are left in disorder when V8 terminates a promise callback, which would end
 * the process; there only timers are followed, and all other code counts to the run that was started last.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Run } from './run.ts'

/** A piece of work that can be aborted. Its outputs go to `run`. */
export interface Scope {
  readonly run: Run
  /** Timers to clear when the work is aborted. */
  readonly timers: Set<() => void>
  /** The signal for the kernel's own wrappers. */
  readonly abortSignal: AbortSignal
  /** The signal for the author's code. */
  readonly signal: AbortSignal
  /** Nobody waits for the work any more. */
  readonly givenUp: boolean
  progress(message: string, fraction: number | null): void
}

const storage = Number.parseInt(process.versions.node, 10) >= 24 ? new AsyncLocalStorage<Scope>() : null

let entered: Scope | null = null
let last: Run | null = null
const throwers = new WeakMap<object, Run>()

/** The work that code belongs to now; null before the first cell. */
export function currentScope(): Scope | null {
  return storage?.getStore() ?? entered ?? last
}

/** The run that outputs belong to now; null before the first cell. */
export function currentRun(): Run | null {
  return currentScope()?.run ?? null
}

/**
 * Stops code of work that was given up: it has no business going on. Only where it is known for sure whose code it is.
 * @throws DOMException (AbortError)
 */
export function stopIfAbandoned(): void {
  const scope = storage?.getStore() ?? entered
  if (scope?.givenUp) scope.abortSignal.throwIfAborted()
}

/** Makes a run the one that code counts to when nothing tells otherwise. */
export function beginRun(run: Run): void {
  last = run
  // A terminated callback leaves no `finally` behind.
  entered = null
}

/** Calls a function as a part of a piece of work. */
export function within<T>(scope: Scope | null, call: () => T): T {
  if (!scope) return call()
  const outer = entered
  entered = scope
  try {
    return storage ? storage.run(scope, call) : call()
  } catch (error) {
    if (typeof error === 'object' && error !== null) throwers.set(error, scope.run)
    throw error
  } finally {
    entered = outer
  }
}

/** Forgets what a terminated call had entered: it leaves no `finally` behind. */
export function leaveScope(): void {
  entered = null
}

/** The run that an error nobody caught comes from. */
export function runOf(error: unknown): Run | null {
  return (typeof error === 'object' && error !== null && throwers.get(error)) || currentRun()
}
