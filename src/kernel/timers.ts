/**
 * Ties timers and fetch to the run that starts them: their output goes to that run, and an interrupt of the run ends them, so
 * that `while (true) await sleep(100)` stops.
 */

import { createRequire, syncBuiltinESMExports } from 'node:module'
import type { TimerOptions } from 'node:timers'
import type { Run } from './run.ts'
import { currentScope, runInScope, throwIfAbandoned } from './scope.ts'

type Callback = (...args: unknown[]) => void
type Start = (callback: Callback, ...rest: unknown[]) => object
type Clear = (timer?: object) => void

/** For each timer of a scope, a function that removes it from the scope. */
const untrack = new WeakMap<object, () => void>()

/** The timers that have not fired, and the runs that started them. */
const pending = new Map<object, Run>()

/** The number of the cell of each timer that has not fired and would keep a program running. */
export function pendingTimers(): number[] {
  return [...pending].flatMap(([timer, run]) =>
    (timer as NodeJS.Timeout).hasRef?.() === false ? [] : [run.cellNumber],
  )
}

export function trackTimers(global: typeof globalThis): void {
  for (const kind of ['Timeout', 'Interval', 'Immediate'] as const) {
    const start = global[`set${kind}`] as unknown as Start
    const clear = global[`clear${kind}`] as unknown as Clear
    replaceGlobal(global, start, `set${kind}`, tracked(start, clear, kind !== 'Interval'))
    replaceGlobal(global, clear, `clear${kind}`, ((timer?: object) => {
      if (typeof timer === 'object' && timer !== null) untrack.get(timer)?.()
      clear(timer)
    }) satisfies Clear)
  }
  trackPromiseTimers()
  trackFetch(global)
}

function tracked(start: Start, clear: Clear, once: boolean): Start {
  return (callback, ...rest) => {
    throwIfAbandoned()
    const scope = currentScope()
    if (!scope || typeof callback !== 'function') return start(callback, ...rest)
    const call: Callback = (...args) => {
      if (once) forget()
      runInScope(scope, () => callback(...args))
    }
    const timer = start(call, ...rest)
    const stop = () => {
      forget()
      clear(timer)
    }
    const forget = () => {
      scope.timers.delete(stop)
      pending.delete(timer)
    }
    scope.timers.add(stop)
    pending.set(timer, scope.run)
    untrack.set(timer, forget)
    return timer
  }
}

function replaceGlobal(global: object, original: Start | Clear, name: string, replacement: Start | Clear): void {
  // util.promisify(setTimeout) reads a property of the function.
  Object.defineProperties(replacement, Object.getOwnPropertyDescriptors(original))
  Object.defineProperty(global, name, { value: replacement, writable: true, configurable: true, enumerable: true })
}

function trackPromiseTimers(): void {
  const promises = createRequire(import.meta.url)('node:timers/promises') as typeof import('node:timers/promises')
  const { setTimeout, setImmediate } = promises
  const withSignal = (options: TimerOptions | undefined): TimerOptions => {
    throwIfAbandoned()
    return { ...options, ...withScopeSignal(options?.signal) }
  }
  const counted = <Value>(timer: Promise<Value>, options: TimerOptions | undefined): Promise<Value> => {
    const run = currentScope()?.run
    if (!run || options?.ref === false) return timer
    pending.set(timer, run)
    const forget = () => void pending.delete(timer)
    timer.then(forget, forget)
    return timer
  }
  promises.setTimeout = (delay, value, options) => counted(setTimeout(delay, value, withSignal(options)), options)
  promises.setImmediate = (value, options) => counted(setImmediate(value, withSignal(options)), options)
  syncBuiltinESMExports()
}

function trackFetch(global: typeof globalThis): void {
  const { fetch } = global
  global.fetch = async (input, init) => {
    throwIfAbandoned()
    const signal = init?.signal ?? (typeof input === 'object' && 'signal' in input ? input.signal : undefined)
    return fetch(input, { ...init, ...withScopeSignal(signal) })
  }
}

/** A `signal` option that also aborts with the current scope. */
function withScopeSignal(signal: AbortSignal | null | undefined): { signal?: AbortSignal } {
  const signals = [signal, currentScope()?.abortSignal].filter(item => item != null)
  const [first] = signals
  if (!first) return {}
  return { signal: signals.length === 1 ? first : AbortSignal.any(signals) }
}
