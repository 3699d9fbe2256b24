/**
 * Plotly interprets some HTML-like tags in the texts of a figure (titles, labels, hover). This reduces them to formatting: only
 * http(s) and mailto links, no styles that could load something.
 */

const FORMATTING = new Set(['b', 'i', 'em', 's', 'u', 'sub', 'sup', 'br', 'span', 'a', 'extra'])
const TOKEN = /<[^<>]*>|</g
const TAG = /^<(\/?)\s*([a-z]+)(?=[\s/>])([\s\S]*)>$/i
const HREF = /(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)')/i
const STYLE = /(?:^|\s)style\s*=\s*(?:"([^"]*)"|'([^']*)')/i
const SAFE_LINK = /^(?:https?:\/\/|mailto:)[^\s"'<>\\]*$/i
const SAFE_DECLARATION =
  /^(?:color|fill|font-(?:size|weight|style|family)|text-decoration)\s*:\s*(?!.*(?:url|image|var|env)\s*\()[\w#.,%() -]+$/i

/** Reduces every tag to harmless formatting; unknown tags are shown as text. */
export function cleanText(text: string): string {
  return text.includes('<') ? text.replace(TOKEN, cleanToken) : text
}

function cleanToken(token: string): string {
  const match = TAG.exec(token)
  const name = match?.[2]?.toLowerCase() ?? ''
  if (!match || !FORMATTING.has(name)) return `&lt;${token.slice(1)}`
  if (match[1]) return `</${name}>`
  const attributes = match[3] ?? ''
  if (name === 'a') {
    const href = quoted(HREF, attributes)
    return SAFE_LINK.test(href) ? `<a href="${href}">` : '<a>'
  }
  if (name === 'span') {
    const style = quoted(STYLE, attributes)
      .split(';')
      .map(declaration => declaration.trim())
      .filter(declaration => SAFE_DECLARATION.test(declaration))
    return style.length > 0 ? `<span style="${style.join(';')}">` : '<span>'
  }
  return `<${name}>`
}

function quoted(pattern: RegExp, attributes: string): string {
  const match = pattern.exec(attributes)
  return match?.[1] ?? match?.[2] ?? ''
}

/** `text` without tags, on one line, for labels and file names. */
export function plainText(text: string): string {
  return text
    .replace(/<br\s*\/?>/gi, ' ')
    .replace(/<\/?[a-z][^<>]*>/gi, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim()
}
