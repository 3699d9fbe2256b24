/** Syntax highlighting for exported pages. */
import { escapeHtml } from './escape.ts'

const KEYWORDS =
  `as async await break case catch class const continue debugger default delete do else enum export extends
  false finally for from function if import in instanceof interface let new null of return satisfies static super switch
  this throw true try type typeof undefined var void while yield`.replace(/\s+/g, '|')

// One group per colour. Strings are unrolled so that long ones need no backtracking.
const TOKEN = new RegExp(
  [
    String.raw`(?<comment>\/\/[^\n]*|\/\*[^*]*(?:\*(?!\/)[^*]*)*(?:\*\/)?)`,
    String.raw`(?<string>'[^'\\\n]*(?:\\[^][^'\\\n]*)*'?|"[^"\\\n]*(?:\\[^][^"\\\n]*)*"?|\`[^\`\\]*(?:\\[^][^\`\\]*)*\`?)`,
    String.raw`(?<keyword>(?<![\w$.])(?:${KEYWORDS})(?![\w$]))`,
    String.raw`(?<number>(?<![\w$])\d[\w.]*)`,
  ].join('|'),
  'g',
)

/**
 * TypeScript as HTML with `<span class="comment|string|keyword|number">`; all text is escaped. This is not a parser: a quote
 * inside a regular expression gets the wrong colours.
 */
export function highlightTypeScript(code: string): string {
  let html = ''
  let at = 0
  for (const match of code.matchAll(TOKEN)) {
    const [kind = ''] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) ?? []
    html += `${escapeHtml(code.slice(at, match.index))}<span class="${kind}">${escapeHtml(match[0])}</span>`
    at = match.index + match[0].length
  }
  return html + escapeHtml(code.slice(at))
}
