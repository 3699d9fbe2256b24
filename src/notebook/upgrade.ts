/** Upgrades older notebook documents. */
import { isRecord } from '../common/json.ts'
import { NBFORMAT_MINOR, newCellId } from './create.ts'
import { joinLines } from './lines.ts'

/**
 * Upgrades a 4.0 to 4.4 document to 4.5, which only adds cell ids. Ids that older writers already set are kept if they are
 * unique. The document is not validated yet: invalid parts stay for validation to report.
 */
export function upgradeNotebook(document: Record<string, unknown>): Record<string, unknown> {
  if (typeof document.nbformat_minor !== 'number' || document.nbformat_minor >= NBFORMAT_MINOR) return document
  if (!Array.isArray(document.cells)) return { ...document, nbformat_minor: NBFORMAT_MINOR }
  const usedIds = new Set<string>(
    document.cells.filter(isRecord).flatMap(cell => (typeof cell.id === 'string' ? [cell.id] : [])),
  )
  const seen = new Set<string>()
  const cells = document.cells.map((cell: unknown) => {
    if (!isRecord(cell)) return cell
    const uniqueId = typeof cell.id === 'string' && !seen.has(cell.id) ? cell.id : undefined
    const id = uniqueId ?? newCellId(usedIds, sourceText(cell.source))
    usedIds.add(id)
    seen.add(id)
    return { ...cell, id }
  })
  return { ...document, cells, nbformat_minor: NBFORMAT_MINOR }
}

function sourceText(source: unknown): string {
  if (typeof source === 'string') return source
  return Array.isArray(source) ? joinLines(source.filter(line => typeof line === 'string')) : ''
}
