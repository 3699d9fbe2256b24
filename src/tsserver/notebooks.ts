/** A language service for each notebook that is open, made when it is first asked. */
import { dirname } from 'node:path/posix'
import { parseCellFile } from './cells.ts'
import { type CellText, JoinedCells } from './joined.ts'
import type {
  FileSystem,
  LanguageService,
  PluginCreateInfo,
  ProjectService,
  ServiceHost,
  TypeScript,
} from './typescript.ts'

/** Type declarations that cells are given, as paths with forward slashes. */
export interface Declarations {
  /** Everything below does not change while the server runs. */
  folder: string
  /** The folder in which a `/// <reference types>` finds what it names: not in the notebook's, which may have others. */
  types: string
  /** Those that are in scope without an import. */
  ambient: readonly string[]
  /** Those of modules, by specifier. */
  modules: { readonly [specifier: string]: string }
}

/** A notebook as the language service sees it. */
export interface Notebook {
  /** The file that all its cells are in. */
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
  /** The cells that were open last, parsed. */
  #seen = new Map<string, CellText>()
  /** What is parsed once for all notebooks. */
  #registry: object | undefined
  #opened = 0

  constructor(ts: TypeScript, declarations: Declarations) {
    this.#ts = ts
    this.#declarations = declarations
  }

  /** The notebook of a cell, with the texts of this moment; undefined where the file is no cell that is open. */
  of(fileName: string, info: PluginCreateInfo): Notebook | undefined {
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
    const known = this.#entries.get(file.notebook)
    if (!known) {
      // A notebook and its older self in a comparison have the same path; what is parsed is told apart by its name.
      const entry = this.#open(`${file.path}.${this.#opened++}.ts`, joined, info)
      this.#entries.set(file.notebook, entry)
      return entry
    }
    if (joined.text !== known.cells.text) known.version++
    known.cells = joined
    return known
  }

  /** The cells of the notebooks that are open, in order. */
  #openCells(server: ProjectService): Map<string, CellText[]> {
    const notebooks = new Map<string, (CellText & { order: string })[]>()
    const seen = new Map<string, CellText>()
    for (const path of server.openFiles.keys()) {
      const info = /\.liqnb#/i.test(path) ? server.getScriptInfoForPath(path) : undefined
      const file = info && parseCellFile(info.fileName)
      if (!file) continue
      const snapshot = info.getSnapshot()
      const text = snapshot.getText(0, snapshot.getLength())
      const before = this.#seen.get(info.fileName)
      const cell = before?.text === text ? before : { fileName: info.fileName, text, broken: this.#isBroken(text) }
      seen.set(info.fileName, cell)
      const cells = notebooks.get(file.notebook) ?? []
      cells.push({ ...cell, order: file.order })
      notebooks.set(file.notebook, cells)
    }
    this.#seen = seen
    for (const cells of notebooks.values()) cells.sort((a, b) => (a.order < b.order ? -1 : 1))
    return notebooks
  }

  #isBroken(text: string): boolean {
    // A module, because `await` is a keyword only there.
    const { parseDiagnostics } = this.#ts.createSourceFile(
      'cell.ts',
      `${text}\nexport {}`,
      this.#ts.ScriptTarget.ESNext,
    )
    return parseDiagnostics !== undefined && parseDiagnostics.length > 0
  }

  #open(fileName: string, cells: JoinedCells, { serverHost, languageServiceHost, project }: PluginCreateInfo): Entry {
    this.#registry ??= this.#ts.createDocumentRegistry(serverHost.useCaseSensitiveFileNames)
    const entry: Omit<Entry, 'service'> = { fileName, cells, version: 0 }
    const host = this.#hostOf(entry, serverHost, project.projectService, options =>
      languageServiceHost.getDefaultLibFileName(options),
    )
    return Object.assign(entry, { service: this.#ts.createLanguageService(host, this.#registry) })
  }

  #hostOf(
    entry: Omit<Entry, 'service'>,
    files: FileSystem,
    server: ProjectService,
    getDefaultLibFileName: (options: object) => string,
  ): ServiceHost {
    const { folder, ambient } = this.#declarations
    const { ScriptSnapshot } = this.#ts
    const options = this.#options()
    const library = dirname(getDefaultLibFileName(options).replaceAll('\\', '/'))
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
      ...(files.realpath ? { realpath: (path: string) => files.realpath!(path) } : {}),
    }
  }

  /** A cell is a module for Node, without the browser's names. Strict, so that a hover says what may be undefined. */
  #options(): object {
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
