import { transform } from 'sucrase'
import { describe, expect, it } from 'vitest'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import {
  declaredParameters,
  inferParameterValue,
  injectParameters,
  parameterNameProblem,
  parametersCells,
} from '../../src/notebook/parameters.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'

describe('the value of -p name=value', () => {
  it.each([
    ['true', true],
    ['True', true],
    ['false', false],
    ['False', false],
    ['null', null],
    ['None', null],
    ['5', 5],
    ['-5', -5],
    ['+5', 5],
    ['007', 7],
    ['0.25', 0.25],
    ['.5', 0.5],
    ['5.', 5],
    ['1e-3', 0.001],
    ['-0', -0],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['9007199254740993', '9007199254740993'],
    ['1e999', '1e999'],
    ['NaN', 'NaN'],
    ['Infinity', 'Infinity'],
    ['', ''],
    [' 5', ' 5'],
    ['5m', '5m'],
    ['0x10', '0x10'],
    ['1_000', '1_000'],
    ['2023-01-01', '2023-01-01'],
    ['TRUE', 'TRUE'],
    ['BTC/USDT:USDT', 'BTC/USDT:USDT'],
    ['[1]', '[1]'],
    ['"a"', '"a"'],
  ])('%j is %j', (text, value) => {
    expect(inferParameterValue(text)).toBe(value)
  })
})

describe('the name of a parameter', () => {
  it.each(['symbol', '_x', '$', 'größe', 'x1', 'of', 'type'])('can be %s', name => {
    expect(parameterNameProblem(name)).toBeUndefined()
  })
  it.each(['', '1x', 'a-b', 'a b', 'a=b', 'class', 'await', 'undefined', 'x;y', 'x\n'])('cannot be %j', name => {
    expect(parameterNameProblem(name)).toContain(JSON.stringify(name))
  })
})

describe('injected parameters', () => {
  const values = new Map<string, string | number | boolean | null>([
    ['symbol', 'ETH "x"\n</script>'],
    ['size', 5],
    ['flag', null],
  ])
  const source = '// Parameters\nconst symbol = "ETH \\"x\\"\\n</script>"\nconst size = 5\nconst flag = null'
  const parameters = newCodeCell('p', 'const symbol = "BTC"', { tags: ['parameters'] })
  const injectedCells = (cells: ReturnType<typeof newCodeCell>[]) =>
    injectParameters(newNotebook(cells), values).cells.map(cell => [cell.id, cell.metadata.tags])

  it('follow the cell tagged parameters', () => {
    const nb = injectParameters(newNotebook([newCodeCell('a', ''), parameters, newCodeCell('b', '')]), values)
    expect(nb.cells.map(cell => cell.source)).toEqual(['', 'const symbol = "BTC"', source, ''])
    expect(nb.cells[2]?.metadata.tags).toEqual(['injected-parameters'])
    expect(() => serializeNotebook(nb)).not.toThrow()
  })
  it('also follow further cells with that tag, which would undo them', () => {
    const second = newCodeCell('q', 'const size = 1, other = 2', { tags: ['parameters'] })
    const unrelated = newCodeCell('r', 'const other = 2', { tags: ['parameters'] })
    const nb = injectParameters(newNotebook([parameters, second, unrelated]), values)
    const sources = nb.cells.map(cell => cell.source)
    expect(sources).toEqual([
      parameters.source,
      source,
      second.source,
      '// Parameters\nconst size = 5',
      unrelated.source,
    ])
    expect(new Set(nb.cells.map(cell => cell.id)).size).toBe(5)
    expect(injectParameters(nb, values)).toEqual(nb)
  })
  it('come first if there is no such cell', () => {
    expect(injectParameters(newNotebook([newCodeCell('a', '')]), values).cells[0]?.source).toBe(source)
  })
  it('replace those of an earlier run, with the same id', () => {
    const earlier = newCodeCell('old', 'const symbol = "X"', { tags: ['injected-parameters'] })
    expect(injectedCells([parameters, earlier, newCodeCell('b', '')])).toEqual([
      ['p', ['parameters']],
      ['old', ['injected-parameters']],
      ['b', undefined],
    ])
    expect(injectedCells([earlier, parameters]).map(([id]) => id)).toEqual(['p', 'old'])
  })
  it('do not change the given notebook, which is returned if there are no values', () => {
    const nb = newNotebook([parameters])
    injectParameters(nb, values)
    expect(nb.cells).toHaveLength(1)
    expect(injectParameters(nb, new Map())).toBe(nb)
  })
  it('are valid TypeScript that sets the values', () => {
    const unusual = new Map(['\u2028', '\\', '`\u0024{1}`', '\0', '😀'].map((text, i) => [`v${i}`, text]))
    const [cell] = injectParameters(newNotebook(), unusual).cells
    const code = transform(cell?.source ?? '', { transforms: ['typescript'] }).code
    expect(new Function(`${code}; return [v0, v1, v2, v3, v4]`)()).toEqual([...unusual.values()])
  })
})

describe('declared parameters', () => {
  const declared = (source: string) => declaredParameters(newCodeCell('p', source))
  it('have a name and the source of the default', () => {
    expect(
      declared(`
      // the market
      const symbol: string = 'BTC/USDT', timeframe = '4h' as const
      let leverage = { 10: 0.3 }, since
      var costs: number | null = 1_000 * 2
      if (costs) { const inner = 1 }
      function f() { const local = 1 }
      const { a, b: [c, ...d], ...e } = await load()
      import { helper } from './helper.ts'
    `),
    ).toEqual(
      [
        { name: 'symbol', defaultSource: "'BTC/USDT'" },
        { name: 'timeframe', defaultSource: "'4h' " },
        { name: 'leverage', defaultSource: '{ 10: 0.3 }' },
        { name: 'since', defaultSource: undefined },
        { name: 'costs', defaultSource: '1_000 * 2' },
        { name: 'a', defaultSource: undefined },
        { name: 'c', defaultSource: undefined },
        { name: 'd', defaultSource: undefined },
        { name: 'e', defaultSource: undefined },
      ].map(({ name, defaultSource }) => ({ name, defaultSource: defaultSource?.trim() })),
    )
  })
  it('are undefined if the cell is not TypeScript', () => {
    expect(declared('const = 1')).toBeUndefined()
    expect(declared('const a = ')).toBeUndefined()
  })
  it('come from the first code cell with the tag', () => {
    const p = newCodeCell('p', '', { tags: ['x', 'parameters'] })
    expect(parametersCells(newNotebook([newCodeCell('a', ''), p]))).toEqual([p])
    expect(parametersCells(newNotebook([newCodeCell('a', '', { tags: 'parameters' })]))).toEqual([])
  })
})
