/**
 * The notebook document ↔ cells as VS Code holds them. Pure; VS Code's `NotebookCellData` fits {@link ViewCell}.
 *
 * What VS Code has no place for travels in metadata, under nbformat's own names: a cell's `id`, `metadata` and
 * `attachments` (where VS Code's Markdown preview looks for pasted images), the notebook's `metadata` and version.
 */

import type { JsonObject } from '../common/json.ts'
import { keptOutput } from '../notebook/outputs.ts'
import type { Cell, MarkdownCell, Notebook } from '../notebook/types.ts'
import { viewsOf } from '../notebook/views.ts'
import { fromViewOutput, toViewOutput, type ViewOutput } from './outputs.ts'

export const CODE_LANGUAGE = 'typescript'
/** Raw cells are code cells of a language that no kernel runs; VS Code's Jupyter support does the same. */
const RAW_LANGUAGE = 'raw'

export interface CellMetadata {
  id?: string
  metadata?: JsonObject
  attachments?: MarkdownCell['attachments']
}
export interface ViewCell {
  kind: 'markup' | 'code'
  value: string
  languageId: string
  outputs: readonly ViewOutput[]
  metadata: CellMetadata
}
export interface NotebookMetadata {
  metadata: JsonObject
  nbformat: 4
  nbformat_minor: number
}
export interface ViewNotebook {
  cells: ViewCell[]
  metadata: NotebookMetadata
}

export function toView({ cells, ...metadata }: Notebook): ViewNotebook {
  return { cells: cells.map(toViewCell), metadata }
}

/**
 * Back to the document. `newId` names cells that have no id yet, or the id of an earlier cell (a pasted copy).
 * `fallback` supplies the notebook's metadata when VS Code made the notebook itself.
 */
export function fromView(
  view: { cells: readonly ViewCell[]; metadata?: Partial<NotebookMetadata> | undefined },
  newId: (taken: ReadonlySet<string>, cell: ViewCell) => string,
  fallback: Notebook,
): Notebook {
  const taken = new Set(view.cells.flatMap(cell => cell.metadata.id ?? []))
  const used = new Set<string>()
  const cells = view.cells.map(cell => {
    const own = cell.metadata.id
    const id = own !== undefined && !used.has(own) ? own : newId(taken, cell)
    used.add(id)
    taken.add(id)
    return fromViewCell(cell, id)
  })
  const { metadata = fallback.metadata, nbformat_minor = fallback.nbformat_minor } = view.metadata ?? {}
  return { cells, metadata, nbformat: 4, nbformat_minor }
}

function toViewCell(cell: Cell): ViewCell {
  const { id, source: value, metadata } = cell
  if (cell.cell_type === 'code')
    return {
      kind: 'code',
      value,
      languageId: languageOf(metadata) ?? CODE_LANGUAGE,
      // A file that names a channel must not reach the values of a kernel that happens to have one of that name.
      outputs: cell.outputs.map(output => toViewOutput(keptOutput(output), { cell: id, views: viewsOf(metadata) })),
      metadata: { id, metadata },
    }
  const attachments = cell.attachments === undefined ? {} : { attachments: cell.attachments }
  return {
    kind: cell.cell_type === 'raw' ? 'code' : 'markup',
    value,
    languageId: cell.cell_type === 'raw' ? RAW_LANGUAGE : 'markdown',
    outputs: [],
    metadata: { id, metadata, ...attachments },
  }
}

function fromViewCell({ kind, value: source, languageId, outputs, metadata: own }: ViewCell, id: string): Cell {
  const metadata = own.metadata ?? {}
  const attachments = own.attachments === undefined ? {} : { attachments: own.attachments }
  if (kind === 'markup') return { cell_type: 'markdown', id, source, metadata, ...attachments }
  if (languageId === RAW_LANGUAGE) return { cell_type: 'raw', id, source, metadata, ...attachments }
  return {
    cell_type: 'code',
    id,
    source,
    metadata: withLanguage(metadata, languageId),
    outputs: outputs.map(fromViewOutput),
  }
}

/** `metadata.vscode.languageId` is where VS Code's Jupyter support keeps a code cell's language that is not the kernel's. */
function languageOf(metadata: JsonObject): string | undefined {
  const vscode = metadata.vscode
  const id = isObject(vscode) ? vscode.languageId : undefined
  return typeof id === 'string' ? id : undefined
}

function withLanguage(metadata: JsonObject, languageId: string): JsonObject {
  if ((languageOf(metadata) ?? CODE_LANGUAGE) === languageId) return metadata
  const { vscode, ...rest } = metadata
  const { languageId: _, ...others } = isObject(vscode) ? vscode : {}
  const own = languageId === CODE_LANGUAGE ? others : { ...others, languageId }
  return Object.keys(own).length === 0 ? rest : { ...rest, vscode: own }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
