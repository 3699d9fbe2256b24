/** What the pages name exists: links to files and headings, and paths in the repository. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../build.mjs'
import { PAGES } from './pages.ts'

/** Pages that the build of the site writes. */
const GENERATED = /^docs\/(api\/|command-line|settings)/
/** Written by the tests. */
const ARTIFACTS = 'test/vscode/artifacts'

const anchors = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(match =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  )

describe.each(PAGES)('$path', ({ path, text }) => {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '')

  it('has no dead link to a file or a heading', () => {
    const links = [...prose.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(match => match[1] ?? '')
    const dead = links.filter(link => {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? path : join(file.startsWith('/') ? 'docs' : dirname(path), file)
      if (GENERATED.test(target)) return false
      const found = [target, `${target}.md`, join(target, 'index.md')]
        .map(name => join(root, name))
        .find(name => existsSync(name) && !name.endsWith('/'))
      if (found === undefined) return true
      return anchor !== undefined && !anchors(readFileSync(found, 'utf8')).includes(anchor)
    })
    expect(dead).toEqual([])
  })

  it('names only files and folders that exist', () => {
    const names = [...prose.matchAll(/`((?:src|renderers|test|samples|docs|media)\/[^`\s*…<>]*)`/g)].map(
      match => match[1] ?? '',
    )
    expect(names.filter(name => name !== ARTIFACTS && !existsSync(join(root, name)))).toEqual([])
  })
})
