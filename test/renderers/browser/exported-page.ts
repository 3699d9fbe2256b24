/** A notebook's exported page, opened from a file in Chromium. */
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { exportHtml } from '../../../src/notebook/html.ts'
import type { MimeBundle } from '../../../src/notebook/types.ts'
import type { useBrowser } from './harness.ts'

/**
 * Exports a notebook of one cell with one output and opens it, 1000 px wide.
 *
 * @param title also the name of the file, in lower case
 * @returns the page, and what must stay empty: errors and requests for anything but files and data
 */
export async function openExported(context: ReturnType<typeof useBrowser>, title: string, bundle: object) {
  const data = bundle as unknown as MimeBundle
  const output = { output_type: 'display_data' as const, data, metadata: {} }
  const cell = { cell_type: 'code' as const, id: 'c', source: '', metadata: {}, outputs: [output] }
  const notebook = { nbformat: 4 as const, nbformat_minor: 5, metadata: {}, cells: [cell] }
  const file = join(context.dir, `${title.toLowerCase()}.html`)
  const readScript = (name: string) => readFileSync(join(context.bundles, name), 'utf8')
  await writeFile(file, exportHtml(notebook, { title, readScript }))
  const page = await context.browser.newPage({ viewport: { width: 1000, height: 1400 } })
  const trouble: string[] = []
  page.on('pageerror', error => trouble.push(error.message))
  page.on('console', message => message.type() === 'error' && trouble.push(message.text()))
  page.on('request', request => /^(?:file|data|blob):/.test(request.url()) || trouble.push(request.url()))
  await page.goto(pathToFileURL(file).href)
  return { page, trouble }
}
