/** Quick fixes for what is said of a cell. */
import type ts from '@typescript/typescript6'
import { correctSpelling } from '../language/spelling.ts'
import type { CellView } from './cell-view.ts'
import { toCellChanges, withQuotes } from './code-changes.ts'

export function cellCodeFixes(
  view: CellView,
  start: number,
  end: number,
  codes: readonly number[],
  format: ts.FormatCodeSettings,
  preferences: ts.UserPreferences,
): ts.CodeFixAction[] {
  const from = view.toModuleOffset(start)
  const fixes = view.service.getCodeFixesAtPosition(
    view.file,
    from,
    view.toModuleOffset(end),
    codes,
    format,
    withQuotes(view, preferences),
  )
  const moved = fixes.flatMap(({ fixName, description, changes }) => {
    const own = toCellChanges(view, changes)
    return own ? [{ fixName, description, changes: own }] : []
  })
  return [...spellingFix(view, { start, length: end - start }, codes), ...moved]
}

/** Of names that TypeScript does not know in the cell, or does not correct. */
function spellingFix(view: CellView, span: ts.TextSpan, codes: readonly number[]): ts.CodeFixAction[] {
  const change = correctSpelling(view.notebook, view.cell, span, codes)
  if (change === undefined) return []
  const changes = [{ fileName: view.fileOf(view.cell.id)!, textChanges: [change] }]
  return [{ fixName: 'spelling', description: `Change spelling to '${change.newText}'`, changes }]
}
