/** Everything that reads or writes a notebook takes time in proportion to its size, also for input made to be slow. */
import { describe, it } from 'vitest'
import type { Json } from '../../src/common/json.ts'
import { fromView, toView } from '../../src/extension/cells.ts'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import { escapeHtml, scriptJson } from '../../src/notebook/escape.ts'
import { highlightTypeScript } from '../../src/notebook/highlight.ts'
import { exportHtml } from '../../src/notebook/html.ts'
import { imageUri } from '../../src/notebook/image.ts'
import { toIpynb } from '../../src/notebook/ipynb.ts'
import { findJsonError } from '../../src/notebook/json-error.ts'
import { writeJson } from '../../src/notebook/json-writer.ts'
import { splitLines } from '../../src/notebook/lines.ts'
import { renderMarkdown } from '../../src/notebook/markdown.ts'
import { CellOutputs } from '../../src/notebook/outputs.ts'
import { injectParameters } from '../../src/notebook/parameters.ts'
import { parseNotebook } from '../../src/notebook/parse.ts'
import { savedOutputs } from '../../src/notebook/saved-outputs.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import { terminalText } from '../../src/notebook/terminal-text.ts'
import type { CodeCell, Notebook, Output } from '../../src/notebook/types.ts'
import { validateNotebook } from '../../src/notebook/validate.ts'
import { saveControlValues, withoutStaleViews } from '../../src/notebook/views.ts'
import { expectLinear } from '../growth.ts'

const times = <T>(n: number, make: (index: number) => T) => Array.from({ length: n }, (_, i) => make(i))
const stream = (text: string, index = 0): Output => ({
  output_type: 'stream',
  name: index % 2 === 0 ? 'stdout' : 'stderr',
  text,
})
const display = (mime: string, content: Json): Output => ({
  output_type: 'display_data',
  data: { [mime]: content },
  metadata: {},
})
const withOutputs = (outputs: Output[]): CodeCell => ({ ...newCodeCell('a', ''), outputs })
const codeCell = { cell_type: 'code', metadata: {}, source: 'x', outputs: [], execution_count: null }
const fileOf = (minor: number, cells: object[], metadata: object = {}) =>
  JSON.stringify({ nbformat: 4, nbformat_minor: minor, metadata, cells })

const notebooks: Record<string, (n: number) => Notebook> = {
  'equal cells': n => newNotebook(times(n, i => newCodeCell(`c${i}`, 'x'))),
  'Markdown cells': n =>
    newNotebook(times(n, i => ({ cell_type: 'markdown', id: `c${i}`, metadata: {}, source: '# same\n$x$' }))),
  'many outputs': n =>
    newNotebook([
      { ...withOutputs(times(n, i => stream('x\n', i))), metadata: { liqnb: { views: { a: 'x'.repeat(1000) } } } },
    ]),
  'own outputs': n => {
    const cell = withOutputs(times(n, i => display('application/vnd.liqnb.study+json', { view: `v${i}` })))
    return newNotebook([{ ...cell, metadata: { liqnb: { views: { v1: 1 } } } }])
  },
  'a long stream': n => newNotebook([withOutputs([stream('some text\n'.repeat(n))])]),
  'carriage returns in source and output': n =>
    newNotebook([{ ...withOutputs([stream('\r'.repeat(n))]), source: '\r'.repeat(n) }]),
  'an image': n => newNotebook([withOutputs([display('image/png', 'AAAA'.repeat(n))])]),
  'no image': n =>
    newNotebook([withOutputs([display('image/png', '-'.repeat(n)), display('image/png', '\n'.repeat(n))])]),
  'half surrogate pairs': n => newNotebook([withOutputs([stream('\ud800'.repeat(n))])]),
  'long errors': n =>
    newNotebook([
      withOutputs([{ output_type: 'error', ename: 'E', evalue: 'x\n'.repeat(n), traceback: times(n, () => 'at x') }]),
    ]),
  'many metadata keys': n =>
    newNotebook([newCodeCell('a', '', Object.fromEntries(times(n, i => [`k${i}`, i % 2 === 0 ? -0 : i])))]),
}

describe('a notebook with', () => {
  it.each(Object.entries(notebooks))('%s is written and read', (_name, build) => {
    expectLinear(build, serializeNotebook)
    expectLinear(n => serializeNotebook(build(n)), parseNotebook)
    expectLinear(n => JSON.parse(serializeNotebook(build(n))), validateNotebook)
  })

  it.each(Object.entries(notebooks))('%s goes through VS Code', (_name, build) => {
    expectLinear(build, notebook => fromView(toView(notebook), newNotebook()))
  })

  it.each(Object.entries(notebooks))('%s is exported', (_name, build) => {
    expectLinear(build, notebook => exportHtml(notebook, { title: '', readScript: () => '' }))
    expectLinear(build, toIpynb)
  })

  it.each(Object.entries(notebooks))('%s is saved after a run', (_name, build) => {
    expectLinear(build, ({ cells }) => {
      for (const cell of cells)
        if (cell.cell_type === 'code')
          saveControlValues(withoutStaleViews({ ...cell, outputs: savedOutputs(cell.outputs) }), new Set(['x']))
    })
    expectLinear(build, notebook => injectParameters(notebook, new Map([['x', 1]])))
  })
})

