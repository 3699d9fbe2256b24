/** A language service for each open notebook, created on first use. */
import { dirname } from 'node:path/posix'
import { parseCellFile } from './cell-file.ts'
import { type CellText, JoinedCells } from './joined-cells.ts'
import type {
  FileSystem,
  LanguageService,
  PluginCreateInfo,
  ProjectService,
  ServiceHost,
  TypeScript,
} from './typescript.ts'

/** The type declarations for cells, as paths with forward slashes. */
export interface Declarations {
  /** Files in it do not change while the server runs. */
  folder: string
  /** The folder for `/// <reference types>`, instead of the notebook's own, which may have other versions. */
  types: string
  /** Declarations of globals. */
  ambient: readonly string[]
  /** Declarations of modules, by specifier. */
  modules: { readonly [specifier: string]: string }
}

/** A notebook as the language service sees it. */
export interface Notebook {
  /** The name of the file that joins all its cells. */
  fileName: string
  cells: JoinedCells
  service: LanguageService
}

interface Entry extends Notebook {
  version: number
}

export class Notebooks {
  readonly #ts: TypeScript
  readonly #declarations: Declarations
  readonly #entries = new Map<string, Entry>()
  /** The open cells at the last request, by file name. */
  #lastCells = new Map<string, CellText>()
  /** Caches parsed files for all notebooks. */
  #registry: object | undefined
  #createdCount = 0

  constructor(ts: TypeScript, declarations: Declarations) {
    this.#ts = ts
    this.#declarations = declarations
  }

  /** The notebook of a cell, with its current texts; undefined if the file is not an open cell. */
  forCell(fileName: string, info: PluginCreateInfo): Notebook | undefined {
    const file = parseCellFile(fileName)
    if (!file) return undefined
    const { projectService } = info.project
    const open = this.#openCells(projectService)
    for (const [id, { service }] of this.#entries) {
      if (open.has(id)) continue
      service.dispose()
      this.#entries.delete(id)
    }
    const cells = open.get(file.notebook)
    if (!cells) return undefined
    const joined = new JoinedCells(cells)
    const existing = this.#entries.get(file.notebook)
    if (!existing) {
      // In a comparison, both versions of a notebook have the same path, but the document registry needs distinct names.
      const entry = this.#create(`${file.path}.${this.#createdCount++}.ts`, joined, info)
      this.#entries.set(file.notebook, entry)
      return entry
    }
    if (joined.text !== existing.cells.text) existing.version++
    existing.cells = joined
    return existing
  }

  /** The cells of the open notebooks, in order. */
  #openCells(server: ProjectService): Map<string, CellText[]> {
    const notebooks = new Map<string, (CellText & { order: string })[]>()
    const current = new Map<string, CellText>()
    for (const path of server.openFiles.keys()) {
      const info = /\.liqnb#/i.test(path) ? server.getScriptInfoForPath(path) : undefined
      const file = info && parseCellFile(info.fileName)
      if (!file) continue
      const snapshot = info.getSnapshot()
      const text = snapshot.getText(0, snapshot.getLength())
      const last = this.#lastCells.get(info.fileName)
      const cell = last?.text === text ? last : { fileName: info.fileName, text, broken: this.#hasSyntaxErrors(text) }
      current.set(info.fileName, cell)
      const cells = notebooks.get(file.notebook) ?? []
      cells.push({ ...cell, order: file.order })
      notebooks.set(file.notebook, cells)
    }
    this.#lastCells = current
    for (const cells of notebooks.values()) cells.sort((a, b) => (a.order < b.order ? -1 : 1))
    return notebooks
  }

  #hasSyntaxErrors(text: string): boolean {
    // As a module, because `await` is a keyword only there.
    const { parseDiagnostics } = this.#ts.createSourceFile(
      'cell.ts',
      `${text}\nexport {}`,
      this.#ts.ScriptTarget.ESNext,
    )
    return parseDiagnostics !== undefined && parseDiagnostics.length > 0
  }

  #create(fileName: string, cells: JoinedCells, { serverHost, languageServiceHost, project }: PluginCreateInfo): Entry {
    this.#registry ??= this.#ts.createDocumentRegistry(serverHost.useCaseSensitiveFileNames)
    const entry: Omit<Entry, 'service'> = { fileName, cells, version: 0 }
    const host = this.#createHost(entry, serverHost, project.projectService, options =>
      languageServiceHost.getDefaultLibFileName(options),
    )
    return Object.assign(entry, { service: this.#ts.createLanguageService(host, this.#registry) })
  }

  #createHost(
    entry: Omit<Entry, 'service'>,
    files: FileSystem,
    server: ProjectService,
    getDefaultLibFileName: (options: object) => string,
  ): ServiceHost {
    const { folder, ambient } = this.#declarations
    const { ScriptSnapshot } = this.#ts
    const options = this.#compilerOptions()
    const library = dirname(getDefaultLibFileName(options).replaceAll('\\', '/'))
    const realpath = files.realpath?.bind(files)
    const isFixed = (name: string) => name.startsWith(`${folder}/`) || dirname(name) === library
    return {
      getCompilationSettings: () => options,
      getScriptFileNames: () => [entry.fileName, ...ambient],
      getScriptVersion(name) {
        if (name === entry.fileName) return String(entry.version)
        if (isFixed(name)) return 'fixed'
        return server.getScriptInfo(name)?.getLatestVersion() ?? String(files.getModifiedTime?.(name)?.getTime())
      },
      getScriptSnapshot(name) {
        if (name === entry.fileName) return ScriptSnapshot.fromString(entry.cells.text)
        const open = isFixed(name) ? undefined : server.getScriptInfo(name)
        if (open) return open.getSnapshot()
        const text = files.readFile(name)
        return text === undefined ? undefined : ScriptSnapshot.fromString(text)
      },
      getCurrentDirectory: () => dirname(entry.fileName),
      getDefaultLibFileName,
      useCaseSensitiveFileNames: () => files.useCaseSensitiveFileNames,
      fileExists: path => path === entry.fileName || files.fileExists(path),
      readFile: (path, encoding) => files.readFile(path, encoding),
      directoryExists: path => files.directoryExists(path),
      getDirectories: path => files.getDirectories(path),
      readDirectory: (path, ...rest) => files.readDirectory(path, ...rest),
      ...(realpath ? { realpath } : {}),
    }
  }

  /** A cell is a module for Node, without the browser's globals. Strict, so that a hover shows what may be undefined. */
  #compilerOptions(): object {
    const { types, modules } = this.#declarations
    const { ScriptTarget, ModuleKind, ModuleResolutionKind, ModuleDetectionKind } = this.#ts
    return {
      target: ScriptTarget.ESNext,
      lib: ['lib.esnext.d.ts'],
      module: ModuleKind.ESNext,
      moduleResolution: ModuleResolutionKind.Bundler,
      moduleDetection: ModuleDetectionKind.Force,
      allowImportingTsExtensions: true,
      allowJs: true,
      resolveJsonModule: true,
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      typeRoots: [types],
      types: ['node'],
      paths: Object.fromEntries(Object.entries(modules).map(([specifier, path]) => [specifier, [path]])),
    }
  }
}
