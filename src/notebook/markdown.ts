/** Renders Markdown cells for exported pages. */
import MarkdownIt from 'markdown-it'
import { isRecord, type Json, type JsonObject } from '../common/json.ts'
import { escapeHtml } from './escape.ts'
import { highlightTypeScript } from './highlight.ts'
import { IMAGE_MIMES, imageUri } from './image.ts'
import type { ReadImage } from './local-images.ts'
import { addMath } from './math.ts'
import { type HeadingIds, headingIds, slug } from './slug.ts'

export interface MarkdownOptions {
  /** File name → MIME bundle, for `![](attachment:name)`. */
  attachments?: JsonObject | undefined
  /** Reads an image beside the notebook. Default: such images are not included. */
  readImage?: ReadImage | undefined
  /** The address in the page of a file beside the notebook; undefined to leave it as it is. */
  linkTo?: ((path: string) => string | undefined) | undefined
  /** Gives headings ids that are unique in the page. Default: unique in this text. */
  headings?: HeadingIds | undefined
}

/** What markdown-it hands to the rules: the options of the text that is being rendered. */
type Environment = { [Option in keyof MarkdownOptions]-?: NonNullable<MarkdownOptions[Option]> }

const EXTERNAL = /^(?:https?|mailto):/i
const EMBEDDED_IMAGE = /^data:image\/(?:png|jpeg|webp|gif|svg\+xml)[;,]/i
const ATTACHMENT = /^attachment:/
/** A path relative to the notebook: without a colon in its first part, and not from the root of a disk or server. */
const RELATIVE = /^[^/\\#?:]+(?:[/\\#?]|$)/
const FRAGMENT = /^#/

const markdown = new MarkdownIt({
  html: false,
  highlight: (code, language) => (/^(?:ts|typescript|js|javascript)$/.test(language) ? highlightTypeScript(code) : ''),
})
addMath(markdown)
markdown.validateLink = url =>
  isRelative(url.trim()) || [EXTERNAL, EMBEDDED_IMAGE, ATTACHMENT, FRAGMENT].some(allowed => allowed.test(url.trim()))

const isRelative = (url: string) => RELATIVE.test(url) && RELATIVE.test(decodePercent(url))

markdown.renderer.rules.heading_open = (tokens, index, options, env: Environment, self) => {
  const text = tokens[index + 1]?.children?.map(({ content }) => content).join('') ?? ''
  tokens[index]?.attrSet('id', env.headings(text))
  return self.renderToken(tokens, index, options)
}

markdown.renderer.rules.link_open = (tokens, index, options, env: Environment, self) => {
  const token = tokens[index]
  const href = token?.attrGet('href') ?? ''
  // Jupyter writes `#Two-words`, VS Code and GitHub `#two-words`.
  if (FRAGMENT.test(href)) token?.attrSet('href', `#${encodeURIComponent(slug(decodePercent(href.slice(1))))}`)
  else if (EXTERNAL.test(href)) token?.attrSet('rel', 'noopener noreferrer')
  // Sources that are allowed for images only must not become links.
  else if (token && !isRelative(href)) token.attrs = null
  else {
    const [path = '', fragment] = href.split('#')
    const target = env.linkTo(decodePercent(path))
    if (target !== undefined) token?.attrSet('href', fragment === undefined ? target : `${target}#${fragment}`)
  }
  return self.renderToken(tokens, index, options)
}

markdown.renderer.rules.image = (tokens, index, options, env: Environment, self) => {
  const token = tokens[index]
  const alt = self.renderInlineAsText(token?.children ?? [], options, env)
  const source = token?.attrGet('src') ?? ''
  const image = loadImage(source, env)
  if ('uri' in image) return `<img src="${escapeHtml(image.uri)}" alt="${escapeHtml(alt)}">`
  const reason = image.problem === '' ? '' : `: ${escapeHtml(image.problem)}`
  return `<span class="missing-image">Image not included: ${escapeHtml(alt)} (${escapeHtml(source)})${reason}</span>`
}

/**
 * Markdown as HTML that is safe in a page: HTML in it is shown as text, links lead to http, https, mailto, headings of the page
 * and files beside the notebook, and only images from the notebook and its folder are shown. Formulas become MathML.
 */
export function renderMarkdown(source: string, options: MarkdownOptions = {}): string {
  const { attachments = {}, readImage = () => ({ problem: '' }), linkTo = () => undefined } = options
  const { headings = headingIds() } = options
  return markdown.render(source, { attachments, readImage, linkTo, headings } satisfies Environment)
}

function loadImage(source: string, { attachments, readImage }: Environment): ReturnType<ReadImage> {
  if (EMBEDDED_IMAGE.test(source)) return { uri: source }
  if (ATTACHMENT.test(source)) {
    const uri = attachmentUri(attachments, source)
    return uri === undefined ? { problem: 'the cell has no such attachment' } : { uri }
  }
  return isRelative(source) ? readImage(decodePercent(source)) : { problem: '' }
}

function attachmentUri(attachments: JsonObject, source: string): string | undefined {
  const encoded = source.replace(ATTACHMENT, '')
  const bundle = ownProperty(attachments, encoded) ?? ownProperty(attachments, decodePercent(encoded))
  if (!isRecord(bundle)) return undefined
  for (const mime of IMAGE_MIMES) {
    const uri = imageUri(mime, ownProperty(bundle as JsonObject, mime))
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
