import { escapeHtml } from './escape.ts'

const KEYWORDS =
  `as async await break case catch class const continue debugger default delete do else enum export extends
  false finally for from function if import in instanceof interface let new null of return satisfies static super switch
  this throw true try type typeof undefined var void while yield`.replace(/\s+/g, '|')

// One branch per colour. Strings are unrolled so that long ones need no backtracking.
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
 * TypeScript as HTML with `<span class="comment|string|keyword|number">`. Good enough to read by, no parser: a quote
 * inside a regular expression colours wrongly, and nothing ever escapes its escaping.
 */
export function highlightTypeScript(code: string): string {
  let html = ''
  let at = 0
  for (const match of code.matchAll(TOKEN)) {
    const kind = Object.entries(match.groups!).find(([, text]) => text !== undefined)![0]
    html += `${escapeHtml(code.slice(at, match.index))}<span class="${kind}">${escapeHtml(match[0])}</span>`
    at = match.index + match[0].length
  }
  return html + escapeHtml(code.slice(at))
}
