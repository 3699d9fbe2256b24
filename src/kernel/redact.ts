/**
 * Hides secrets in texts and messages: whole or cut off, as they are and in the forms that they take in URLs, JSON, base64 and
 * hexadecimal text.
 */
import { types } from 'node:util'
import { MIN_KEY_CHARS } from '../common/exchange-key.ts'

/** So many characters of the start or the end of a secret are recognized as a part of it. */
const PART_CHARS = 12

interface Pattern {
  form: string
  /** Its start and its end, by which it is found. */
  head: string
  tail: string
  mask: string
}

export class Redactor {
  /** The longest first, so that a secret within another one does not hide it in part. */
  #patterns: Pattern[] = []
  readonly #known = new Set<string>()

  /** @param label what is shown in its place, e.g. `key of binance` */
  add(secret: string, label: string): void {
    const mask = `[hidden: ${label}]`
    for (const form of formsOf(secret)) {
      if (form.length < MIN_KEY_CHARS || this.#known.has(form)) continue
      this.#known.add(form)
      this.#patterns.push({ form, head: form.slice(0, PART_CHARS), tail: form.slice(-PART_CHARS), mask })
    }
    this.#patterns.sort((a, b) => b.form.length - a.form.length)
  }

  text(text: string): string {
    let result = text
    for (const pattern of this.#patterns) result = hideEnds(hideStarts(result, pattern), pattern)
    return result
  }

  /** A copy of a value that is about to be serialized, with all its texts. Typed arrays are as they were. */
  value<T>(value: T): T {
    return this.#patterns.length === 0 ? value : (this.#copy(value, new Map()) as T)
  }

  /** How many characters at the end of a text may be the start of a secret whose rest follows. */
  partialAtEnd(text: string): number {
    const last = text.at(-1)
    let longest = 0
    for (const { form } of this.#patterns)
      for (let n = Math.min(form.length - 1, text.length); n > longest; n--)
        if (form[n - 1] === last && text.endsWith(form.slice(0, n))) longest = n
    return longest
  }

  #copy(value: unknown, copies: Map<object, object>): unknown {
    if (typeof value === 'string') return this.text(value)
    if (typeof value !== 'object' || value === null) return value
    const existing = copies.get(value)
    if (existing !== undefined) return existing
    const copied = <C extends object>(copy: C): C => {
      copies.set(value, copy)
      return copy
    }
    if (Array.isArray(value)) {
      const copy = copied<unknown[]>([])
      for (let i = 0; i < value.length; i++) copy.push(this.#copy(value[i], copies))
      return copy
    }
    if (types.isMap(value)) {
      const copy = copied(new Map<unknown, unknown>())
      for (const [key, item] of value) copy.set(this.#copy(key, copies), this.#copy(item, copies))
      return copy
    }
    if (types.isSet(value)) {
      const copy = copied(new Set<unknown>())
      for (const item of value) copy.add(this.#copy(item, copies))
      return copy
    }
    if (types.isNativeError(value)) {
      const copy = copied(new Error(this.text(value.message)))
      copy.name = this.text(value.name)
      copy.stack = this.text(value.stack ?? '')
      return copy
    }
    if (isOpaque(value)) return value
    const copy = copied<Record<string, unknown>>({})
    for (const [key, item] of Object.entries(value))
      Object.defineProperty(copy, this.text(key), {
        value: this.#copy(item, copies),
        enumerable: true,
        writable: true,
        configurable: true,
      })
    return copy
  }
}

/** Objects that hold no texts, or that cannot be copied. */
function isOpaque(value: object): boolean {
  return (
    types.isAnyArrayBuffer(value) ||
    ArrayBuffer.isView(value) ||
    types.isDate(value) ||
    types.isRegExp(value) ||
    types.isBoxedPrimitive(value) ||
    types.isExternal(value) ||
    types.isProxy(value)
  )
}

function formsOf(secret: string): Set<string> {
  const bytes = Buffer.from(secret, 'utf8')
  const texts = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(bytes.toString('utf8'))]
  // Printed over several lines, as private keys are.
  if (secret.includes('\n')) texts.push(...secret.split(/\r?\n/).filter(line => line.length >= PART_CHARS))
  const hex = bytes.toString('hex')
  // As Node prints a Buffer.
  const spaced = hex.replace(/..(?=.)/g, '$& ')
  return new Set([...texts, ...base64Forms(bytes), hex, hex.toUpperCase(), spaced])
}

/** The characters of a base64 text that hold only bytes of the secret, wherever in the encoded bytes it begins. */
function base64Forms(bytes: Uint8Array): string[] {
  return [0, 1, 2].flatMap(lead => {
    const length = lead + bytes.length
    const start = lead === 0 ? 0 : lead + 1
    const end = Math.floor((length * 4) / 3)
    const text = Buffer.concat([new Uint8Array(lead), bytes])
      .toString('base64')
      .slice(start, end)
    return [text, text.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function hideStarts(text: string, { form, head, mask }: Pattern): string {
  let result = ''
  let done = 0
  for (let at = text.indexOf(head); at >= 0; at = text.indexOf(head, done)) {
    let end = at + head.length
    while (end - at < form.length && text[end] === form[end - at]) end++
    result += text.slice(done, at) + mask
    done = end
  }
  return done === 0 ? text : result + text.slice(done)
}

function hideEnds(text: string, { form, tail, mask }: Pattern): string {
  let result = ''
  let done = 0
  for (let at = text.indexOf(tail); at >= 0; at = text.indexOf(tail, done)) {
    const end = at + tail.length
    let start = at
    while (start > done && end - start < form.length && text[start - 1] === form[form.length - 1 - (end - start)])
      start--
    result += text.slice(done, start) + mask
    done = end
  }
  return done === 0 ? text : result + text.slice(done)
}
