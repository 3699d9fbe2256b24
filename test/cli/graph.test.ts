import { describe, expect, it } from 'vitest'
import { newCodeCell } from '../../src/notebook/create.ts'
import { useBuiltCli, useFolder } from './harness.ts'

const liqnb = useBuiltCli()
const folder = useFolder()
const graph = (...args: string[]) => liqnb.run(folder.path, 'graph', ...args)
const run = (...args: string[]) => liqnb.run(folder.path, 'run', ...args)
const markdown = { cell_type: 'markdown' as const, id: 'm', metadata: {}, source: '# Load' }

describe('the graph', () => {
  it('names what each cell declares and needs', async () => {
    await folder.write('a.liqnb', 'const n: number = 2', markdown, 'let m = f(n)', 'm++', 'function f(x) { return x }')
    const { code, stdout, stderr } = await graph('a.liqnb')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n')).toEqual([
      'Cell 1 · const n: number = 2: declares n',
      'Cell 3 · Load: declares m; needs f (5), n (1)',
      'Cell 4 · m++: assigns m; needs m (3)',
      'Cell 5 · function f(x) { return x }: declares f',
      'Order: 1, 5, 3, 4',
      '',
    ])
  })

  it('says cycles, double definitions and syntax errors', async () => {
    await folder.write(
      'a.liqnb',
      'const even = n => n === 0 || odd(n - 1)',
      'const odd = n => n !== 0 && even(n - 1)',
      'const x = 1',
      'const x = 2',
      'const = 1',
      newCodeCell('s', 'skipped', { tags: ['skip-execution'] }),
      // Only TypeScript's own compiler compiles it.
      'namespace N { export const a = x }',
    )
    const { code, stdout } = await graph('a.liqnb')
    expect(code).toBe(0)
    expect(stdout).toContain('Warning: cells 1 and 2 need each other: odd, even\n')
    expect(stdout).toContain('Warning: cells 3 and 4 declare x: a cell means the nearest one above it\n')
    expect(stdout).toContain('Warning: cell 5 has a syntax error, so its names are not known\n')
    expect(stdout).toMatch(/Cell 7 · .*: declares N; needs x \(4\)\n/)
    expect(stdout).not.toContain('Cell 6')
  })

  it('knows the tables that queries declare and read', async () => {
    const query = (id: string, text: string) => newCodeCell(id, text, { vscode: { languageId: 'sql' } })
    await folder.write(
      'a.liqnb',
      'const bars = 1',
      query('q', '-- name: top\nSELECT * FROM bars'),
      query('r', 'SELECT * FROM top'),
      'top.numRows()',
    )
    const { stdout } = await graph('a.liqnb', '--json')
    const { cells } = JSON.parse(stdout) as { cells: { declares: string[]; needs: { name: string; cell: number }[] }[] }
    expect(cells.map(({ declares, needs }) => [declares, needs])).toEqual([
      [['bars'], []],
      [['top'], [{ name: 'bars', cell: 1 }]],
      [[], [{ name: 'top', cell: 2 }]],
      [[], [{ name: 'top', cell: 2 }]],
    ])
  })

  it('is also printed as JSON', async () => {
    await folder.write('a.liqnb', 'const a = 1', 'a')
    const { stdout } = await graph('a.liqnb', '--json')
    expect(JSON.parse(stdout)).toEqual({
      cells: [
        { cell: 1, id: 'c1', title: 'const a = 1', declares: ['a'], assigns: [], needs: [], neededBy: [2] },
        { cell: 2, id: 'c2', title: 'a', declares: [], assigns: [], needs: [{ name: 'a', cell: 1 }], neededBy: [] },
      ],
      order: [1, 2],
      cycles: [],
      doubleDefinitions: [],
      syntaxErrors: [],
    })
  })
})

describe('run --cell', () => {
  const cells = [
    'const a = 1',
    'console.log("unneeded")',
    'const total = f(a)',
    'console.log("it is", total)',
    'const f = x => x * 10',
  ]

  it.each(['4', 'c4'])('runs the cells that %s needs, each behind its own needs', async choice => {
    await folder.write('a.liqnb', ...cells)
    const { code, stdout, stderr } = await run('a.liqnb', '--cell', choice)
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'it is 10\n' })
    expect(stderr).toContain('4 cells')
  })

  it('takes a name that a cell declares, several choices, and parameters', async () => {
    await folder.write(
      'a.liqnb',
      newCodeCell('p', 'const n = 1', { tags: ['parameters'] }),
      'const twice = n * 2\ntwice',
      '"no"',
    )
    const { code, stdout } = await run('a.liqnb', '-c', 'twice', '-c', '1', '-p', 'n=21')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '42\n' })
  })

  it('keeps the outputs of the other cells', async () => {
    await folder.write('a.liqnb', 'const total = 1', 'console.log("other", total)', 'console.log(process.pid)')
    await run('a.liqnb', '-o', 'b.liqnb', '--quiet')
    const [, other, pid] = await folder.outputTexts('b.liqnb')
    expect((await run('b.liqnb', '-c', '3', '-o', 'c.liqnb')).code).toBe(0)
    const [, otherLater, pidLater] = await folder.outputTexts('c.liqnb')
    expect(otherLater).toBe(other)
    expect(pidLater).toMatch(/^\d+\n$/)
    expect(pidLater).not.toBe(pid)
  })

  it.each([
    ['7', '--cell 7: there is no cell with this number or id, and none that declares this name'],
    ['totl', 'declares this name (did you mean total?)'],
    ['6', '--cell 6: cell 6 has no code that runs'],
  ])('says what is wrong with %s', async (choice, message) => {
    await folder.write('a.liqnb', ...cells, markdown)
    const { code, stderr } = await run('a.liqnb', '--cell', choice)
    expect(code).toBe(1)
    expect(stderr).toContain(message)
  })
})
