/** The dependencies between the cells of open notebooks, and which cells are stale in their kernels. */
import { pathToFileURL } from 'node:url'
import * as vscode from 'vscode'
import { type CellNames, DependencyGraph } from '../notebook/dependencies.ts'
import { planRuns } from '../notebook/run-plan.ts'
import type { CurrentCell, RunRecord, Staleness } from '../notebook/run-record.ts'
import { hasTag } from '../notebook/tags.ts'
import { executableText, RUN_LANGUAGES } from './cell-code.ts'
import type { CellMetadata } from './cells.ts'
import type { Kernels } from './kernels.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'

/** Paths of files of `dist/`. */
export interface NameReaderFiles {
  /** The module with `readCellNames`: loaded when it is first needed, to keep activation fast. */
  reader: string
  /** TypeScript's compiler. */
  compiler: string
}

/** How long to wait for the next key before a changed cell is read. */
const READ_AFTER_MS = 200
const MAX_CACHED_TEXTS = 2000
const NO_NAMES: CellNames = { declares: [], assigns: [], uses: [], usesLater: [], controls: [], code: '' }

/** Identifies a cell across runs, also when it moves and when its notebook is renamed. */
export function cellKey(cell: vscode.NotebookCell): string {
  return (cell.metadata as CellMetadata).id ?? cell.document.uri.toString()
}

export interface PlanRequest {
  /** Also run the cells that need these. */
  withDependents: boolean
  /** Run these even if they are tagged `skip-execution`. */
  evenSkipped?: readonly vscode.NotebookCell[]
}

export class CellDependencies implements vscode.Disposable {
  readonly #kernels: Kernels
  readonly #files: NameReaderFiles
  readonly #log: vscode.LogOutputChannel
  readonly #names = new Map<string, Promise<CellNames | undefined>>()
  readonly #graphs = new WeakMap<vscode.NotebookDocument, Promise<DependencyGraph>>()
  readonly #stale = new Map<vscode.NotebookDocument, ReadonlyMap<string, Staleness>>()
  readonly #timers = new Map<vscode.NotebookDocument, NodeJS.Timeout>()
  readonly #changed = new vscode.EventEmitter<vscode.NotebookDocument>()
  readonly #subscriptions: vscode.Disposable
  /** Fires when other cells may be stale. */
  readonly onDidChange = this.#changed.event

