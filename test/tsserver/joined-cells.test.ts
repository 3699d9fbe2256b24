import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCellFile } from '../../src/tsserver/cell-file.ts'
import { JoinedCells } from '../../src/tsserver/joined-cells.ts'

describe('the file names of cells', () => {
  const cell = (path: string, fragment = 'W0sZmlsZQ==') =>
    parseCellFile(`^/vscode-notebook-cell/ts-nul-authority${path}#${fragment}`)

  it('identify the notebook and its path', () => {
    expect(cell('/home/me/a b/x.liqnb')?.path).toBe('/home/me/a b/x.liqnb')
    expect(cell('/c:/notes/x.liqnb')?.path).toBe('c:/notes/x.liqnb')
    expect(cell('/x.liqnb')?.notebook).toBe(cell('/x.liqnb', 'W5sZmlsZQ==')?.notebook)
    expect(cell('/x.liqnb')?.notebook).not.toBe(cell('/y.liqnb')?.notebook)
    expect(cell('/x.liqnb')?.notebook).not.toBe(cell('/x.liqnb', 'W0sdW50aXRsZWQ=')?.notebook)
  })

  it("sort in VS Code's order, in base 7 with a letter for the number of digits", () => {
    const fragments = [0, 6, 7, 48, 49, 50].map(n => `${'WXYZ'[n.toString(7).length - 1]}${n.toString(7)}sZmlsZQ==`)
    const orders = fragments.map(fragment => cell('/x.liqnb', fragment)?.order)
    expect(orders.toSorted()).toEqual(orders)
    expect(new Set(orders).size).toBe(orders.length)
  })

  it('differ from those of other files', () => {
    for (const name of [
      '/x.liqnb',
      '/x.ts',
      '^/vscode-notebook-cell/ts-nul-authority/x.ipynb#W0sZmlsZQ==',
      '^/untitled/ts-nul-authority/x.liqnb#W0s',
    ])
      expect(parseCellFile(name), name).toBeUndefined()
  })
})

describe('the joined cells of a notebook', () => {
  const cells = fc.array(fc.record({ text: fc.string(), broken: fc.boolean() }), { minLength: 1, maxLength: 8 })

  it('keep their text, and map every span back', () => {
    fc.assert(
      fc.property(cells, fc.nat(), fc.nat(), (list, from, to) => {
        const named = list.map((cell, index) => ({ ...cell, fileName: `cell ${index}` }))
        const joined = new JoinedCells(named)
        for (const { fileName, text } of named) {
          const start = from % (text.length + 1)
          const length = to % (text.length - start + 1)
          const offset = (joined.startOf(fileName) ?? Number.NaN) + start
          expect(joined.text.slice(offset, offset + length)).toBe(text.slice(start, start + length))
          expect(joined.toCellSpan({ start: offset, length })).toEqual({ fileName, span: { start, length } })
        }
      }),
    )
  })

  it('have no location for a span beyond one cell', () => {
    const joined = new JoinedCells([
      { fileName: 'a', text: 'one', broken: false },
      { fileName: 'b', text: 'two', broken: false },
    ])
    expect(joined.toCellSpan({ start: 2, length: 2 })).toBeUndefined()
    expect(joined.toCellSpan({ start: 0, length: joined.text.length })).toBeUndefined()
    expect(joined.toCellSpan({ start: 4, length: 0 })).toBeUndefined()
    expect(joined.startOf('c')).toBeUndefined()
  })

  it('put cells with syntax errors last', () => {
    const joined = new JoinedCells([
      { fileName: 'a', text: 'f({', broken: true },
      { fileName: 'b', text: 'const b = 1', broken: false },
    ])
    expect(joined.startOf('b')).toBe(0)
    expect(joined.text.indexOf('f({')).toBe(joined.startOf('a'))
  })
})
