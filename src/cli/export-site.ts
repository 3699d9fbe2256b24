/** `liqnb export --site`. */
import { basename, extname, join, relative, resolve, sep } from 'node:path'
import { oneLine } from '../common/errors.ts'
import { countText } from '../common/number-text.ts'
import { notebookTitle, type SitePage, siteIndex } from '../notebook/site-index.ts'
import { type Environment, UsageError } from './environment.ts'
import { readNotebook, writeTarget } from './files.ts'
import { htmlPage } from './page.ts'

const INDEX = 'index.html'
const INDEX_TITLE = 'Notebooks'

/**
 * Writes a page for each notebook, and an index of them. Links between the notebooks lead to their pages.
 * @param folder to write to, and `names` the notebooks, both as the user names them
 */
export async function exportSite(
  folder: string,
  names: readonly string[],
  code: boolean,
  environment: Environment,
): Promise<void> {
  if (names.length === 0) throw new UsageError('--site needs notebooks')
  const target = resolve(environment.cwd, folder)
  const files = [...new Set(names.map(name => resolve(environment.cwd, name)))]
  const pageNames = uniqueNames(files)
  const pages = await Promise.all(
    files.map(async (file): Promise<SitePage & { path: string }> => {
      const notebook = await readNotebook(file, environment.stderr)
      const title = notebookTitle(notebook) ?? basename(file, extname(file))
      return { path: file, file: pageNames.get(file)!, title, notebook }
    }),
  )
  for (const [index, { path, file, notebook }] of pages.entries()) {
    const links = siteLinks(pages, index)
    const linkTo = (link: string) => {
      const name = pageNames.get(resolve(path, '..', link))
      return name === undefined ? undefined : encodeURIComponent(name)
    }
    await writeTarget(
      join(target, file),
      await htmlPage(notebook, path, environment, { code, links, linkTo }),
      environment,
    )
  }
  // Last, so that it never lists a page that is not there.
  await writeTarget(join(target, INDEX), siteIndex(INDEX_TITLE, pages), environment)
  const shown = relative(environment.cwd, join(target, INDEX)).replaceAll(sep, '/')
  environment.stderr.write(`Wrote ${countText(pages.length, 'page')}; open ${oneLine(shown, 1000)} in a browser\n`)
}

function siteLinks(pages: readonly SitePage[], index: number) {
  const link = (page: SitePage | undefined, arrow: (title: string) => string) =>
    page === undefined ? [] : [{ text: arrow(page.title), href: encodeURIComponent(page.file) }]
  return [
    { text: 'All notebooks', href: INDEX },
    ...link(pages[index - 1], title => `← ${title}`),
    ...link(pages[index + 1], title => `${title} →`),
  ]
}

/** A file name for the page of each notebook: its own, with a number where another has it too, on any file system. */
function uniqueNames(files: readonly string[]): Map<string, string> {
  const used = new Set([INDEX])
  return new Map(
    files.map(file => {
      const stem = basename(file, extname(file))
      for (let number = 1; ; number++) {
        const name = number === 1 ? `${stem}.html` : `${stem}-${number}.html`
        if (used.has(name.toLowerCase())) continue
        used.add(name.toLowerCase())
        return [file, name]
      }
    }),
  )
}
