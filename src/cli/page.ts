import { readFile } from 'node:fs/promises'
import type { Notebook } from '../notebook/types.ts'
import type { Environment } from './environment.ts'

/** A notebook as a page that works offline, with the built script that draws its figures. */
export async function htmlPage(notebook: Notebook, title: string, { dist }: Environment): Promise<string> {
  // The Markdown engine is needed here only.
  const { exportHtml } = await import('../notebook/html.ts')
  return exportHtml(notebook, { title, script: await readFile(new URL('renderers/page.js', dist), 'utf8') })
}
