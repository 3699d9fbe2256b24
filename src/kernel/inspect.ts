/** Values as text, whatever a cell made them do: nothing here throws, and nothing grows with the size of a text. */
import { type InspectOptions, inspect } from 'node:util'
import { getHeapStatistics } from 'node:v8'

/** Of the text of one value. */
const MAX_CHARS = 1_000_000

/** A value as Node's REPL shows it. A value that throws when it is looked at is shown without its own methods, or as a note. */
export function inspectValue(value: unknown, options: InspectOptions): string {
  if (typeof value === 'string' && !fitsIntoMemory(value)) return cutText(value, 0)
  for (const customInspect of options.customInspect === false ? [false] : [true, false]) {
    try {
      return cutText(inspect(value, { ...options, customInspect }), MAX_CHARS)
    } catch {
      // A getter, a trap of a proxy or an inspection method.
    }
  }
  return `[this ${typeof value} cannot be shown as text: it throws when it is looked at]`
}

/** What `read` returns, or the fallback if it throws: a field of a value may be a getter, or the value a revoked proxy. */
export function tryRead<T>(read: () => T, fallback: T): T {
  try {
    return read()
  } catch {
    return fallback
  }
}

/** The start of a text, and how much is left out. */
export function cutText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  if (!fitsIntoMemory(text)) return `[${count(text.length)} characters, more than the memory that is left]`
  return `${text.slice(0, maxChars)}… ${count(text.length - maxChars)} more characters`
}

/**
 * Whether the text can be read. A text that was put together from others takes its memory only when it is read for the first
 * time, in one piece.
 */
export function fitsIntoMemory(text: string): boolean {
  if (text.length < 1024 ** 2) return true
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics()
  return text.length < limit - used
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