  constructor(kernels: Kernels, files: NameReaderFiles, log: vscode.LogOutputChannel) {
    this.#kernels = kernels
    this.#files = files
    this.#log = log
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidChangeNotebookDocument(({ notebook, cellChanges, contentChanges }) => {
        if (contentChanges.length > 0 || cellChanges.some(({ document }) => document !== undefined))
          this.#schedule(notebook)
      }),
      vscode.workspace.onDidCloseNotebookDocument(notebook => {
        clearTimeout(this.#timers.get(notebook))
        this.#timers.delete(notebook)
        this.#stale.delete(notebook)
      }),
      kernels.onDidChangeState(notebook => this.#schedule(notebook)),
    )
  }

  /** The names of a text; undefined while it has a syntax error. */
  namesOf(text: string): Promise<CellNames | undefined> {
    const cached = this.#names.get(text)
    if (cached) return cached
    const names = this.#read(text)
    this.#names.set(text, names)
    for (const oldest of this.#names.keys()) {
      if (this.#names.size <= MAX_CACHED_TEXTS) break
      this.#names.delete(oldest)
    }
    return names
  }

  async #read(text: string): Promise<CellNames | undefined> {
    try {
      const { readCellNames }: typeof import('../kernel/cell-names.ts') = await import(
        pathToFileURL(this.#files.reader).href
      )
      return await readCellNames(text, this.#files.compiler)
    } catch (error) {
      this.#log.error('The names of a cell could not be read', error as Error)
      return undefined
    }
  }

  /** A run of the cell begins, of a text with these names. */
  begin(cell: vscode.NotebookCell, names: CellNames | undefined): void {
    if (names) this.#recordOf(cell.notebook)?.begin(cellKey(cell), names)
    this.#schedule(cell.notebook)
  }

  end(cell: vscode.NotebookCell, succeeded: boolean): void {
    this.#recordOf(cell.notebook)?.end(cellKey(cell), succeeded)
    this.#schedule(cell.notebook, 0)
  }

  /** A control of the cell was moved. Returns whether the cell holds it in a variable, which other cells may use. */
  moveControl(notebook: vscode.NotebookDocument, key: string): boolean {
    const record = this.#recordOf(notebook)
    const controls = record?.namesOf(key)?.controls ?? []
    record?.change(key, controls)
    if (controls.length > 0) this.#schedule(notebook, 0)
    return controls.length > 0
  }

  /** Why a cell is stale; undefined if it is not. */
  stalenessOf(cell: vscode.NotebookCell): Staleness | undefined {
    return this.#stale.get(cell.notebook)?.get(cellKey(cell))
  }

  /** The stale cells, in the order of the notebook. */
  staleCells(notebook: vscode.NotebookDocument): vscode.NotebookCell[] {
    return notebook.getCells().filter(cell => this.stalenessOf(cell))
  }

  /** The dependencies between the cells as they are now; a cell with a syntax error has the names of its last run. */
  graphOf(notebook: vscode.NotebookDocument): Promise<DependencyGraph> {
    const graph = this.#graphs.get(notebook) ?? this.#readGraph(notebook)
    this.#graphs.set(notebook, graph)
    return graph
  }

  async #readGraph(notebook: vscode.NotebookDocument): Promise<DependencyGraph> {
    const record = this.#recordOf(notebook)
    const cells = await this.#readCells(notebook)
    return new DependencyGraph(cells.map(({ id, names }) => ({ id, names: names ?? record?.namesOf(id) ?? NO_NAMES })))
  }

  /** The cells to run for the result of these, in the order in which they run. */
  async plan(
    cells: readonly vscode.NotebookCell[],
    notebook: vscode.NotebookDocument,
    { withDependents, evenSkipped = [] }: PlanRequest,
  ): Promise<vscode.NotebookCell[]> {
    const record = this.#recordOf(notebook)
    const graph = await this.graphOf(notebook)
    const stale = record?.stale(await this.#readCells(notebook)) ?? new Map<string, Staleness>()
    const byKey = new Map(notebook.getCells().map(cell => [cellKey(cell), cell]))
    const keys = planRuns(cells.map(cellKey), {
      graph,
      withDependents,
      holds: input => record?.holds(input) === true && !stale.has(input.from),
      hasRun: key => record?.has(key) === true,
      mayRun: key => {
        const cell = byKey.get(key)
        return cell !== undefined && (!hasTag(cell.metadata.metadata, 'skip-execution') || evenSkipped.includes(cell))
      },
    })
    return keys.flatMap(key => byKey.get(key) ?? [])
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#subscriptions.dispose()
    this.#changed.dispose()
  }

  #recordOf(notebook: vscode.NotebookDocument): RunRecord | undefined {
    return this.#kernels.get(notebook)?.runs
  }

  #readCells(notebook: vscode.NotebookDocument): Promise<CurrentCell[]> {
    const cells = notebook.getCells().filter(isRunnable)
    return Promise.all(
      cells.map(async cell => ({ id: cellKey(cell), names: await this.namesOf(executableText(cell)) })),
    )
  }

  #schedule(notebook: vscode.NotebookDocument, afterMs = READ_AFTER_MS): void {
    if (notebook.notebookType !== NOTEBOOK_TYPE) return
    this.#graphs.delete(notebook)
    clearTimeout(this.#timers.get(notebook))
    this.#timers.set(
      notebook,
      setTimeout(() => void this.#update(notebook), afterMs),
    )
  }

  async #update(notebook: vscode.NotebookDocument): Promise<void> {
    this.#timers.delete(notebook)
    const record = this.#recordOf(notebook)
    const stale =
      record?.isEmpty === false ? record.stale(await this.#readCells(notebook)) : new Map<string, Staleness>()
    if (notebook.isClosed) return
    this.#stale.set(notebook, stale)
    this.#changed.fire(notebook)
  }
}

function isRunnable({ kind, document }: vscode.NotebookCell): boolean {
  return (
    kind === vscode.NotebookCellKind.Code &&
    RUN_LANGUAGES.includes(document.languageId) &&
    document.getText().trim() !== ''
  )
}
