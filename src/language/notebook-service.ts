/** TypeScript's language service for one notebook, whose cells are its modules. */
import { basename, dirname } from 'node:path/posix'
import type ts from '@typescript/typescript6'
import { type CellModule, cellModule, NotebookNames, type ScannedCell } from './cell-modules.ts'
import { compilerOptions } from './compiler-options.ts'
import { PackageImports } from './package-imports.ts'
import { scanCell, type TypeScript } from './scan-cell.ts'
import type { FileSystem, ServiceFiles } from './service-files.ts'

/** A cell's text and a name for it that stays when it moves. */
export interface CellText {
  /** Unique in the notebook; letters, digits, `-` and `_`. */
  id: string
  text: string
}

/** What TypeScript asks of a host beyond the published interface. */
interface InternalHost {
  hasInvalidatedResolutions(path: string): boolean
  getPackageJsonAutoImportProvider(): ts.Program | undefined
  getPackageJsonsVisibleToFile(fileName: string): readonly object[]
}

/** What changes the types of all cells. */
const AUGMENTS = /\bdeclare\s+(?:global|module)\b/

interface Entry {
  module: CellModule
  version: number
  snapshot: ts.IScriptSnapshot
}

export class NotebookService {
  readonly ts: TypeScript
  readonly service: ts.LanguageService
  /** Precedes the id of a cell in the name of its module. */
  readonly #prefix: string
  readonly #files: ServiceFiles
  readonly #entries = new Map<string, Entry>()
  #cells: readonly ScannedCell[] = []
  #names = new NotebookNames([])
  #changes = 0
  /** All names that cells declare or put on `globalThis`, and a number that rises with each change of them. */
  #allNames = ''
  #nameChanges = 0
  #stampedProgram: ts.Program | undefined
  #otherStamp = ''
  /** Files with imports that were not found. */
  readonly #unresolved = new Set<string>()

