/** Debugs cells with VS Code's JavaScript debugger, which attaches to the kernel while a cell is debugged. */
import { basename } from 'node:path'
import * as vscode from 'vscode'
import { type Deferred, deferred } from '../kernel/deferred.ts'
import { DebugSources } from './debug-sources.ts'
import type { Kernels } from './kernels.ts'
import { targetCell } from './target-cell.ts'

const DEBUGGER = 'pwa-node'
const ATTACH_TIMEOUT_MS = 20_000

interface ActiveDebugger {
  root: vscode.DebugSession | undefined
  /** Resolves when breakpoints are set, and rejects if the session ends before. */
  ready: Deferred<void>
}

export class CellDebugger implements vscode.Disposable {
  readonly #kernels: Kernels
  readonly #dist: string
  readonly #sources = new DebugSources()
  /** By the URI of the notebook, which is in the configuration of its sessions. */
  readonly #active = new Map<string, ActiveDebugger>()
  readonly #subscriptions: vscode.Disposable

  /** @param dist folder of the extension's built files, which the debugger steps over */
  constructor(kernels: Kernels, dist: string) {
    this.#kernels = kernels
    this.#dist = dist
    this.#subscriptions = vscode.Disposable.from(
      vscode.commands.registerCommand('liqnb.debugCell', async (target?: unknown) => {
        const cell = targetCell(target)
        if (cell) await this.#debug(cell)
      }),
      vscode.debug.registerDebugAdapterTrackerFactory(DEBUGGER, {
        createDebugAdapterTracker: session => this.#track(session),
      }),
      vscode.debug.onDidStartDebugSession(session => {
        const active = this.#active.get(notebookUriOf(session))
        if (active && !session.parentSession) active.root = session
      }),
      vscode.debug.onDidTerminateDebugSession(session => {
        if (!session.parentSession) void this.#ended(notebookUriOf(session))
      }),
    )
  }

  /** By which the debugger knows the cell; undefined while its notebook is not debugged. */
  sourceUrlOf(cell: vscode.NotebookCell): string | undefined {
    return this.#active.has(cell.notebook.uri.toString())
      ? this.#sources.urlOf(cell.document.uri.toString())
      : undefined
  }

  /** Ends debugging: a paused cell continues. */
  async stop(notebook: vscode.NotebookDocument): Promise<void> {
    const root = this.#active.get(notebook.uri.toString())?.root
    if (root) await vscode.debug.stopDebugging(root)
  }

  dispose(): void {
    this.#subscriptions.dispose()
  }

  async #debug(cell: vscode.NotebookCell): Promise<void> {
    const { notebook } = cell
    const uri = notebook.uri.toString()
    const run = () => {
      const ranges = [{ start: cell.index, end: cell.index + 1 }]
      return vscode.commands.executeCommand('notebook.cell.execute', { ranges, document: notebook.uri })
    }
    // The session of the cell that is being debugged shows this one as well.
    if (this.#active.has(uri)) return void (await run())
    const active: ActiveDebugger = { root: undefined, ready: deferred() }
    active.ready.promise.catch(() => {})
    this.#active.set(uri, active)
    try {
      await this.#attach(cell, active)
    } catch (error) {
      await this.stop(notebook)
      await this.#ended(uri)
      await vscode.window.showErrorMessage(`The cell could not be debugged: ${(error as Error).message}`)
      return
    }
    await run()
    await this.stop(notebook)
  }

  /** Resolves when the debugger knows the breakpoints. */
  async #attach({ notebook, index }: vscode.NotebookCell, { ready }: ActiveDebugger): Promise<void> {
    const address = await this.#kernels.getOrCreate(notebook).session.openDebugger()
    const timer = setTimeout(() => ready.reject(new Error('the debugger did not attach in time.')), ATTACH_TIMEOUT_MS)
    try {
      const started = await vscode.debug.startDebugging(
        undefined,
        {
          type: DEBUGGER,
          request: 'attach',
          name: `Cell ${index + 1} of ${basename(notebook.uri.path)}`,
          websocketAddress: address,
          liqnbNotebook: notebook.uri.toString(),
          autoAttachChildProcesses: false,
          // Breakpoints are set when a script of a cell is known, before it runs.
          pauseForSourceMap: true,
          resolveSourceMapLocations: null,
          // The cells' sources are not files.
          enableContentValidation: false,
          outFiles: [],
          skipFiles: ['<node_internals>/**', `${this.#dist}/**`],
          internalConsoleOptions: 'neverOpen',
        },
        { suppressSaveBeforeStart: true },
      )
      if (!started) throw new Error("VS Code's JavaScript debugger did not start.")
      await ready.promise
    } finally {
      clearTimeout(timer)
    }
  }

  #track(session: vscode.DebugSession): vscode.DebugAdapterTracker | undefined {
    const active = this.#active.get(notebookUriOf(session))
    if (!active) return undefined
    return {
      onWillReceiveMessage: message => this.#sources.toDebugger(message),
      onDidSendMessage: message => {
        this.#sources.fromDebugger(message, cellName)
        // The debugger has a session for the connection, and below it one for the process.
        const { type, command } = message as { type?: string; command?: string }
        if (session.parentSession && type === 'response' && command === 'configurationDone') active.ready.resolve()
      },
    }
  }

  async #ended(uri: string): Promise<void> {
    const active = this.#active.get(uri)
    if (!active) return
    this.#active.delete(uri)
    active.ready.reject(new Error('debugging was stopped.'))
    const notebook = vscode.workspace.notebookDocuments.find(document => document.uri.toString() === uri)
    if (notebook) await this.#kernels.get(notebook)?.session.closeDebugger()
  }
}

/** The notebook of a session, or of the one that started it; empty for sessions of others. */
function notebookUriOf({ configuration, parentSession }: vscode.DebugSession): string {
  if (parentSession) return notebookUriOf(parentSession)
  return typeof configuration.liqnbNotebook === 'string' ? configuration.liqnbNotebook : ''
}

function cellName(cellUri: string): string | undefined {
  for (const notebook of vscode.workspace.notebookDocuments) {
    const cell = notebook.getCells().find(({ document }) => document.uri.toString() === cellUri)
    if (cell) return `Cell ${cell.index + 1}`
  }
  return undefined
}
