import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { localImages, MAX_IMAGE_BYTES, MAX_PAGE_IMAGE_BYTES } from '../../src/notebook/local-images.ts'
import { renderMarkdown } from '../../src/notebook/markdown.ts'

describe('images beside a notebook', () => {
  let root = ''
  let folder = ''
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'liqnb-images-'))
    folder = join(root, 'notebooks')
    mkdirSync(join(folder, 'my plots'), { recursive: true })
    writeFileSync(join(folder, 'a.png'), Buffer.from([1, 2, 3]))
    writeFileSync(join(folder, 'my plots/b.SVG'), '<svg/>')
    writeFileSync(join(folder, 'key.pem'), 'secret')
    writeFileSync(join(root, 'outside.png'), 'secret')
    writeFileSync(join(root, 'notebooks.png'), 'secret')
    symlinkSync(join(root, 'outside.png'), join(folder, 'link.png'))
    symlinkSync(root, join(folder, 'up'))
    mkdirSync(join(folder, 'folder.png'))
    for (const [name, size] of [
      ['large.png', MAX_IMAGE_BYTES + 1],
      ['part.png', MAX_IMAGE_BYTES],
    ] as const) {
      writeFileSync(join(folder, name), '')
      truncateSync(join(folder, name), size)
    }
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  const render = (source: string) => renderMarkdown(source, { readImage: localImages(folder) })

  it('are included', () => {
    expect(render('![A](a.png) ![](./my%20plots/../a.png)')).toBe(
      '<p><img src="data:image/png;base64,AQID" alt="A"> <img src="data:image/png;base64,AQID" alt=""></p>\n',
    )
    expect(render('![](<my plots/b.SVG>)')).toContain('src="data:image/svg+xml;base64,PHN2Zy8+"')
  })

  it.each([
    ['none.png', 'there is no such file'],
    ['a.png/b.png', 'there is no such file'],
    ['key.pem', 'not one of .svg, .png, .jpg, .jpeg, .webp, .gif'],
    ['../outside.png', "not in the notebook's folder"],
    ['../notebooks.png', "not in the notebook's folder"],
    ['link.png', "not in the notebook's folder"],
    ['up/outside.png', "not in the notebook's folder"],
    ['%2e%2e%2foutside.png', "not in the notebook's folder"],
    ['folder.png', 'it cannot be read (EISDIR)'],
    ['large.png', 'larger than 10 MB'],
    ['a%00.png', 'it cannot be read (ERR_INVALID_ARG_VALUE)'],
  ])('%s is not, and the page says why', (path, reason) => {
    expect(render(`![A](${path})`)).toContain(
      `Image not included: A (${path}): ${reason.replaceAll("'", '&#39;')}</span>`,
    )
  })

  it('are included up to a size of all together, also if they are the same', () => {
    const readImage = localImages(folder)
    const count = MAX_PAGE_IMAGE_BYTES / MAX_IMAGE_BYTES
    for (let i = 0; i < count; i++) expect(readImage('part.png')).toHaveProperty('uri')
    expect(readImage('part.png')).toEqual({ problem: 'the images of the page are larger than 50 MB' })
    expect(localImages(folder)('part.png')).toHaveProperty('uri')
  })

  it('are not looked for under a URL or an absolute path', () => {
    for (const source of ['https://x.org/a.png', '/etc/a.png', '//host/a.png', 'file:///a.png'])
      expect(render(`![A](${source})`)).not.toContain('<img')
  })
})
