/** The kernels of all open notebooks. */
import * as vscode from 'vscode'
import type { KeyAnswer, KeyRequest } from '../common/exchange-key.ts'
import type { RunResult } from '../kernel/cell-job.ts'
import { createSession, type Session, type SessionState } from '../kernel/session.ts'
import { RunRecord } from '../notebook/run-record.ts'
import { notebookFolder } from './notebook-folder.ts'
import { hasTab, NotebookRenames, RENAME_TIMEOUT_MS } from './notebook-renames.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'
import { kernelEnvironment, maxMemoryMb, nodePath } from './settings.ts'

export type KernelState = SessionState | 'dead'

/** One notebook's kernel, with the state that the extension keeps for it. */
export interface Kernel {
  readonly session: Session
  /** Changes when the notebook is renamed or saved under another name. */
  notebook: vscode.NotebookDocument
  /** The execution order of the last started cell. */
  executionOrder: number
  /** Outputs that a later `display(value, { id })` may replace, by id. */
  readonly displays: Map<string, Display>
  /** The ids of the cells that have run, by the numbers that their errors name. */
  readonly runNumbers: Map<number, string>
  /** What its cells have read and defined. */
  readonly runs: RunRecord
  /** The process died while it ran a cell, and no new one has been started since. */
  died: boolean
}

/** Gives a notebook the user's key of an exchange, or says why not. */
export type KeyProvider = (notebook: vscode.NotebookDocument, request: KeyRequest) => Promise<KeyAnswer>

export interface KernelDeath {
  notebook: vscode.NotebookDocument
  /** Its first line says it in a sentence or two. */
  reason: string
}

export interface Display {
  output: vscode.NotebookCellOutput
  cell: vscode.NotebookCell
  /** Epoch ms. */
  shownAt: number
  /** The content of its last update. */
  items?: vscode.NotebookCellOutputItem[]
}

/**
 * The kernels of all open notebooks. The first run of a notebook creates its kernel; the kernel follows the notebook when it is
 * renamed or saved under another name, and ends when the notebook is closed.
 */
export class Kernels implements vscode.Disposable {
  readonly #entry: string
  readonly #exchangeKey: KeyProvider
  readonly #kernels = new Map<vscode.NotebookDocument, Kernel>()
  readonly #stateChanged = new vscode.EventEmitter<vscode.NotebookDocument>()
  readonly #renames = new NotebookRenames()
  readonly #subscriptions: vscode.Disposable
  readonly onDidChangeState = this.#stateChanged.event
  readonly #runEnded = new vscode.EventEmitter<vscode.NotebookDocument>()
  /** Fires when a cell of the notebook has run. */
  readonly onDidEndRun = this.#runEnded.event
  readonly #memoryChanged = new vscode.EventEmitter<vscode.NotebookDocument>()
  readonly onDidChangeMemory = this.#memoryChanged.event
  readonly #died = new vscode.EventEmitter<KernelDeath>()
  /** Fires when a kernel ends by itself. */
  readonly onDidDie = this.#died.event
  readonly #channelsChanged = new vscode.EventEmitter<vscode.NotebookDocument>()
  /** Fires when channels of the notebook open or close. */
  readonly onDidChangeChannels = this.#channelsChanged.event

