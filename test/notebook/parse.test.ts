import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatProblem, NotebookError } from '../../src/notebook/errors.ts'
import { MAX_DEPTH } from '../../src/notebook/json-depth.ts'
import { findJsonError } from '../../src/notebook/json-error.ts'
import { MAX_FILE_BYTES, parseNotebook } from '../../src/notebook/parse.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import { describeRepairs } from '../../src/notebook/upgrade.ts'
import { json, notebook } from './arbitrary.ts'

function errorOf(file: Uint8Array | string): NotebookError {
  try {
    parseNotebook(file)
  } catch (error) {
    if (error instanceof NotebookError) return error
    throw error
  }
  throw new Error('the file was read without complaint')
}

const minimal = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] as unknown[] }
const code = { cell_type: 'code', id: 'a', metadata: {}, source: [], outputs: [], execution_count: null }

describe('an empty file', () => {
  it.each(['', ' \n\t', '\uFEFF'])('%j is a new notebook', file => {
    for (const form of [file, new TextEncoder().encode(file)]) {
      const nb = parseNotebook(form)
      expect(nb.cells).toEqual([])
      expect(nb.metadata.kernelspec).toEqual({
        name: 'liqnb',
        display_name: 'Liqnb (TypeScript)',
        language: 'typescript',
      })
    }
  })
})

describe('encoding', () => {
  it('UTF-8 may have a byte order mark', () => {
    expect(parseNotebook(new TextEncoder().encode(`\uFEFF${JSON.stringify(minimal)}`)).cells).toEqual([])
  })
  it('other than UTF-8 is refused with the first invalid byte', () => {
    const bytes = new TextEncoder().encode(JSON.stringify({ ...minimal, metadata: { title: 'müll' } }))
    bytes[40] = 0xff
    expect(errorOf(bytes).message).toContain('not UTF-8 text: byte 40 fits no character')
    const latin1 = Buffer.from(JSON.stringify({ ...minimal, metadata: { title: 'müll' } }), 'latin1')
    expect(errorOf(latin1).message).toContain(`byte ${latin1.indexOf(0xfc)} fits`)
  })
  it('UTF-16 is recognized', () => {
    expect(errorOf(Buffer.from('\uFEFF{}', 'utf16le')).message).toContain('looks like UTF-16')
  })
})

describe('text that is not JSON', () => {
  it.each([
    ['{"nbformat": 4,\n "cells": [}', 2, 12, 'expected a value, found "}"'],
    ['{"nbformat": 4,\n "cells": [1,\n', 3, 1, 'cut off'],
    ['{"nbformat": 4', 1, 15, 'cut off'],
    ['{"title": "abc', 1, 15, 'the file ends inside a text'],
    ['{"title": "abc\\u00', 1, 15, 'the file ends inside a text'],
    ['{"title": "a\\xb"}', 1, 13, '\\x is not a JSON escape'],
    ['{"title": "a\nb"}', 1, 13, 'a text must end on its line'],
    ['{"a": 1,}', 1, 9, 'a comma too many'],
    ['{"a": [1, 2,]}', 1, 13, 'a comma too many'],
    ["{'a': 1}", 1, 2, 'a property name in double quotes'],
    ['{"a": NaN}', 1, 7, 'NaN is not a JSON value; use null'],
    ['{"a": -Infinity}', 1, 7, '-Infinity is not a JSON value'],
    ['{"a": 01}', 1, 7, 'expected a value, found "01"'],
    ['{"a" 1}', 1, 6, 'expected ":"'],
    ['{"a": 1 "b": 2}', 1, 9, 'expected "," or "}"'],
    ['{} x', 1, 4, 'expected the end of the file'],
    ['{\n<<<<<<< HEAD\n"a": 1', 2, 1, 'unresolved merge conflict'],
    ['{"a": 😀}', 1, 7, 'found "😀"'],
    ['// not a notebook', 1, 1, 'expected a value, found "/"'],
  ])('%j', (file, line, column, message) => {
    const error = errorOf(file)
    expect(error.position).toEqual({ line, column })
    expect(error.message).toContain(`line ${line}, column ${column}: `)
    expect(error.message).toContain(message)
  })

  it('is explained if and only if JSON.parse refuses it', () => {
    const damaged = fc
      .tuple(
        json.map(value => JSON.stringify(value)),
        fc.nat(),
        fc.constantFrom('', '"', ',', '}', '[', '\\', 'e', '0', '\n', '-', ':'),
      )
      .chain(([text, at, insert]) =>
        fc
          .nat({ max: 2 })
          .map(cut => text.slice(0, at % (text.length + 1)) + insert + text.slice((at % (text.length + 1)) + cut)),
      )
    fc.assert(
      fc.property(damaged, text => {
        let valid = true
        try {
          JSON.parse(text)
        } catch {
          valid = false
        }
        expect(findJsonError(text) === undefined).toBe(valid)
      }),
      { numRuns: 2000 },
    )
  })

  it('is refused if a notebook is truncated anywhere', () => {
    fc.assert(
      fc.property(notebook, fc.double({ min: 0, max: 1, noNaN: true }), (nb, part) => {
        const file = serializeNotebook(nb).trimEnd()
        const cut = file.slice(0, 1 + Math.floor(part * (file.length - 2)))
        expect(errorOf(cut).position).toBeDefined()
      }),
    )
  })
})

