/** What a cell has in scope besides Node's globals: `liq`, `aq`, `display`, `progress`, `signal`, `clear`, `require`. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { publishChannelHost, publishTask, publishVariables, type Task } from '../common/host.ts'
import type { CellRealm } from './cell-realm.ts'
import type { Channels } from './channels.ts'
import type { Run } from './run.ts'
import { currentRun, currentScope, throwIfAbandoned } from './scope.ts'
import { showPath } from './stack.ts'

/** An output that `display` has shown, and that can be replaced in place. */
export class DisplayHandle {
  readonly id: string
  readonly #run: Run

  constructor(id: string, run: Run) {
    this.id = id
    this.#run = run
  }

  /** Whether a value is a handle, also if it throws when it is looked at. */
  static is(value: unknown): value is DisplayHandle {
    return typeof value === 'object' && value !== null && #run in value
  }

  /** Shows another value in the same place, also from a later cell. */
  update(value: unknown): void {
    this.#targetRun().update(value, this.id)
  }

  /** Shows an error in the same place. */
  fail(error: unknown): void {
    this.#targetRun().fail(error, this.id)
  }

  /** A running cell sends updates in order with its other outputs; later ones belong to the cell that showed the output. */
  #targetRun(): Run {
    const run = requireRun('display')
    return run.state === 'running' ? run : this.#run
  }
}

/** What the kernel offers to the globals. */
export interface GlobalsHost extends Required<Pick<Task, 'exchangeKey' | 'hide'>> {
  notebookDir: string
  channels: Channels
  variableWith(test: (value: unknown) => boolean): string | undefined
}

export function installGlobals(
  global: object,
  { notebookDir, channels, variableWith, exchangeKey, hide }: GlobalsHost,
): void {
  define(global, 'display', (value: unknown, options: { id?: string } = {}): DisplayHandle => {
    const run = requireRun('display')
    if (options.id !== undefined && (typeof options.id !== 'string' || options.id === '')) {
      throw new TypeError('display(value, { id }): id must be a string that is not empty.')
    }
    return new DisplayHandle(run.display(value, options.id), run)
  })
  define(global, 'progress', (message: string, fraction: number | null = null) => {
    requireRun('progress')
    currentScope()?.progress(message, fraction)
  })
  define(global, 'clear', (options: { wait?: boolean } = {}) => requireRun('clear').clear(options.wait ?? false))
  defineGetter(global, 'signal', () => currentScope()?.signal)
  define(global, 'require', createRequire(join(notebookDir, 'notebook.js')))
  refuseRequiredTypeScript()
  publishTask(global, () => {
    const scope = currentScope()
    if (!scope) return undefined
    return {
      // A getter: reading the signal tells the run that its code listens.
      get signal() {
        return scope.signal
      },
      progress: (message, fraction = null) => scope.progress(message, fraction),
      notebookDir,
      values: scope.run.values,
      notify: text => scope.run.notify(text),
      waitFor: work => scope.run.waitFor(work),
      exchangeKey,
      hide,
    }
  })
  publishVariables(global, variableWith)
  publishChannelHost(global, {
    open: (handler, onClose) => channels.open(handler, requireRun('channel.open'), onClose),
    close: channel => channels.close(channel),
  })
}

/** Node 20 would run TypeScript as JavaScript, and later versions reject enums: only `import` compiles it. */
function refuseRequiredTypeScript(): void {
  const { extensions } = createRequire(import.meta.url)
  for (const extension of ['.ts', '.mts', '.cts'] as const) {
    extensions[extension] = (_module: NodeModule, file: string) => {
      const path = showPath(file)
      throw new Error(`require() cannot load TypeScript (${path}). Write: import … from '${path}'`)
    }
  }
}

/** Sets `liq` and `aq`. If a module does not load, its global is a getter that throws the reason. */
export async function installLibrary(cells: CellRealm, bundled: { liqnb: string; arquero: string }): Promise<void> {
  await Promise.all([
    install(cells, 'liq', 'liqnb', bundled.liqnb, namespace => (namespace as { liq?: unknown }).liq),
    install(cells, 'aq', 'arquero', bundled.arquero, namespace => namespace),
  ])
}

async function install(
  { global, importModule }: CellRealm,
  name: string,
  specifier: string,
  url: string,
  pick: (namespace: object) => unknown,
): Promise<void> {
  try {
    define(global, name, pick(await importModule(url)))
  } catch (cause) {
    defineGetter(global, name, () => {
      throw new Error(`'${name}' is not available: the module '${specifier}' could not be loaded.`, { cause })
    })
  }
}

/** Defines the functions that compiled decorators and `using` call (see typescript.ts). They are no variables of the notebook. */
export async function installHelpers({ global, importModule }: CellRealm, url: string): Promise<void> {
  for (const [name, value] of Object.entries(await importModule(url)))
    if (name.startsWith('__')) define(global, name, value)
}

function define(global: object, name: string, value: unknown): void {
  Object.defineProperty(global, name, { value, configurable: true, writable: true })
}

function defineGetter(global: object, name: string, get: () => unknown): void {
  Object.defineProperty(global, name, { get, configurable: true })
}

function requireRun(caller: string): Run {
  throwIfAbandoned()
  const run = currentRun()
  if (!run) throw new Error(`${caller}() works only in a cell.`)
  return run
}
