import * as vscode from 'vscode'
import { createSession, type RunResult, type Session, type SessionState } from '../kernel/session.ts'
import { folderOf } from './folder.ts'
import { hasTab, MOVE_MS, Moves } from './moves.ts'
import { NOTEBOOK_TYPE } from './names.ts'
import { maxMemoryMb, nodePath, storeEnvironment } from './settings.ts'

export type KernelState = SessionState | 'dead'

/** One notebook's kernel, and what VS Code has to remember of it. */
export interface Kernel {
  readonly session: Session
  /** Another one after the notebook was renamed or saved under a name. */
  notebook: vscode.NotebookDocument
  /** The number that the last started cell shows. */
  executionOrder: number
  /** Outputs that a later `display(value, { id })` may replace, by id. */
  readonly displays: Map<string, Display>
  /** The process died under a running cell and no new one has been started since. */
  died: boolean
}

export interface Display {
  output: vscode.NotebookCellOutput
  cell: vscode.NotebookCell
  /** Epoch ms. */
  shownAt: number
  /** The content it was last updated with. */
  items?: vscode.NotebookCellOutputItem[]
}

/**
 * The kernels of all open notebooks: each is made by the notebook's first run, goes with the notebook where it is renamed or
 * saved under a name, and ends when the notebook is closed.
 */
export class Kernels implements vscode.Disposable {
  readonly #entry: string
  readonly #kernels = new Map<vscode.NotebookDocument, Kernel>()
  readonly #changed = new vscode.EventEmitter<vscode.NotebookDocument>()
  readonly #moves = new Moves()
  readonly #closing: vscode.Disposable
  readonly onDidChangeState = this.#changed.event
  readonly #channelsChanged = new vscode.EventEmitter<vscode.NotebookDocument>()
  /** Outputs of the notebook can be talked to from now on, or no longer. */
  readonly onDidChangeChannels = this.#channelsChanged.event

  /** `entry` is the absolute path of the built kernel process. */
  constructor(entry: string) {
    this.#entry = entry
    // VS Code may keep a document for minutes after its last tab is gone; the kernel goes with the tab.
    this.#closing = vscode.Disposable.from(
      vscode.workspace.onDidCloseNotebookDocument(notebook => this.#leave(notebook)),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        // Only those whose own tab it was: the one of a notebook that has just moved may be yet to open.
        const uris = new Set(
          closed.map(({ input }) => input instanceof vscode.TabInputNotebook && input.uri.toString()),
        )
        for (const notebook of this.#kernels.keys())
          if (uris.has(notebook.uri.toString()) && !hasTab(notebook.uri)) this.#leave(notebook)
      }),
      vscode.workspace.onDidOpenNotebookDocument(opened => {
        for (const notebook of this.#kernels.keys())
          if (this.#moves.of(notebook) === opened.uri.toString() && !hasTab(notebook.uri)) this.#move(notebook, opened)
      }),
      this.#moves,
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

  /** The notebook's kernel; the process itself starts with the first cell. Throws when the notebook is not on disk. */
  require(notebook: vscode.NotebookDocument): Kernel {
    const existing = this.#kernels.get(notebook)
    if (existing) return existing
    if (notebook.notebookType !== NOTEBOOK_TYPE) throw new Error(`${notebook.uri} is not a Liqnb notebook`)

    const session = createSession({
      entry: this.#entry,
      cwd: workingFolder(notebook),
      env: storeEnvironment(),
      ...optional('execPath', nodePath()),
      ...optional('maxMemoryMb', maxMemoryMb()),
    })
    const kernel: Kernel = { session, notebook, executionOrder: 0, displays: new Map(), died: false }
    session.onDidChangeState(() => this.#changed.fire(kernel.notebook))
    session.onDidChangeChannels(() => this.#channelsChanged.fire(kernel.notebook))
    this.#kernels.set(notebook, kernel)
    return kernel
  }

  /** To be told after each run, so that the state tells a kernel that died from one that was never started. */
  ran(notebook: vscode.NotebookDocument, { died }: RunResult): void {
    const kernel = this.#kernels.get(notebook)
    if (kernel === undefined || kernel.died === died) return
    kernel.died = died
    this.#changed.fire(notebook)
  }

  /** A fresh process under the settings of now; running and queued cells end. */
  async restart(notebook: vscode.NotebookDocument): Promise<void> {
    await this.#end(notebook)
    await this.require(notebook).session.restart()
  }

  async dispose(): Promise<void> {
    this.#closing.dispose()
    await Promise.all([...this.#kernels.keys()].map(notebook => this.#end(notebook)))
    this.#changed.dispose()
    this.#channelsChanged.dispose()
  }

  /** The notebook is gone from the window, perhaps only to come back under another name. */
  #leave(notebook: vscode.NotebookDocument): void {
    const to = this.#moves.of(notebook)
    const next = vscode.workspace.notebookDocuments.find(({ uri }) => uri.toString() === to)
    if (to === undefined) void this.#end(notebook)
    else if (next) this.#move(notebook, next)
    else setTimeout(() => void (hasTab(notebook.uri) || this.#end(notebook)), MOVE_MS)
  }

  #move(notebook: vscode.NotebookDocument, next: vscode.NotebookDocument): void {
    const kernel = this.#kernels.get(notebook)
    if (kernel === undefined) return
    if (next.notebookType !== NOTEBOOK_TYPE || this.#kernels.has(next)) return void this.#end(notebook)
    this.#kernels.delete(notebook)
    this.#kernels.set(next, kernel)
    kernel.notebook = next
    // Their outputs are those of the document that is gone.
    kernel.displays.clear()
    this.#changed.fire(next)
  }

  async #end(notebook: vscode.NotebookDocument): Promise<void> {
    const kernel = this.#kernels.get(notebook)
    this.#kernels.delete(notebook)
    await kernel?.session.dispose()
    this.#changed.fire(notebook)
    this.#channelsChanged.fire(notebook)
  }
}

/** Where a notebook's relative paths and imports start. */
function workingFolder(notebook: vscode.NotebookDocument): string {
  const { scheme } = notebook.uri
  if (scheme !== 'file' && scheme !== 'untitled')
    throw new Error(`Cells run only in notebooks on this machine; save this one (${scheme}:) to a local folder first.`)
  return folderOf(notebook).fsPath
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V })
}
