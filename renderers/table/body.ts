/** The rows of a page as an ARIA grid: one tab stop, arrow keys move from cell to cell. */
import type { CellFormat } from '../../src/table/format.ts'
import type { TableColumn as Column } from '../../src/table/resource.ts'
import { element } from '../shared/dom.ts'
import type { Rows } from './source.ts'

export interface TableBody {
  readonly node: HTMLTableSectionElement
  /** @param first index of the first row in the query's result, from 0 */
  show(rows: Rows, first: number): void
}

/** Page to turn to. */
export type PageTurn = 'previous' | 'next' | 'first' | 'last'

/** @param turnPage returns whether there is such a page */
export function createBody(
  columns: readonly Column[],
  formats: readonly CellFormat[],
  turnPage: (turn: PageTurn) => boolean,
): TableBody {
  const node = element('tbody')
  /** The cell that is the tab stop. */
  let active = { row: 0, column: 0 }
  /** Row of the new page to focus after turning by keyboard. */
  let focusAfterTurn: 'first' | 'last' | 'same' | null = null

  const cellAt = (row: number, column: number) =>
    node.children[row]?.children[column] as HTMLTableCellElement | undefined
  const moveTo = (row: number, column: number, focus: boolean) => {
    cellAt(active.row, active.column)?.setAttribute('tabindex', '-1')
    active = { row, column }
    const cell = cellAt(row, column)
    cell?.setAttribute('tabindex', '0')
    if (focus) cell?.focus()
  }
  const turn = (target: PageTurn, row: 'first' | 'last' | 'same') => {
    if (turnPage(target)) focusAfterTurn = row
  }

  node.addEventListener('keydown', event => {
    if (event.altKey || event.metaKey) return
    const { row, column } = active
    const [lastRow, lastColumn] = [node.children.length - 1, columns.length - 1]
    const moves: { [key: string]: () => void } = {
      ArrowLeft: () => moveTo(row, Math.max(0, column - 1), true),
      ArrowRight: () => moveTo(row, Math.min(lastColumn, column + 1), true),
      ArrowUp: () => (row > 0 ? moveTo(row - 1, column, true) : turn('previous', 'last')),
      ArrowDown: () => (row < lastRow ? moveTo(row + 1, column, true) : turn('next', 'first')),
      PageUp: () => turn('previous', 'same'),
      PageDown: () => turn('next', 'same'),
      Home: () => (event.ctrlKey ? turn('first', 'first') : moveTo(row, 0, true)),
      End: () => (event.ctrlKey ? turn('last', 'last') : moveTo(row, lastColumn, true)),
    }
    const move = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined
    if (!move) return
    event.preventDefault()
    event.stopPropagation()
    move()
  })
  node.addEventListener('focusin', event => {
    const cell = (event.target as Element).closest('td')
    const row = cell?.parentElement
    if (cell && row) moveTo([...node.children].indexOf(row), [...row.children].indexOf(cell), false)
  })

  return {
    node,
    show(rows, first) {
      const focused = focusAfterTurn !== null || node.contains(document.activeElement)
      const count = rows.columns[0]?.length ?? 0
      const rowNodes = Array.from({ length: count }, (_, row) => createRow(columns, formats, rows, row, first))
      node.replaceChildren(...rowNodes)
      const row =
        focusAfterTurn === 'first' ? 0 : focusAfterTurn === 'last' ? count - 1 : Math.min(active.row, count - 1)
      focusAfterTurn = null
      moveTo(Math.max(0, row), active.column, focused)
    },
  }
}

function createRow(
  columns: readonly Column[],
  formats: readonly CellFormat[],
  rows: Rows,
  row: number,
  first: number,
): HTMLTableRowElement {
  // The header is row 1.
  const node = element('tr', { 'aria-rowindex': first + row + 2 })
  for (const [index, column] of columns.entries()) {
    const format = formats[index]!
    const value = rows.columns[index]?.[row] ?? null
    const cell = element('td', { class: column.type === 'datetime' ? 'time' : format.align, tabindex: -1 })
    if (value === null) cell.classList.add('missing')
    else {
      cell.textContent = format.text(value)
      const full = format.full(value)
      if (full) cell.title = full
    }
    node.append(cell)
  }
  return node
}
