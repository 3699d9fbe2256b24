/** What a cell finds in scope besides Node: `liq`, `aq`, `display`, `progress`, `signal`, `clear`, `require`. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { ChannelHost } from './channel-handler.ts'
import type { Channels } from './channels.ts'
import type { Run } from './run.ts'
import { currentRun, currentScope, stopIfAbandoned } from './scope.ts'

/** Where the library finds the task that runs: its signal, its progress and the notebook's folder. */
const TASK = Symbol.for('liqnb.task')
/** Where the library opens channels for its outputs. */
const CHANNEL = Symbol.for('liqnb.channel')

/** What `display` gives: the place of an output. */
export class DisplayHandle {
  readonly id: string
  readonly #run: Run

  constructor(id: string, run: Run) {
    this.id = id
    this.#run = run
  }

  /** Shows another value in the same place, also from a later cell. */
  update(value: unknown): void {
    this.#runNow().update(value, this.id)
  }

  /** Shows an error in the same place. */
  fail(error: unknown): void {
    this.#runNow().fail(error, this.id)
  }

  /** A cell that runs shows its updates in order with its other outputs; what comes later counts to the place's own cell. */
  #runNow(): Run {
    const run = activeRun('display')
    return run.state === 'running' ? run : this.#run
  }
}

export function installGlobals(notebookDir: string, channels: Channels): void {
  const define = (name: string | symbol, value: unknown) =>
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  const defineGetter = (name: string | symbol, get: () => unknown) =>
    Object.defineProperty(globalThis, name, { get, configurable: true })

  define('display', (value: unknown, options: { id?: string } = {}): DisplayHandle => {
    const run = activeRun('display')
    if (options.id !== undefined && (typeof options.id !== 'string' || options.id === '')) {
      throw new TypeError('display(value, { id }): id must be a string that is not empty.')
    }
    return new DisplayHandle(run.display(value, options.id), run)
  })
  define('progress', (message: string, fraction: number | null = null) => {
    activeRun('progress')
    currentScope()?.progress(message, fraction)
  })
  define('clear', (options: { wait?: boolean } = {}) => activeRun('clear').clear(options.wait ?? false))
  defineGetter('signal', () => currentScope()?.signal)
  define('require', createRequire(join(notebookDir, 'notebook.js')))
  defineGetter(TASK, () => {
    const scope = currentScope()
    return scope
      ? {
          get signal() {
            return scope.signal
          },
          progress: (message: string, fraction: number | null = null) => scope.progress(message, fraction),
          notebookDir,
          values: scope.run.values,
        }
      : undefined
  })
  const host: ChannelHost = {
    open: (handler, onClose) => channels.open(handler, activeRun('channel.open'), onClose),
    close: channel => channels.close(channel),
  }
  define(CHANNEL, host)
}

/** Sets `liq` and `aq`, or, where their module does not load, getters that say why. */
export async function installLibrary(bundled: Record<string, string>): Promise<void> {
  await Promise.all([
    install('liq', 'liqnb', bundled, namespace => (namespace as { liq?: unknown }).liq),
    install('aq', 'arquero', bundled, namespace => namespace),
  ])
}

async function install(
  name: string,
  specifier: string,
  bundled: Record<string, string>,
  pick: (namespace: object) => unknown,
): Promise<void> {
  try {
    const value = pick((await import(bundled[specifier]!)) as object)
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  } catch (cause) {
    const get = () => {
      throw new Error(`'${name}' is not there: the module '${specifier}' could not be loaded.`, { cause })
    }
    Object.defineProperty(globalThis, name, { get, configurable: true })
  }
}

function activeRun(caller: string) {
  stopIfAbandoned()
  const run = currentRun()
  if (!run) throw new Error(`${caller}() works only in a cell.`)
  return run
}
