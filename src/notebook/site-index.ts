/** The first page of a site of notebooks. */
import { oneLine } from '../common/errors.ts'
import { countText } from '../common/number-text.ts'
import { escapeHtml } from './escape.ts'
import { PAGE_STYLE } from './html-style.ts'
import type { Notebook } from './types.ts'

/** A page of the site. */
export interface SitePage {
  /** File name beside the index. */
  file: string
  title: string
  notebook: Notebook
}

/** A list of the pages, each with how it begins; no script. */
export function siteIndex(title: string, pages: readonly SitePage[]): string {
  const items = pages.map(page => {
    const summary = summaryOf(page.notebook)
    const text = summary === '' ? '' : `\n<p>${escapeHtml(summary)}</p>`
    return `<li><a href="${escapeHtml(encodeURIComponent(page.file))}">${escapeHtml(page.title)}</a>${text}
<p class="note">${escapeHtml(countText(page.notebook.cells.length, 'cell'))}</p></li>`
  })
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Liqnb">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}.pages{list-style:none;padding:0;max-width:46rem}.pages li{margin:0 0 1.5rem}.pages p{margin:.2em 0 0}.pages a{font-size:1.15rem}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<ul class="pages">
${items.join('\n')}
</ul>
</main>
</body>
</html>
`
}

/** The title that a notebook gives itself: its metadata's, else its first heading. */
export function notebookTitle({ cells, metadata }: Notebook): string | undefined {
  if (typeof metadata.title === 'string' && metadata.title.trim() !== '') return oneLine(metadata.title)
  for (const cell of cells) {
    const [, heading] = (cell.cell_type === 'markdown' && /^#\s+(.+)$/m.exec(cell.source)) || []
    if (heading !== undefined) return plainText(heading)
  }
  return undefined
}

/** The first paragraph of the notebook's text. */
function summaryOf({ cells }: Notebook): string {
  for (const cell of cells) {
    if (cell.cell_type !== 'markdown') continue
    const paragraph = cell.source.split(/\n\s*\n/).map(part => part.replace(/^#{1,6}\s.*$/gm, '').trim())
    const text = paragraph.find(part => /^[\p{L}\p{N}*_`"'(]/u.test(part))
    if (text !== undefined) return oneLine(plainText(text), 240)
  }
  return ''
}

/** Without the marks of links, images, emphasis and code. */
const plainText = (markdown: string) =>
  markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
