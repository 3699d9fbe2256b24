import { describe, expect, it } from 'vitest'
import { parseCellFile } from '../../src/tsserver/cell-file.ts'

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
    const orders = fragments.map(fragment => cell('/x.liqnb', fragment)?.id)
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
