/** Finds the cell that a tool is asked for. */
import { DataError, quoteValue } from '../common/errors.ts'
import { countText } from '../common/number-text.ts'
import type { Cell, CodeCell, Notebook } from '../notebook/types.ts'

export interface FoundCell<C extends Cell = Cell> {
  cell: C
  /** From 1. */
  number: number
}

/** @param key number of the cell, from 1, or its id @throws DataError if there is no such cell */
export function findCell({ cells }: Notebook, key: number | string): FoundCell {
  // Models write numbers as text too; an id is looked for first.
  const byId = cells.findIndex(cell => cell.id === key)
  const index = byId >= 0 ? byId : Number(key) - 1
  const cell = cells[index]
  if (cell !== undefined) return { cell, number: index + 1 }
  throw new DataError(
    `cell: there is no cell ${quoteValue(key)}; the notebook has ${countText(cells.length, 'cell')}, see list_cells`,
  )
}

/** @throws DataError if it is no code cell */
export function findCodeCell(notebook: Notebook, key: number | string): FoundCell<CodeCell> {
  const { cell, number } = findCell(notebook, key)
  if (cell.cell_type === 'code') return { cell, number }
  throw new DataError(`cell: cell ${number} is ${cell.cell_type}, expected a code cell`)
}
