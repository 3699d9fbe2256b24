import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import { NotebookError } from '../../src/notebook/errors.ts'
import { ExactNumber, parseExactJson } from '../../src/notebook/exact-json.ts'
import { writeJson } from '../../src/notebook/json-writer.ts'
import { splitLines } from '../../src/notebook/lines.ts'
import { parseNotebook } from '../../src/notebook/parse.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import type { MimeBundle } from '../../src/notebook/types.ts'
import { validateNotebook } from '../../src/notebook/validate.ts'
import { json, notebook } from './arbitrary.ts'
import { python, runPython } from './python.ts'

describe('writing and reading', () => {
  it('gives the same notebook back', () => {
    fc.assert(
      fc.property(notebook, nb => {
        assert.deepStrictEqual(parseNotebook(serializeNotebook(nb)), nb)
      }),
    )
  })

  it('gives the same bytes when written again, also through UTF-8', () => {
    fc.assert(
      fc.property(notebook, nb => {
        const file = serializeNotebook(nb)
        expect(serializeNotebook(parseNotebook(new TextEncoder().encode(file)))).toBe(file)
      }),
    )
  })

  it('always gives a valid file', () => {
    fc.assert(
      fc.property(notebook, nb => {
        expect(validateNotebook(JSON.parse(serializeNotebook(nb)))).toEqual([])
      }),
    )
  })

  it('writes a notebook as nbformat does', () => {
    const nb = newNotebook([newCodeCell('a', 'const x = 1\nx', { tags: ['parameters'] })])
    expect(serializeNotebook(nb)).toBe(`{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "a",
   "metadata": {
    "tags": [
     "parameters"
    ]
   },
   "outputs": [],
   "source": [
    "const x = 1\\n",
    "x"
   ]
  }
 ],
 "metadata": {
  "kernelspec": {
   "display_name": "Liqnb (TypeScript)",
   "language": "typescript",
   "name": "liqnb"
  },
  "language_info": {
   "file_extension": ".ts",
   "mimetype": "text/typescript",
   "name": "typescript"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`)
  })

  it('stores text types as lines, base64 as one string and JSON as JSON', () => {
    const cell = newCodeCell('a', '')
    cell.outputs.push({
      output_type: 'display_data',
      data: {
        'text/html': 'a\nb',
        'image/png': 'AAAA\nBBBB\n',
        'image/svg+xml': '<svg>\n</svg>',
        'application/x+json': 'a\nb',
      },
      metadata: {},
    })
    const document = JSON.parse(serializeNotebook(newNotebook([cell])))
    expect(document.cells[0].outputs[0].data).toEqual({
      'text/html': ['a\n', 'b'],
      'image/png': 'AAAA\nBBBB\n',
      'image/svg+xml': ['<svg>\n', '</svg>'],
      'application/x+json': 'a\nb',
    })
  })

  it('writes what is read as lines a line each, and data, HTML and pictures on one line', () => {
    const cell = newCodeCell('a', '')
    const metadata = { b: 1, a: [2] }
    const data = {
      'application/x+json': { rows: [{ b: 1, a: 2 }], 10: [], 2: { exact: new ExactNumber('1.0') } },
      'image/svg+xml': '<svg>\n</svg>',
      'text/html': '<p>a</p>\n<p>b</p>',
      'text/markdown': '- a\n- b',
      'text/plain': 'a\nb',
    } as unknown as MimeBundle
    cell.outputs.push({ output_type: 'display_data', data, metadata })
    const lines = serializeNotebook(newNotebook([cell])).split('\n')
    const start = lines.findIndex(line => line.includes('"data"'))
    expect(lines.slice(start - 1, lines.indexOf('   "source": []'))).toEqual([
      '    {',
      '     "data": {',
      '      "application/x+json": {"10":[],"2":{"exact":1.0},"rows":[{"a":2,"b":1}]},',
      '      "image/svg+xml": ["<svg>\\n","</svg>"],',
      '      "text/html": ["<p>a</p>\\n","<p>b</p>"],',
      '      "text/markdown": [',
      '       "- a\\n",',
      '       "- b"',
      '      ],',
      '      "text/plain": [',
      '       "a\\n",',
      '       "b"',
      '      ]',
      '     },',
      '     "metadata": {',
      '      "a": [',
      '       2',
      '      ],',
      '      "b": 1',
      '     },',
      '     "output_type": "display_data"',
      '    }',
      '   ],',
    ])
  })

  it('indents outputs on request, with the same content', () => {
    fc.assert(
      fc.property(notebook, nb => {
        const indented = serializeNotebook(nb, { indentOutputs: true })
        expect(indented).toBe(`${writeJson(parseExactJson(serializeNotebook(nb)))}\n`)
      }),
    )
  })

  it('drops execution counts and transient metadata', () => {
    const file = {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: { signature: 's', orig_nbformat: 4, title: 't' },
      cells: [
        {
          cell_type: 'code',
          id: 'a',
          metadata: { trusted: true, mine: 1 },
          source: '',
          outputs: [],
          execution_count: 7,
        },
      ],
    }
    const nb = parseNotebook(JSON.stringify(file))
    expect(nb.metadata).toEqual({ title: 't' })
    expect(nb.cells[0]?.metadata).toEqual({ mine: 1 })
    expect(JSON.parse(serializeNotebook(nb)).cells[0].execution_count).toBeNull()
  })

  it('refuses to write what it could not read', () => {
    const twins = newNotebook([newCodeCell('a', ''), newCodeCell('a', '')])
    expect(() => serializeNotebook(twins)).toThrow(NotebookError)
    expect(() => serializeNotebook(twins)).toThrow(
      'cells[1].id: cell ids must be unique, but cells[0] has the id "a" too',
    )
  })
})

describe('lines', () => {
  it('join to the original text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(splitLines(text).join('')).toBe(text)
      }),
    )
  })
})

describe('JSON', () => {
  it('reads back as the same value', () => {
    fc.assert(
      fc.property(json, value => {
        assert.deepStrictEqual(JSON.parse(writeJson(value)), value)
      }),
    )
  })

  it('has null for numbers that JSON lacks, and omits undefined fields', () => {
    expect(writeJson({ a: Number.NaN, b: undefined, c: [Number.POSITIVE_INFINITY] })).toBe(
      '{\n "a": null,\n "c": [\n  null\n ]\n}',
    )
    expect(() => writeJson({ a: 1n })).toThrow('a bigint cannot be written as JSON')
  })
})

describe.skipIf(!python)('compared with Python (skipped without python3 and nbformat)', () => {
  it('nbformat reads the files, and writes the bytes that indented outputs give', () => {
    const notebooks = fc.sample(notebook, 150)
    const files = notebooks.map(nb => serializeNotebook(nb))
    const program = `
import json, sys, nbformat
files = json.load(sys.stdin)
def again(text):
    nb = nbformat.reads(text, as_version=4)
    nbformat.validate(nb)
    return nbformat.writes(nb) + '\\n'
json.dump([again(f) for f in files], sys.stdout)`
    expect(runPython(program, files)).toEqual(notebooks.map(nb => serializeNotebook(nb, { indentOutputs: true })))
  })
})
