/**
 * Converts between the notebook document and cells as VS Code holds them. Pure; VS Code's `NotebookCellData` fits
 * {@link ViewCell}.
 *
 * Fields that VS Code does not have go into metadata, under nbformat's names: a cell's `id`, `metadata` and `attachments`
 * (where VS Code's Markdown preview looks for pasted images), the notebook's `metadata` and version.
 */
import { isRecord, type JsonObject } from '../common/json.ts'
import { withoutOutputChannels } from '../notebook/outputs.ts'
import type { Cell, MarkdownCell, Notebook } from '../notebook/types.ts'
import { viewsOf } from '../notebook/views.ts'
import { fromViewOutput, toViewOutput, type ViewOutput } from './outputs.ts'

export const CODE_LANGUAGE = 'typescript'
/** Raw cells are code cells in a language that no kernel runs, as in VS Code's Jupyter support. */
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
 * Converts back to the document.
 * @param newId creates an id for a cell that has none, or the id of an earlier cell (a pasted copy)
 * @param fallback supplies the notebook's metadata if VS Code created the notebook
 */
export function fromView(
  view: { cells: readonly ViewCell[]; metadata?: Partial<NotebookMetadata> | undefined },
  newId: (usedIds: ReadonlySet<string>, cell: ViewCell) => string,
  fallback: Notebook,
): Notebook {
  const usedIds = new Set(view.cells.flatMap(cell => cell.metadata.id ?? []))
  const earlierIds = new Set<string>()
  const cells = view.cells.map(cell => {
    const oldId = cell.metadata.id
    const id = oldId !== undefined && !earlierIds.has(oldId) ? oldId : newId(usedIds, cell)
    earlierIds.add(id)
    usedIds.add(id)
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
      // A channel id in a file must not reach the kernel, which may have a channel with the same id.
      outputs: cell.outputs.map(output =>
        toViewOutput(withoutOutputChannels(output), { cell: id, views: viewsOf(metadata) }),
      ),
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

function fromViewCell(
  { kind, value: source, languageId, outputs, metadata: viewMetadata }: ViewCell,
  id: string,
): Cell {
  const metadata = viewMetadata.metadata ?? {}
  const attachments = viewMetadata.attachments === undefined ? {} : { attachments: viewMetadata.attachments }
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

/** The language of a code cell if it is not the kernel's, from `metadata.vscode.languageId`, as in VS Code's Jupyter support. */
function languageOf(metadata: JsonObject): string | undefined {
  const vscode = metadata.vscode
  const id = isRecord(vscode) ? vscode.languageId : undefined
  return typeof id === 'string' ? id : undefined
}

function withLanguage(metadata: JsonObject, languageId: string): JsonObject {
  if ((languageOf(metadata) ?? CODE_LANGUAGE) === languageId) return metadata
  const { vscode, ...others } = metadata
  const { languageId: _, ...settings } = isRecord(vscode) ? vscode : {}
  const newSettings = languageId === CODE_LANGUAGE ? settings : { ...settings, languageId }
  return Object.keys(newSettings).length === 0 ? others : { ...others, vscode: newSettings }
}
