/**
 * Types of the parts of VS Code's TypeScript that the plugin uses. The installed package `typescript` is the compiler only and
 * has no types of the language service.
 */

export interface TextSpan {
  start: number
  length: number
}

/** A location in a file. */
export interface DocumentSpan {
  fileName: string
  textSpan: TextSpan
  contextSpan?: TextSpan
}

export interface Snapshot {
  getText(start: number, end: number): string
  getLength(): number
  getChangeRange(old: Snapshot): undefined
}

interface CompletionEntry {
  name: string
  kind: string
  replacementSpan?: TextSpan
}

export interface Completions {
  entries: CompletionEntry[]
  optionalReplacementSpan?: TextSpan
}

interface RenameInfo {
  canRename: boolean
  triggerSpan?: TextSpan
}

interface HighlightSpan {
  textSpan: TextSpan
  contextSpan?: TextSpan
  fileName?: string
}

/** A doc comment, as the server sends it. */
type DisplayParts = unknown[]

export interface CompletionDetails {
  documentation?: DisplayParts
  tags?: unknown[]
  codeActions?: unknown
}

interface Signature {
  getDocumentationComment(checker: TypeChecker): DisplayParts
  getJsDocTags(): unknown[]
}

interface TypeChecker {
  getTypeOfSymbol(symbol: object): { getCallSignatures(): readonly Signature[] }
}

export interface Diagnostic {
  start?: number
  length?: number
}

/** Further arguments of a method, which the plugin passes on. */
type Rest = unknown[]

export interface LanguageService {
  getCompletionsAtPosition(file: string, position: number, preferences?: object, ...rest: Rest): Completions | undefined
  getCompletionEntryDetails(
    file: string,
    position: number,
    name: string,
    format: unknown,
    source: string | undefined,
    ...rest: Rest
  ): CompletionDetails | undefined
  getCompletionEntrySymbol(file: string, position: number, name: string, source: string | undefined): object | undefined
  getProgram(): { getTypeChecker(): TypeChecker } | undefined
  getQuickInfoAtPosition(file: string, position: number, ...rest: Rest): { textSpan: TextSpan } | undefined
  getSignatureHelpItems(file: string, position: number, ...rest: Rest): { applicableSpan: TextSpan } | undefined
  getDefinitionAtPosition(file: string, position: number, ...rest: Rest): readonly DocumentSpan[] | undefined
  getDefinitionAndBoundSpan(
    file: string,
    position: number,
    ...rest: Rest
  ): { definitions?: readonly DocumentSpan[]; textSpan: TextSpan } | undefined
  getTypeDefinitionAtPosition(file: string, position: number, ...rest: Rest): readonly DocumentSpan[] | undefined
  getImplementationAtPosition(file: string, position: number, ...rest: Rest): readonly DocumentSpan[] | undefined
  getReferencesAtPosition(file: string, position: number, ...rest: Rest): DocumentSpan[] | undefined
  findReferences(
    file: string,
    position: number,
    ...rest: Rest
  ): { definition: DocumentSpan; references: DocumentSpan[] }[] | undefined
  getDocumentHighlights(
    file: string,
    position: number,
    files: string[],
  ): { fileName: string; highlightSpans: HighlightSpan[] }[] | undefined
  getRenameInfo(file: string, position: number, ...rest: Rest): RenameInfo
  findRenameLocations(file: string, position: number, ...rest: Rest): readonly DocumentSpan[] | undefined
  getEncodedSemanticClassifications(file: string, span: TextSpan, ...rest: Rest): { spans: number[] }
  provideInlayHints(file: string, span: TextSpan, ...rest: Rest): { position: number }[]
  getSemanticDiagnostics(file: string): Diagnostic[]
  getSuggestionDiagnostics(file: string): Diagnostic[]
  getCodeFixesAtPosition(file: string, ...rest: Rest): readonly unknown[]
  organizeImports(args: { fileName: string; mode?: string }, ...rest: Rest): readonly unknown[]
  dispose(): void
}

/** A file of the server; an open one has the editor's text. */
export interface ScriptInfo {
  fileName: string
  getSnapshot(): Snapshot
  getLatestVersion(): string
}

export interface ProjectService {
  /** The open files, by the server's normalized paths. */
  openFiles: ReadonlyMap<string, unknown>
  getScriptInfoForPath(path: string): ScriptInfo | undefined
  getScriptInfo(fileName: string): ScriptInfo | undefined
}

/** The part of `ts.sys` that reads files. */
export interface FileSystem {
  useCaseSensitiveFileNames: boolean
  fileExists(path: string): boolean
  readFile(path: string, encoding?: string): string | undefined
  directoryExists(path: string): boolean
  getDirectories(path: string): string[]
  readDirectory(path: string, ...rest: Rest): string[]
  realpath?(path: string): string
  getModifiedTime?(path: string): Date | undefined
}

export interface ServiceHost extends Omit<FileSystem, 'useCaseSensitiveFileNames'> {
  useCaseSensitiveFileNames(): boolean
  getCompilationSettings(): object
  getScriptFileNames(): string[]
  getScriptVersion(fileName: string): string
  getScriptSnapshot(fileName: string): Snapshot | undefined
  getCurrentDirectory(): string
  getDefaultLibFileName(options: object): string
}

export interface TypeScript {
  createLanguageService(host: ServiceHost, registry: object): LanguageService
  createDocumentRegistry(useCaseSensitiveFileNames: boolean): object
  /** `parseDiagnostics` is not in the published types, but exists in all versions. */
  createSourceFile(fileName: string, text: string, target: number): { parseDiagnostics?: readonly unknown[] }
  ScriptSnapshot: { fromString(text: string): Snapshot }
  ScriptTarget: { ESNext: number }
  ModuleKind: { ESNext: number }
  ModuleResolutionKind: { Bundler: number }
  ModuleDetectionKind: { Force: number }
}

/** What a plugin receives for each project of the server. */
export interface PluginCreateInfo {
  project: { projectService: ProjectService }
  languageService: LanguageService
  languageServiceHost: { getDefaultLibFileName(options: object): string }
  serverHost: FileSystem
}
