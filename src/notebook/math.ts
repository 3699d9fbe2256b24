/**
 * Mathematics in Markdown: `$…$`, `$$…$$` and bare `\begin{align}…\end{align}`, by the rules of VS Code's preview, as MathML,
 * which browsers draw with their own fonts.
 */
import type MarkdownIt from 'markdown-it'
import temml from 'temml'
import { escapeHtml } from './escape.ts'

type BlockRule = Parameters<MarkdownIt['block']['ruler']['before']>[2]
type InlineRule = Parameters<MarkdownIt['inline']['ruler']['before']>[2]

/** Longer or more deeply nested formulas are shown as their source: the time to convert them grows faster than they do. */
const MAX_CHARS = 5000
const MAX_NESTING = 60

/** LaTeX as MathML; a formula that cannot be converted as its source. */
export function renderMath(latex: string, display: boolean): string {
  const source = latex.trim()
  if (source.length <= MAX_CHARS && nesting(source) <= MAX_NESTING) {
    try {
      return temml.renderToString(source, { displayMode: display, throwOnError: true, trust: false, maxExpand: 200 })
    } catch {
      // An unknown command or unbalanced braces, as in text that only looks like a formula.
    }
  }
  const code = `<code class="formula">${escapeHtml(display ? `$$${source}$$` : `$${source}$`)}</code>`
  return display ? `<p>${code}</p>` : code
}

function nesting(latex: string): number {
  let depth = 0
  let deepest = 0
  for (const [token] of latex.matchAll(/[{}]|\\(?:left|right|begin|end)(?![a-z])/g)) {
    depth += token === '{' || token === '\\left' || token === '\\begin' ? 1 : -1
    deepest = Math.max(deepest, depth)
  }
  return deepest
}

/** Adds mathematics to a Markdown parser. */
export function addMath(markdown: MarkdownIt): void {
  markdown.inline.ruler.after('escape', 'math', inlineMath)
  const alt = ['paragraph', 'reference', 'blockquote', 'list']
  markdown.block.ruler.after('blockquote', 'math', dollarBlock, { alt })
  markdown.block.ruler.after('blockquote', 'math_environment', environmentBlock, { alt })
  markdown.renderer.rules.math_inline = (tokens, index) => renderMath(tokens[index]?.content ?? '', false)
  markdown.renderer.rules.math_display = (tokens, index) => `${renderMath(tokens[index]?.content ?? '', true)}\n`
}

const isWordCharacter = (character: string | undefined) => character !== undefined && /\w/.test(character)

/** `$x$`, and `$$x$$` within a paragraph. A `$` beside a word character on its outer side is money. */
const inlineMath: InlineRule = (state, silent) => {
  const { src, pos } = state
  if (src[pos] !== '$') return false
  const delimiter = src[pos + 1] === '$' ? '$$' : '$'
  const start = pos + delimiter.length
  const end = isWordCharacter(src[pos - 1]) ? -1 : closingDollar(src, start)
  const after = src[end + delimiter.length]
  const closes = end > start && src.startsWith(delimiter, end) && after !== '$' && !isWordCharacter(after)
  if (!closes) {
    if (!silent) state.pending += delimiter
    state.pos = start
    return true
  }
  if (!silent) {
    const token = state.push(delimiter === '$$' ? 'math_display' : 'math_inline', 'math', 0)
    token.content = src.slice(start, end)
    token.markup = delimiter
  }
  state.pos = end + delimiter.length
  return true
}

/** The next dollar without a backslash before it; -1 if there is none. */
function closingDollar(text: string, from: number): number {
  for (let at = text.indexOf('$', from); at >= 0; at = text.indexOf('$', at + 1)) {
    let backslashes = 0
    while (at - 1 - backslashes >= from && text[at - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return at
  }
  return -1
}

/** A block from a line that begins with `$$` to the next `$$`, on the same line or a later one. */
const dollarBlock: BlockRule = (state, startLine, endLine, silent) => {
  const start = lineStart(state, startLine)
  if (!state.src.startsWith('$$', start)) return false
  const end = nextIndex(state, '$$', start + 2)
  const line = lineOf(state, end, startLine, endLine)
  if (line === undefined) return false
  // Text behind a formula on one line makes it a part of a paragraph.
  const isWholeLine = state.src.slice(end + 2, state.eMarks[line]).trim() === ''
  if (!isWholeLine || end === start + 2) return false
  return silent || pushBlock(state, startLine, line, text => text.trim().slice(2, -2))
}

/** LaTeX environments that are formulas by themselves. */
const ENVIRONMENT =
  /\\begin\{((?:equation|align|alignat|gather|multline|eqnarray|split|aligned|gathered|cases|array|smallmatrix|[pbvBV]?matrix)\*?)\}/y

const environmentBlock: BlockRule = (state, startLine, endLine, silent) => {
  ENVIRONMENT.lastIndex = lineStart(state, startLine)
  const [, name] = ENVIRONMENT.exec(state.src) ?? []
  if (name === undefined) return false
  const end = nextIndex(state, `\\end{${name}}`, ENVIRONMENT.lastIndex)
  const line = lineOf(state, end, startLine, endLine)
  if (line === undefined) return false
  return silent || pushBlock(state, startLine, line, text => text)
}

type BlockState = Parameters<BlockRule>[0]

const lineStart = (state: BlockState, line: number) => (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0)

/** The position of a text at or behind `from`, remembered so that a text far away is searched for only once. */
function nextIndex(state: BlockState, text: string, from: number): number {
  const { env } = state as { env: { searches?: Map<string, { from: number; index: number }> } }
  env.searches ??= new Map()
  const last = env.searches.get(text)
  if (last && last.from <= from && (last.index === -1 || last.index >= from)) return last.index
  const index = state.src.indexOf(text, from)
  env.searches.set(text, { from, index })
  return index
}

/** The line of the position, if it is one of the lines from `first` on that belong to the same block. */
function lineOf(state: BlockState, position: number, first: number, endLine: number): number | undefined {
  if (position < 0) return undefined
  for (let line = first; line < endLine; line++) {
    const isBlank = lineStart(state, line) >= (state.eMarks[line] ?? 0)
    if (line > first && !isBlank && (state.sCount[line] ?? 0) < state.blkIndent) return undefined
    if (position < (state.eMarks[line] ?? 0)) return position >= lineStart(state, line) ? line : undefined
  }
  return undefined
}

function pushBlock(state: BlockState, startLine: number, lastLine: number, formula: (text: string) => string): boolean {
  const token = state.push('math_display', 'math', 0)
  token.block = true
  token.content = formula(state.getLines(startLine, lastLine + 1, state.blkIndent, false))
  token.map = [startLine, lastLine + 1]
  state.line = lastLine + 1
  return true
}
