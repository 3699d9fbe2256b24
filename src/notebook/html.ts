/** Exports a notebook as one HTML page. */

import { createHash } from 'node:crypto'
import { isRecord } from '../common/json.ts'
import { escapeHtml } from './escape.ts'
import { highlightTypeScript } from './highlight.ts'
import { FIGURE_ATTRIBUTE, renderOutput, renderViews } from './html-output.ts'
import { MATH_STYLE, PAGE_STYLE } from './html-style.ts'
import type { ReadImage } from './local-images.ts'
import { type MarkdownOptions, renderMarkdown } from './markdown.ts'
import { otherLanguage } from './runnable.ts'
import { headingIds } from './slug.ts'
import type { Cell, CodeCell, Notebook } from './types.ts'
import { viewsOf } from './views.ts'

export interface HtmlOptions {
  /** Title of the page if the notebook's metadata has none; usually the file name. */
  title: string
  /** Reads an image that Markdown names by a path beside the notebook. Default: such images are not included. */
  readImage?: ReadImage
  /** Whether the page shows code. Default: true; without it, the page is a report. */
  code?: boolean
  /** Links at the top of the page, to other pages of a site. */
  links?: readonly { text: string; href: string }[]
  /** The page of a file that Markdown links to; undefined if it has none. */
  linkTo?: (path: string) => string | undefined
  /** Reads a classic script of `dist/renderers`: the page's own, and Plotly only for a page with figures. */
  readScript(name: 'page.js' | 'plotly.js'): string
}

/**
 * The notebook as one self-contained page: no network, no server. Whatever the notebook contains, only the page's own script can
 * run, by its hash in the content security policy. The same notebook and script give the same bytes.
 */
export function exportHtml(notebook: Notebook, options: HtmlOptions): string {
  const title = typeof notebook.metadata.title === 'string' ? notebook.metadata.title : options.title
  const hasHeading = notebook.cells.some(cell => cell.cell_type === 'markdown' && /^#\s/m.test(cell.source))
  const heading = hasHeading ? '' : `<h1>${escapeHtml(title)}</h1>\n`
  const headings = headingIds()
  const body = notebook.cells
    .map((cell, index) =>
      renderCell(cell, index, options.code ?? true, { headings, readImage: options.readImage, linkTo: options.linkTo }),
    )
    .filter(html => html !== '')
    .join('\n')
  const names = body.includes(FIGURE_ATTRIBUTE) ? (['plotly.js', 'page.js'] as const) : (['page.js'] as const)
  const script = inlineScript(names.map(name => options.readScript(name)).join('\n'))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Liqnb">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}${body.includes('<math') ? MATH_STYLE : ''}</style>
</head>
<body>
<main>
${renderLinks(options.links ?? [])}${heading}${body}
</main>
<script>${script}</script>
</body>
</html>
`
}

function contentSecurityPolicy(script: string): string {
  const hash = createHash('sha256').update(script).digest('base64')
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    "style-src 'unsafe-inline'",
    // `blob:` lets a figure be saved as an image; only the page's script can create such a URL.
    'img-src data: blob:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

/** The script for the page, with the line ends that the browser hashes. */
function inlineScript(script: string): string {
  const text = script.replace(/\r\n?/g, '\n').trim()
  // After "<!--", an HTML parser takes "<script" for the start of a nested element.
  if (/<\/script/i.test(text) || (text.includes('<!--') && /<script/i.test(text))) {
    throw new Error('the page script holds "</script" (or "<!--" and "<script") and cannot be inlined')
  }
  return text
}

function renderLinks(links: readonly { text: string; href: string }[]): string {
  if (links.length === 0) return ''
  const anchors = links.map(({ text, href }) => `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>`)
  return `<nav aria-label="Notebooks">${anchors.join(' ')}</nav>\n`
}

function renderCell(cell: Cell, index: number, code: boolean, options: MarkdownOptions): string {
  const label = `Cell ${index + 1}`
  if (cell.cell_type === 'markdown') {
    return `<section class="cell markdown">${renderMarkdown(cell.source, { ...options, attachments: cell.attachments })}</section>`
  }
  if (cell.cell_type === 'raw')
    return `<section class="cell"><pre class="source">${escapeHtml(cell.source)}</pre></section>`
  const content = `${code ? renderSource(cell, label) : ''}${renderOutputs(cell, label, options)}`
  // Without code, a cell that shows nothing is no part of the page.
  if (!code && content === '') return ''
  return `<section class="cell" aria-label="${label}">\n${content}\n</section>`
}

function renderSource(cell: CodeCell, label: string): string {
  if (cell.source.trim() === '') return ''
  const source = `<pre class="source"><code>${highlight(cell)}</code></pre>`
  return isSourceHidden(cell) ? `<details><summary>Code of ${label.toLowerCase()}</summary>${source}</details>` : source
}

/** Code of another language has no colours. */
const highlight = (cell: CodeCell) =>
  otherLanguage(cell) === undefined ? highlightTypeScript(cell.source) : escapeHtml(cell.source)

/** Whether Jupyter's flag hides the code of the cell. */
function isSourceHidden({ metadata: { jupyter } }: Cell): boolean {
  return isRecord(jupyter) && jupyter.source_hidden === true
}

function renderOutputs(cell: CodeCell, label: string, options: MarkdownOptions): string {
  if (cell.outputs.length === 0) return ''
  const outputs = cell.outputs.map((output, index) => renderOutput(output, `${label}, output ${index + 1}`, options))
  return `\n<div class="outputs">${renderViews(viewsOf(cell.metadata))}${outputs.join('\n')}</div>`
}
