/** Turns a Jupyter notebook of any language into a Liqnb notebook, and back. */
import { isRecord, type JsonObject } from '../common/json.ts'
import { countText } from '../common/number-text.ts'
import { KERNELSPEC, LANGUAGE_INFO } from './create.ts'
import { toIpynb } from './ipynb.ts'
import { otherLanguage } from './runnable.ts'
import { SQL_LANGUAGE } from './sql-cell.ts'
import type { Cell, CodeCell, Notebook } from './types.ts'

/** Languages whose cells run as TypeScript. */
const RUNS: ReadonlySet<string> = new Set(['typescript', 'javascript'])

export interface Conversion {
  notebook: Notebook
  /** What became of the cells, in one line. */
  summary: string
}

/**
 * A Jupyter notebook as a Liqnb notebook. Code of another language stays code of that language, which does not run; outputs stay.
 * The kernel that the notebook had is kept in its metadata, for {@link toJupyter}.
 */
export function fromJupyter(notebook: Notebook): Conversion {
  const language = notebookLanguage(notebook)
  const runs = RUNS.has(language)
  const cells = runs
    ? notebook.cells
    : notebook.cells.map(cell => (cell.cell_type === 'code' ? withLanguage(cell, language) : cell))
  const { kernelspec, language_info, liqnb, ...metadata } = notebook.metadata
  const kernel: JsonObject = {
    ...(kernelspec !== undefined && { kernelspec }),
    ...(language_info !== undefined && { language_info }),
  }
  const settings = isRecord(liqnb) ? (liqnb as JsonObject) : {}
  const converted: Notebook = {
    ...notebook,
    cells,
    metadata: {
      ...metadata,
      ...((liqnb !== undefined || !runs) && { liqnb: runs ? settings : { ...settings, jupyter: kernel } }),
      kernelspec: { ...KERNELSPEC },
      language_info: { ...LANGUAGE_INFO },
    },
  }
  return { notebook: converted, summary: summarize(converted) }
}

/**
 * A Liqnb notebook for Jupyter. One that came from another kernel and has no code that runs here gets that kernel back; else the
 * kernel is Liqnb's, and code of other languages is marked as such.
 */
export function toJupyter(notebook: Notebook): Conversion {
  const { liqnb } = notebook.metadata
  const settings = isRecord(liqnb) ? (liqnb as JsonObject) : {}
  const { jupyter, ...others } = settings
  const code = notebook.cells.filter((cell): cell is CodeCell => cell.cell_type === 'code')
  const before = isRecord(jupyter) ? (jupyter as JsonObject) : undefined
  const language = before && languageOf(before)
  if (before === undefined || code.some(cell => otherLanguage(cell) !== language))
    return { notebook: toIpynb(notebook), summary: summarize(notebook) }
  const { liqnb: _, kernelspec: _kernel, language_info: _info, ...metadata } = notebook.metadata
  const restored: Notebook = {
    ...notebook,
    cells: notebook.cells.map(cell => (cell.cell_type === 'code' ? withoutLanguage(cell) : cell)),
    metadata: { ...metadata, ...(Object.keys(others).length > 0 && { liqnb: others }), ...before },
  }
  return { notebook: restored, summary: `${summarize(notebook)}; the notebook has its own kernel again (${language})` }
}

/** The language that a notebook's metadata names; Python where it names none, as Jupyter's first notebooks do. */
export function notebookLanguage({ metadata }: Notebook): string {
  return languageOf(metadata)
}

function languageOf({ language_info, kernelspec }: JsonObject): string {
  const names = [isRecord(language_info) && language_info.name, isRecord(kernelspec) && kernelspec.language]
  const name = names.find((text): text is string => typeof text === 'string' && text !== '')
  return (name ?? 'python').toLowerCase()
}

function withLanguage(cell: CodeCell, language: string): CodeCell {
  const { vscode } = cell.metadata
  const settings = isRecord(vscode) ? (vscode as JsonObject) : {}
  // A cell in a language of its own keeps it.
  if (typeof settings.languageId === 'string') return cell
  return { ...cell, metadata: { ...cell.metadata, vscode: { ...settings, languageId: language } } }
}

function withoutLanguage(cell: CodeCell): CodeCell {
  const { vscode, ...metadata } = cell.metadata
  const { languageId: _, ...settings } = isRecord(vscode) ? (vscode as JsonObject) : {}
  return { ...cell, metadata: Object.keys(settings).length > 0 ? { ...metadata, vscode: settings } : metadata }
}

const WIDGET_MIME = 'application/vnd.jupyter.widget-view+json'

/** `12 cells: 4 Markdown, 8 python, which do not run; 9 outputs, of which 1 is a widget that shows its text only`. */
function summarize({ cells }: Notebook): string {
  const counts = new Map<string, number>()
  for (const cell of cells) counts.set(kindOf(cell), (counts.get(kindOf(cell)) ?? 0) + 1)
  const kinds = [...counts].map(([kind, count]) => `${count} ${kind}`)
  const others = [...counts.keys()].filter(kind => kind.endsWith('that does not run')).length
  const outputs = cells.flatMap(cell => (cell.cell_type === 'code' ? cell.outputs : []))
  const widgets = outputs.filter(output => 'data' in output && Object.hasOwn(output.data, WIDGET_MIME)).length
  return [
    `${countText(cells.length, 'cell')}${kinds.length > 0 ? `: ${kinds.join(', ')}` : ''}`,
    `${countText(outputs.length, 'output')} kept${widgets > 0 ? `, ${countText(widgets, 'widget')} among them as text only` : ''}`,
    ...(others > 0 ? ['to run a cell, write it in TypeScript and change its language'] : []),
  ].join('; ')
}

function kindOf(cell: Cell): string {
  if (cell.cell_type === 'markdown') return 'Markdown'
  if (cell.cell_type === 'raw') return 'raw'
  const language = otherLanguage(cell)
  if (language === SQL_LANGUAGE) return 'SQL'
  return language === undefined ? 'TypeScript' : `${language} code that does not run`
}
