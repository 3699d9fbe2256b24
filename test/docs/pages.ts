/** The pages of the documentation and their code blocks. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../build.mjs'

export interface Page {
  /** Path in the repository. */
  path: string
  text: string
}

const OTHERS = ['README.md', '.github/CONTRIBUTING.md', '.github/SECURITY.md', 'samples/README.md']
/** Written by the build of the site, from what is tested elsewhere. */
const GENERATED = ['api', 'node_modules', '.vitepress', 'command-line.md', 'settings.md']

function markdownIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    if (GENERATED.includes(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? markdownIn(path) : entry.name.endsWith('.md') ? [path] : []
  })
}

export const PAGES: Page[] = [...OTHERS.map(name => join(root, name)), ...markdownIn(join(root, 'docs'))].map(path => ({
  path: relative(root, path),
  text: readFileSync(path, 'utf8'),
}))

/** The code blocks of a language on a page, in order. */
export function blocks(page: Page, language: string): string[] {
  return [...page.text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(match => match[1] === language)
    .map(match => match[2] ?? '')
}
