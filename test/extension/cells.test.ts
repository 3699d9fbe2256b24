import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromView, toView, type ViewCell } from '../../src/extension/cells.ts'
import { STDOUT_MIME } from '../../src/extension/outputs.ts'
import { newNotebook } from '../../src/notebook/create.ts'
import { parseNotebook } from '../../src/notebook/parse.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import type { Cell, CodeCell, Notebook } from '../../src/notebook/types.ts'
import { withViews } from '../../src/notebook/views.ts'
import { notebook } from '../notebook/arbitrary.ts'
import { EXACT_NOTEBOOK } from '../vscode/exact-notebook.mjs'
import { carry } from './vscode-carrier.ts'

const toDocument = (view: Parameters<typeof fromView>[0]) => fromView(view, newNotebook())
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
    expect(toDocument(carry(toView(notebook)))).toEqual(notebook)
  })
})

describe('view states of outputs', () => {
  it('reach the renderers with the outputs, and are saved once', () => {
    const metadata = { liqnb: { views: { map: { zoom: 2 } } } }
    const data = { 'application/vnd.liqnb.explorer+json': { view: 'map' } }
    const outputs: CodeCell['outputs'] = [{ output_type: 'display_data', data, metadata: {} }]
    const view = toView(notebookOf(code('a', { metadata, outputs })))
    expect(view.cells[0]?.outputs[0]?.metadata).toMatchObject({ cell: 'a', views: { map: { zoom: 2 } } })
    expect(toDocument(view).cells).toEqual([code('a', { metadata, outputs })])
  })
})

describe('a notebook through the editor', () => {
  it('is unchanged, including everything that VS Code does not know', () => {
    fc.assert(
      fc.property(notebook, value => {
        const file = serializeNotebook(value)
        expect(serializeNotebook(toDocument(carry(toView(parseNotebook(file)))))).toBe(file)
        expect(serializeNotebook(toDocument(carry(toView(parseNotebook(file)), '\r\n')))).toBe(file)
      }),
    )
  })

  it('is unchanged if it holds everything that is easily lost', () => {
    expect(serializeNotebook(toDocument(carry(toView(parseNotebook(EXACT_NOTEBOOK)))))).toBe(EXACT_NOTEBOOK)
  })

  it('keeps what VS Code cannot carry when something beside it is changed', () => {
    const text = serializeNotebook(
      parseNotebook(EXACT_NOTEBOOK.replace('"names"', '"liqnb": {"views": {"a": {"zoom": 1.0, "at": 2.0}}}, "names"')),
    )
    const view = carry(toView(parseNotebook(text)))
    const [cell] = view.cells
    const metadata = withViews(cell?.metadata.metadata ?? {}, { a: { zoom: 3, at: 2 } })
    const edited = {
      ...view,
      cells: [{ ...cell, metadata: { ...cell?.metadata, metadata } } as ViewCell, ...view.cells.slice(1)],
    }
    expect(serializeNotebook(toDocument(edited))).toBe(text.replace('"zoom": 1.0', '"zoom": 3'))
  })

  it('gives the text of the editor where that was changed, and an output that was replaced', () => {
    const source = '\uFEFFa\r\nb\rc'
    const outputs: CodeCell['outputs'] = [{ output_type: 'stream', name: 'stdout', text: '\ud800' }]
    const [cell] = carry(toView(notebookOf(code('a', { source, outputs })))).cells
    const replaced = { ...cell?.outputs[0], items: [{ mime: STDOUT_MIME, data: new TextEncoder().encode('new') }] }
    const edited = { ...cell, value: `${cell?.value}d`, outputs: [replaced] } as ViewCell
    expect(toDocument({ cells: [edited] }).cells).toEqual([
      code('a', { source: 'a\nb\ncd', outputs: [{ output_type: 'stream', name: 'stdout', text: 'new' }] }),
    ])
  })

  it('keeps a code cell in the language of raw cells a code cell, until its language is changed', () => {
    const metadata = { vscode: { languageId: 'raw' } }
    const view = toView(notebookOf(code('a', { metadata })))
    expect(toDocument(view).cells).toEqual([code('a', { metadata })])
    const asTypeScript = { ...view, cells: view.cells.map(cell => ({ ...cell, languageId: 'typescript' })) }
    expect(toDocument(asTypeScript).cells).toEqual([code('a')])
    expect(toDocument({ cells: [{ ...newCell('x'), languageId: 'raw' }] }).cells[0]?.cell_type).toBe('raw')
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
