/**
 * Converts between the notebook document and cells as VS Code holds them. Pure; VS Code's `NotebookCellData` fits
 * {@link ViewCell}.
 *
 * Fields that VS Code does not have go into metadata, under nbformat's names: a cell's `id`, `metadata` and `attachments`
 * (where VS Code's Markdown preview looks for pasted images), the notebook's `metadata` and version.
 */
import { isRecord, type JsonObject } from '../common/json.ts'
import { cellIdSource } from '../notebook/cell-ids.ts'
import { isOwnMime } from '../notebook/mime.ts'
import { savedOutputs } from '../notebook/saved-outputs.ts'
import type { Cell, MarkdownCell, Notebook, Output } from '../notebook/types.ts'
import { viewsOf } from '../notebook/views.ts'
import { exactText, isCarried, isCarriedSource, isSameSource, readExact, restoreExact, toCarried } from './carried.ts'
import { fromViewOutput, type OutputOrigin, toSavedViewOutput, type ViewOutput } from './outputs.ts'

export const CODE_LANGUAGE = 'typescript'
/** Raw cells are code cells in a language that no kernel runs, as in VS Code's Jupyter support. */
const RAW_LANGUAGE = 'raw'

export interface CellMetadata {
  id?: string
  metadata?: JsonObject
  attachments?: MarkdownCell['attachments']
  /** The cell without its outputs as JSON text, if VS Code cannot carry all of it. */
  exact?: string
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
  /** `metadata` as JSON text, if VS Code cannot carry all of it. */
  exact?: string
}
export interface ViewNotebook {
  cells: ViewCell[]
  metadata: NotebookMetadata
}

export function toView({ cells, metadata, ...version }: Notebook): ViewNotebook {
  const exact = isCarried(metadata) ? {} : { exact: exactText(metadata) }
  return { cells: cells.map(toViewCell), metadata: { metadata: toCarried(metadata), ...version, ...exact } }
}

/**
 * Converts back to the document. A cell that has no id, or that of an earlier cell (a pasted copy), gets one from its text.
 * @param fallback supplies the notebook's metadata if VS Code created the notebook
 */
export function fromView(
  view: { cells: readonly ViewCell[]; metadata?: Partial<NotebookMetadata> | undefined },
  fallback: Notebook,
): Notebook {
  const newId = cellIdSource(new Set(view.cells.flatMap(cell => cell.metadata.id ?? [])))
  const earlierIds = new Set<string>()
  const cells = view.cells.map(cell => {
    const oldId = cell.metadata.id
    const id = oldId !== undefined && !earlierIds.has(oldId) ? oldId : newId(cell.value)
    earlierIds.add(id)
    return fromViewCell(cell, id)
  })
  const { metadata = fallback.metadata, nbformat_minor = fallback.nbformat_minor, exact } = view.metadata ?? {}
  return { cells, metadata: restoreExact(metadata, readExact(exact)) as JsonObject, nbformat: 4, nbformat_minor }
}

function toViewCell(cell: Cell): ViewCell {
  const { id, source: value, metadata } = cell
  const attachments = 'attachments' in cell && cell.attachments !== undefined ? { attachments: cell.attachments } : {}
  const carried = { metadata, ...attachments }
  const exact =
    isCarried(carried) && isCarriedSource(value) && !looksRaw(cell)
      ? {}
      : { exact: exactText({ cell_type: cell.cell_type, source: value, ...carried }) }
  return {
    kind: cell.cell_type === 'markdown' ? 'markup' : 'code',
    value,
    languageId: shownLanguage(cell.cell_type, metadata),
    outputs:
      cell.cell_type === 'code' ? cell.outputs.map(output => toSavedViewOutput(output, originOf(output, cell))) : [],
    metadata: { id, ...toCarried(carried), ...exact },
  }
}

/** The states go with outputs that may have a view only, because each holds a copy of them. */
function originOf(output: Output, { id, metadata }: Cell): OutputOrigin {
  const hasView = 'data' in output && Object.keys(output.data).some(isOwnMime)
  return hasView ? { cell: id, views: toCarried(viewsOf(metadata)) } : { cell: id }
}

/** A cell in its exact form, without id and outputs. */
type ExactCell = Pick<Cell, 'cell_type' | 'source' | 'metadata'> & { attachments?: JsonObject }

function fromViewCell(view: ViewCell, id: string): Cell {
  const { kind, value, languageId, outputs } = view
  const exact = readExact(view.metadata.exact) as ExactCell | undefined
  const source = exact && isSameSource(value, exact.source) ? exact.source : value
  const metadata = restoreExact(view.metadata.metadata ?? {}, exact?.metadata) as JsonObject
  const attachments =
    view.metadata.attachments === undefined
      ? {}
      : { attachments: restoreExact(view.metadata.attachments, exact?.attachments) as JsonObject }
  if (kind === 'markup') return { cell_type: 'markdown', id, source, metadata, ...attachments }
  const isCodeInRaw = exact?.cell_type === 'code' && languageOf(metadata) === RAW_LANGUAGE
  if (languageId === RAW_LANGUAGE && !isCodeInRaw) return { cell_type: 'raw', id, source, metadata, ...attachments }
  return {
    cell_type: 'code',
    id,
    source,
    metadata: withLanguage(metadata, languageId),
    outputs: fromViewOutputs(outputs),
  }
}

/** Outputs of a run are saved up to a limit; what was read from the file is kept as it was. */
function fromViewOutputs(views: readonly ViewOutput[]): Output[] {
  const outputs = views.map(view => fromViewOutput(view))
  return views.every(({ metadata }) => metadata?.saved === true) ? outputs : savedOutputs(outputs)
}

function shownLanguage(type: Cell['cell_type'], metadata: JsonObject): string {
  if (type === 'markdown') return 'markdown'
  return type === 'raw' ? RAW_LANGUAGE : (languageOf(metadata) ?? CODE_LANGUAGE)
}

/** A code cell whose language is that of raw cells. */
const looksRaw = ({ cell_type, metadata }: Cell) => cell_type === 'code' && languageOf(metadata) === RAW_LANGUAGE

/** The language of a code cell if it is not the kernel's, from `metadata.vscode.languageId`, as in VS Code's Jupyter support. */
function languageOf(metadata: JsonObject): string | undefined {
  const vscode = metadata.vscode
  const id = isRecord(vscode) ? vscode.languageId : undefined
  return typeof id === 'string' && id !== '' ? id : undefined
}

function withLanguage(metadata: JsonObject, languageId: string): JsonObject {
  if ((languageOf(metadata) ?? CODE_LANGUAGE) === languageId) return metadata
  const { vscode, ...others } = metadata
  const { languageId: _, ...settings } = isRecord(vscode) ? vscode : {}
  const newSettings = languageId === CODE_LANGUAGE ? settings : { ...settings, languageId }
  return Object.keys(newSettings).length === 0 ? others : { ...others, vscode: newSettings }
}
