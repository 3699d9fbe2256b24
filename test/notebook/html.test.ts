import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/common/json.ts'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import { highlightTypeScript } from '../../src/notebook/highlight.ts'
import { exportHtml } from '../../src/notebook/html.ts'
import { toIpynb } from '../../src/notebook/ipynb.ts'
import { renderMarkdown } from '../../src/notebook/markdown.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import { headingIds } from '../../src/notebook/slug.ts'
import { terminalText } from '../../src/notebook/terminal-text.ts'
import type { Cell, MimeBundle, Output } from '../../src/notebook/types.ts'

const options = { title: 'My notebook', readScript: () => 'start()' }
const display = (data: MimeBundle): Output => ({ output_type: 'display_data', data, metadata: {} })
const pageOf = (...cells: Cell[]) => exportHtml(newNotebook(cells), options)
const pageOfOutputs = (...outputs: Output[]) => pageOf({ ...newCodeCell('a', ''), outputs })
const markdown = (source: string, attachments = {}): Cell => ({
  cell_type: 'markdown',
  id: 'm',
  metadata: {},
  source,
  attachments,
})

describe('an exported page', () => {
  it('allows only its own script', () => {
    const page = pageOf()
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]
    const hash = createHash('sha256').update('start()').digest('base64')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`script-src 'sha256-${hash}';`)
    expect(page).toContain('<script>start()</script>')
  })

  it('refuses a script that would end the element', () => {
    expect(() => exportHtml(newNotebook(), { title: '', readScript: () => 'x = "</SCRIPT>"' })).toThrow(
      'cannot be inlined',
    )
    expect(() => exportHtml(newNotebook(), { title: '', readScript: () => 'x = "<!--<script>"' })).toThrow(
      'cannot be inlined',
    )
  })

  it('has a heading: that of the notebook, or else its title', () => {
    expect(pageOf()).toContain('<h1>My notebook</h1>')
    const page = pageOf(markdown('# Sweeps'))
    expect(page).toContain('<h1 id="sweeps">Sweeps</h1>')
    expect(page.match(/<h1/g)).toHaveLength(1)
  })

  it('shows the richest supported MIME type of an output', () => {
    const figure = { data: [], layout: {} }
    const bundle: MimeBundle = {
      'application/vnd.plotly.v1+json': figure,
      'application/vnd.dataresource+json': { schema: { fields: [] }, data: [] },
      'text/html': '<b>html</b>',
      'image/svg+xml': '<svg/>',
      'image/png': 'AAAA',
      'text/markdown': '*md*',
      'text/plain': 'twin',
      'application/json': { json: 1 },
    }
    const shown: string[] = []
    for (const mime of Object.keys(bundle)) {
      const page = pageOfOutputs(display(bundle))
      shown.push(/<div class="outputs">([\s\S]*?)<\/div>\n<\/section>/.exec(page)?.[1] ?? '')
      delete bundle[mime]
    }
    expect(shown[0]).toBe(
      '<div class="liqnb-output" data-mime="application/vnd.plotly.v1+json"><script type="application/json">{"data":[],"layout":{}}</script><pre class="plain">twin</pre></div>',
    )
    expect(shown[1]).toContain('data-mime="application/vnd.dataresource+json"')
    expect(shown[2]).toMatch(
      /^<iframe class="liqnb-html" title="Cell 1, output 1" sandbox="allow-same-origin" srcdoc="[^"]*&lt;b&gt;html&lt;\/b&gt;"><\/iframe>$/,
    )
    expect(shown[3]).toBe('<img src="data:image/svg+xml;base64,PHN2Zy8+" alt="twin">')
    expect(shown[4]).toBe('<img src="data:image/png;base64,AAAA" alt="twin">')
    expect(shown[5]).toBe('<div class="markdown"><p><em>md</em></p>\n</div>')
    expect(shown[6]).toBe('<pre class="plain">twin</pre>')
    expect(shown[7]).toBe('<pre class="plain">{\n  &quot;json&quot;: 1\n}</pre>')
  })

  it('names an output that it cannot show, and skips content that does not fit its type', () => {
    expect(pageOfOutputs(display({ 'x/y': '1' }))).toContain('cannot be shown in a page: x/y')
    expect(pageOfOutputs(display({ 'image/png': 'not base64!', 'text/plain': 'twin' }))).toContain(
      '<pre class="plain">twin</pre>',
    )
  })

  it('shows streams and errors', () => {
    const page = pageOfOutputs(
      { output_type: 'stream', name: 'stdout', text: '10 %\r100 %\n\x1b[31mred\x1b[0m' },
      { output_type: 'stream', name: 'stderr', text: 'oops' },
      { output_type: 'error', ename: 'TypeError', evalue: 'no <b>', traceback: ['    at Cell 1:2:3'] },
    )
    expect(page).toContain('<pre class="stream stdout">100 %\nred</pre>')
    expect(page).toContain('<pre class="stream stderr">oops</pre>')
    expect(page).toContain('<pre class="error">TypeError: no &lt;b&gt;\n    at Cell 1:2:3</pre>')
  })

  it('collapses code that is marked as hidden', () => {
    const cell = newCodeCell('a', 'const secret = 1', { jupyter: { source_hidden: true } })
    expect(pageOf(cell)).toContain('<details><summary>Code of cell 1</summary>')
  })

  it('has the same bytes for the same notebook', () => {
    expect(pageOf(newCodeCell('a', 'x'))).toBe(pageOf(newCodeCell('a', 'x')))
  })

  it('contains no markup of a hostile notebook, wherever it is', () => {
    const evil = `"'></script><!--<x-evil onload=alert(1)><script>alert(1)</script>`
    const json: Json = { [evil]: [evil, { a: evil }] }
    const everything: MimeBundle = Object.fromEntries(
      ['application/vnd.plotly.v1+json', 'application/vnd.dataresource+json', 'application/json'].map(mime => [
        mime,
        json,
      ]),
    )
    const texts = ['text/html', 'image/svg+xml', 'image/png', 'text/markdown', 'text/plain', `x/${evil}`]
    const outputs: Output[] = [
      ...texts.map(mime => display({ [mime]: evil })),
      ...Object.entries(everything).map(([mime, content]) => display({ [mime]: content, 'text/plain': evil })),
      display({ 'application/vnd.plotly.v1+json': evil }),
      { output_type: 'stream', name: 'stdout', text: evil },
      { output_type: 'error', ename: evil, evalue: evil, traceback: [evil] },
    ]
    const links = [
      'javascript:alert(1)',
      'JAVASCRIPT:alert(1)',
      ' javascript:alert(1)',
      'java\tscript:alert(1)',
      'data:text/html,<x-evil>',
      'vbscript:x',
      'file:///etc/passwd',
      `https://e.x/${evil}`,
    ]
    const sources = links.flatMap(link => [
      `[a](<${link}>)`,
      `![a](<${link}>)`,
      `<${link}>`,
      `[a]: <${link}> "${evil}"\n\n[a]`,
    ])
    const notebook = newNotebook([
      { ...newCodeCell('a', evil, { tags: [evil], jupyter: { source_hidden: true } }), outputs },
      markdown(
        [
          evil,
          ...sources,
          `\`\`\`ts ${evil}\n${evil}\n\`\`\``,
          `\`\`\`${evil}\nx\n\`\`\``,
          '![a](attachment:a.png)',
        ].join('\n\n'),
        { 'a.png': { 'image/png': evil } },
      ),
      { cell_type: 'raw', id: 'r', metadata: {}, source: evil },
    ])
    notebook.metadata.title = evil
    const page = exportHtml(notebook, options)
    expect(page.toLowerCase()).not.toContain('<x-evil')
    expect(page).not.toContain('<!--')
    expect(page.match(/<script/g)).toHaveLength(1 + 3)
    expect(page.match(/<\/script/g)).toHaveLength(1 + 3)
    expect(page).not.toMatch(/(?:href|src)="\s*(?:java|vb|data:text|file)/i)
  })
})

