import { createHash } from 'node:crypto'
import { escapeHtml } from './escape.ts'
import { highlightTypeScript } from './highlight.ts'
import { renderOutput, renderViews } from './html-output.ts'
import { PAGE_STYLE } from './html-style.ts'
import { renderMarkdown } from './markdown.ts'
import { isObject } from './rules.ts'
import type { Cell, Notebook } from './types.ts'
import { viewsOf } from './views.ts'

export interface HtmlOptions {
  /** Title of the page when the notebook's metadata has none; usually the file's name. */
  title: string
  /** The classic script that draws figures and tables (the text of `dist/renderers/page.js`). */
  script: string
}

/**
 * The notebook as one page that needs nothing else: no network, no server. The page's own script is the only one that
 * can run in it, by its hash in the content security policy, whatever the notebook holds. The same notebook and script
 * give the same bytes.
 */
export function exportHtml(notebook: Notebook, options: HtmlOptions): string {
  const script = inlineScript(options.script)
  const title = typeof notebook.metadata.title === 'string' ? notebook.metadata.title : options.title
  const hasHeading = notebook.cells.some(cell => cell.cell_type === 'markdown' && /^#\s/m.test(cell.source))
  const heading = hasHeading ? '' : `<h1>${escapeHtml(title)}</h1>\n`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Liqnb">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
${heading}${notebook.cells.map(renderCell).join('\n')}
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
    // `blob:` is how a figure is turned into a picture to save; only the page's script can make one.
    'img-src data: blob:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

/** The script as it can stand in a page: what the browser hashes is the text after its own line end rules. */
function inlineScript(script: string): string {
  const text = script.replace(/\r\n?/g, '\n').trim()
  // After "<!--", an HTML parser takes "<script" for the start of a nested element.
  if (/<\/script/i.test(text) || (text.includes('<!--') && /<script/i.test(text))) {
    throw new Error('the page script holds "</script" (or "<!--" and "<script") and cannot stand in a page')
  }
  return text
}

function renderCell(cell: Cell, index: number): string {
  const label = `Cell ${index + 1}`
  if (cell.cell_type === 'markdown') {
    return `<section class="cell markdown">${renderMarkdown(cell.source, cell.attachments)}</section>`
  }
  if (cell.cell_type === 'raw')
    return `<section class="cell"><pre class="source">${escapeHtml(cell.source)}</pre></section>`
  return `<section class="cell" aria-label="${label}">
${renderSource(cell, label)}${renderOutputs(cell, label)}
</section>`
}

function renderSource(cell: Cell, label: string): string {
  if (cell.source.trim() === '') return ''
  const source = `<pre class="source"><code>${highlightTypeScript(cell.source)}</code></pre>`
  return isSourceHidden(cell) ? `<details><summary>Code of ${label.toLowerCase()}</summary>${source}</details>` : source
}

/** Jupyter's flag for a cell whose code a reader need not see. */
function isSourceHidden({ metadata: { jupyter } }: Cell): boolean {
  return isObject(jupyter) && jupyter.source_hidden === true
}

function renderOutputs(cell: Cell & { cell_type: 'code' }, label: string): string {
  if (cell.outputs.length === 0) return ''
  const outputs = cell.outputs.map((output, index) => renderOutput(output, `${label}, output ${index + 1}`))
  return `\n<div class="outputs">${renderViews(viewsOf(cell.metadata))}${outputs.join('\n')}</div>`
}
