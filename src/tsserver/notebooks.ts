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
  /** The server's name of a cell of the notebook. */
  fileOf(id: string): string
}

/** What the extension tells: for the path of a notebook, the fragments of its cells' addresses in order. */
export interface PluginConfiguration {
  order?: { [path: string]: readonly string[] }
}

interface OpenFile extends CellFile {
  fileName: string
  text: string
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
  /** The place of a cell in its notebook, by path and fragment. */
  #ranks = new Map<string, number>()

  constructor(typescript: TypeScript, declarations: Declarations) {
    this.#ts = typescript
    this.#declarations = declarations
  }

  /** Cells that were inserted or moved are not in the order of their creation. */
  configure({ order = {} }: PluginConfiguration): void {
    this.#ranks = new Map(
      Object.entries(order).flatMap(([path, fragments]) =>
        fragments.map((fragment, index) => [`${notebookPath(path)}#${fragment}`, index] as const),
      ),
    )
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
    for (const { id, fileName } of cells) files.set(id, fileName)
    return { notebook: entry.service, id: file.id, fileOf: id => files.get(id) ?? id }
  }

  /** The cells of the open notebooks, in order. */
  #openCells(server: ts.server.ProjectService): Map<string, OpenFile[]> {
    const notebooks = new Map<string, OpenFile[]>()
    for (const path of server.openFiles.keys()) {
      const info = /\.liqnb#/i.test(path) ? server.getScriptInfoForPath(path) : undefined
      const file = info && parseCellFile(info.fileName)
      if (!file) continue
      const snapshot = info.getSnapshot()
      const text = snapshot.getText(0, snapshot.getLength())
      const cells = notebooks.get(file.notebook) ?? []
      cells.push({ ...file, fileName: info.fileName, text })
      notebooks.set(file.notebook, cells)
    }
    for (const cells of notebooks.values()) this.#sort(cells)
    return notebooks
  }

  #sort(cells: OpenFile[]): void {
    const rank = ({ path, fragment }: OpenFile) => this.#ranks.get(`${path}#${fragment}`)
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