describe('JSON that is not a notebook', () => {
  it.each([
    ['[]', 'a notebook is a JSON object, found an empty list'],
    ['null', 'a notebook is a JSON object, found null'],
    ['{}', 'nbformat: required, but missing: this JSON is not a notebook'],
    ['{"nbformat": 3, "nbformat_minor": 0, "worksheets": []}', 'nbformat: version 3 is too old; convert it first'],
    ['{"nbformat": 5, "nbformat_minor": 0}', 'nbformat: only version 4 can be read, found 5'],
    ['{"nbformat": "4"}', 'nbformat: only version 4 can be read, found "4"'],
    ['{"nbformat": 4}', 'nbformat_minor: expected a whole number from 0, found nothing'],
    ['{"nbformat": 4, "nbformat_minor": 5.5}', 'nbformat_minor: expected a whole number from 0, found 5.5'],
  ])('%s', (file, message) => {
    expect(errorOf(file).message).toContain(message)
  })

  it('is refused if it is nested too deeply', () => {
    const deep = `${'['.repeat(MAX_DEPTH)}${']'.repeat(MAX_DEPTH)}`
    expect(errorOf(JSON.stringify({ ...minimal, metadata: { deep: 0 } }).replace('0', deep)).message).toContain(
      'nested more than 500',
    )
    const abyss = '['.repeat(1_000_000) + ']'.repeat(1_000_000)
    expect(errorOf(abyss).message).toContain('nested more than 500')
  })

  it('is refused if it is too large', () => {
    expect(errorOf(new Uint8Array(MAX_FILE_BYTES + 1)).message).toMatch(/256 MB; a notebook may have 256 MB/)
  })
})

describe('cell ids', () => {
  const read = (cells: object[]) => {
    const repairs: string[] = []
    const nb = parseNotebook(JSON.stringify({ ...minimal, cells }), problems =>
      repairs.push(...problems.map(formatProblem)),
    )
    return { nb, repairs, ids: nb.cells.map(cell => cell.id) }
  }

  it.each([
    [{ ...code, id: undefined }, 'cells[0].id: required, but missing'],
    [{ ...code, id: 'a b' }, 'cells[0].id: expected a cell id (1 to 64 letters, digits, "-" or "_"), found "a b"'],
    [{ ...code, id: '' }, 'cells[0].id: expected a cell id (1 to 64 letters, digits, "-" or "_"), found ""'],
    [{ ...code, id: 'x'.repeat(65) }, `found "${'x'.repeat(58)}…`],
    [{ ...code, id: 'a\n' }, 'found "a\\n"'],
    [{ ...code, id: 3 }, 'found 3'],
  ])('%# are repaired, and said', (cell, message) => {
    const { ids, repairs } = read([cell, { ...code, id: 'b', metadata: { kept: 1 } }])
    expect(repairs).toEqual([expect.stringContaining(message)])
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f]{8}$/), 'b'])
    expect(read([cell, code]).ids[0]).toBe(ids[0])
  })

  it('are repaired where they repeat: the first cell keeps its id, and everything else its bytes', () => {
    const cells = [code, { ...code, id: 'b' }, { ...code, source: ['x'] }, code]
    const { nb, ids, repairs } = read(cells)
    expect(repairs).toEqual([2, 3].map(i => `cells[${i}].id: cell ids must be unique, but cells[0] has the id "a" too`))
    expect(ids.slice(0, 2)).toEqual(['a', 'b'])
    expect(new Set(ids).size).toBe(4)
    const asIf = read(cells.map((cell, i) => ({ ...cell, id: ids[i] })))
    expect(serializeNotebook(nb)).toBe(serializeNotebook(asIf.nb))
    expect(asIf.repairs).toEqual([])
  })

  it('are said in one line', () => {
    const problem = { path: 'cells[1].id', message: 'required, but missing' }
    expect(describeRepairs([problem])).toBe('cells[1].id: required, but missing; the cell has a new id')
    expect(describeRepairs([problem, problem])).toContain('(and 1 more); the cells have new ids')
  })
})

describe('other versions of nbformat 4', () => {
  const old = {
    ...minimal,
    nbformat_minor: 2,
    cells: [
      { ...code, id: undefined, source: ['const a = 1\n', 'a'] },
      { ...code, id: undefined, source: 'const a = 1\na' },
      { cell_type: 'markdown', metadata: {}, source: '# T' },
      { ...code, id: 'kept' },
      { ...code, id: 'kept' },
    ],
  }
  it('are upgraded from 4.0 to 4.4, with unique ids that are the same every time', () => {
    const nb = parseNotebook(JSON.stringify(old), () => expect.fail('ids of an old version need no repair'))
    expect(nb.nbformat_minor).toBe(5)
    const ids = nb.cells.map(cell => cell.id)
    expect(new Set(ids).size).toBe(5)
    expect(ids[3]).toBe('kept')
    expect(parseNotebook(JSON.stringify(old))).toEqual(nb)
    expect(parseNotebook(serializeNotebook(nb))).toEqual(nb)
  })
  it('follow the same rules', () => {
    const broken = { ...old, cells: [{ cell_type: 'code' }, 7] }
    expect(errorOf(JSON.stringify(broken)).problems.map(problem => problem.path)).toContain('cells[1]')
    expect(errorOf(JSON.stringify({ ...old, cells: 'none' })).message).toBe('cells: expected a list, found "none"')
  })
  it('are read if they use nothing newer than 4.5, and keep their number', () => {
    const later = { ...minimal, nbformat_minor: 7, cells: [code] }
    const nb = parseNotebook(JSON.stringify(later))
    expect(JSON.parse(serializeNotebook(nb)).nbformat_minor).toBe(7)
    expect(errorOf(JSON.stringify({ ...later, cells: [{ ...code, language: 'sql' }] })).message).toBe(
      'cells[0].language: not a known property here',
    )
  })
})
