import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromView, toView, type ViewCell } from '../../src/extension/cells.ts'
import { newCellId, newNotebook } from '../../src/notebook/create.ts'
import { parseNotebook } from '../../src/notebook/parse.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import type { Cell, CodeCell, Notebook } from '../../src/notebook/types.ts'

const toDocument = (view: Parameters<typeof fromView>[0]) =>
  fromView(view, (usedIds, cell) => newCellId(usedIds, cell.value), newNotebook())
const notebookOf = (...cells: Cell[]): Notebook => newNotebook(cells)
const code = (id: string, fields: Partial<CodeCell> = {}): CodeCell => ({
  cell_type: 'code',
  id,
  source: '',
  metadata: {},
  outputs: [],
  ...fields,
})
const newCell = (value: string, metadata: ViewCell['metadata'] = {}): ViewCell => ({
  kind: 'code',
  value,
  languageId: 'typescript',
  outputs: [],
  metadata,
})

describe('a file with channel ids', () => {
  it('opens without them, so that its outputs cannot reach a kernel', () => {
    const data = {
      'application/vnd.dataresource+json': { schema: { fields: [] }, data: [], channel: '7.1.1' },
      'application/vnd.liqnb.controls+json': { controls: [], values: {}, view: 'controls:', channel: '7.1.2' },
      'application/vnd.plotly.v1+json': { data: [], layout: { meta: { channel: 'mine' } } },
    }
    const notebook = notebookOf(code('a', { outputs: [{ output_type: 'display_data', data, metadata: {} }] }))
    const [output] = toView(notebook).cells.flatMap(cell => cell.outputs)
    const items = output?.items.map(item => new TextDecoder().decode(item.data)) ?? []
    expect(items.map(text => text.includes('"channel":"7'))).toEqual([false, false, false])
    expect(items[2]).toContain('"channel":"mine"')
  })
})

describe('view states of outputs', () => {
  it('reach the renderers with the outputs, and are saved once', () => {
    const metadata = { liqnb: { views: { map: { zoom: 2 } } } }
    const outputs: CodeCell['outputs'] = [
      { output_type: 'display_data', data: { 'text/plain': 'a map' }, metadata: {} },
    ]
    const view = toView(notebookOf(code('a', { metadata, outputs })))
    expect(view.cells[0]?.outputs[0]?.metadata).toMatchObject({ cell: 'a', views: { map: { zoom: 2 } } })
    expect(toDocument(view).cells).toEqual([code('a', { metadata, outputs })])
  })
})

describe('a notebook through the editor', () => {
  const json = fc
    .json({ maxDepth: 2 })
    .filter(text => !text.includes('__proto__'))
    .map(text => JSON.parse(text))
  const key = fc.stringMatching(/^[a-z]{1,8}$/)
  const metadata = fc.dictionary(key, json)
  const bundle = fc.record(
    {
      'text/plain': fc.string({ unit: 'grapheme' }),
      'application/vnd.plotly.v1+json': json,
      'application/x-unknown': fc.string(),
      'image/png': fc.uint8Array().map(bytes => Buffer.from(bytes).toString('base64')),
    },
    { requiredKeys: [] },
  )
  const output = fc.oneof(
    fc.record({ output_type: fc.constant('stream'), name: fc.constantFrom('stdout', 'stderr'), text: fc.string() }),
    fc.record({ output_type: fc.constant('display_data'), data: bundle, metadata }),
    fc.record({
      output_type: fc.constant('execute_result'),
      execution_count: fc.constant(null),
      data: bundle,
      metadata,
    }),
    fc.record({
      output_type: fc.constant('error'),
      ename: fc.string(),
      evalue: fc.string(),
      traceback: fc.array(fc.string()),
    }),
  )
  const cell = fc.oneof(
    fc.record({
      cell_type: fc.constant('code'),
      source: fc.string(),
      metadata,
      outputs: fc.array(output, { maxLength: 3 }),
    }),
    fc.record({ cell_type: fc.constant('markdown'), source: fc.string(), metadata }),
    fc.record({
      cell_type: fc.constant('raw'),
      source: fc.string(),
      metadata,
      attachments: fc.constant({ 'a.png': { 'image/png': 'AAAA' } }),
    }),
  )
  const notebook = fc.tuple(fc.array(cell, { maxLength: 4 }), metadata).map(([cells, metadata]) => ({
    cells: cells.map((cell, index) => ({ ...cell, id: `cell-${index}` })),
    metadata,
    nbformat: 4,
    nbformat_minor: 5,
  })) as unknown as fc.Arbitrary<Notebook>

  it('is unchanged, including everything that VS Code does not know', () => {
    fc.assert(
      fc.property(notebook, value => {
        expect(toDocument(toView(value))).toEqual(value)
      }),
    )
  })

  it('gives the same bytes', () => {
    const text = serializeNotebook(
      notebookOf(
        code('one', {
          source: "liq\n'two'",
          metadata: { tags: ['parameters'], mine: { deep: [1, 2.5] } },
          outputs: [
            { output_type: 'stream', name: 'stderr', text: 'a\nb\n' },
            {
              output_type: 'error',
              ename: 'TypeError',
              evalue: 'no',
              traceback: ['TypeError: no', '    at Cell 1:1:1'],
            },
            {
              output_type: 'display_data',
              data: { 'text/plain': 'x', 'image/png': 'iVBORw0KGgo=' },
              metadata: { a: 1 },
            },
          ],
        }),
      ),
    )
    expect(serializeNotebook(toDocument(toView(parseNotebook(text))))).toBe(text)
  })

  it('shows raw cells in a language that no kernel runs', () => {
    const [cell] = toView(notebookOf({ cell_type: 'raw', id: 'r', source: 'x', metadata: {} })).cells
    expect(cell).toMatchObject({ kind: 'code', languageId: 'raw' })
  })

  it('saves the language of a cell unless it is TypeScript', () => {
    const metadata = { vscode: { languageId: 'json', other: true } }
    const view = toView(notebookOf(code('a', { metadata })))
    expect(view.cells[0]?.languageId).toBe('json')
    const asTypeScript = { ...view, cells: view.cells.map(cell => ({ ...cell, languageId: 'typescript' })) }
    expect(toDocument(asTypeScript).cells[0]?.metadata).toEqual({ vscode: { other: true } })
    expect(toDocument({ cells: [{ ...newCell('{}'), languageId: 'json' }] }).cells[0]?.metadata).toEqual({
      vscode: { languageId: 'json' },
    })
  })
})

describe('cell ids', () => {
  it('are assigned to new cells, the same at every save', () => {
    const view = { cells: [newCell('1'), newCell('1'), newCell('2')] }
    const ids = toDocument(view).cells.map(cell => cell.id)
    expect(new Set(ids).size).toBe(3)
    expect(toDocument(view).cells.map(cell => cell.id)).toEqual(ids)
  })

  it('stay with the first of two cells with the same id, and with later cells', () => {
    const ids = toDocument({
      cells: [newCell('1', { id: 'a' }), newCell('1', { id: 'a' }), newCell('2', { id: 'b' })],
    }).cells
    expect([ids[0]?.id, ids[2]?.id]).toEqual(['a', 'b'])
    expect(['a', 'b']).not.toContain(ids[1]?.id)
  })
})

it('gives a notebook that VS Code created the metadata of a new one', () => {
  expect(toDocument({ cells: [] })).toEqual(newNotebook())
})
