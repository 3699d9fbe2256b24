/**
 * Timers and fetch belong to the run that starts them: what they print is shown there, and an interrupt of the run ends
 * them, so that `while (true) await sleep(100)` stops.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { currentScope, stopIfAbandoned, within } from './scope.ts'

type Callback = (...args: unknown[]) => void
type Start = (callback: Callback, ...rest: unknown[]) => object
type Clear = (timer?: object) => void
type Cancellable = { signal?: AbortSignal | null }

/** What forgets a timer when it is cleared. */
const forgetters = new WeakMap<object, () => void>()

export function followTimers(): void {
  for (const kind of ['Timeout', 'Interval', 'Immediate'] as const) {
    const start = globalThis[`set${kind}`] as unknown as Start
    const clear = globalThis[`clear${kind}`] as unknown as Clear
    replaceGlobal(start, `set${kind}`, followed(start, clear, kind !== 'Interval'))
    replaceGlobal(clear, `clear${kind}`, ((timer?: object) => {
      if (typeof timer === 'object' && timer !== null) forgetters.get(timer)?.()
      clear(timer)
    }) satisfies Clear)
  }
  followPromisedTimers()
  followFetch()
}

function followed(start: Start, clear: Clear, once: boolean): Start {
  return (callback, ...rest) => {
    stopIfAbandoned()
    const scope = currentScope()
    if (!scope || typeof callback !== 'function') return start(callback, ...rest)
    const call: Callback = (...args) => {
      if (once) scope.timers.delete(stop)
      within(scope, () => callback(...args))
    }
    const timer = start(call, ...rest)
    const stop = () => clear(timer)
    scope.timers.add(stop)
    forgetters.set(timer, () => scope.timers.delete(stop))
    return timer
  }
}

function replaceGlobal(original: Start | Clear, name: string, replacement: Start | Clear): void {
  // util.promisify(setTimeout) looks at a property of the function.
  Object.defineProperties(replacement, Object.getOwnPropertyDescriptors(original))
  Object.defineProperty(globalThis, name, { value: replacement, writable: true, configurable: true, enumerable: true })
}

function followPromisedTimers(): void {
  const promises = createRequire(import.meta.url)('node:timers/promises') as typeof import('node:timers/promises')
  const { setTimeout, setImmediate } = promises
  const withSignal = <T extends Cancellable>(options: T | undefined): T & Cancellable => {
    stopIfAbandoned()
    return { ...(options as T), signal: joined(options?.signal, currentScope()?.abortSignal) }
  }
  promises.setTimeout = (delay, value, options) => setTimeout(delay, value, withSignal(options))
  promises.setImmediate = (value, options) => setImmediate(value, withSignal(options))
  syncBuiltinESMExports()
}

function followFetch(): void {
  const { fetch } = globalThis
  globalThis.fetch = async (input, init) => {
    stopIfAbandoned()
    const own = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    return fetch(input, { ...init, signal: joined(own, currentScope()?.abortSignal) })
  }
}

function joined(own: AbortSignal | null | undefined, run: AbortSignal | undefined): AbortSignal | undefined {
  return own && run ? AbortSignal.any([own, run]) : (own ?? run)
}
