/** Recognizes arquero tables by their methods. */

/** The part of an arquero table that the kernel uses. */
export interface TableLike {
  numRows(): number
  numCols(): number
  columnNames(): string[]
  /** Row objects, in the table's order and filter. */
  objects(options: { limit: number }): Record<string, unknown>[]
}

export function isTable(value: unknown): value is TableLike {
  if (typeof value !== 'object' || value === null) return false
  const table = value as Partial<Record<keyof TableLike, unknown>>
  return [table.numRows, table.numCols, table.columnNames, table.objects].every(method => typeof method === 'function')
}
