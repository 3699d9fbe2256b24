import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatProblem } from '../../src/notebook/errors.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import { validateNotebook } from '../../src/notebook/validate.ts'
import { notebook } from './arbitrary.ts'
import { python, runPython } from './python.ts'

const code = { cell_type: 'code', id: 'a', metadata: {}, source: [], outputs: [], execution_count: null }
const markdown = { cell_type: 'markdown', id: 'm', metadata: {}, source: '' }
const display = { output_type: 'display_data', data: {}, metadata: {} }
const withCells = (...cells: unknown[]) => ({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells })
const withOutput = (output: unknown) => withCells({ ...code, outputs: [output] })
const withMetadata = (metadata: unknown) => ({ ...withCells(), metadata })

const cases: [unknown, string][] = [
  [[], 'expected an object, found an empty list'],
  [{ ...withCells(), extra: 1 }, 'extra: not a known property here'],
  [withMetadata({ kernelspec: { name: 'x' } }), 'metadata.kernelspec.display_name: required, but missing'],
  [withMetadata({ language_info: { name: 3 } }), 'metadata.language_info.name: expected text, found 3'],
  [
    withMetadata({ language_info: { name: 'x', codemirror_mode: 1 } }),
    'metadata.language_info.codemirror_mode: expected text or an object, found 1',
  ],
  [withMetadata({ authors: {} }), 'metadata.authors: expected a list, found an object'],
  [withMetadata({ title: null }), 'metadata.title: expected text, found null'],
  [withCells(3), 'cells[0]: expected an object, found 3'],
  [withCells({}), 'cells[0].cell_type: required, but missing'],
  [withCells({ ...code, cell_type: 'sql' }), 'cells[0].cell_type: expected "raw" or "markdown" or "code", found "sql"'],
  [
    withCells({ ...code, cell_type: 'toString' }),
    'cells[0].cell_type: expected "raw" or "markdown" or "code", found "toString"',
  ],
  [withCells({ ...markdown, outputs: [] }), 'cells[0].outputs: not a known property here'],
  [withCells({ ...code, attachments: {} }), 'cells[0].attachments: not a known property here'],
  [withCells({ ...code, source: ['a', 1] }), 'cells[0].source: expected text or a list of lines, found a list'],
  [
    withCells({ ...code, execution_count: -1 }),
    'cells[0].execution_count: expected null or a whole number from 0, found -1',
  ],
  [
    withCells({ ...code, execution_count: 1e21 }),
    'cells[0].execution_count: expected null or a whole number from 0, found 1e+21',
  ],
  [withCells({ ...code, metadata: { tags: ['a', 'a'] } }), 'cells[0].metadata.tags: the same tag occurs twice'],
  [
    withCells({ ...code, metadata: { tags: ['a,b'] } }),
    'cells[0].metadata.tags[0]: expected a tag (text without commas), found "a,b"',
  ],
  [
    withCells({ ...code, metadata: { name: '' } }),
    'cells[0].metadata.name: expected a name (text that is not empty), found ""',
  ],
  [withCells({ ...code, metadata: { collapsed: 1 } }), 'cells[0].metadata.collapsed: expected true or false, found 1'],
  [
    withCells({ ...code, metadata: { scrolled: 'no' } }),
    'cells[0].metadata.scrolled: expected true or false or "auto", found "no"',
  ],
  [withCells({ ...code, metadata: { execution: { a: 1 } } }), 'cells[0].metadata.execution.a: expected text, found 1'],
  [
    withCells({ ...markdown, metadata: { jupyter: [] } }),
    'cells[0].metadata.jupyter: expected an object, found an empty list',
  ],
  [
    withCells({ ...markdown, attachments: { 'a.png': { 'image/png': 1 } } }),
    'cells[0].attachments["a.png"]["image/png"]: expected text or a list of lines, found 1',
  ],
  [
    withOutput({ output_type: 'pyout' }),
    'cells[0].outputs[0].output_type: expected "stream" or "display_data" or "execute_result" or "error", found "pyout"',
  ],
  [
    withOutput({ ...display, data: { 'text/plain': {} } }),
    'cells[0].outputs[0].data["text/plain"]: expected text or a list of lines, found an object',
  ],
  [withOutput({ ...display, data: [] }), 'cells[0].outputs[0].data: expected an object, found an empty list'],
  [withOutput({ ...display, execution_count: 1 }), 'cells[0].outputs[0].execution_count: not a known property here'],
  [
    withOutput({ ...display, output_type: 'execute_result' }),
    'cells[0].outputs[0].execution_count: required, but missing',
  ],
  [withOutput({ output_type: 'stream', name: 'stdout' }), 'cells[0].outputs[0].text: required, but missing'],
  [
    withOutput({ output_type: 'error', ename: 'E', evalue: '', traceback: 'x' }),
    'cells[0].outputs[0].traceback: expected a list, found "x"',
  ],
]

