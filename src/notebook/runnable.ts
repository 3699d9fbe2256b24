/** Which cells run. */
import { isRecord } from '../common/json.ts'
import { hasTag } from './tags.ts'
import type { Cell, CodeCell } from './types.ts'

/** The language of a code cell if it is not the notebook's own. VS Code keeps it in the cell's metadata. */
export function otherLanguage({ metadata }: CodeCell): string | undefined {
  const { vscode } = metadata
  const id = isRecord(vscode) ? vscode.languageId : undefined
  return typeof id === 'string' && id !== 'typescript' ? id : undefined
}

/** Languages whose cells run: the notebook's own, and SQL (see sql-cell.ts). */
const runs = (language: string | undefined) => language === undefined || language === 'sql'

/** Code in a language that runs, other than white space, and not tagged to be skipped. */
export function isRunnable(cell: Cell): cell is CodeCell {
  if (cell.cell_type !== 'code' || cell.source.trim() === '') return false
  return !hasTag(cell.metadata, 'skip-execution') && runs(otherLanguage(cell))
}
