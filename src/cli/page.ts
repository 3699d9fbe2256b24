/** Renders a notebook as an HTML page. */
import { readFileSync } from 'node:fs'
import { basename, dirname, extname } from 'node:path'
import type { HtmlOptions } from '../notebook/html.ts'
import { titleWithParameters } from '../notebook/page-title.ts'
import type { Notebook } from '../notebook/types.ts'
import type { Environment } from './environment.ts'

/**
 * A page that works offline, with the built script that draws the figures.
 * @param file path of the notebook: its name is the title, and images beside it are included
 */
export async function htmlPage(
  notebook: Notebook,
  file: string,
  { dist }: Environment,
  options: Pick<HtmlOptions, 'code' | 'links' | 'linkTo'> = {},
): Promise<string> {
  // Loaded here, because only pages need the Markdown engine.
  const { exportHtml } = await import('../notebook/html.ts')
  const { localImages } = await import('../notebook/local-images.ts')
  const readScript = (name: string) => readFileSync(new URL(`renderers/${name}`, dist), 'utf8')
  const title = titleWithParameters(notebook, basename(file, extname(file)))
  return exportHtml(notebook, { title, readScript, readImage: localImages(dirname(file)), ...options })
}
