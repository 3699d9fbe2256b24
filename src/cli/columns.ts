/** Rows of text under a header, in columns; those that hold numbers only are set to the right. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map(row => row[column]!.length)))
  const numeric = header.map((_, column) => rows.every(row => /^[\d,.]+( [kMG]?B)?$/.test(row[column]!)))
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => (numeric[column] ? text.padStart(widths[column]!) : text.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd()
  return `${[header, ...rows].map(line).join('\n')}\n`
}

/** `812 B`, `1.3 MB`. */
export function sizeOf(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  let power = 0
  let size = bytes
  while (size >= 999.5 && power < units.length - 1) {
    size /= 1000
    power++
  }
  return `${power === 0 || size >= 99.95 ? Math.round(size) : size.toFixed(1)} ${units[power]}`
}