  /**
   * @param path of the notebook, with forward slashes; there need be no such file
   * @param registry caches parsed files for several notebooks
   */
  constructor(typescript: TypeScript, path: string, files: ServiceFiles, registry: ts.DocumentRegistry) {
    this.ts = typescript
    this.#prefix = `${path}.cell-`
    this.#files = files
    this.service = typescript.createLanguageService(this.#createHost(), registry)
  }

  /** @param cells of TypeScript, in the order of the notebook */
  update(cells: readonly CellText[]): void {
    const before = new Map(this.#cells.map(cell => [cell.id, cell]))
    const scanned = cells.map(({ id, text }) => {
      const last = before.get(id)
      return last?.text === text ? last : { id, text, scan: scanCell(this.ts, text) }
    })
    if (scanned.length === this.#cells.length && scanned.every((cell, index) => cell === this.#cells[index])) return
    this.#cells = scanned
    this.#names = new NotebookNames(scanned)
    const allNames = scanned.map(({ scan }) => [...scan.declared.keys(), '=', ...scan.globals].join()).join(';')
    if (allNames !== this.#allNames) this.#nameChanges++
    this.#allNames = allNames
    const current = new Set<string>()
    for (const [index, { id }] of scanned.entries()) {
      const module = cellModule(scanned, index, this.#names, other => `./${basename(this.fileName(other))}`)
      const entry = this.#entries.get(id)
      current.add(id)
      if (entry?.module.text === module.text && entry.module.header === module.header) entry.module = module
      else {
        const snapshot = this.ts.ScriptSnapshot.fromString(module.header + module.text)
        this.#entries.set(id, { module, version: ++this.#changes, snapshot })
        this.#unresolved.delete(this.#toPath(this.fileName(id)))
      }
    }
    for (const id of this.#entries.keys()) if (!current.has(id)) this.#entries.delete(id)
  }

  /**
   * Stands for everything that what is said of a cell depends on: its text, the cells that it imports from, directly or not, the
   * names of all cells, and other files. Undefined if there is no telling.
   */
  stamp(id: string): string | undefined {
    if (this.#unresolved.size > 0 || this.#cells.some(({ text }) => AUGMENTS.test(text))) return undefined
    const seen = new Set([id])
    // A set also visits what is added meanwhile.
    for (const cell of seen) for (const { from } of this.module(cell)?.imports.values() ?? []) seen.add(from)
    const versions = [...seen].map(cell => `${cell}:${this.#entries.get(cell)?.version}`)
    return `${this.#nameChanges} ${this.#otherVersions()} ${versions.join()}`
  }

  /** The versions of the files that may change and are no cells. */
  #otherVersions(): string {
    const program = this.service.getProgram()
    if (program === this.#stampedProgram) return this.#otherStamp
    const { folder } = this.#files.declarations
    const files = program
      ?.getSourceFiles()
      .filter(({ fileName }) => !this.cellOf(fileName) && !fileName.startsWith(folder))
    this.#stampedProgram = program
    this.#otherStamp = files?.map(file => `${file.fileName}:${(file as { version?: string }).version}`).join() ?? ''
    return this.#otherStamp
  }

  /** In the order of the notebook. */
  get ids(): string[] {
    return this.#cells.map(({ id }) => id)
  }

  module(id: string): CellModule | undefined {
    return this.#entries.get(id)?.module
  }

  /** The name of a cell's module. */
  readonly fileName = (id: string): string => `${this.#prefix}${id}.ts`

  /** The cell of a module; undefined for other files. */
  cellOf(fileName: string): CellModule | undefined {
    if (!fileName.startsWith(this.#prefix) || !fileName.endsWith('.ts')) return undefined
    return this.module(fileName.slice(this.#prefix.length, -'.ts'.length))
  }

  /** The names that a cell can use from others, and the cell that declares each. */
  visibleNames(id: string): Map<string, CellModule> {
    const index = this.#cells.findIndex(cell => cell.id === id)
    const visible = new Map<string, CellModule>()
    for (const name of this.#names.names()) {
      const place = this.#cells[index]?.scan.declared.has(name) ? undefined : this.#names.provider(name, index)
      const provider = place === undefined ? undefined : this.module(this.#cells[place]!.id)
      if (provider) visible.set(name, provider)
    }
    return visible
  }

  /** Whether a cell other than this declares the name. */
  isDeclaredElsewhere(name: string, id: string): boolean {
    return this.#cells.some(cell => cell.id !== id && cell.scan.declared.has(name))
  }

  /** Whether a cell puts the name on `globalThis`. */
  isGlobal(name: string): boolean {
    return this.#cells.some(({ scan }) => scan.globals.has(name))
  }

  dispose(): void {
    this.service.dispose()
  }

  #createHost(): ts.LanguageServiceHost {
    const { system, declarations, openFile, getDefaultLibFileName } = this.#files
    const { ScriptSnapshot } = this.ts
    const options = compilerOptions(this.ts, declarations)
    const library = dirname(getDefaultLibFileName(options).replaceAll('\\', '/'))
    const isFixed = (name: string) => name.startsWith(`${declarations.folder}/`) || dirname(name) === library
    const entryOf = (name: string) => {
      const cell = this.cellOf(name)
      return cell && this.#entries.get(cell.id)
    }
    const resolve = this.#moduleResolver(options, isFixed)
    const fixed = new Map<string, ts.IScriptSnapshot | undefined>()
    const readSnapshot = (name: string) => {
      const text = system.readFile(name)
      return text === undefined ? undefined : ScriptSnapshot.fromString(text)
    }
    const { realpath } = system
    const packages = new PackageImports(this.ts, system, dirname(this.#prefix), options)
    const host: ts.LanguageServiceHost & InternalHost = {
      getCompilationSettings: () => options,
      getScriptFileNames: () => [...this.ids.map(id => this.fileName(id)), ...declarations.ambient],
      getScriptVersion(name) {
        const entry = entryOf(name)
        if (entry) return String(entry.version)
        if (isFixed(name)) return 'fixed'
        return openFile?.(name)?.version ?? String(system.getModifiedTime?.(name)?.getTime())
      },
      getScriptSnapshot(name) {
        const entry = entryOf(name)
        if (entry) return entry.snapshot
        if (!isFixed(name)) return openFile?.(name)?.snapshot ?? readSnapshot(name)
        // TypeScript asks again for each program whose imports differ.
        if (!fixed.has(name)) fixed.set(name, readSnapshot(name))
        return fixed.get(name)
      },
      resolveModuleNameLiterals: (literals, containingFile) =>
        literals.map(({ text }) => resolve(text, containingFile)),
      // What was not found may have been installed since.
      hasInvalidatedResolutions: path => this.#unresolved.has(path),
      getPackageJsonAutoImportProvider: () => packages.program(),
      // Else the modules of Node are offered only in projects that name their types.
      getPackageJsonsVisibleToFile: () => [],
      getCurrentDirectory: () => dirname(this.#prefix),
      getDefaultLibFileName,
      useCaseSensitiveFileNames: () => system.useCaseSensitiveFileNames,
      fileExists: path => this.cellOf(path) !== undefined || system.fileExists(path),
      readFile: (path, encoding) => system.readFile(path, encoding),
      directoryExists: path => system.directoryExists(path),
      getDirectories: path => system.getDirectories(path),
      readDirectory: (path, ...rest) => system.readDirectory(path, ...rest),
      ...(realpath ? { realpath: path => realpath.call(system, path) } : {}),
    }
    return host
  }

  #moduleResolver(options: ts.CompilerOptions, isFixed: (name: string) => boolean) {
    const { ts } = this
    const { system } = this.#files
    const known = new Map<string, ts.ResolvedModuleWithFailedLookupLocations>()
    const folder = dirname(this.#prefix)
    const host = Object.assign(Object.create(system) as FileSystem, { getCurrentDirectory: () => folder })
    return (specifier: string, containingFile: string): ts.ResolvedModuleWithFailedLookupLocations => {
      const cell = specifier.startsWith('./') ? this.cellOf(`${folder}/${specifier.slice(2)}`) : undefined
      if (cell) {
        const resolvedFileName = this.fileName(cell.id)
        return { resolvedModule: { resolvedFileName, extension: ts.Extension.Ts, isExternalLibraryImport: false } }
      }
      const key = isFixed(containingFile) ? `${containingFile} ${specifier}` : undefined
      const before = key === undefined ? undefined : known.get(key)
      if (before) return before
      const resolution = ts.resolveModuleName(specifier, containingFile, options, host)
      if (key !== undefined) known.set(key, resolution)
      else if (resolution.resolvedModule === undefined) this.#unresolved.add(this.#toPath(containingFile))
      return resolution
    }
  }

  /** TypeScript's key for a file. */
  #toPath(fileName: string): string {
    return this.#files.system.useCaseSensitiveFileNames ? fileName : fileName.toLowerCase()
  }
}
