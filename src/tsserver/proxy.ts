/** The language service that the server asks: for cells, what has to do with meaning is answered by their notebook. */
import type { Notebook } from './notebooks.ts'
import type { CompletionDetails, DocumentSpan, LanguageService, TextSpan } from './typescript.ts'

/** Names of other modules, to be imported: the import would have to go into one of the cells. */
const NO_AUTO_IMPORTS = { includeCompletionsForModuleExports: false, includeCompletionsForImportStatements: false }

/** Answers about one cell, put into its own coordinates. */
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

  at(position: number): number {
    return this.#start + position
  }

  in({ start, length }: TextSpan): TextSpan {
    return { start: this.#start + start, length }
  }

  /** A stretch of this cell. */
  own({ start, length }: TextSpan): TextSpan {
    return { start: start - this.#start, length }
  }

  /** The stretch, where it lies in this cell. */
  ownOnly(span: TextSpan): TextSpan | undefined {
    const place = this.#notebook.cells.place(span)
    return place?.fileName === this.#cell ? place.span : undefined
  }

  /** Places in cells and in other files; those that lie in no cell as a whole are left out. */
  places<T extends DocumentSpan>(found: readonly T[] | undefined): T[] | undefined {
    return found?.flatMap(item => {
      if (item.fileName !== this.file) return [item]
      const place = this.#notebook.cells.place(item.textSpan)
      if (!place) return []
      const context = item.contextSpan && this.#notebook.cells.place(item.contextSpan)
      const { contextSpan: _, ...rest } = item
      const moved = { ...rest, fileName: place.fileName, textSpan: place.span }
      return [(context ? { ...moved, contextSpan: context.span } : moved) as T]
    })
  }
}

/** `liq` lists functions that are described where they are written; TypeScript leaves their description out of a completion. */
function wordsOfFunction(
  view: CellView,
  at: number,
  name: string,
  source: string | undefined,
): Pick<CompletionDetails, 'documentation' | 'tags'> {
  const checker = view.service.getProgram()?.getTypeChecker()
  const symbol = checker && view.service.getCompletionEntrySymbol(view.file, view.at(at), name, source)
  const signature = symbol && checker.getTypeOfSymbol(symbol).getCallSignatures()[0]
  return signature ? { documentation: signature.getDocumentationComment(checker), tags: signature.getJsDocTags() } : {}
}

/**
 * @param base the server's own service, which answers for all other files, and for what is a matter of a cell's text alone
 * @param notebookOf the notebook of a cell, or undefined
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
    getCompletionsAtPosition(file, at, preferences, ...rest) {
      const view = viewOf(file)
      if (!view) return base.getCompletionsAtPosition(file, at, preferences, ...rest)
      const wanted = { ...preferences, ...NO_AUTO_IMPORTS }
      const found = view.service.getCompletionsAtPosition(view.file, view.at(at), wanted, ...rest)
      if (!found) return undefined
      const moved = <T extends object, K extends keyof T>(item: T, key: K): T =>
        item[key] === undefined ? item : { ...item, [key]: view.own(item[key] as TextSpan) }
      return moved(
        { ...found, entries: found.entries.map(entry => moved(entry, 'replacementSpan')) },
        'optionalReplacementSpan',
      )
    },
    getCompletionEntryDetails(file, at, name, format, source, ...rest) {
      const view = viewOf(file)
      if (!view) return base.getCompletionEntryDetails(file, at, name, format, source, ...rest)
      const details = view.service.getCompletionEntryDetails(view.file, view.at(at), name, format, source, ...rest)
      if (!details) return undefined
      const words = details.documentation?.length ? {} : wordsOfFunction(view, at, name, source)
      return { ...details, ...words, codeActions: undefined }
    },
    getQuickInfoAtPosition(file, at, ...rest) {
      const view = viewOf(file)
      if (!view) return base.getQuickInfoAtPosition(file, at, ...rest)
      const info = view.service.getQuickInfoAtPosition(view.file, view.at(at), ...rest)
      return info && { ...info, textSpan: view.own(info.textSpan) }
    },
    getSignatureHelpItems(file, at, ...rest) {
      const view = viewOf(file)
      if (!view) return base.getSignatureHelpItems(file, at, ...rest)
      const items = view.service.getSignatureHelpItems(view.file, view.at(at), ...rest)
      return items && { ...items, applicableSpan: view.own(items.applicableSpan) }
    },
    getDefinitionAndBoundSpan(file, at, ...rest) {
      const view = viewOf(file)
      if (!view) return base.getDefinitionAndBoundSpan(file, at, ...rest)
      const found = view.service.getDefinitionAndBoundSpan(view.file, view.at(at), ...rest)
      if (!found) return undefined
      return { definitions: view.places(found.definitions) ?? [], textSpan: view.own(found.textSpan) }
    },
    getDefinitionAtPosition: placesOf('getDefinitionAtPosition'),
    getTypeDefinitionAtPosition: placesOf('getTypeDefinitionAtPosition'),
    getImplementationAtPosition: placesOf('getImplementationAtPosition'),
    getReferencesAtPosition: placesOf('getReferencesAtPosition') as LanguageService['getReferencesAtPosition'],
    findRenameLocations: placesOf('findRenameLocations'),
    findReferences(file, at, ...rest) {
      const view = viewOf(file)
      if (!view) return base.findReferences(file, at, ...rest)
      return view.service.findReferences(view.file, view.at(at), ...rest)?.flatMap(({ definition, references }) => {
        const [place] = view.places([definition]) ?? []
        return place ? [{ definition: place, references: view.places(references) ?? [] }] : []
      })
    },
    getDocumentHighlights(file, at, files) {
      const view = viewOf(file)
      if (!view) return base.getDocumentHighlights(file, at, files)
      return view.service.getDocumentHighlights(view.file, view.at(at), [view.file])?.map(({ highlightSpans }) => ({
        fileName: file,
        highlightSpans: highlightSpans.flatMap(({ contextSpan: _, fileName: __, ...highlight }) => {
          const textSpan = view.ownOnly(highlight.textSpan)
          return textSpan ? [{ ...highlight, textSpan }] : []
        }),
      }))
    },
    getRenameInfo(file, at, ...rest) {
      const view = viewOf(file)
      if (!view) return base.getRenameInfo(file, at, ...rest)
      const info = view.service.getRenameInfo(view.file, view.at(at), ...rest)
      return info.triggerSpan ? { ...info, triggerSpan: view.own(info.triggerSpan) } : info
    },
    getEncodedSemanticClassifications(file, span, ...rest) {
      const view = viewOf(file)
      if (!view) return base.getEncodedSemanticClassifications(file, span, ...rest)
      const found = view.service.getEncodedSemanticClassifications(view.file, view.in(span), ...rest)
      // Triples: start, length, class.
      const spans = found.spans.map((value, index) =>
        index % 3 === 0 ? view.own({ start: value, length: 0 }).start : value,
      )
      return { ...found, spans }
    },
    provideInlayHints(file, span, ...rest) {
      const view = viewOf(file)
      if (!view) return base.provideInlayHints(file, span, ...rest)
      return view.service
        .provideInlayHints(view.file, view.in(span), ...rest)
        .map(hint => ({ ...hint, position: view.own({ start: hint.position, length: 0 }).start }))
    },
    // A cell alone is not the program: what it seems to lack or not to use is the business of other cells.
    getSemanticDiagnostics: file => (viewOf(file) ? [] : base.getSemanticDiagnostics(file)),
    getSuggestionDiagnostics: file => (viewOf(file) ? [] : base.getSuggestionDiagnostics(file)),
    getCodeFixesAtPosition: (file, ...rest) => (viewOf(file) ? [] : base.getCodeFixesAtPosition(file, ...rest)),
    organizeImports(args, ...rest) {
      if (!viewOf(args.fileName)) return base.organizeImports(args, ...rest)
      // Sorted, but none removed: another cell may use it.
      return args.mode === 'RemoveUnused' ? [] : base.organizeImports({ ...args, mode: 'SortAndCombine' }, ...rest)
    },
  }

  type Places =
    | 'getDefinitionAtPosition'
    | 'getTypeDefinitionAtPosition'
    | 'getImplementationAtPosition'
    | 'getReferencesAtPosition'
    | 'findRenameLocations'

  function placesOf(method: Places): (file: string, at: number, ...rest: unknown[]) => DocumentSpan[] | undefined {
    return (file, at, ...rest) => {
      const view = viewOf(file)
      if (!view) return base[method](file, at, ...rest) as DocumentSpan[] | undefined
      return view.places(view.service[method](view.file, view.at(at), ...rest))
    }
  }

  return { ...base, ...replaced }
}
