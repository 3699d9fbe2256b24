/** Upgrades older notebook documents, and repairs cell ids. */
import { isRecord } from '../common/json.ts'
import { CELL_ID, cellIdSource } from './cell-ids.ts'
import { NBFORMAT_MINOR } from './create.ts'
import type { Problem } from './errors.ts'
import { joinLines } from './lines.ts'
import { describe } from './rules.ts'

export interface Upgrade {
  document: Record<string, unknown>
  /** The ids that were replaced although the file is of a version that has ids. */
  repairs: Problem[]
}

/**
 * Makes a document one of 4.5 or later, in which every cell has an id of its own. 4.0 to 4.4 have no ids; in later files, missing,
 * repeated and malformed ones are replaced, as Jupyter does, because an id carries nothing but identity. Valid ids stay with
 * the first cell that has them. New ids depend on the text of the cells only. The rest of the document is not validated yet:
 * invalid parts stay for validation to report.
 */
export function upgradeNotebook(document: Record<string, unknown>): Upgrade {
  const { cells } = document
  const minor = Number(document.nbformat_minor)
  const upgraded = { ...document, nbformat_minor: Math.max(minor, NBFORMAT_MINOR) }
  if (!Array.isArray(cells)) return { document: upgraded, repairs: [] }

  const newId = cellIdSource(new Set(cells.flatMap(cell => (isRecord(cell) && isCellId(cell.id) ? [cell.id] : []))))
  const firstCells = new Map<string, number>()
  const repairs: Problem[] = []
  const withIds = cells.map((cell: unknown, index) => {
    if (!isRecord(cell)) return cell
    if (isCellId(cell.id) && !firstCells.has(cell.id)) {
      firstCells.set(cell.id, index)
      return cell
    }
    repairs.push({ path: `cells[${index}].id`, message: idProblem(cell, firstCells) })
    return { ...cell, id: newId(sourceText(cell.source)) }
  })
  return { document: { ...upgraded, cells: withIds }, repairs: minor < NBFORMAT_MINOR ? [] : repairs }
}

/** What was repaired, in one line. */
export function describeRepairs([first, ...more]: readonly Problem[]): string {
  if (first === undefined) return ''
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`
  return `${first.path}: ${first.message}${others}; ${more.length === 0 ? 'the cell has a new id' : 'the cells have new ids'}`
}

const isCellId = (id: unknown): id is string => typeof id === 'string' && CELL_ID.test(id)

function idProblem(cell: Record<string, unknown>, firstCells: ReadonlyMap<string, number>): string {
  if (!Object.hasOwn(cell, 'id')) return 'required, but missing'
  if (!isCellId(cell.id)) return `expected a cell id (1 to 64 letters, digits, "-" or "_"), found ${describe(cell.id)}`
  return `cell ids must be unique, but cells[${firstCells.get(cell.id)}] has the id ${describe(cell.id)} too`
}

function sourceText(source: unknown): string {
  if (typeof source === 'string') return source
  return Array.isArray(source) ? joinLines(source.filter(line => typeof line === 'string')) : ''
}
