/** Tables in plain text. */

/** Rows under a header, in columns; columns of numbers are right-aligned. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (row: readonly string[], column: number) => row[column] ?? ''
  const columns = header.map((name, column) => ({
    width: Math.max(name.length, ...rows.map(row => cell(row, column).length)),
    isNumeric: rows.every(row => /^[\d,.]+( [kMG]?B)?$/.test(cell(row, column))),
  }))
  const line = (row: readonly string[]) =>
    columns
      .map(({ width, isNumeric }, column) =>
        isNumeric ? cell(row, column).padStart(width) : cell(row, column).padEnd(width),
      )
      .join('  ')
      .trimEnd()
  return `${[header, ...rows].map(line).join('\n')}\n`
}
