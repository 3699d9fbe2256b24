/** Writes JSON as nbformat does. */
import { ExactNumber } from './exact-json.ts'
import { writeNumber } from './json-number.ts'

/** Thrown for JSON that would be longer than allowed. */
export class JsonTooLongError extends Error {
  override name = 'JsonTooLongError'
}

/** Marks a value inside another one that is written on one line, without spaces, whatever the indentation. */
export class OneLine {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

export interface WriteOptions {
  /** Spaces per level. Default 1, as nbformat; 0 writes everything on one line, without spaces. */
  indent?: number
  /** Whether keys are sorted, as nbformat does. Default true. */
  sortKeys?: boolean
  /** Maximum number of UTF-16 units. Default: that of a string of V8, about 2^29. */
  maxChars?: number
}

const MAX_STRING_CHARS = 2 ** 29 - 24

/**
 * JSON as Python's `json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False)` writes it, which nbformat uses.
 * `JSON.stringify` differs: it puts keys like "10" before all others, in numeric order. An {@link ExactNumber} is written as it was
 * read, a {@link OneLine} on one line.
 * @throws JsonTooLongError beyond `maxChars`, before the memory for it is used
 */
export function writeJson(
  value: unknown,
  { indent = 1, sortKeys = true, maxChars = MAX_STRING_CHARS }: WriteOptions = {},
): string {
  const writer = new Writer(indent, sortKeys, maxChars)
  writer.write(value, indent === 0 ? '' : '\n')
  return writer.text()
}

class Writer {
  readonly #indent: string
  readonly #colon: string
  readonly #sortKeys: boolean
  readonly #maxChars: number
  /** Joined once, because texts may be long. */
  readonly #parts: string[] = []
  #chars = 0

  constructor(indent: number, sortKeys: boolean, maxChars: number) {
    this.#indent = ' '.repeat(indent)
    this.#colon = indent === 0 ? ':' : ': '
    this.#sortKeys = sortKeys
    this.#maxChars = maxChars
  }

  text(): string {
    return this.#parts.join('')
  }

  /** `lineEnd` is a line end plus the indentation of the value. */
  write(value: unknown, lineEnd: string): void {
    switch (typeof value) {
      case 'string':
        this.#put(this.#quote(value))
        return
      case 'number':
        this.#put(writeNumber(value))
        return
      case 'boolean':
        this.#put(String(value))
        return
      case 'object':
        if (value === null) this.#put('null')
        else if (value instanceof ExactNumber) this.#put(value.text)
        else if (value instanceof OneLine) this.#writeOnOneLine(value)
        else if (Array.isArray(value)) this.#writeList(value, lineEnd)
        else this.#writeObject(value as Record<string, unknown>, lineEnd)
        return
      default:
        throw new TypeError(`a ${typeof value} cannot be written as JSON`)
    }
  }

  #writeOnOneLine({ value }: OneLine): void {
    const maxChars = this.#maxChars - this.#chars
    this.#put(writeJson(value, { indent: 0, sortKeys: this.#sortKeys, maxChars }))
  }

  #writeList(list: readonly unknown[], lineEnd: string): void {
    const inner = lineEnd + this.#indent
    let separator = '['
    for (const item of list) {
      this.#put(separator, inner)
      this.write(item === undefined ? null : item, inner)
      separator = ','
    }
    if (list.length === 0) this.#put('[]')
    else this.#put(lineEnd, ']')
  }

  #writeObject(object: Record<string, unknown>, lineEnd: string): void {
    const inner = lineEnd + this.#indent
    let separator = '{'
    const keys = Object.keys(object)
    if (this.#sortKeys) keys.sort(compareCodePoints)
    for (const key of keys) {
      if (object[key] === undefined) continue
      this.#put(separator, inner, this.#quote(key), this.#colon)
      this.write(object[key], inner)
      separator = ','
    }
    if (separator === '{') this.#put('{}')
    else this.#put(lineEnd, '}')
  }

  #quote(text: string): string {
    // Checked first: escaping a long text of control characters needs six times its memory, or more than V8 has.
    if (this.#chars + text.length > this.#maxChars) throw this.#tooLong()
    try {
      return JSON.stringify(text)
    } catch (error) {
      if (error instanceof RangeError) throw this.#tooLong()
      throw error
    }
  }

  #put(...parts: string[]): void {
    for (const part of parts) {
      this.#chars += part.length
      if (this.#chars > this.#maxChars) throw this.#tooLong()
      this.#parts.push(part)
    }
  }

  #tooLong(): JsonTooLongError {
    return new JsonTooLongError(`the JSON is longer than ${this.#maxChars} characters`)
  }
}

/** Python's order of strings. UTF-16 order differs only between a surrogate and a unit above the surrogates. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const xSurrogate = x >= 0xd800 && x <= 0xdfff
    const ySurrogate = y >= 0xd800 && y <= 0xdfff
    return xSurrogate === ySurrogate ? x - y : xSurrogate ? 1 : -1
  }
  return a.length - b.length
}
