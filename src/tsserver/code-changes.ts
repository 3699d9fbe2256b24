/** Changes that TypeScript makes to modules, as changes to their cells. */
import type ts from '@typescript/typescript6'
import type { CellModule } from '../language/cell-modules.ts'
import type { CellView } from './cell-view.ts'

/** Undefined if a change belongs to what nobody sees. */
export function toCellChanges(
  view: CellView,
  changes: readonly ts.FileTextChanges[],
): ts.FileTextChanges[] | undefined {
  const moved: ts.FileTextChanges[] = []
  for (const change of changes) {
    const cell = view.notebook.cellOf(change.fileName)
    if (!cell) {
      moved.push(change)
      continue
    }
    const textChanges = change.textChanges.map(item => toCellChange(item, cell))
    const fileName = view.fileOf(cell.id)
    if (fileName === undefined || textChanges.includes(undefined)) return undefined
    moved.push({ fileName, textChanges: textChanges.filter(item => item !== undefined) })
  }
  return moved
}

function toCellChange({ span, newText }: ts.TextChange, cell: CellModule): ts.TextChange | undefined {
  const start = span.start - cell.header.length
  // TypeScript would put it among those of the header.
  if (span.length === 0 && /^\s*import\b/.test(newText)) return newImport(newText.trim(), cell)
  return start < 0 ? undefined : { span: { start, length: span.length }, newText }
}

/** Behind the cell's last import, or at its start. */
function newImport(text: string, { text: source, scan: { importsEnd } }: CellModule): ts.TextChange {
  const statement = /;[ \t]*$/m.test(source) ? text : text.replace(/;$/, '')
  const newText = importsEnd > 0 ? `\n${statement}` : `${statement}\n`
  return { span: { start: importsEnd, length: 0 }, newText }
}

/** With the quotes that the notebook has, unless the user has chosen some: a single cell may have none. */
export function withQuotes<T extends ts.UserPreferences>({ notebook }: CellView, preferences: T | undefined): T {
  const { quotePreference = 'auto' } = preferences ?? {}
  if (quotePreference !== 'auto') return preferences as T
  const text = notebook.ids.map(id => notebook.module(id)?.text).join('\n')
  const count = (quote: string) => text.split(quote).length
  return { ...preferences, quotePreference: count('"') > count("'") ? 'double' : 'single' } as T
}