describe('a file with', () => {
  it.each<[string, (n: number) => string]>([
    [
      'equal cells without ids, of an old version',
      n =>
        fileOf(
          2,
          times(n, () => codeCell),
        ),
    ],
    [
      'equal cells without ids',
      n =>
        fileOf(
          5,
          times(n, () => codeCell),
        ),
    ],
    [
      'the same id in all cells',
      n =>
        fileOf(
          5,
          times(n, i => ({ ...codeCell, id: 'a', source: `x${i}` })),
        ),
    ],
    ['the ids that equal cells would get', n => fileOf(5, [...times(n, () => codeCell), ...takenIds(n)])],
    ['numbers with all their digits', n => fileOf(5, [], { a: 1 }).replace('1}', `[${'1.0,'.repeat(n)}1e400]}`)],
    ['escaped quotes and backslashes', n => fileOf(5, [], { a: '"\\'.repeat(n), b: '\\'.repeat(n), c: 1.5 })],
    ['the same name many times', n => fileOf(5, [], {}).replace('{}', `{${'"a":1,'.repeat(n)}"a":-0}`)],
    [
      'many problems',
      n =>
        fileOf(
          5,
          times(n, i => ({ ...codeCell, id: `c${i}`, extra: 1 })),
        ),
    ],
  ])('%s is read or refused', (_name, build) => {
    expectLinear(build, file => {
      try {
        parseNotebook(file)
      } catch {
        // Refused.
      }
    })
  })

  const takenIds = (n: number) =>
    parseNotebook(
      fileOf(
        2,
        times(n, () => codeCell),
      ),
    ).cells.map(({ id }) => ({ ...codeCell, id }))

  it.each<[string, (n: number) => string]>([
    ['a text that does not end', n => `{"a": "${'\\\\'.repeat(n)}`],
    ['lists that do not end', n => '['.repeat(n)],
    ['lines before the error', n => `[${'1,\n'.repeat(n)}]`],
    ['blanks', n => ' '.repeat(n)],
  ])('an error behind %s is found', (_name, build) => {
    expectLinear(build, findJsonError)
  })

  it('bytes that are not UTF-8 is refused', () => {
    expectLinear(
      n => new Uint8Array(n).fill(0x20, 0, n - 1).fill(0xff, n - 1),
      bytes => {
        try {
          parseNotebook(bytes)
        } catch {
          // Refused.
        }
      },
    )
  })
})

const PIECES = [
  'a',
  ' ',
  '\n',
  '\r',
  '\r\n',
  '\u2028',
  'a\r',
  '\r\rb',
  'a\n',
  '"',
  '\\',
  '<',
  '&amp;',
  '😀',
  '\ud800',
  '\x1b[',
  '\x1b[1',
  '\x1b]',
  '\x1b]a',
  '\x1b[ ',
  '1;',
]

describe('text of', () => {
  it.each(PIECES)('%j is split, escaped and shown', piece => {
    const build = (n: number) => piece.repeat(n)
    expectLinear(build, splitLines)
    expectLinear(build, escapeHtml)
    expectLinear(build, terminalText)
    expectLinear(n => `\x1b[${piece.repeat(n)}`, terminalText)
    expectLinear(build, scriptJson)
    expectLinear(build, writeJson)
    expectLinear(build, text => imageUri('image/png', text))
    expectLinear(build, text => savedOutputs([stream(text), display('text/plain', text)]))
  })

  it.each([
    'x ',
    'a.of ',
    '1.5 ',
    '1.',
    '"',
    "'",
    '`',
    '\\',
    '"\\',
    '/',
    '/*',
    '/**',
    '//',
    '*/',
    '$',
    'const ',
    '\n',
    '<',
    '.',
  ])('%j is highlighted', piece => {
    for (const before of ['', '"', '`', '/*', '//']) expectLinear(n => before + piece.repeat(n), highlightTypeScript)
  })

  const markdown = [
    '*',
    '*a ',
    '**a',
    '_a_',
    '`',
    '`a',
    '``a ',
    '[',
    '![',
    '[a](',
    '[a](b',
    '![a](b)',
    '[a]: b\n',
    ']',
    '<',
    '<a',
    '<!--',
    '&',
    '&amp',
    '\\',
    '\\$',
    '$',
    '$a ',
    '$a$ ',
    ' $',
    '$$',
    '$$\n',
    '$$a\n\n',
    '$$a$$ b\n',
    '$ \\$',
    '\\begin{align}\n',
    '\\begin{align}\\end{align}\n',
    '> \\begin{align}\n\n',
    '- $$\n',
    '> ',
    '> a\n',
    '- ',
    '- a\n',
    '1. a\n',
    '# a\n',
    '#',
    'a\n===\n',
    '|',
    '|a',
    '|a|\n|-|\n',
    '~~~\n',
    '```ts\n',
    '---\n',
    '\t',
    ' ',
    '\n',
    'https://a.b ',
    '(',
    '"',
    "'a",
    '{',
    '\\frac{',
  ]
  it.each(markdown)('%j is rendered as Markdown', piece => {
    expectLinear(
      n => piece.repeat(n),
      source => renderMarkdown(source),
    )
  })
})

it('outputs of a run are collected', () => {
  expectLinear(
    n => n,
    n => {
      const outputs = new CellOutputs()
      for (let i = 0; i < n; i++) outputs.add(stream('x', i >> 4))
      return outputs.list()
    },
  )
})
