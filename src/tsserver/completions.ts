/** Completion in cells: what TypeScript offers, the names of all other cells, and imports that are written into the cell. */
import type ts from '@typescript/typescript6'
import type { CellView } from './cell-view.ts'
import { toCellChanges, withQuotes } from './code-changes.ts'
import { signatureDocumentation, withExampleCode } from './documentation.ts'

/** As TypeScript sorts names of the file itself. */
const LOCAL_SORT_TEXT = '11'

export function cellCompletions(
  view: CellView,
  position: number,
  options: ts.GetCompletionsAtPositionOptions | undefined,
  ...rest: [ts.FormatCodeSettings?]
): ts.WithMetadata<ts.CompletionInfo> | undefined {
  const offset = view.toModuleOffset(position)
  const completions = view.service.getCompletionsAtPosition(view.file, offset, options, ...rest)
  if (!completions) return undefined
  const own = completions.entries.flatMap(entry => toCellEntry(entry, view) ?? [])
  const { optionalReplacementSpan } = completions
  return {
    ...completions,
    entries: [...own, ...namesOfOtherCells(completions, view)],
    ...(optionalReplacementSpan ? { optionalReplacementSpan: view.toCellSpan(optionalReplacementSpan) } : {}),
  }
}

/** Undefined for an import from the module of another cell, whose names need none. */
function toCellEntry(entry: ts.CompletionEntry, view: CellView): ts.CompletionEntry | undefined {
  const fileName = entry.data?.fileName
  if (fileName !== undefined && view.notebook.cellOf(fileName)) return undefined
  const kind = declaredKind(entry.name, view)
  return {
    ...entry,
    ...(kind !== undefined && entry.source === undefined ? { kind } : {}),
    ...(entry.replacementSpan ? { replacementSpan: view.toCellSpan(entry.replacementSpan) } : {}),
  }
}

/** What another cell declares a name as that this one imports. */
function declaredKind(name: string, { cell, notebook }: CellView): ts.ScriptElementKind | undefined {
  const from = cell.imports.get(name)?.from
  return from === undefined ? undefined : notebook.module(from)?.scan.declared.get(name)?.kind
}

/** The names of other cells that the cell does not mention yet, where any name can be. */
function namesOfOtherCells(completions: ts.CompletionInfo, { cell, notebook }: CellView): ts.CompletionEntry[] {
  if (!completions.isGlobalCompletion) return []
  const { ScriptElementKind } = notebook.ts
  const known = new Set(completions.entries.flatMap(({ name, source }) => (source === undefined ? [name] : [])))
  // Of a value; where a type is due, it is not offered.
  const isValue = known.has('liq')
  const types: ReadonlySet<string> = new Set([ScriptElementKind.interfaceElement, ScriptElementKind.typeElement])
  const values: ReadonlySet<string> = new Set([
    ScriptElementKind.constElement,
    ScriptElementKind.letElement,
    ScriptElementKind.variableElement,
    ScriptElementKind.functionElement,
  ])
  return [...notebook.visibleNames(cell.id)].flatMap(([name, { scan }]) => {
    const kind = scan.declared.get(name)?.kind
    if (kind === undefined || cell.imports.has(name) || known.has(name)) return []
    if ((isValue ? types : values).has(kind)) return []
    return [{ name, kind, kindModifiers: '', sortText: LOCAL_SORT_TEXT }]
  })
}

export function cellCompletionDetails(
  view: CellView,
  position: number,
  name: string,
  format: ts.FormatCodeOptions | ts.FormatCodeSettings | undefined,
  source: string | undefined,
  preferences: ts.UserPreferences | undefined,
  data: ts.CompletionEntryData | undefined,
): ts.CompletionEntryDetails | undefined {
  const fromCell = source === undefined ? detailsOfOtherCell(view, name) : undefined
  if (fromCell) return fromCell
  const offset = view.toModuleOffset(position)
  const details = view.service.getCompletionEntryDetails(
    view.file,
    offset,
    name,
    format,
    source,
    withQuotes(view, preferences),
    data,
  )
  if (!details) return undefined
  const { codeActions, ...own } = details
  const actions = codeActions?.flatMap(({ changes, ...action }) => {
    const moved = toCellChanges(view, changes)
    return moved ? [{ ...action, changes: moved }] : []
  })
  const symbol = own.documentation?.length
    ? undefined
    : view.service.getCompletionEntrySymbol(view.file, offset, name, source)
  const documented = { ...own, ...(symbol ? signatureDocumentation(view, symbol) : {}) }
  return { ...withExampleCode(documented), ...(actions && actions.length > 0 ? { codeActions: actions } : {}) }
}

/** What the declaring cell says of a name. */
function detailsOfOtherCell(view: CellView, name: string): ts.CompletionEntryDetails | undefined {
  const { notebook, cell, service } = view
  const from = cell.imports.get(name)?.from
  const provider = from === undefined ? notebook.visibleNames(cell.id).get(name) : notebook.module(from)
  const declared = provider?.scan.declared.get(name)
  if (!provider || !declared) return undefined
  const offset = provider.header.length + declared.start
  const info = service.getQuickInfoAtPosition(notebook.fileName(provider.id), offset)
  if (!info) return undefined
  const { kind, kindModifiers, displayParts = [], documentation = [], tags = [] } = info
  return withExampleCode({ name, kind, kindModifiers, displayParts, documentation, tags })
}
