/** The language service for the server: semantic requests about cells go to their notebook's own service. */
import type { Notebook } from './notebooks.ts'
import type { CompletionDetails, DocumentSpan, LanguageService, TextSpan } from './typescript.ts'

/** Turns off completions that add an import, because the import would have to go into one of the cells. */
const NO_AUTO_IMPORTS = { includeCompletionsForModuleExports: false, includeCompletionsForImportStatements: false }

/** Converts positions between one cell and its notebook's module. */
class CellView {
  readonly #cell: string
  readonly #start: number
  readonly #notebook: Notebook
  readonly file: string
  readonly service: LanguageService

  constructor(cell: string, start: number, notebook: Notebook) {
    this.#cell = cell
    this.#start = start
    this.#notebook = notebook
    this.file = notebook.fileName
    this.service = notebook.service
  }

  toModuleOffset(position: number): number {
    return this.#start + position
  }

  toModuleSpan({ start, length }: TextSpan): TextSpan {
    return { start: this.#start + start, length }
  }

  /** A span of the module that lies in this cell. */
  toCellSpan({ start, length }: TextSpan): TextSpan {
    return { start: start - this.#start, length }
  }

  /** The span in this cell; undefined if it lies elsewhere. */
  toCellSpanIfInside(span: TextSpan): TextSpan | undefined {
    const location = this.#notebook.cells.toCellSpan(span)
    return location?.fileName === this.#cell ? location.span : undefined
  }

  /** Locations in cells and other files; leaves out those in the module that no single cell contains. */
  toCellLocations<T extends DocumentSpan>(locations: readonly T[] | undefined): T[] | undefined {
    return locations?.flatMap(item => {
      if (item.fileName !== this.file) return [item]
      const location = this.#notebook.cells.toCellSpan(item.textSpan)
      if (!location) return []
      const context = item.contextSpan && this.#notebook.cells.toCellSpan(item.contextSpan)
      const { contextSpan: _, ...withoutContext } = item
      const moved = { ...withoutContext, fileName: location.fileName, textSpan: location.span }
      return [(context ? { ...moved, contextSpan: context.span } : moved) as T]
    })
  }
}

/** The documentation of a function that `liq` lists: TypeScript omits it, because it belongs to the declaration elsewhere. */
function functionDocumentation(
  view: CellView,
  position: number,
  name: string,
  source: string | undefined,
): Pick<CompletionDetails, 'documentation' | 'tags'> {
  const checker = view.service.getProgram()?.getTypeChecker()
  const symbol =
    checker && view.service.getCompletionEntrySymbol(view.file, view.toModuleOffset(position), name, source)
  const signature = symbol && checker.getTypeOfSymbol(symbol).getCallSignatures()[0]
  return signature ? { documentation: signature.getDocumentationComment(checker), tags: signature.getJsDocTags() } : {}
}

/**
 * @param base the server's own service; it answers for all other files, and for what depends on a cell's text alone
 * @param notebookOf the notebook of a cell; undefined for other files
 */
export function serveCells(
  base: LanguageService,
  notebookOf: (fileName: string) => Notebook | undefined,
): LanguageService {
  const viewOf = (file: string): CellView | undefined => {
    const notebook = notebookOf(file)
    const start = notebook?.cells.startOf(file)
    return notebook && start !== undefined ? new CellView(file, start, notebook) : undefined
  }
  const replaced: Omit<LanguageService, 'dispose' | 'getProgram' | 'getCompletionEntrySymbol'> = {
    getCompletionsAtPosition(file, position, preferences, ...rest) {
      const view = viewOf(file)
      if (!view) return base.getCompletionsAtPosition(file, position, preferences, ...rest)
      const options = { ...preferences, ...NO_AUTO_IMPORTS }
      const completions = view.service.getCompletionsAtPosition(
        view.file,
        view.toModuleOffset(position),
        options,
        ...rest,
      )
      if (!completions) return undefined
      const moveSpan = <T extends object, K extends keyof T>(item: T, key: K): T =>
        item[key] === undefined ? item : { ...item, [key]: view.toCellSpan(item[key] as TextSpan) }
      return moveSpan(
        { ...completions, entries: completions.entries.map(entry => moveSpan(entry, 'replacementSpan')) },
        'optionalReplacementSpan',
      )
    },
    getCompletionEntryDetails(file, position, name, format, source, ...rest) {
      const view = viewOf(file)
      if (!view) return base.getCompletionEntryDetails(file, position, name, format, source, ...rest)
      const details = view.service.getCompletionEntryDetails(
        view.file,
        view.toModuleOffset(position),
        name,
        format,
        source,
        ...rest,
      )
      if (!details) return undefined
      const documentation = details.documentation?.length ? {} : functionDocumentation(view, position, name, source)
      return { ...details, ...documentation, codeActions: undefined }
    },
    getQuickInfoAtPosition(file, position, ...rest) {
      const view = viewOf(file)
      if (!view) return base.getQuickInfoAtPosition(file, position, ...rest)
      const info = view.service.getQuickInfoAtPosition(view.file, view.toModuleOffset(position), ...rest)
      return info && { ...info, textSpan: view.toCellSpan(info.textSpan) }
    },
    getSignatureHelpItems(file, position, ...rest) {
      const view = viewOf(file)
      if (!view) return base.getSignatureHelpItems(file, position, ...rest)
      const items = view.service.getSignatureHelpItems(view.file, view.toModuleOffset(position), ...rest)
      return items && { ...items, applicableSpan: view.toCellSpan(items.applicableSpan) }
    },
    getDefinitionAndBoundSpan(file, position, ...rest) {
      const view = viewOf(file)
      if (!view) return base.getDefinitionAndBoundSpan(file, position, ...rest)
      const result = view.service.getDefinitionAndBoundSpan(view.file, view.toModuleOffset(position), ...rest)
      if (!result) return undefined
      return { definitions: view.toCellLocations(result.definitions) ?? [], textSpan: view.toCellSpan(result.textSpan) }
    },
    getDefinitionAtPosition: locationsOf('getDefinitionAtPosition'),
    getTypeDefinitionAtPosition: locationsOf('getTypeDefinitionAtPosition'),
    getImplementationAtPosition: locationsOf('getImplementationAtPosition'),
    getReferencesAtPosition: locationsOf('getReferencesAtPosition') as LanguageService['getReferencesAtPosition'],
    findRenameLocations: locationsOf('findRenameLocations'),
    findReferences(file, position, ...rest) {
      const view = viewOf(file)
      if (!view) return base.findReferences(file, position, ...rest)
      return view.service
        .findReferences(view.file, view.toModuleOffset(position), ...rest)
        ?.flatMap(({ definition, references }) => {
          const [location] = view.toCellLocations([definition]) ?? []
          return location ? [{ definition: location, references: view.toCellLocations(references) ?? [] }] : []
        })
    },
    getDocumentHighlights(file, position, files) {
      const view = viewOf(file)
      if (!view) return base.getDocumentHighlights(file, position, files)
      return view.service
        .getDocumentHighlights(view.file, view.toModuleOffset(position), [view.file])
        ?.map(({ highlightSpans }) => ({
          fileName: file,
          highlightSpans: highlightSpans.flatMap(({ contextSpan: _, fileName: __, ...highlight }) => {
            const textSpan = view.toCellSpanIfInside(highlight.textSpan)
            return textSpan ? [{ ...highlight, textSpan }] : []
          }),
        }))
    },
    getRenameInfo(file, position, ...rest) {
      const view = viewOf(file)
      if (!view) return base.getRenameInfo(file, position, ...rest)
      const info = view.service.getRenameInfo(view.file, view.toModuleOffset(position), ...rest)
      return info.triggerSpan ? { ...info, triggerSpan: view.toCellSpan(info.triggerSpan) } : info
    },
    getEncodedSemanticClassifications(file, span, ...rest) {
      const view = viewOf(file)
      if (!view) return base.getEncodedSemanticClassifications(file, span, ...rest)
      const result = view.service.getEncodedSemanticClassifications(view.file, view.toModuleSpan(span), ...rest)
      // Triples: start, length, class.
      const spans = result.spans.map((value, index) =>
        index % 3 === 0 ? view.toCellSpan({ start: value, length: 0 }).start : value,
      )
      return { ...result, spans }
    },
    provideInlayHints(file, span, ...rest) {
      const view = viewOf(file)
      if (!view) return base.provideInlayHints(file, span, ...rest)
      return view.service
        .provideInlayHints(view.file, view.toModuleSpan(span), ...rest)
        .map(hint => ({ ...hint, position: view.toCellSpan({ start: hint.position, length: 0 }).start }))
    },
    // A cell alone is incomplete: what seems missing or unused may be in other cells.
    getSemanticDiagnostics: file => (viewOf(file) ? [] : base.getSemanticDiagnostics(file)),
    getSuggestionDiagnostics: file => (viewOf(file) ? [] : base.getSuggestionDiagnostics(file)),
    getCodeFixesAtPosition: (file, ...rest) => (viewOf(file) ? [] : base.getCodeFixesAtPosition(file, ...rest)),
    organizeImports(args, ...rest) {
      if (!viewOf(args.fileName)) return base.organizeImports(args, ...rest)
      // Sort, but remove none: another cell may use it.
      return args.mode === 'RemoveUnused' ? [] : base.organizeImports({ ...args, mode: 'SortAndCombine' }, ...rest)
    },
  }

  type LocationMethod =
    | 'getDefinitionAtPosition'
    | 'getTypeDefinitionAtPosition'
    | 'getImplementationAtPosition'
    | 'getReferencesAtPosition'
    | 'findRenameLocations'

  function locationsOf(
    method: LocationMethod,
  ): (file: string, position: number, ...rest: unknown[]) => DocumentSpan[] | undefined {
    return (file, position, ...rest) => {
      const view = viewOf(file)
      if (!view) return base[method](file, position, ...rest) as DocumentSpan[] | undefined
      return view.toCellLocations(view.service[method](view.file, view.toModuleOffset(position), ...rest))
    }
  }

  return { ...base, ...replaced }
}
