/** Lists the cells of a notebook for a language model. */
import { oneLine } from '../common/errors.ts'
import { isRecord } from '../common/json.ts'
import { countText } from '../common/number-text.ts'
import { cellTitle } from '../notebook/cell-title.ts'
import { BOARD_MIME, EXPLORER_MIME, FIGURE_MIME, MARKET_MIME, STUDY_MIME, TABLE_MIME } from '../notebook/mime.ts'
import { otherLanguage } from '../notebook/runnable.ts'
import { SQL_LANGUAGE } from '../notebook/sql-cell.ts'
import { tagsOf } from '../notebook/tags.ts'
import type { Cell, Notebook, Output } from '../notebook/types.ts'
import { dataBlock } from './data-block.ts'
import { DEFAULT_ROWS, type ToolInput } from './inputs.ts'

/** Of the code of one cell. */
const MAX_SOURCE_CHARS = 4000

/** A line for each cell, and its code if that is asked for. */
export function listCells(
  notebook: Notebook,
  { start = 0, count = DEFAULT_ROWS, sources = false }: ToolInput<'list_cells'>,
) {
  const { cells } = notebook
  const shown = cells.slice(start, start + count)
  const lines = shown.flatMap((cell, index) => [
    describeCell(cells, start + index),
    ...(sources ? [sourceText(cell)] : []),
  ])
  const end = start + shown.length
  const more = end < cells.length ? `\nMore cells: start: ${end}.` : ''
  return `${countText(cells.length, 'cell')}.\n${dataBlock(lines.join('\n'))}${more}`
}

function describeCell(cells: readonly Cell[], index: number): string {
  const cell = cells[index]!
  const tags = tagsOf(cell.metadata)
  const parts = [
    `cell ${index + 1}`,
    `id ${cell.id}`,
    kindOf(cell),
    ...(tags.length > 0 ? [`tags ${oneLine(tags.join(', '))}`] : []),
    oneLine(cell.cell_type === 'code' ? cellTitle(cells, index) : (cell.source.trim().split('\n')[0] ?? ''), 100),
  ]
  const outputs = cell.cell_type === 'code' ? cell.outputs.map(describeOutput) : []
  return `${parts.join(' · ')}${outputs.length > 0 ? ` → ${outputs.join('; ')}` : ''}`
}

function kindOf(cell: Cell): string {
  if (cell.cell_type !== 'code') return cell.cell_type
  const language = otherLanguage(cell)
  if (language === undefined) return 'code'
  return language === SQL_LANGUAGE ? 'SQL' : `code (${oneLine(language, 30)}, does not run)`
}

function sourceText({ source }: Cell): string {
  const cut = source.length > MAX_SOURCE_CHARS
  return `${source.slice(0, MAX_SOURCE_CHARS)}${cut ? `\n… ${source.length - MAX_SOURCE_CHARS} more characters` : ''}\n`
}

const NAMES = new Map([
  [EXPLORER_MIME, 'heatmap explorer'],
  [STUDY_MIME, 'study'],
  [MARKET_MIME, 'market'],
  [BOARD_MIME, 'board of maps'],
  [FIGURE_MIME, 'figure'],
])

/** What an output is, in a few words. */
export function describeOutput(output: Output): string {
  if (output.output_type === 'stream') return `${output.name}, ${countText(output.text.length, 'character')}`
  if (output.output_type === 'error') return `error ${oneLine(output.ename, 60)}: ${oneLine(output.evalue, 160)}`
  const { data } = output
  const table = data[TABLE_MIME]
  if (isRecord(table)) return `table${tableSize(table)}`
  for (const [mime, name] of NAMES) if (Object.hasOwn(data, mime)) return name
  return Object.keys(data)
    .map(mime => oneLine(mime, 60))
    .join(', ')
}

function tableSize({ totalRows, schema }: Record<string, unknown>): string {
  const fields = isRecord(schema) && Array.isArray(schema.fields) ? schema.fields.length : undefined
  if (typeof totalRows !== 'number' || fields === undefined) return ''
  return ` of ${countText(totalRows, 'row')} and ${countText(fields, 'column')}`
}