describe('Markdown', () => {
  it('links to the web, to mail and to files beside the notebook only', () => {
    expect(renderMarkdown('[a](https://x.org) [b](mailto:a@x.org)')).toContain(
      '<a href="https://x.org" rel="noopener noreferrer">a</a>',
    )
    for (const url of ['other.liqnb', '../data/a%20b.csv#x', './a:b.liqnb'])
      expect(renderMarkdown(`[a](${url})`)).toBe(`<p><a href="${url}">a</a></p>\n`)
    const refused = ['javascript:x', 'data:image/png;base64,AAAA', 'attachment:a', 'C:/a.txt', '/etc/passwd']
    for (const url of [
      ...refused,
      '//host/a',
      '\\\\host\\a',
      'java%73cript%3ax',
      '<java\tscript:x>',
      '&#x6a;avascript:x',
    ])
      expect(renderMarkdown(`[a](${url})`), url).not.toContain('href')
  })
  it('links to headings, in the spelling of GitHub and of Jupyter', () => {
    const headings = headingIds()
    const render = (source: string) => renderMarkdown(source, { headings })
    expect(render('## 2. Open `interest` & *more*')).toContain('<h2 id="2-open-interest--more">')
    expect(render('# Été')).toContain('<h1 id="été">')
    expect(render('# Été')).toContain('<h1 id="été-1">')
    expect(render('[a](#2.-Open-interest)')).toContain('<a href="#2-open-interest">')
    expect(render('[a](#Été)')).toContain('<a href="#%C3%A9t%C3%A9">')
    expect(render('# "><x-evil>')).toContain('<h1 id="x-evil">&quot;&gt;&lt;x-evil&gt;</h1>')
  })
  it('shows only images in the notebook', () => {
    expect(renderMarkdown('![a "b"](data:image/png;base64,AAAA)')).toBe(
      '<p><img src="data:image/png;base64,AAAA" alt="a &quot;b&quot;"></p>\n',
    )
    const attachments = { 'my plot.png': { 'image/png': 'AA\nAA' } }
    expect(renderMarkdown('![p](attachment:my%20plot.png)', { attachments })).toContain(
      '<img src="data:image/png;base64,AAAA"',
    )
    expect(renderMarkdown('![p](attachment:toString)', { attachments })).toContain('Image not included: p')
    expect(renderMarkdown('![p](https://x.org/a.png)')).toContain('Image not included: p (https://x.org/a.png)')
  })
  it('supports tables, and highlights TypeScript', () => {
    expect(renderMarkdown('|a|\n|-|\n|1|')).toContain('<td>1</td>')
    expect(renderMarkdown('```ts\nconst x = 1\n```')).toContain(
      '<span class="keyword">const</span> x = <span class="number">1</span>',
    )
  })
})

