/** The names by which a debugger knows the cells of a notebook. Pure. */
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isRecord } from '../common/json.ts'

/** What the debug adapter protocol calls a Source. */
interface Source {
  path: string
  name?: string
  sourceReference?: number
}

/**
 * Paths of files that do not exist, one for each cell: VS Code's JavaScript debugger knows sources by path, and the URI of a cell
 * is none.
 */
export class DebugSources {
  readonly #cells = new Map<string, string>()

  /** The file URL for a cell. */
  urlOf(cellUri: string): string {
    return pathToFileURL(this.#pathOf(cellUri)).href
  }

  #pathOf(cellUri: string): string {
    const file = `${createHash('sha256').update(cellUri).digest('hex').slice(0, 16)}.ts`
    this.#cells.set(file, cellUri)
    return join(tmpdir(), 'liqnb-cells', file)
  }

  /** Replaces the URIs of cells in a message to the debugger by their paths. */
  toDebugger(message: unknown): void {
    visitSources(message, source => {
      if (source.path.startsWith('vscode-notebook-cell:')) source.path = this.#pathOf(source.path)
    })
  }

  /** Replaces the paths of cells in a message from the debugger by their URIs. @param nameOf a cell's name for people */
  fromDebugger(message: unknown, nameOf: (cellUri: string) => string | undefined): void {
    visitSources(message, source => {
      // Some paths come with a drive, or with other separators.
      const cellUri = this.#cells.get(basename(source.path.replaceAll('\\', '/')))
      if (cellUri === undefined) return
      source.path = cellUri
      const name = nameOf(cellUri)
      if (name !== undefined) source.name = name
      // VS Code has the text itself.
      delete source.sourceReference
    })
  }
}

/** Calls `visit` for every source with a path, at any depth. */
function visitSources(value: unknown, visit: (source: Source) => void): void {
  if (Array.isArray(value)) for (const item of value) visitSources(item, visit)
  else if (isRecord(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (key === 'source' && isRecord(item) && typeof item.path === 'string') visit(item as unknown as Source)
      else visitSources(item, visit)
    }
  }
}
