/** A language service for each open notebook, created on first use. */
import type ts from '@typescript/typescript6'
import { NotebookService } from '../language/notebook-service.ts'
import type { TypeScript } from '../language/scan-cell.ts'
import type { Declarations, ServiceFiles } from '../language/service-files.ts'
import { type CellFile, notebookPath, parseCellFile } from './cell-file.ts'

/** A cell that is open in the server, in its notebook. */
export interface OpenCell {
  notebook: NotebookService
  id: string
  /** The server's name of a cell of the notebook; undefined for one in SQL, which the server does not know. */
  fileOf(id: string): string | undefined
}

/** What the extension tells of a notebook, by its path; cells by the fragments of their addresses. */
export interface PluginConfiguration {
  /** All cells, in order. */
  order?: { [path: string]: readonly string[] }
  /** What cells in SQL declare: the fragment, and the code of the declaration. */
  tables?: { [path: string]: readonly (readonly [fragment: string, code: string])[] }
}

interface NotebookCell extends CellFile {
  text: string
}

interface OpenFile extends NotebookCell {
  fileName: string
  info: ts.server.ScriptInfo
  /** Of the text, in the server. */
  version: string
}

interface Entry {
  service: NotebookService
  files: Map<string, string>
}

export class Notebooks {
  readonly #ts: TypeScript
  readonly #declarations: Declarations
  readonly #entries = new Map<string, Entry>()
  /** Caches parsed files for all notebooks. */
  #registry: ts.DocumentRegistry | undefined
  #createdCount = 0
  /** The open cells at the last request, by the server's path. */
  readonly #files = new Map<string, OpenFile>()
  #lastOpen: readonly OpenFile[] = []
  #lastCells = new Map<string, NotebookCell[]>()
  /** The place of a cell in its notebook, by path and fragment. */
  #ranks = new Map<string, number>()
  /** Cells in SQL that declare a table, by the path of the notebook. */
  #tables = new Map<string, readonly (readonly [fragment: string, code: string])[]>()

  constructor(typescript: TypeScript, declarations: Declarations) {
    this.#ts = typescript
    this.#declarations = declarations
  }

  /** Cells that were inserted or moved are not in the order of their creation. */
  configure({ order = {}, tables = {} }: PluginConfiguration): void {
    this.#ranks = new Map(
      Object.entries(order).flatMap(([path, fragments]) =>
        fragments.map((fragment, index) => [`${notebookPath(path)}#${fragment}`, index] as const),
      ),
    )
    this.#tables = new Map(Object.entries(tables).map(([path, list]) => [notebookPath(path), list]))
    this.#lastOpen = []
  }

  /** The current texts of a cell's notebook; undefined if the file is not an open cell. */
  forCell(fileName: string, info: ts.server.PluginCreateInfo): OpenCell | undefined {
    const file = parseCellFile(fileName)
    if (!file) return undefined
    const open = this.#openCells(info.project.projectService)
    for (const [key, { service }] of this.#entries) {
      if (open.has(key)) continue
      service.dispose()
      this.#entries.delete(key)
    }
    const cells = open.get(file.notebook)
    if (!cells?.some(({ id }) => id === file.id)) return undefined
    let entry = this.#entries.get(file.notebook)
    if (!entry) {
      entry = { service: this.#create(file.path, info), files: new Map() }
      this.#entries.set(file.notebook, entry)
    }
    entry.service.update(cells)
    const { files } = entry
    for (const cell of cells) if ('fileName' in cell) files.set(cell.id, (cell as OpenFile).fileName)
    return { notebook: entry.service, id: file.id, fileOf: id => files.get(id) }
  }

  /** The cells of the open notebooks, in order. VS Code asks of every cell after each key, so what is unchanged is kept. */
  #openCells(server: ts.server.ProjectService): Map<string, NotebookCell[]> {
    const current: OpenFile[] = []
    for (const path of server.openFiles.keys()) {
      const info = /\.liqnb#/i.test(path) ? server.getScriptInfoForPath(path) : undefined
      const cell = info && this.#openCell(path, info)
      if (cell) current.push(cell)
    }
    const last = this.#lastOpen
    if (current.length === last.length && current.every((cell, index) => cell === last[index])) return this.#lastCells
    this.#lastOpen = current
    this.#lastCells = new Map<string, NotebookCell[]>()
    for (const cell of current)
      this.#lastCells.set(cell.notebook, [...(this.#lastCells.get(cell.notebook) ?? []), cell])
    for (const cells of this.#lastCells.values()) {
      cells.push(...this.#tableCells(cells[0]!))
      this.#sort(cells)
    }
    const open = new Set(current)
    for (const [path, cell] of this.#files) if (!open.has(cell)) this.#files.delete(path)
    return this.#lastCells
  }

  #openCell(path: ts.Path, info: ts.server.ScriptInfo): OpenFile | undefined {
    const version = info.getLatestVersion()
    const last = this.#files.get(path)
    if (last?.info === info && last.version === version) return last
    const file = parseCellFile(info.fileName)
    if (!file) return undefined
    const snapshot = info.getSnapshot()
    const text = snapshot.getText(0, snapshot.getLength())
    const cell = { ...file, fileName: info.fileName, text, info, version }
    this.#files.set(path, cell)
    return cell
  }

  /** The cells in SQL of a cell's notebook. */
  #tableCells({ notebook, path, id, fragment }: NotebookCell): NotebookCell[] {
    const scheme = fragment.slice(id.length)
    const list = this.#tables.get(path)?.filter(([other]) => other.endsWith(scheme)) ?? []
    return list.map(([other, text]) => ({
      notebook,
      path,
      id: other.slice(0, other.length - scheme.length),
      fragment: other,
      text,
    }))
  }

  #sort(cells: NotebookCell[]): void {
    const rank = ({ path, fragment }: NotebookCell) => this.#ranks.get(`${path}#${fragment}`)
    const known = cells.every(cell => rank(cell) !== undefined)
    if (known) cells.sort((a, b) => rank(a)! - rank(b)!)
    else cells.sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  #create(path: string, { serverHost, languageServiceHost, project }: ts.server.PluginCreateInfo): NotebookService {
    this.#registry ??= this.#ts.createDocumentRegistry(serverHost.useCaseSensitiveFileNames)
    const files: ServiceFiles = {
      system: serverHost,
      declarations: this.#declarations,
      getDefaultLibFileName: options => languageServiceHost.getDefaultLibFileName(options),
      openFile(name) {
        const info = project.projectService.getScriptInfo(name)
        return info && { version: info.getLatestVersion(), snapshot: info.getSnapshot() }
      },
    }
    // In a comparison, both versions of a notebook have the same path, but the document registry needs distinct names.
    return new NotebookService(this.#ts, `${path}.${this.#createdCount++}`, files, this.#registry)
  }
}
