/** Syntax highlighting for exported pages. */
import { escapeHtml } from './escape.ts'

const KEYWORDS = new Set(
  `as async await break case catch class const continue debugger default delete do else enum export extends
  false finally for from function if import in instanceof interface let new null of return satisfies static super switch
  this throw true try type typeof undefined var void while yield`.split(/\s+/),
)

type TokenKind = 'comment' | 'string' | 'keyword' | 'number'

const WORD = /[\w$]+/y
const NUMBER = /\d[\w.]*/y
/** Everything that begins no token. */
const OTHER = /[^\w$'"`/]+/y

/**
 * TypeScript as HTML with `<span class="comment|string|keyword|number">`; all text is escaped. This is not a parser: a quote
 * inside a regular expression gets the wrong colours. Takes one pass, whatever the code is.
 */
export function highlightTypeScript(code: string): string {
  const parts: string[] = []
  let plainFrom = 0
  for (let at = 0; at < code.length; ) {
    const { end, kind } = tokenAt(code, at)
    if (kind !== undefined) {
      parts.push(escapeHtml(code.slice(plainFrom, at)))
      parts.push(`<span class="${kind}">${escapeHtml(code.slice(at, end))}</span>`)
      plainFrom = end
    }
    at = end
  }
  parts.push(escapeHtml(code.slice(plainFrom)))
  return parts.join('')
}

function tokenAt(code: string, at: number): { end: number; kind: TokenKind | undefined } {
  const character = code.charAt(at)
  if (character === '/') {
    if (code[at + 1] === '/') return { end: indexOrEnd(code, '\n', at), kind: 'comment' }
    if (code[at + 1] === '*') return { end: Math.min(code.length, indexOrEnd(code, '*/', at + 2) + 2), kind: 'comment' }
    return { end: at + 1, kind: undefined }
  }
  if (character === '"' || character === "'" || character === '`') return { end: stringEnd(code, at), kind: 'string' }
  const number = matchEnd(NUMBER, code, at)
  if (number !== undefined) return { end: number, kind: 'number' }
  const word = matchEnd(WORD, code, at)
  if (word === undefined) return { end: matchEnd(OTHER, code, at) ?? at + 1, kind: undefined }
  const isKeyword = code[at - 1] !== '.' && KEYWORDS.has(code.slice(at, word))
  return { end: word, kind: isKeyword ? 'keyword' : undefined }
}

/** The offset behind the string that starts at `at`: its closing quote, or the end of its line or of the code. */
function stringEnd(code: string, at: number): number {
  const quote = code[at]
  for (let i = at + 1; i < code.length; i++) {
    const character = code[i]
    if (character === '\\') i++
    else if (character === quote) return i + 1
    else if (character === '\n' && quote !== '`') return i
  }
  return code.length
}

function matchEnd(pattern: RegExp, code: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(code) ? pattern.lastIndex : undefined
}

function indexOrEnd(code: string, text: string, from: number): number {
  const index = code.indexOf(text, from)
  return index < 0 ? code.length : index
}