  /**
   * @param entry absolute path of the built kernel process
   * @param exchangeKey asks the user for a key of an exchange
   */
  constructor(entry: string, exchangeKey: KeyProvider) {
    this.#entry = entry
    this.#exchangeKey = exchangeKey
    // VS Code may keep a document for minutes after its last tab has closed; the kernel ends with the tab.
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidCloseNotebookDocument(notebook => this.#onClosed(notebook)),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        // Only notebooks whose own tab closed: the tab of a notebook that was just renamed may not be open yet.
        const uris = new Set(
          closed.map(({ input }) => input instanceof vscode.TabInputNotebook && input.uri.toString()),
        )
        for (const notebook of this.#kernels.keys())
          if (uris.has(notebook.uri.toString()) && !hasTab(notebook.uri)) this.#onClosed(notebook)
      }),
      vscode.workspace.onDidOpenNotebookDocument(opened => {
        for (const notebook of this.#kernels.keys())
          if (this.#renames.newUriOf(notebook) === opened.uri.toString() && !hasTab(notebook.uri))
            this.#move(notebook, opened)
      }),
      this.#renames,
    )
  }

  get(notebook: vscode.NotebookDocument): Kernel | undefined {
    return this.#kernels.get(notebook)
  }

  state(notebook: vscode.NotebookDocument): KernelState {
    const kernel = this.#kernels.get(notebook)
    if (kernel === undefined) return 'stopped'
    return kernel.died && kernel.session.state === 'stopped' ? 'dead' : kernel.session.state
  }

  /**
   * The notebook's kernel; the process starts with the first cell.
   * @throws Error if the notebook is not a local file
   */
  getOrCreate(notebook: vscode.NotebookDocument): Kernel {
    const existing = this.#kernels.get(notebook)
    if (existing) return existing
    if (notebook.notebookType !== NOTEBOOK_TYPE) throw new Error(`${notebook.uri} is not a Liqnb notebook`)

    const execPath = nodePath()
    const memoryLimitMb = maxMemoryMb()
    const session = createSession({
      entry: this.#entry,
      cwd: workingFolder(notebook),
      env: kernelEnvironment(),
      exchangeKey: request => this.#exchangeKey(kernel.notebook, request),
      ...(execPath === undefined ? {} : { execPath }),
      ...(memoryLimitMb === undefined ? {} : { maxMemoryMb: memoryLimitMb }),
    })
    const kernel: Kernel = {
      session,
      notebook,
      executionOrder: 0,
      displays: new Map(),
      runNumbers: new Map(),
      runs: new RunRecord(),
      died: false,
    }
    session.onDidChangeState(() => this.#stateChanged.fire(kernel.notebook))
    session.onDidChangeChannels(() => this.#channelsChanged.fire(kernel.notebook))
    session.onDidChangeMemory(() => this.#memoryChanged.fire(kernel.notebook))
    session.onDidDie(reason => {
      kernel.died = true
      kernel.runs.clear()
      this.#stateChanged.fire(kernel.notebook)
      this.#died.fire({ notebook: kernel.notebook, reason })
    })
    this.#kernels.set(notebook, kernel)
    return kernel
  }

  /** Call after each run, so that the state distinguishes a kernel that died from one that was never started. */
  recordResult(notebook: vscode.NotebookDocument, { died }: RunResult): void {
    const kernel = this.#kernels.get(notebook)
    if (died) kernel?.runs.clear()
    if (kernel !== undefined) this.#runEnded.fire(notebook)
    if (kernel === undefined || kernel.died === died) return
    kernel.died = died
    this.#stateChanged.fire(notebook)
  }

  /** Starts a new process with the current settings; running and queued cells end. */
  async restart(notebook: vscode.NotebookDocument): Promise<void> {
    await this.#end(notebook)
    await this.getOrCreate(notebook).session.restart()
  }

  async dispose(): Promise<void> {
    this.#subscriptions.dispose()
    await Promise.all([...this.#kernels.keys()].map(notebook => this.#end(notebook)))
    this.#stateChanged.dispose()
    this.#runEnded.dispose()
    this.#memoryChanged.dispose()
    this.#died.dispose()
    this.#channelsChanged.dispose()
  }

  /** The notebook was closed, perhaps because it was renamed. */
  #onClosed(notebook: vscode.NotebookDocument): void {
    const newUri = this.#renames.newUriOf(notebook)
    const renamed = vscode.workspace.notebookDocuments.find(({ uri }) => uri.toString() === newUri)
    if (newUri === undefined) void this.#end(notebook)
    else if (renamed) this.#move(notebook, renamed)
    else setTimeout(() => void (hasTab(notebook.uri) || this.#end(notebook)), RENAME_TIMEOUT_MS)
  }

  #move(notebook: vscode.NotebookDocument, next: vscode.NotebookDocument): void {
    const kernel = this.#kernels.get(notebook)
    if (kernel === undefined) return
    if (next.notebookType !== NOTEBOOK_TYPE || this.#kernels.has(next)) return void this.#end(notebook)
    this.#kernels.delete(notebook)
    this.#kernels.set(next, kernel)
    kernel.notebook = next
    // The displays belong to the closed document.
    kernel.displays.clear()
    this.#stateChanged.fire(next)
  }

  async #end(notebook: vscode.NotebookDocument): Promise<void> {
    const kernel = this.#kernels.get(notebook)
    this.#kernels.delete(notebook)
    await kernel?.session.dispose()
    this.#stateChanged.fire(notebook)
    this.#channelsChanged.fire(notebook)
  }
}

/** The folder for a notebook's relative paths and imports. */
function workingFolder(notebook: vscode.NotebookDocument): string {
  const { scheme } = notebook.uri
  if (scheme !== 'file' && scheme !== 'untitled')
    throw new Error(`Cells run only in notebooks on this machine; save this one (${scheme}:) to a local folder first.`)
  return notebookFolder(notebook).fsPath
}
