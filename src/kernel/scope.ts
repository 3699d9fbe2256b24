/**
 * Which unit of work the running code belongs to: the run of a cell, or a request to a channel. From version 24 on Node keeps
 * the context of asynchronous code in V8, so it follows promises and callbacks. On older versions AsyncLocalStorage uses
 * hooks whose state is corrupted when V8 terminates a promise callback, which would end the process. There only timers are
 * tracked, and all other code belongs to the run that started last.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Run } from './run.ts'

/** A unit of work that can be aborted. Its outputs go to `run`. */
export interface Scope {
  readonly run: Run
  /** Functions that clear its timers, called when the work is aborted. */
  readonly timers: Set<() => void>
  /** The signal for the kernel's own wrappers. */
  readonly abortSignal: AbortSignal
  /** The signal for user code. */
  readonly signal: AbortSignal
  /** The work has ended for the kernel, although its code may still run. */
  readonly abandoned: boolean
  progress(message: string, fraction: number | null): void
}

const storage = Number.parseInt(process.versions.node, 10) >= 24 ? new AsyncLocalStorage<Scope>() : null

/** The scope of the synchronous call under way. */
let entered: Scope | null = null
let lastRun: Run | null = null
const runsOfErrors = new WeakMap<object, Run>()

/** The scope of the running code; null before the first cell. */
export function currentScope(): Scope | null {
  return storage?.getStore() ?? entered ?? lastRun
}

/** The run that outputs go to; null before the first cell. */
export function currentRun(): Run | null {
  return currentScope()?.run ?? null
}

/**
 * Stops the code of abandoned work. Only where the scope of the code is certain.
 * @throws DOMException (AbortError)
 */
export function throwIfAbandoned(): void {
  const scope = storage?.getStore() ?? entered
  if (scope?.abandoned) scope.abortSignal.throwIfAborted()
}

/** Makes a run the default scope of code. */
export function beginRun(run: Run): void {
  lastRun = run
  resetScope()
}

/** Calls a function in a scope. */
export function runInScope<T>(scope: Scope | null, call: () => T): T {
  if (!scope) return call()
  const outer = entered
  entered = scope
  try {
    return storage ? storage.run(scope, call) : call()
  } catch (error) {
    if (typeof error === 'object' && error !== null) runsOfErrors.set(error, scope.run)
    throw error
  } finally {
    entered = outer
  }
}

/** Leaves the scopes of terminated calls: V8 skips their `finally` blocks. */
export function resetScope(): void {
  entered = null
}

/** The run that an uncaught error comes from. */
export function runOfError(error: unknown): Run | null {
  return (typeof error === 'object' && error !== null && runsOfErrors.get(error)) || currentRun()
}