describe('syntax highlighting', () => {
  it('marks comments, strings, keywords and numbers', () => {
    expect(highlightTypeScript('// a < b\nawait f("x\\"y", `\u0024{1}`, a.of, 0x1f)')).toBe(
      '<span class="comment">// a &lt; b</span>\n<span class="keyword">await</span> f(<span class="string">&quot;x\\&quot;y&quot;</span>, <span class="string">`\u0024{1}`</span>, a.of, <span class="number">0x1f</span>)',
    )
  })
  it('does not change the text', () => {
    for (const code of [
      '"open',
      '`open\n',
      '/* open',
      "'a\nb'",
      '$1 a1 1e3',
      '/"/.test(x) // "',
      '"'.repeat(999),
      `"${'\\'.repeat(1e6)}`,
    ]) {
      const text = highlightTypeScript(code)
        .replace(/<[^>]*>/g, '')
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
      expect(text).toBe(code)
    }
  })
})

it('shows text as a terminal does', () => {
  expect(terminalText('a\r\nb\rc\n\x1b]8;;https://x\x07link\x1b]8;;\x07 \x1b[1;32mok')).toBe('a\nc\nlink ok')
})

it('adds language and kernel to an exported .ipynb, and keeps existing metadata', () => {
  const notebook = newNotebook([newCodeCell('a', 'x')])
  notebook.metadata.kernelspec = { name: 'deno', display_name: 'Deno' }
  notebook.metadata.mine = 1
  const { metadata } = toIpynb(notebook)
  expect(metadata).toEqual({
    kernelspec: { name: 'deno', display_name: 'Deno' },
    language_info: {
      name: 'typescript',
      file_extension: '.ts',
      mimetype: 'text/typescript',
      codemirror_mode: 'typescript',
      pygments_lexer: 'typescript',
    },
    mine: 1,
  })
  expect(() => serializeNotebook(toIpynb(notebook))).not.toThrow()
  expect(toIpynb({ ...notebook, metadata: {} }).metadata.kernelspec).toMatchObject({ name: 'liqnb' })
})
