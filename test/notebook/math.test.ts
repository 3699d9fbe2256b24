import { describe, expect, it } from 'vitest'
import { newNotebook } from '../../src/notebook/create.ts'
import { exportHtml } from '../../src/notebook/html.ts'
import { renderMarkdown } from '../../src/notebook/markdown.ts'
import { renderMath } from '../../src/notebook/math.ts'

const inline = (latex: string) => renderMath(latex, false)
const display = (latex: string) => renderMath(latex, true)

describe('formulas in Markdown', () => {
  it.each([
    ['$a_1*b*c_2$', `<p>${inline('a_1*b*c_2')}</p>\n`],
    ['so $x$, *and* ($y$).', `<p>so ${inline('x')}, <em>and</em> (${inline('y')}).</p>\n`],
    ['$\\text{a\\$b}$', `<p>${inline('\\text{a\\$b}')}</p>\n`],
    ['$$x\\\\y$$', `${display('x\\\\y')}\n`],
    ['a $$x$$ b', `<p>a ${display('x')}\n b</p>\n`],
    ['text\n$$\n- a\n= b\n\n+ c\n$$\ntext', `<p>text</p>\n${display('- a\n= b\n\n+ c')}\n<p>text</p>\n`],
    ['> $$\n> x\n> $$', `<blockquote>\n${display('x')}\n</blockquote>\n`],
    ['- $$\n  x\n  $$', `<ul>\n<li>\n${display('x')}\n</li>\n</ul>\n`],
    [
      '\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}',
      `${display('\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}')}\n`,
    ],
  ])('%j are converted', (source, html) => {
    expect(renderMarkdown(source)).toBe(html)
    expect(html).toContain('<math')
  })

  it.each([
    ['costs $5 and $6', 'costs $5 and $6'],
    ['\\$x\\$', '$x$'],
    ['`$x$`', '<code>$x$</code>'],
    ['a$x$b', 'a$x$b'],
    ['$x', '$x'],
    ['$$', '$$'],
    ['$$x\n\ny', '$$x</p>\n<p>y'],
    ['- $$\n\n$$', '$$'],
    ['\\begin{align} x', '\\begin{align} x'],
    ['\\begin{document}x\\end{document}', '\\begin{document}x\\end{document}'],
  ])('%j are none', (source, text) => {
    expect(renderMarkdown(source)).toContain(text)
    expect(renderMarkdown(source)).not.toContain('<math')
  })

  it('keep the rows of a matrix', () => {
    expect(inline('\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}').match(/<mtr/g)).toHaveLength(2)
  })

  it('stay as they are if they cannot be converted, escaped', () => {
    expect(inline('\\undefined<b>')).toBe('<code class="formula">$\\undefined&lt;b&gt;$</code>')
    expect(display('{')).toBe('<p><code class="formula">$${$$</code></p>')
    expect(inline(`${'{'.repeat(1e5)}`)).toContain('<code class="formula">')
    expect(inline(`${'{'.repeat(1000)}x${'}'.repeat(1000)}`)).toContain('<code class="formula">')
    expect(inline('x+'.repeat(1e5))).toContain('<code class="formula">')
  })

  it.each([
    '\\href{javascript:alert(1)}{x}',
    '\\includegraphics{http://x.org/a.png}',
    '\\htmlId{a}{b}',
    '\\class{a}{b}',
  ])('cannot lead anywhere: %s', latex => {
    expect(inline(latex)).not.toMatch(/href=|src=|id=|javascript:alert\(1\)"/)
  })

  it('bring their styles to a page that has some', () => {
    const page = (source: string) =>
      exportHtml(newNotebook([{ cell_type: 'markdown', id: 'a', metadata: {}, source }]), {
        title: '',
        readScript: () => '',
      })
    expect(page('$x$')).toContain('math{font-family:')
    expect(page('x')).not.toContain('math{')
  })
})
