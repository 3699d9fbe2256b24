/** Finds rows and cells in the bytes of a CSV file. */
export const QUOTE = 34
const CR = 13
/** A space; whatever is not above it counts as blank. */
export const BLANK = 32

/** Reads one cell: its bytes without blanks around it and without quotes, and the position of the separator after it. */
export class CellScanner {
  bytes: Buffer = Buffer.alloc(0)
  from = 0
  to = 0
  next = 0

  read(bytes: Buffer, at: number, end: number, delimiter: number): void {
    let from = at
    while (from < end && bytes[from]! <= BLANK && bytes[from] !== delimiter) from++
    if (bytes[from] === QUOTE && from < end) {
      this.#readQuoted(bytes, from + 1, end, delimiter)
      return
    }
    let to = from
    while (to < end && bytes[to] !== delimiter) to++
    this.next = to
    while (to > from && bytes[to - 1]! <= BLANK) to--
    this.bytes = bytes
    this.from = from
    this.to = to
  }

  #readQuoted(bytes: Buffer, at: number, end: number, delimiter: number): void {
    const text: number[] = []
    let i = at
    for (; i < end; i++) {
      if (bytes[i] !== QUOTE) text.push(bytes[i]!)
      else if (bytes[i + 1] === QUOTE && i + 1 < end) text.push(bytes[++i]!)
      else break
    }
    // Text between the closing quote and the separator belongs to the cell; dropping it would hide an error.
    for (i++; i < end && bytes[i] !== delimiter; i++) if (bytes[i]! > BLANK) text.push(bytes[i]!)
    this.next = Math.min(i, end)
    let to = text.length
    while (to > 0 && text[to - 1]! <= BLANK) to--
    let from = 0
    while (from < to && text[from]! <= BLANK) from++
    this.bytes = Buffer.from(text)
    this.from = from
    this.to = to
  }
}

/** End of the row's line; -1 when it lies beyond the bytes. A line end inside quotes belongs to a cell. */
export function rowEnd(bytes: Buffer, at: number, lineEnd: number, hasQuotes: boolean, last: boolean): number {
  if (!hasQuotes) {
    const end = bytes.indexOf(lineEnd, at)
    return end < 0 && last ? bytes.length : end
  }
  let open = false
  for (let i = at; i < bytes.length; i++) {
    if (bytes[i] === QUOTE) open = !open
    else if (bytes[i] === lineEnd && !open) return i
  }
  return last && !open ? bytes.length : -1
}

/** The end of a line without a carriage return. */
export function endWithoutCr(bytes: Buffer, at: number, end: number): number {
  return end > at && bytes[end - 1] === CR ? end - 1 : end
}

export function isBlank(line: Buffer): boolean {
  return line.every(byte => byte <= BLANK)
}

/** Whether a line holds nothing but blanks and separators. */
export function isEmptyRow(bytes: Buffer, at: number, to: number, delimiter: number): boolean {
  for (let i = at; i < to; i++) if (bytes[i]! > BLANK && bytes[i] !== delimiter) return false
  return true
}
