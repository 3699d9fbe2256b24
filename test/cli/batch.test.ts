/** Notebooks that run for each combination of parameters. */
import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { resultRows, rowsToCsv } from '../../src/cli/batch-results.ts'
import { gridCombinations } from '../../src/cli/grid.ts'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import { useBuiltCli, useFolder } from './harness.ts'

const folder = useFolder()
const built = useBuiltCli()

describe('a grid', () => {
  it('is every combination, the last name varying fastest', () => {
    const all = gridCombinations(['a=1,x', 'b=["p,q",null]'])
    expect(all.map(each => Object.fromEntries(each))).toEqual([
      { a: 1, b: 'p,q' },
      { a: 1, b: null },
      { a: 'x', b: 'p,q' },
      { a: 'x', b: null },
    ])
  })
  it.each([
    [['a'], '--grid takes NAME=VALUE'],
    [['a='], '--grid a: a value is empty'],
    [['a=1,'], 'a value is empty'],
    [['a=[1'], 'expected a JSON list'],
    [['a=1', 'a=2'], '--grid a is given twice'],
    [['a-b=1'], '"a-b" is not a TypeScript name'],
    [['a=1,2', ...Array.from({ length: 13 }, (_, i) => `x${i}=1,2`)], '16384 combinations'],
  ])('%j is refused', (grids, message) => {
    expect(() => gridCombinations(grids)).toThrow(message)
  })
})

describe('results', () => {
  const table = (data: object[], names: string[]) => ({
    output_type: 'display_data' as const,
    metadata: {},
    data: {
      'application/vnd.dataresource+json': {
        schema: { fields: names.map(name => ({ name, type: 'any' })) },
        data,
        totalRows: data.length,
        view: 'v',
      } as never,
      'text/plain': 'table',
    },
  })
  const cell = (outputs: object[], tags = ['results']) =>
    ({ ...newCodeCell('a', '1'), metadata: { tags }, outputs }) as ReturnType<typeof newCodeCell>

  it('are the rows of tables and the text of other values of the tagged cells', () => {
    const text = { output_type: 'execute_result', execution_count: null, metadata: {}, data: { 'text/plain': '42' } }
    const one = table([{ x: 1 }], ['x'])
    expect(resultRows(newNotebook([cell([one]), cell([text]), cell([text], ['other'])]))).toEqual([
      { x: 1, result: '42' },
    ])
    expect(resultRows(newNotebook([cell([table([{ x: 1 }, { x: 2 }], ['x'])]), cell([text])]))).toEqual([
      { x: 1 },
      { x: 2 },
      { result: '42' },
    ])
    expect(resultRows(newNotebook([]))).toEqual([])
  })
  it('are written with the columns of all', () => {
    expect(
      rowsToCsv([
        { a: 1, b: 'x,"y"' },
        { c: { d: 1 }, a: null },
      ]),
    ).toBe('a,b,c\n1,"x,""y""",\n,,"{""d"":1}"\n')
  })
})

describe('liqnb batch', () => {
  it('runs all combinations, lists failures and delivers the rest', async () => {
    await folder.write(
      'study.liqnb',
      { ...newCodeCell('p', 'const n = 0, unit = "h"'), metadata: { tags: ['parameters'] } },
      'if (n === 2) throw new Error("two is bad")',
      { ...newCodeCell('r', 'String(n * 2) + unit'), metadata: { tags: ['results'] } },
    )
    const run = await built.run(
      folder.path,
      'batch',
      'study.liqnb',
      '--grid',
      'n=1,2,3',
      '--grid',
      'unit=h,d',
      '--workers',
      '2',
    )
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('n 2 · unit h · ')
    expect(run.stderr).toContain('6 runs, 2 failed; wrote study-batch/results.csv and index.html\n')
    expect(await folder.read('study-batch/results.csv')).toBe(
      [
        'n,unit,result,error',
        "1,h,'2h',",
        "1,d,'2d',",
        '2,h,,cell 3: Error: two is bad',
        '2,d,,cell 3: Error: two is bad',
        "3,h,'6h',",
        "3,d,'6d',",
        '',
      ].join('\n'),
    )
    const files = await readdir(folder.at('study-batch'))
    expect(files.filter(name => name.endsWith('.liqnb'))).toHaveLength(6)
    const index = await readFile(folder.at('study-batch/index.html'), 'utf8')
    expect([...index.matchAll(/href="([^"]+)"/g)].map(([, link]) => link)).toEqual(
      expect.arrayContaining(files.filter(name => /^study.*html$/.test(name))),
    )
    expect(index).toContain('n 2 · unit d · failed: cell 3: Error: two is bad')
    expect(await folder.outputTexts('study-batch/study-3-d.liqnb')).toContain("'6d'")
  })
})
