/**
 * A notebook as TypeScript modules, one for each cell: a cell imports the names that other cells declare, and exports its own. So
 * a name may be declared in several cells, a cell may use `import` and `await`, what one cell narrows or breaks does not reach
 * another, and other notebooks and files see none of it. Pure.
 */
import type { CellScan } from './scan-cell.ts'

export interface ScannedCell {
  /** Unique in the notebook; letters, digits, `-` and `_`. */
  id: string
  text: string
  scan: CellScan
}

export interface ImportedName {
  /** The cell that declares the name. */
  from: string
  /** The offset of the name in the header. */
  start: number
}

export interface CellModule extends ScannedCell {
  /** Precedes the cell's text in its module, in one line. */
  header: string
  /** What the header imports. */
  imports: ReadonlyMap<string, ImportedName>
}

/** Names that are there without a cell, and so are not meant when a cell below declares them. */
const GLOBALS: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(globalThis),
  ...['liq', 'aq', 'display', 'progress', 'clear', 'signal', 'require', 'module', 'exports'],
])

/** Which cells declare a name, and which of them a cell sees. */
export class NotebookNames {
  /** For each name, the positions of the cells that declare it, in order. */
  readonly #declaredIn = new Map<string, number[]>()

  /** @param cells in the order of the notebook */
  constructor(cells: readonly ScannedCell[]) {
    for (const [index, { scan }] of cells.entries())
      for (const name of scan.declared.keys()) {
        const places = this.#declaredIn.get(name)
        if (places) places.push(index)
        else this.#declaredIn.set(name, [index])
      }
  }

  /**
   * The cell whose declaration another cell sees: the nearest above, as after a run from the top, or else the nearest below,
   * because cells run in any order. Undefined if there is none but the cell itself.
   */
  provider(name: string, index: number): number | undefined {
    const places = this.#declaredIn.get(name)
    if (places === undefined) return undefined
    const above = places.findLast(place => place < index)
    if (above !== undefined || GLOBALS.has(name)) return above
    return places.find(place => place > index)
  }

  names(): Iterable<string> {
    return this.#declaredIn.keys()
  }
}

/** The module of a cell, which imports what its text mentions. */
export function cellModule(
  cells: readonly ScannedCell[],
  index: number,
  names: NotebookNames,
  specifier: (id: string) => string,
): CellModule {
  const cell = cells[index]!
  const { declared, exported, mentioned } = cell.scan
  const byCell = new Map<string, string[]>()
  for (const name of mentioned) {
    const place = declared.has(name) ? undefined : names.provider(name, index)
    if (place === undefined) continue
    const { id } = cells[place]!
    byCell.set(id, [...(byCell.get(id) ?? []), name])
  }
  const imports = new Map<string, ImportedName>()
  let header = ''
  for (const [from, list] of byCell) {
    header += 'import { '
    for (const name of list) {
      imports.set(name, { from, start: header.length })
      header += `${name}, `
    }
    header += `} from '${specifier(from).replace(/['\\]/g, '\\$&')}'; `
  }
  const own = [...declared.keys()].filter(name => !exported.has(name))
  if (own.length > 0) header += `export { ${own.join(', ')} };`
  return { ...cell, header: header === '' ? '' : `${header}\n`, imports }
}
