import * as vscode from 'vscode'
import type { Json, JsonObject } from '../common/json.ts'
import { MAX_VIEW_CHARS } from '../kernel/messaging.ts'
import { viewsOf, withViews } from '../notebook/views.ts'
import type { CellMetadata } from './cells.ts'
import { NOTEBOOK_TYPE } from './names.ts'
import { saveViewState } from './settings.ts'

/** A gesture makes many states; the document gets the last one, so that undo takes back the gesture. */
const WRITE_AFTER_MS = 600
const MAX_NAME = 200

export interface ViewChange {
  notebook: vscode.NotebookDocument
  cell: string
  view: string
  state: Json
}

/**
 * The states of outputs' views. They are written into the metadata of their cells, unless the user does not want it;
 * then, and until they are written, they are kept here.
 */
export class ViewStates implements vscode.Disposable {
  readonly #unwritten = new Map<vscode.NotebookDocument, Map<string, JsonObject>>()
  /** What the renderers know, as JSON, to tell a change by someone else from our own. */
  readonly #told = new WeakMap<vscode.NotebookDocument, Map<string, string>>()
  readonly #timers = new Map<vscode.NotebookDocument, NodeJS.Timeout>()
  readonly #changed = new vscode.EventEmitter<ViewChange>()
  readonly #subscriptions: vscode.Disposable
  /** A state was changed by something else than its view: undo, say. */
  readonly onDidChange = this.#changed.event

  constructor() {
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onWillSaveNotebookDocument(event => {
        const edit = this.#edit(event.notebook)
        if (edit) event.waitUntil(Promise.resolve(edit))
      }),
      vscode.workspace.onDidChangeNotebookDocument(({ notebook, cellChanges }) => {
        if (notebook.notebookType !== NOTEBOOK_TYPE) return
        for (const { cell, metadata } of cellChanges) if (metadata) this.#compare(notebook, cell)
      }),
      vscode.workspace.onDidCloseNotebookDocument(notebook => {
        clearTimeout(this.#timers.get(notebook))
        this.#timers.delete(notebook)
        this.#unwritten.delete(notebook)
      }),
    )
  }

  /** The state of a view; null when none is kept. */
  load(notebook: vscode.NotebookDocument, cell: string, view: string): Json {
    const state = stateIn(this.of(notebook, cell), view)
    this.#tell(notebook, cell, view, state)
    return state
  }

  /** All states of a cell, by view. */
  of(notebook: vscode.NotebookDocument, cell: string): JsonObject {
    return { ...viewsOf(metadataOf(findCell(notebook, cell))), ...this.#unwritten.get(notebook)?.get(cell) }
  }

  /** @throws RangeError when the state is too large, or the cell is not there */
  save(notebook: vscode.NotebookDocument, cell: string, view: string, state: Json): void {
    const json = JSON.stringify(state)
    if (json.length > MAX_VIEW_CHARS)
      throw new RangeError(`the state of ${view} takes ${json.length} characters; at most ${MAX_VIEW_CHARS} are kept`)
    if (view.length > MAX_NAME)
      throw new RangeError(`a view's name has ${view.length} characters, more than ${MAX_NAME}`)
    if (!findCell(notebook, cell)) throw new RangeError(`there is no cell ${cell}`)
    const cells = this.#unwritten.get(notebook) ?? new Map<string, JsonObject>()
    cells.set(cell, { ...cells.get(cell), [view]: state })
    this.#unwritten.set(notebook, cells)
    this.#tell(notebook, cell, view, state)
    clearTimeout(this.#timers.get(notebook))
    this.#timers.set(
      notebook,
      setTimeout(() => void this.#write(notebook), WRITE_AFTER_MS),
    )
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#subscriptions.dispose()
    this.#changed.dispose()
  }

  async #write(notebook: vscode.NotebookDocument): Promise<void> {
    const states = this.#unwritten.get(notebook)
    const edit = notebook.isClosed ? undefined : this.#edit(notebook)
    if (!states || !edit || (await vscode.workspace.applyEdit(edit)) || notebook.isClosed) return
    // A document that cannot be written, as in a comparison: its outputs still find what was chosen in them.
    const newer = this.#unwritten.get(notebook)
    const cells = [...states].map(([cell, own]) => [cell, { ...own, ...newer?.get(cell) }] as const)
    this.#unwritten.set(notebook, new Map([...(newer ?? []), ...cells]))
  }

  /** What brings the document up to date; undefined when it is, or when the user wants none of it. */
  #edit(notebook: vscode.NotebookDocument): vscode.WorkspaceEdit | undefined {
    const cells = this.#unwritten.get(notebook)
    if (!cells || !saveViewState()) return undefined
    this.#unwritten.delete(notebook)
    const edits: vscode.NotebookEdit[] = []
    for (const [id, states] of cells) {
      const cell = findCell(notebook, id)
      if (!cell) continue
      const metadata = metadataOf(cell)
      const kept = viewsOf(metadata)
      if (Object.entries(states).every(([view, state]) => JSON.stringify(kept[view]) === JSON.stringify(state)))
        continue
      const own = { ...cell.metadata, metadata: withViews(metadata, states) }
      edits.push(vscode.NotebookEdit.updateCellMetadata(cell.index, own))
    }
    if (edits.length === 0) return undefined
    const edit = new vscode.WorkspaceEdit()
    edit.set(notebook.uri, edits)
    return edit
  }

  #tell(notebook: vscode.NotebookDocument, cell: string, view: string, state: Json): void {
    const told = this.#told.get(notebook) ?? new Map<string, string>()
    told.set(JSON.stringify([cell, view]), JSON.stringify(state))
    this.#told.set(notebook, told)
  }

  #compare(notebook: vscode.NotebookDocument, changed: vscode.NotebookCell): void {
    const id = (changed.metadata as CellMetadata).id
    const states = id === undefined ? {} : this.of(notebook, id)
    for (const [key, json] of this.#told.get(notebook) ?? []) {
      const [cell, view] = JSON.parse(key) as [string, string]
      const state = stateIn(states, view)
      if (cell !== id || JSON.stringify(state) === json) continue
      this.#tell(notebook, cell, view, state)
      this.#changed.fire({ notebook, cell, view, state })
    }
  }
}

export function findCell(notebook: vscode.NotebookDocument, id: string): vscode.NotebookCell | undefined {
  return notebook.getCells().find(cell => (cell.metadata as CellMetadata).id === id)
}

/** `hasOwn`: a file may call a view "constructor". */
function stateIn(states: JsonObject, view: string): Json {
  return Object.hasOwn(states, view) ? states[view]! : null
}

function metadataOf(cell: vscode.NotebookCell | undefined): JsonObject {
  return (cell?.metadata as CellMetadata | undefined)?.metadata ?? {}
}
