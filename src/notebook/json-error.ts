/** Locates and explains syntax errors in JSON. */
import type { TextPosition } from './errors.ts'

export interface JsonSyntaxError {
  message: string
  position: TextPosition
}

const SPACE = /[ \t\n\r]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
// Matches the last six units of a file that ends inside an escape.
const ESCAPE_CUT_OFF = /^\\(?:u[0-9a-fA-F]{0,3})?$/
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y
const WORD = /[\w.+-]+/y
const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Where and why a text is not JSON; undefined if it is. `JSON.parse` reads files; this only explains what it rejects, because
 * V8's messages do not always hold a position. Reads the text once, without recursion.
 */
export function findJsonError(text: string): JsonSyntaxError | undefined {
  let at = 0
  const open: ('{' | '[')[] = []

  const skip = (pattern: RegExp): number => {
    pattern.lastIndex = at
    const length = pattern.exec(text)?.[0].length ?? 0
    at += length
    return length
  }
  const fail = (message: string): JsonSyntaxError => ({ message, position: positionAt(text, at) })
  const unexpected = (expected: string): JsonSyntaxError => {
    if (at >= text.length) {
      const where = open.length === 0 ? '' : ` inside ${open.at(-1) === '{' ? 'an object' : 'a list'}`
      return fail(`the file ends${where} where ${expected} should follow; it seems to be cut off`)
    }
    if (/^(?:<<<<<<<|=======|>>>>>>>)/.test(text.slice(at, at + 7))) {
      return fail('unresolved merge conflict: choose one side and remove the conflict markers')
    }
    WORD.lastIndex = at
    const word = WORD.exec(text)?.[0].slice(0, 30)
    if (word && /^[+-]?(?:NaN|Infinity)$/.test(word)) return fail(`${word} is not a JSON value; use null`)
    return fail(
      `expected ${expected}, found ${JSON.stringify(word ?? String.fromCodePoint(text.codePointAt(at) ?? 0))}`,
    )
  }
  const string = (expected: string): JsonSyntaxError | undefined => {
    if (text[at] !== '"') return unexpected(expected)
    // Not by a pattern: a string of a hundred megabytes would overflow the matcher's stack.
    at++
    while (at < text.length) {
      const unit = text.charCodeAt(at)
      if (unit === QUOTE) {
        at++
        return undefined
      }
      if (unit < 0x20) return fail('a text must end on its line: write line ends and control characters as escapes')
      if (unit !== BACKSLASH) at++
      else if (skip(ESCAPE) === 0) {
        if (ESCAPE_CUT_OFF.test(text.slice(at, at + 6))) break
        return fail(`${text.slice(at, at + 2)} is not a JSON escape`)
      }
    }
    return fail('the file ends inside a text; it seems to be cut off')
  }

  for (;;) {
    skip(SPACE)
    const start = text[at]
    if (start === '{' || start === '[') {
      at++
      skip(SPACE)
      if (text[at] !== (start === '{' ? '}' : ']')) {
        open.push(start)
        if (start === '{') {
          const error = key()
          if (error) return error
        }
        continue
      }
      at++
    } else if (start === '"') {
      const error = string('a value')
      if (error) return error
    } else if (skip(SCALAR) === 0) return unexpected('a value')

    // A value has ended: close the containers that end with it, up to the next comma.
    for (;;) {
      skip(SPACE)
      const container = open.at(-1)
      if (container === undefined) return at < text.length ? unexpected('the end of the file') : undefined
      if (text[at] === ',') {
        at++
        skip(SPACE)
        if (text[at] === '}' || text[at] === ']') return fail('a comma too many before the closing bracket')
        if (container === '{') {
          const error = key()
          if (error) return error
        }
        break
      }
      if (text[at] !== (container === '{' ? '}' : ']')) return unexpected(`"," or "${container === '{' ? '}' : ']'}"`)
      at++
      open.pop()
    }
  }

  function key(): JsonSyntaxError | undefined {
    const error = string('a property name in double quotes')
    if (error) return error
    skip(SPACE)
    if (text[at] !== ':') return unexpected('":"')
    at++
    return undefined
  }
}

function positionAt(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset)
  const lines = before.split('\n')
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}
