import type { Json, JsonObject } from '../common/json.ts'
import { escapeHtml, scriptJson, terminalText } from './escape.ts'
import { IMAGE_MIMES, imageUri } from './image.ts'
import { renderMarkdown } from './markdown.ts'
import { CONTROLS_MIME, EXPLORER_MIME, FIGURE_MIME, STUDY_MIME, TABLE_MIME } from './mime.ts'
import { errorText } from './outputs.ts'
import type { MimeBundle, Output } from './types.ts'

/** Turns a MIME type's content into HTML, or gives undefined when the content is not fit for it. */
type Show = (content: Json, bundle: MimeBundle, label: string) => string | undefined

/** What a page can show, best first. */
const SHOWN = new Map<string, Show>([
  [EXPLORER_MIME, (content, bundle) => mounted(EXPLORER_MIME, content, bundle)],
  [STUDY_MIME, (content, bundle) => mounted(STUDY_MIME, content, bundle)],
  [FIGURE_MIME, (content, bundle) => mounted(FIGURE_MIME, content, bundle)],
  [TABLE_MIME, (content, bundle) => mounted(TABLE_MIME, content, bundle)],
  [CONTROLS_MIME, (content, bundle) => mounted(CONTROLS_MIME, content, bundle)],
  ['text/html', (content, _bundle, label) => asText(content, html => htmlFrame(html, label))],
  ...IMAGE_MIMES.map((mime): [string, Show] => [mime, (content, bundle) => image(mime, content, bundle)]),
  ['text/markdown', content => asText(content, source => `<div class="markdown">${renderMarkdown(source)}</div>`)],
  ['text/plain', content => asText(content, plain)],
  ['application/json', content => plain(JSON.stringify(content, null, 2))],
])

/**
 * One output as HTML. `label` names it for screen readers. Nothing that comes from the notebook is left unescaped: HTML
 * outputs go into a frame that runs no scripts, SVG into `<img>`, figures and tables into JSON for the page's script.
 */
export function renderOutput(output: Output, label: string): string {
  switch (output.output_type) {
    case 'stream':
      return `<pre class="stream ${output.name === 'stderr' ? 'stderr' : 'stdout'}">${escapeHtml(terminalText(output.text))}</pre>`
    case 'error':
      return `<pre class="error">${escapeHtml(terminalText(errorText(output)))}</pre>`
    case 'display_data':
    case 'execute_result':
      return renderBundle(output.data, label)
  }
}

/** What the reader chose in a cell's outputs, for the page's script to draw them so. Beside the outputs, in their container. */
export function renderViews(views: JsonObject): string {
  if (Object.keys(views).length === 0) return ''
  return `<script type="application/json" class="liqnb-views">${scriptJson(views)}</script>`
}

function renderBundle(bundle: MimeBundle, label: string): string {
  for (const [mime, show] of SHOWN) {
    if (!Object.hasOwn(bundle, mime)) continue
    const html = show(bundle[mime]!, bundle, label)
    if (html !== undefined) return html
  }
  const mimes = Object.keys(bundle)
  if (mimes.length === 0) return ''
  return `<p class="note">This output cannot be shown in a page: ${escapeHtml(mimes.join(', '))}</p>`
}

function asText(content: Json, show: (text: string) => string): string | undefined {
  return typeof content === 'string' ? show(content) : undefined
}

function plain(text: string): string {
  return `<pre class="plain">${escapeHtml(terminalText(text))}</pre>`
}

/** Holds the data for the page's script to draw; until then, and without scripts, the text twin. */
function mounted(mime: string, content: Json, bundle: MimeBundle): string {
  const twin = bundle['text/plain']
  const data = `<script type="application/json">${scriptJson(content)}</script>`
  return `<div class="liqnb-output" data-mime="${mime}">${data}${typeof twin === 'string' ? plain(twin) : ''}</div>`
}

const FRAME_HEAD = `<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark"><style>
body{margin:0;color:#1f2328;font:15px/1.55 system-ui,sans-serif}
@media(prefers-color-scheme:dark){body{color:#d7dce3}}
table{border-collapse:collapse}th,td{padding:.2em .6em;text-align:start}
</style>`

function htmlFrame(html: string, label: string): string {
  // `allow-same-origin` lets the page's script read the frame's height; without `allow-scripts` nothing in it runs.
  return `<iframe class="liqnb-html" title="${escapeHtml(label)}" sandbox="allow-same-origin" srcdoc="${escapeHtml(FRAME_HEAD + html)}"></iframe>`
}

function image(mime: string, content: Json, bundle: MimeBundle): string | undefined {
  const uri = imageUri(mime, content)
  if (uri === undefined) return undefined
  const twin = bundle['text/plain']
  const alt = typeof twin === 'string' ? twin.slice(0, 300) : ''
  return `<img src="${escapeHtml(uri)}" alt="${escapeHtml(alt)}">`
}
