/** The language service for the server: semantic requests about cells go to their notebook's own service. */
import type ts from '@typescript/typescript6'
import { cellDiagnostics } from '../language/diagnostics.ts'
import { CORRECTED } from '../language/spelling.ts'
import { CellView } from './cell-view.ts'
import { cellCodeFixes } from './code-fixes.ts'
import { cellCompletionDetails, cellCompletions } from './completions.ts'
import { cellQuickInfo } from './documentation.ts'
import { cellReferences, cellRenames } from './navigation.ts'
import type { OpenCell } from './notebooks.ts'

/**
 * @param base the server's own service; it answers for all other files, and for what depends on a cell's text alone
 * @param openCell the cell that a file is; undefined for other files
 */
export function serveCells(
  base: ts.LanguageService,
  openCell: (fileName: string) => OpenCell | undefined,
): ts.LanguageService {
  const viewOf = (file: string): CellView | undefined => {
    const open = openCell(file)
    const cell = open?.notebook.module(open.id)
    return open && cell && new CellView(open, cell)
  }
  const replaced: Partial<ts.LanguageService> = {
    getCompletionsAtPosition(file, position, ...rest) {
      const view = viewOf(file)
      return view ? cellCompletions(view, position, ...rest) : base.getCompletionsAtPosition(file, position, ...rest)
    },
    getCompletionEntryDetails(file, position, ...rest) {
      const view = viewOf(file)
      return view
        ? cellCompletionDetails(view, position, ...rest)
        : base.getCompletionEntryDetails(file, position, ...rest)
    },
    getQuickInfoAtPosition(file, position, ...rest) {
      const view = viewOf(file)
      return view ? cellQuickInfo(view, position, ...rest) : base.getQuickInfoAtPosition(file, position, ...rest)
    },
    getSignatureHelpItems(file, position, options) {
      const view = viewOf(file)
      if (!view) return base.getSignatureHelpItems(file, position, options)
      const items = view.service.getSignatureHelpItems(view.file, view.toModuleOffset(position), options)
      return items && { ...items, applicableSpan: view.toCellSpan(items.applicableSpan) }
    },
    getDefinitionAndBoundSpan(file, position) {
      const view = viewOf(file)
      if (!view) return base.getDefinitionAndBoundSpan(file, position)
      const result = view.service.getDefinitionAndBoundSpan(view.file, view.toModuleOffset(position))
      if (!result) return undefined
      return { definitions: view.toLocations(result.definitions) ?? [], textSpan: view.toCellSpan(result.textSpan) }
    },
    getDefinitionAtPosition(file, position, ...rest) {
      const view = viewOf(file)
      if (!view) return base.getDefinitionAtPosition(file, position, ...rest)
      return view.toLocations(view.service.getDefinitionAtPosition(view.file, view.toModuleOffset(position), ...rest))
    },
    getTypeDefinitionAtPosition(file, position) {
      const view = viewOf(file)
      if (!view) return base.getTypeDefinitionAtPosition(file, position)
      return view.toLocations(view.service.getTypeDefinitionAtPosition(view.file, view.toModuleOffset(position)))
    },
    getImplementationAtPosition(file, position) {
      const view = viewOf(file)
      if (!view) return base.getImplementationAtPosition(file, position)
      return view.toLocations(view.service.getImplementationAtPosition(view.file, view.toModuleOffset(position)))
    },
    getReferencesAtPosition(file, position) {
      const view = viewOf(file)
      if (!view) return base.getReferencesAtPosition(file, position)
      return view.toLocations(view.service.getReferencesAtPosition(view.file, view.toModuleOffset(position)))
    },
    findReferences(file, position) {
      const view = viewOf(file)
      return view ? cellReferences(view, position) : base.findReferences(file, position)
    },
    // The last parameter is a flag in older versions.
    findRenameLocations: ((file, position, inStrings, inComments, preferences) => {
      const view = viewOf(file)
      if (!view)
        return base.findRenameLocations(file, position, inStrings, inComments, preferences as ts.UserPreferences)
      const options =
        typeof preferences === 'object' ? preferences : { providePrefixAndSuffixTextForRename: preferences }
      return cellRenames(view, position, [inStrings, inComments, options as ts.UserPreferences])
    }) as ts.LanguageService['findRenameLocations'],
    getDocumentHighlights(file, position, files) {
      const view = viewOf(file)
      if (!view) return base.getDocumentHighlights(file, position, files)
      return view.service
        .getDocumentHighlights(view.file, view.toModuleOffset(position), [view.file])
        ?.map(({ highlightSpans }) => ({
          fileName: file,
          highlightSpans: highlightSpans.flatMap(({ contextSpan: _, fileName: __, ...highlight }) => {
            const textSpan = view.toCellSpan(highlight.textSpan)
            return textSpan.start >= 0 ? [{ ...highlight, textSpan }] : []
          }),
        }))
    },
    getRenameInfo: ((file, position, ...rest) => {
      const view = viewOf(file)
      if (!view) return base.getRenameInfo(file, position, ...rest)
      const info = view.service.getRenameInfo(view.file, view.toModuleOffset(position), ...rest)
      return info.canRename ? { ...info, triggerSpan: view.toCellSpan(info.triggerSpan) } : info
    }) as ts.LanguageService['getRenameInfo'],
    getEncodedSemanticClassifications(file, span, ...rest) {
      const view = viewOf(file)
      if (!view) return base.getEncodedSemanticClassifications(file, span, ...rest)
      const result = view.service.getEncodedSemanticClassifications(view.file, view.toModuleSpan(span), ...rest)
      // Triples: start, length, class.
      const spans = result.spans.map((value, index) => (index % 3 === 0 ? value - view.cell.header.length : value))
      return { ...result, spans }
    },
    provideInlayHints(file, span, ...rest) {
      const view = viewOf(file)
      if (!view) return base.provideInlayHints(file, span, ...rest)
      return view.service
        .provideInlayHints(view.file, view.toModuleSpan(span), ...rest)
        .map(hint => ({ ...hint, position: hint.position - view.cell.header.length }))
    },
    // VS Code drops these in notebooks, and shows those of the next method.
    getSemanticDiagnostics: file => (viewOf(file) ? [] : base.getSemanticDiagnostics(file)),
    getSuggestionDiagnostics(file) {
      const view = viewOf(file)
      return view ? typeErrors(view) : base.getSuggestionDiagnostics(file)
    },
    getCodeFixesAtPosition(file, ...rest) {
      const view = viewOf(file)
      return view ? cellCodeFixes(view, ...rest) : base.getCodeFixesAtPosition(file, ...rest)
    },
    // VS Code may ask for any file, and asks once.
    getSupportedCodeFixes: file => [...new Set([...base.getSupportedCodeFixes(file), ...CORRECTED.map(String)])],
    // A cell alone knows too little for a fix of all of it.
    getCombinedCodeFix: (scope, ...rest) =>
      viewOf(scope.fileName) ? { changes: [] } : base.getCombinedCodeFix(scope, ...rest),
    organizeImports(args, ...rest) {
      if (!viewOf(args.fileName)) return base.organizeImports(args, ...rest)
      // Sort, but remove none: another cell may use it.
      if (args.mode === 'RemoveUnused') return []
      return base.organizeImports({ ...args, mode: 'SortAndCombine' as ts.OrganizeImportsMode }, ...rest)
    },
  }
  return { ...base, ...replaced }
}

/** The server itself shows syntax errors, from the cell's text alone. */
function typeErrors(view: CellView): ts.DiagnosticWithLocation[] {
  const { notebook, cell } = view
  if (cell.scan.hasSyntaxErrors) return []
  const { ts } = notebook
  const toFile = (other: typeof cell) =>
    ts.createSourceFile(view.fileOf(other.id) ?? other.id, other.text, ts.ScriptTarget.ESNext)
  return cellDiagnostics(notebook, cell.id, toFile).map(diagnostic => ({ ...diagnostic, file: toFile(cell) }))
}
