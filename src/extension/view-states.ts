/** Loads and saves the view states of outputs. */
import * as vscode from 'vscode'
import type { Json, JsonObject } from '../common/json.ts'
import { assertViewSize } from '../common/view-limit.ts'
import { isOwnMime } from '../notebook/mime.ts'
import { viewName, viewsOf, withoutOtherViews, withViews } from '../notebook/views.ts'
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
  /** Cells whose last run reached its end: of their views, only those of their outputs are saved. */
  readonly #ended = new WeakSet<vscode.NotebookCell>()
  /** Fires when something other than its view changes a state, such as undo. */
  readonly onDidChange = this.#changed.event

  constructor() {
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onWillSaveNotebookDocument(event => {
        const edit = this.#takeEdit(event.notebook, true)
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

  /** Call when a run of the cell has ended. */
  recordRun(cell: vscode.NotebookCell, success: boolean): void {
    if (success) this.#ended.add(cell)
    else this.#ended.delete(cell)
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

  /**
   * The edit that writes the pending states; undefined if nothing changes, or saving is turned off.
   * @param beforeSave also removes the states of views that are no longer shown: late outputs have been shown by then
   */
  #takeEdit(notebook: vscode.NotebookDocument, beforeSave = false): vscode.WorkspaceEdit | undefined {
    const pending = this.#unwritten.get(notebook)
    if ((!pending && !beforeSave) || !saveViewState()) return undefined
    this.#unwritten.delete(notebook)
    const edits: vscode.NotebookEdit[] = []
    for (const cell of notebook.getCells()) {
      const { id } = cell.metadata as CellMetadata
      const states = id === undefined ? undefined : pending?.get(id)
      const metadata = metadataOf(cell)
      const written = states ? withViews(metadata, states) : metadata
      const mayHaveStale = beforeSave && this.#ended.has(cell) && Object.keys(viewsOf(written)).length > 0
      const saved = mayHaveStale ? withoutOtherViews(written, shownViews(cell)) : written
      if (saved === metadata || JSON.stringify(viewsOf(saved)) === JSON.stringify(viewsOf(metadata))) continue
      edits.push(vscode.NotebookEdit.updateCellMetadata(cell.index, { ...cell.metadata, metadata: saved }))
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

/** The names of the views in the outputs of a cell. */
function shownViews(cell: vscode.NotebookCell): Set<string> {
  const items = cell.outputs.flatMap(output => output.items).filter(({ mime }) => isOwnMime(mime))
  return new Set(items.flatMap(({ mime, data }) => viewName(mime, JSON.parse(new TextDecoder().decode(data))) ?? []))
}

/** `hasOwn`, because a view in a file may have the name "constructor". */
function stateIn(states: JsonObject, view: string): Json {
  return Object.hasOwn(states, view) ? (states[view] ?? null) : null
}

function metadataOf(cell: vscode.NotebookCell | undefined): JsonObject {
  return (cell?.metadata as CellMetadata | undefined)?.metadata ?? {}
}
