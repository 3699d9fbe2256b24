/** Renders outputs as HTML for exported pages. */
import type { Json, JsonObject } from '../common/json.ts'
import { escapeHtml, scriptJson } from './escape.ts'
import { IMAGE_MIMES, imageUri } from './image.ts'
import { type MarkdownOptions, renderMarkdown } from './markdown.ts'
import { BOARD_MIME, CONTROLS_MIME, EXPLORER_MIME, FIGURE_MIME, MARKET_MIME, STUDY_MIME, TABLE_MIME } from './mime.ts'
import { errorText } from './outputs.ts'
import { terminalText } from './terminal-text.ts'
import type { MimeBundle, Output } from './types.ts'

/** Renders the content of a MIME type as HTML; undefined if the content does not fit the type. */
type ContentRenderer = (
  content: Json,
  bundle: MimeBundle,
  label: string,
  options: MarkdownOptions,
) => string | undefined

/** The MIME types that a page can show, best first. */
const RENDERERS = new Map<string, ContentRenderer>([
  [EXPLORER_MIME, (content, bundle) => mountPoint(EXPLORER_MIME, content, bundle)],
  [STUDY_MIME, (content, bundle) => mountPoint(STUDY_MIME, content, bundle)],
  [BOARD_MIME, (content, bundle) => mountPoint(BOARD_MIME, content, bundle)],
  [MARKET_MIME, (content, bundle) => mountPoint(MARKET_MIME, content, bundle)],
  [FIGURE_MIME, (content, bundle) => mountPoint(FIGURE_MIME, content, bundle)],
  [TABLE_MIME, (content, bundle) => mountPoint(TABLE_MIME, content, bundle)],
  [CONTROLS_MIME, (content, bundle) => mountPoint(CONTROLS_MIME, content, bundle)],
  ['text/html', (content, _bundle, label) => ifText(content, html => htmlFrame(html, label))],
  ...IMAGE_MIMES.map((mime): [string, ContentRenderer] => [mime, (content, bundle) => image(mime, content, bundle)]),
  [
    'text/markdown',
    (content, _bundle, _label, options) =>
      ifText(content, source => `<div class="markdown">${renderMarkdown(source, options)}</div>`),
  ],
  ['text/plain', content => ifText(content, plain)],
  ['application/json', content => plain(JSON.stringify(content, null, 2))],
])

/**
 * Renders one output as HTML. `label` names it for screen readers. Nothing from the notebook stays unescaped: HTML outputs
 * go into a frame that runs no scripts, SVG into `<img>`, figures and tables into JSON for the page's script.
 */
export function renderOutput(output: Output, label: string, options: MarkdownOptions = {}): string {
  switch (output.output_type) {
    case 'stream':
      return `<pre class="stream ${output.name === 'stderr' ? 'stderr' : 'stdout'}">${escapeHtml(terminalText(output.text))}</pre>`
    case 'error':
      return `<pre class="error">${escapeHtml(terminalText(errorText(output)))}</pre>`
    case 'display_data':
    case 'execute_result':
      return renderBundle(output.data, label, options)
  }
}

/** The saved view states of a cell's outputs for the page's script, as an element in the container of the outputs. */
export function renderViews(views: JsonObject): string {
  if (Object.keys(views).length === 0) return ''
  return `<script type="application/json" class="liqnb-views">${scriptJson(views)}</script>`
}

function renderBundle(bundle: MimeBundle, label: string, options: MarkdownOptions): string {
  for (const [mime, render] of RENDERERS) {
    const content = Object.hasOwn(bundle, mime) ? bundle[mime] : undefined
    if (content === undefined) continue
    const html = render(content, bundle, label, options)
    if (html !== undefined) return html
  }
  const mimes = Object.keys(bundle)
  if (mimes.length === 0) return ''
  return `<p class="note">This output cannot be shown in a page: ${escapeHtml(mimes.join(', '))}</p>`
}

function ifText(content: Json, render: (text: string) => string): string | undefined {
  return typeof content === 'string' ? render(content) : undefined
}

function plain(text: string): string {
  return `<pre class="plain">${escapeHtml(terminalText(text))}</pre>`
}

/** The element in which the page's script draws the data. Before that, and without scripts, it shows the plain text. */
function mountPoint(mime: string, content: Json, bundle: MimeBundle): string {
  const text = bundle['text/plain']
  const data = `<script type="application/json">${scriptJson(content)}</script>`
  return `<div class="liqnb-output" ${mimeAttribute(mime)}>${data}${typeof text === 'string' ? plain(text) : ''}</div>`
}

const mimeAttribute = (mime: string) => `data-mime="${mime}"`

/** What the HTML of an output that needs Plotly contains. */
export const FIGURE_ATTRIBUTE = mimeAttribute(FIGURE_MIME)

const MAX_ALT_CHARS = 300

const FRAME_HEAD = `<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark"><style>
body{margin:0;color:#1f2328;font:15px/1.55 system-ui,sans-serif}
@media(prefers-color-scheme:dark){body{color:#d7dce3}}
table{border-collapse:collapse}th,td{padding:.2em .6em;text-align:start}
</style>`

function htmlFrame(html: string, label: string): string {
  // `allow-same-origin` lets the page's script read the frame's height; without `allow-scripts` no script in it runs.
  return `<iframe class="liqnb-html" title="${escapeHtml(label)}" sandbox="allow-same-origin" srcdoc="${escapeHtml(FRAME_HEAD + html)}"></iframe>`
}

function image(mime: string, content: Json, bundle: MimeBundle): string | undefined {
  const uri = imageUri(mime, content)
  if (uri === undefined) return undefined
  const text = bundle['text/plain']
  const alt = typeof text === 'string' ? text.slice(0, MAX_ALT_CHARS) : ''
  return `<img src="${escapeHtml(uri)}" alt="${escapeHtml(alt)}">`
}
