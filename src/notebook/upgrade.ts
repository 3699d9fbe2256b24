import { NBFORMAT_MINOR, newCellId } from './create.ts'
import { joinLines } from './lines.ts'
import { isObject } from './rules.ts'

/**
 * Brings a 4.0 to 4.4 document to 4.5, whose one addition is that every cell has an id. Some writers of older versions
 * gave ids already: they are kept where they are unique. Works on JSON that is not validated yet and leaves alone what it
 * does not understand; validation tells about it.
 */
export function upgradeNotebook(document: Record<string, unknown>): Record<string, unknown> {
  if (typeof document.nbformat_minor !== 'number' || document.nbformat_minor >= NBFORMAT_MINOR) return document
  if (!Array.isArray(document.cells)) return { ...document, nbformat_minor: NBFORMAT_MINOR }
  const taken = new Set<string>(
    document.cells.filter(isObject).flatMap(cell => (typeof cell.id === 'string' ? [cell.id] : [])),
  )
  const seen = new Set<string>()
  const cells = document.cells.map((cell: unknown) => {
    if (!isObject(cell)) return cell
    const own = typeof cell.id === 'string' && !seen.has(cell.id) ? cell.id : undefined
    const id = own ?? newCellId(taken, sourceText(cell.source))
    taken.add(id)
    seen.add(id)
    return { ...cell, id }
  })
  return { ...document, cells, nbformat_minor: NBFORMAT_MINOR }
}

function sourceText(source: unknown): string {
  if (typeof source === 'string') return source
  return Array.isArray(source) ? joinLines(source.filter(line => typeof line === 'string')) : ''
}
