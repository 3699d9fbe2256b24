/** Reads JSON without losing digits: numbers that JavaScript would write in another form keep their text. */
import type { Json } from '../common/json.ts'
import { isWrittenAs } from './json-number.ts'

/**
 * A number in a file that JavaScript would write in another form: `1.0`, `1e400`, `12345678901234567890`, `-0`. It stands in
 * for the number in parsed JSON and is written as it was read. To everything else (`JSON.stringify`, arithmetic) it is the
 * nearest number.
 */
export class ExactNumber extends Number {
  readonly text: string

  constructor(text: string) {
    super(text)
    this.text = text
  }

  /** JSON has no infinity, so a number beyond the range of doubles becomes the largest one, not null. */
  toJSON(): number {
    return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, this.valueOf()))
  }
}

/**
 * `JSON.parse`, with an {@link ExactNumber} for each number that would not be written as it is read. A text without any, the
 * usual case, costs little more than `JSON.parse`.
 * @throws SyntaxError like `JSON.parse`
 * @throws RangeError if the JSON is nested deeper than the stack allows
 */
export function parseExactJson(text: string): Json {
  const value: Json = JSON.parse(text)
  return hasExactNumber(text) ? new Reader(text).read() : value
}

/** The value with ordinary numbers: the nearest ones. */
export function withoutExactNumbers<T extends Json>(value: T): T {
  return JSON.parse(JSON.stringify(value))
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const MINUS = 0x2d

const isDigit = (unit: number) => unit >= 0x30 && unit <= 0x39
/** In valid JSON, only numbers begin with a digit or a minus. */
const startsNumber = (unit: number) => unit === MINUS || isDigit(unit)
/** `e`, `E`, `+`, `-`, `.` and digits. */
const continuesNumber = (unit: number) =>
  isDigit(unit) || unit === 0x2e || unit === 0x65 || unit === 0x45 || unit === MINUS || unit === 0x2b

function numberEnd(text: string, start: number): number {
  let end = start + 1
  while (end < text.length && continuesNumber(text.charCodeAt(end))) end++
  return end
}

/** The offset behind the closing quote of the string that starts at `start`. */
function stringEnd(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); ; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return quote + 1
  }
}

/** Whether valid JSON holds a number that is not written as it is read. */
function hasExactNumber(text: string): boolean {
  for (let at = 0; at < text.length; ) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) at = stringEnd(text, at)
    else if (startsNumber(unit)) {
      const end = numberEnd(text, at)
      if (!isWrittenAs(text.slice(at, end))) return true
      at = end
    } else at++
  }
  return false
}

/** Reads JSON that is known to be valid. */
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): Json {
    const unit = this.#skipSpace()
    switch (unit) {
      case 0x7b: // {
        return this.#readObject()
      case 0x5b: // [
        return this.#readList()
      case QUOTE:
        return this.#readString()
      case 0x74: // true
        this.#at += 4
        return true
      case 0x66: // false
        this.#at += 5
        return false
      case 0x6e: // null
        this.#at += 4
        return null
      default:
        return this.#readNumber()
    }
  }

  #readObject(): Json {
    const object: { [key: string]: Json } = {}
    this.#at++
    while (this.#skipSpace() !== 0x7d) {
      const key = this.#readString()
      this.#skipSpace()
      this.#at++ // The colon.
      const value = this.read()
      // `__proto__` is an ordinary name in JSON; an assignment would set the prototype.
      if (key === '__proto__') {
        Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
      } else object[key] = value
      if (this.#skipSpace() === 0x2c) this.#at++
    }
    this.#at++
    return object
  }

  #readList(): Json {
    const list: Json[] = []
    this.#at++
    while (this.#skipSpace() !== 0x5d) {
      list.push(this.read())
      if (this.#skipSpace() === 0x2c) this.#at++
    }
    this.#at++
    return list
  }

  #readString(): string {
    const start = this.#at
    this.#at = stringEnd(this.#text, start)
    return JSON.parse(this.#text.slice(start, this.#at))
  }

  #readNumber(): Json {
    const start = this.#at
    this.#at = numberEnd(this.#text, start)
    const text = this.#text.slice(start, this.#at)
    return isWrittenAs(text) ? Number(text) : (new ExactNumber(text) as unknown as Json)
  }

  /** The code unit of the next token. */
  #skipSpace(): number {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at)
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return unit
      this.#at++
    }
  }
}
