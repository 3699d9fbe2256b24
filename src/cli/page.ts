/** Renders a notebook as an HTML page. */
import { readFileSync } from 'node:fs'
import type { Notebook } from '../notebook/types.ts'
import type { Environment } from './environment.ts'

/** A page that works offline, with the built script that draws the figures. */
export async function htmlPage(notebook: Notebook, title: string, { dist }: Environment): Promise<string> {
  // Loaded here, because only pages need the Markdown engine.
  const { exportHtml } = await import('../notebook/html.ts')
  const readScript = (name: string) => readFileSync(new URL(`renderers/${name}`, dist), 'utf8')
  return exportHtml(notebook, { title, readScript })
}
