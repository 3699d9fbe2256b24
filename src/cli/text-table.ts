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

/** `812 B`, `1.3 MB`. */
export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  let power = 0
  let size = bytes
  while (size >= 999.5 && power < units.length - 1) {
    size /= 1000
    power++
  }
  return `${power === 0 || size >= 99.95 ? Math.round(size) : size.toFixed(1)} ${units[power]}`
}
