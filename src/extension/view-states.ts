/** Loads and saves the view states of outputs. */
import * as vscode from 'vscode'
import type { Json, JsonObject } from '../common/json.ts'
import { assertViewSize } from '../common/view-limit.ts'
import { viewsOf, withViews } from '../notebook/views.ts'
import type { CellMetadata } from './cells.ts'
import { NOTEBOOK_TYPE } from './notebook-type.ts'
import { saveViewState } from './settings.ts'

/** A gesture produces many states; only the last one is written, so that undo reverts the whole gesture. */
const WRITE_AFTER_MS = 600
const MAX_NAME_CHARS = 200

export interface ViewChange {
  notebook: vscode.NotebookDocument
  cell: string
  view: string
  state: Json
}

/**
 * The view states of outputs. They are written to the metadata of their cells with a delay; if the user has turned saving
 * off, they stay in memory only.
 */
export class ViewStates implements vscode.Disposable {
  readonly #unwritten = new Map<vscode.NotebookDocument, Map<string, JsonObject>>()
  /** The last state that the renderers know, as JSON, to distinguish their own changes from others. */
  readonly #lastSent = new WeakMap<vscode.NotebookDocument, Map<string, string>>()
  readonly #timers = new Map<vscode.NotebookDocument, NodeJS.Timeout>()
  readonly #changed = new vscode.EventEmitter<ViewChange>()
  readonly #subscriptions: vscode.Disposable
  /** Fires when something other than its view changes a state, such as undo. */
  readonly onDidChange = this.#changed.event

  constructor() {
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onWillSaveNotebookDocument(event => {
        const edit = this.#takeEdit(event.notebook)
        if (edit) event.waitUntil(Promise.resolve(edit))
      }),
      vscode.workspace.onDidChangeNotebookDocument(({ notebook, cellChanges }) => {
        if (notebook.notebookType !== NOTEBOOK_TYPE) return
        for (const { cell, metadata } of cellChanges) if (metadata) this.#reportChanges(notebook, cell)
      }),
      vscode.workspace.onDidCloseNotebookDocument(notebook => {
        clearTimeout(this.#timers.get(notebook))
        this.#timers.delete(notebook)
        this.#unwritten.delete(notebook)
      }),
    )
  }

  /** The state of a view; null if there is none. */
  load(notebook: vscode.NotebookDocument, cell: string, view: string): Json {
    const state = stateIn(this.statesOf(notebook, cell), view)
    this.#recordSent(notebook, cell, view, state)
    return state
  }

  /** All states of a cell, by view. */
  statesOf(notebook: vscode.NotebookDocument, cell: string): JsonObject {
    return { ...viewsOf(metadataOf(findCell(notebook, cell))), ...this.#unwritten.get(notebook)?.get(cell) }
  }

  /** @throws RangeError if the state is too large, or there is no such cell */
  save(notebook: vscode.NotebookDocument, cell: string, view: string, state: Json): void {
    assertViewSize(view, state)
    if (view.length > MAX_NAME_CHARS)
      throw new RangeError(`a view's name has ${view.length} characters, more than ${MAX_NAME_CHARS}`)
    if (!findCell(notebook, cell)) throw new RangeError(`there is no cell ${cell}`)
    const cells = this.#unwritten.get(notebook) ?? new Map<string, JsonObject>()
    cells.set(cell, { ...cells.get(cell), [view]: state })
    this.#unwritten.set(notebook, cells)
    this.#recordSent(notebook, cell, view, state)
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
    const edit = notebook.isClosed ? undefined : this.#takeEdit(notebook)
    if (!states || !edit || (await vscode.workspace.applyEdit(edit)) || notebook.isClosed) return
    // The document is read-only, as in a comparison: keep the states for its outputs.
    const newer = this.#unwritten.get(notebook)
    const cells = [...states].map(([cell, older]) => [cell, { ...older, ...newer?.get(cell) }] as const)
    this.#unwritten.set(notebook, new Map([...(newer ?? []), ...cells]))
  }

  /** The edit that writes the pending states; undefined if nothing changes, or saving is turned off. */
  #takeEdit(notebook: vscode.NotebookDocument): vscode.WorkspaceEdit | undefined {
    const cells = this.#unwritten.get(notebook)
    if (!cells || !saveViewState()) return undefined
    this.#unwritten.delete(notebook)
    const edits: vscode.NotebookEdit[] = []
    for (const [id, states] of cells) {
      const cell = findCell(notebook, id)
      if (!cell) continue
      const metadata = metadataOf(cell)
      const saved = viewsOf(metadata)
      if (Object.entries(states).every(([view, state]) => JSON.stringify(saved[view]) === JSON.stringify(state)))
        continue
      const newMetadata = { ...cell.metadata, metadata: withViews(metadata, states) }
      edits.push(vscode.NotebookEdit.updateCellMetadata(cell.index, newMetadata))
    }
    if (edits.length === 0) return undefined
    const edit = new vscode.WorkspaceEdit()
    edit.set(notebook.uri, edits)
    return edit
  }

  #recordSent(notebook: vscode.NotebookDocument, cell: string, view: string, state: Json): void {
    const lastSent = this.#lastSent.get(notebook) ?? new Map<string, string>()
    lastSent.set(JSON.stringify([cell, view]), JSON.stringify(state))
    this.#lastSent.set(notebook, lastSent)
  }

  #reportChanges(notebook: vscode.NotebookDocument, changed: vscode.NotebookCell): void {
    const id = (changed.metadata as CellMetadata).id
    const states = id === undefined ? {} : this.statesOf(notebook, id)
    for (const [key, json] of this.#lastSent.get(notebook) ?? []) {
      const [cell, view] = JSON.parse(key) as [string, string]
      const state = stateIn(states, view)
      if (cell !== id || JSON.stringify(state) === json) continue
      this.#recordSent(notebook, cell, view, state)
      this.#changed.fire({ notebook, cell, view, state })
    }
  }
}

export function findCell(notebook: vscode.NotebookDocument, id: string): vscode.NotebookCell | undefined {
  return notebook.getCells().find(cell => (cell.metadata as CellMetadata).id === id)
}

/** `hasOwn`, because a view in a file may have the name "constructor". */
function stateIn(states: JsonObject, view: string): Json {
  return Object.hasOwn(states, view) ? (states[view] ?? null) : null
}

function metadataOf(cell: vscode.NotebookCell | undefined): JsonObject {
  return (cell?.metadata as CellMetadata | undefined)?.metadata ?? {}
}