describe('a broken rule', () => {
  it.each(cases)('is found in %j', (document, problem) => {
    expect(validateNotebook(document).map(formatProblem)).toEqual([problem])
  })
  it('does not hide the next one', () => {
    const problems = validateNotebook({ ...withCells({ ...code, id: 1, source: 2 }), metadata: 3 })
    expect(problems.map(problem => problem.path)).toEqual(['metadata', 'cells[0].id', 'cells[0].source'])
  })
})

it('accepts valid notebooks', () => {
  const everything = withCells(
    {
      ...code,
      metadata: { tags: ['x', 'y'], name: 'n', collapsed: true, scrolled: 'auto', jupyter: {}, own: [1] },
      execution_count: 3,
    },
    { ...markdown, attachments: { 'a.png': { 'image/png': 'AAAA' } } },
    { cell_type: 'raw', id: 'r', metadata: { format: 'text/x-rst' }, source: [] },
    {
      ...code,
      id: 'b',
      outputs: [{ ...display, data: { 'application/json': [1], 'application/vnd.x+json': null, 'text/plain': ['a'] } }],
    },
  )
  expect(validateNotebook(everything)).toEqual([])
})

type Mutable = Record<string, unknown> | unknown[]

/** Damages a valid document: removes a member, replaces a value, or adds one. */
const damaged = fc
  .tuple(
    notebook,
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 2 }), fc.anything({ maxDepth: 1, withNullPrototype: false })), {
      minLength: 1,
      maxLength: 2,
    }),
  )
  .map(([nb, edits]) => {
    const document = JSON.parse(serializeNotebook(nb)) as Record<string, unknown>
    for (const [position, kind, raw] of edits) {
      const replacement = JSON.parse(JSON.stringify(raw) ?? 'null') as unknown
      const members: [Mutable, string][] = []
      collectMembers(document, members)
      const [parent, key] = members[position % members.length] ?? [document, 'cells']
      if (kind === 0 && !Array.isArray(parent)) delete parent[key]
      else if (kind === 1) (parent as Record<string, unknown>)[key] = replacement
      else if (!Array.isArray(parent)) parent.added = replacement
    }
    return document
  })

function collectMembers(value: Mutable, members: [Mutable, string][]): void {
  for (const [key, child] of Object.entries(value)) {
    // The version selects the schema that Python uses.
    if (!key.startsWith('nbformat')) members.push([value, key])
    if (typeof child === 'object' && child !== null) collectMembers(child as Mutable, members)
  }
}

describe.skipIf(!python)('compared with the official validator (skipped without python3 and nbformat)', () => {
  const program = `
import json, sys, nbformat
from nbformat.validator import isvalid
def ok(document):
    try:
        return bool(isvalid(document))
    except Exception:
        return False
json.dump([ok(d) for d in json.load(sys.stdin)], sys.stdout)`

  it('gives the same results for the documents above', () => {
    expect(
      runPython(
        program,
        cases.map(([document]) => document),
      ),
    ).toEqual(cases.map(() => false))
  })

  it('gives the same results for damaged documents', () => {
    const documents = fc.sample(damaged, 250)
    const official = runPython(program, documents) as boolean[]
    const ours = documents.map(document => validateNotebook(document).length === 0)
    expect(documents.filter((_, i) => official[i] !== ours[i])).toEqual([])
    expect(new Set(official)).toEqual(new Set([true, false]))
  })
})
