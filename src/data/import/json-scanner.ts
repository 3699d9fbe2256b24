/** Splits a JSON text that arrives in chunks into its rows. */
import { DataError, oneLine } from '../../common/errors.ts'
import { textOffset } from './table.ts'

/** A row is short, but a whole response of an API is one value too. */
const MAX_VALUE_BYTES = 256 * 1024 * 1024

const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const COMMA = 0x2c
const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Finds the lists and objects in a JSON text that arrives in chunks: the members of a list at its root, else the values that follow
 * each other, as in JSON lines. It finds their ends by counting brackets outside strings; `JSON.parse` checks what is between.
 */
export class JsonScanner {
  #root: 'unknown' | 'list' | 'values' | 'ended' = 'unknown'
  #first = true
  #count = 0
  /** Earlier chunks of the current value. */
  #parts: Buffer[] = []
  #partBytes = 0
  #inValue = false
  #afterComma = false
  #depth = 0
  #inString = false
  #escaped = false

  /** @throws DataError saying which value is wrong */
  feed(chunk: Buffer): unknown[] {
    let bytes = this.#first ? chunk.subarray(textOffset(chunk)) : chunk
    this.#first = false
    let at = 0
    if (this.#root === 'unknown') {
      bytes = Buffer.concat([...this.#parts, bytes])
      this.#parts = []
      const root = detectRoot(bytes)
      if (root === null) {
        this.#parts = [bytes]
        return []
      }
      this.#root = root.kind
      at = root.at
    }
    return this.#scan(bytes, at)
  }

  /** @throws DataError when the text is cut off */
  end(): void {
    if (this.#inValue || this.#root === 'list' || this.#root === 'unknown')
      throw new DataError(`The file is cut off: value ${this.#count + 1} or the list around it does not end`)
  }

  #scan(bytes: Buffer, from: number): unknown[] {
    const values: unknown[] = []
    let start = 0
    // The loop runs for every byte: local variables are several times faster than fields.
    let inValue = this.#inValue
    let depth = this.#depth
    let inString = this.#inString
    let escaped = this.#escaped
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]!
      if (inString) {
        if (escaped) escaped = false
        else if (byte === BACKSLASH) escaped = true
        else if (byte === QUOTE) inString = false
        continue
      }
      if (!inValue) {
        if (byte <= 32 || this.#skipSeparator(byte)) continue
        inValue = true
        this.#afterComma = false
        depth = 0
        start = at
      }
      if (byte === QUOTE) inString = true
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++
      else if ((byte === CLOSE_LIST || byte === CLOSE_OBJECT) && --depth === 0) {
        values.push(this.#parse(bytes.subarray(start, at + 1)))
        inValue = false
      }
    }
    if (inValue) this.#store(bytes.subarray(start))
    this.#inValue = inValue
    this.#depth = depth
    this.#inString = inString
    this.#escaped = escaped
    return values
  }

  /** Checks a byte between two values; false when a value begins. */
  #skipSeparator(byte: number): boolean {
    const list = this.#root === 'list'
    if (this.#root === 'ended') {
      if (byte === OPEN_LIST && this.#count > 0)
        throw new DataError('The file holds several lists, one after the other: write one list, or one row per line')
      throw new DataError('There is text after the end of the list')
    }
    if (list && byte === COMMA && !this.#afterComma && this.#count > 0) {
      this.#afterComma = true
      return true
    }
    if (list && byte === CLOSE_LIST && !this.#afterComma) {
      this.#root = 'ended'
      return true
    }
    if (list && this.#count > 0 && !this.#afterComma)
      throw new DataError(`A comma is missing after value ${this.#count}`)
    if (byte !== OPEN_LIST && byte !== OPEN_OBJECT)
      throw new DataError(
        `Value ${this.#count + 1} of the file begins with ${JSON.stringify(String.fromCharCode(byte))}, but expected a row: a list or an object`,
      )
    return false
  }

  #store(bytes: Buffer): void {
    this.#parts.push(bytes)
    this.#partBytes += bytes.length
    if (this.#partBytes > MAX_VALUE_BYTES)
      throw new DataError(
        `Value ${this.#count + 1} of the file takes more than ${MAX_VALUE_BYTES >> 20} MB: write the rows as JSON lines`,
      )
  }

  #parse(end: Buffer): unknown {
    this.#count++
    const text = (this.#parts.length > 0 ? Buffer.concat([...this.#parts, end]) : end).toString('utf8')
    this.#parts = []
    this.#partBytes = 0
    try {
      return JSON.parse(text)
    } catch (error) {
      throw new DataError(`Value ${this.#count} of the file is not JSON: ${oneLine((error as Error).message)}`)
    }
  }
}

/** Whether the text is a list of rows, or rows one after the other; null while there is too little text to tell. */
function detectRoot(text: Buffer): { kind: 'list' | 'values'; at: number } | null {
  const first = text.findIndex(byte => byte > 32)
  if (first < 0) return null
  if (text[first] !== OPEN_LIST) return { kind: 'values', at: first }
  for (let i = first + 1; i < text.length; i++) {
    const byte = text[i]!
    if (byte <= 32) continue
    // A list that begins with a plain value is itself a row.
    const isListOfRows = byte === OPEN_LIST || byte === OPEN_OBJECT || byte === CLOSE_LIST
    return isListOfRows ? { kind: 'list', at: first + 1 } : { kind: 'values', at: first }
  }
  return null
}
