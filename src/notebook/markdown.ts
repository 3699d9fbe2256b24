/** Renders Markdown cells for exported pages. */
import MarkdownIt from 'markdown-it'
import { isRecord, type Json, type JsonObject } from '../common/json.ts'
import { escapeHtml } from './escape.ts'
import { highlightTypeScript } from './highlight.ts'
import { IMAGE_MIMES, imageUri } from './image.ts'

interface Environment {
  attachments: JsonObject
}

const LINK = /^(?:https?|mailto):/i
const EMBEDDED_IMAGE = /^data:image\/(?:png|jpeg|webp|gif|svg\+xml)[;,]/i
const ATTACHMENT = /^attachment:/

const markdown = new MarkdownIt({
  html: false,
  highlight: (code, language) => (/^(?:ts|typescript|js|javascript)$/.test(language) ? highlightTypeScript(code) : ''),
})
markdown.validateLink = url => [LINK, EMBEDDED_IMAGE, ATTACHMENT].some(allowed => allowed.test(url.trim()))

markdown.renderer.rules.link_open = (tokens, index, options, _env, self) => {
  const token = tokens[index]
  // Sources that are allowed for images only must not become links.
  if (token && !LINK.test(token.attrGet('href') ?? '')) token.attrs = null
  else token?.attrSet('rel', 'noopener noreferrer')
  return self.renderToken(tokens, index, options)
}

markdown.renderer.rules.image = (tokens, index, options, env: Environment, self) => {
  const token = tokens[index]
  const alt = self.renderInlineAsText(token?.children ?? [], options, env)
  const source = token?.attrGet('src') ?? ''
  const uri = ATTACHMENT.test(source) ? attachmentUri(env.attachments, source) : EMBEDDED_IMAGE.test(source) && source
  if (uri) return `<img src="${escapeHtml(uri)}" alt="${escapeHtml(alt)}">`
  return `<span class="missing-image">Image not included: ${escapeHtml(alt)} (${escapeHtml(source)})</span>`
}

/**
 * Markdown as HTML that is safe in a page: HTML in it is shown as text, links lead to http, https and mailto only, and only
 * images in the notebook itself are shown.
 */
export function renderMarkdown(source: string, attachments: JsonObject = {}): string {
  return markdown.render(source, { attachments } satisfies Environment)
}

function attachmentUri(attachments: JsonObject, source: string): string | undefined {
  const encoded = source.replace(ATTACHMENT, '')
  const bundle = ownProperty(attachments, encoded) ?? ownProperty(attachments, decodePercent(encoded))
  if (!isRecord(bundle)) return undefined
  for (const mime of IMAGE_MIMES) {
    const uri = imageUri(mime, (bundle as JsonObject)[mime])
    if (uri !== undefined) return uri
  }
  return undefined
}

function ownProperty(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // Not percent-encoded.
  }
}
