import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileCell, PREFIX } from '../../src/kernel/compile.ts'
import { mapColumn } from '../../src/kernel/stack.ts'

/** The scripts without the prefix. */
function scripts(source: string) {
  const { setup, main, showsValue } = compileCell(source)
  return { setup: setup?.slice(PREFIX.length) ?? null, main: main.slice(PREFIX.length), showsValue }
}

describe('compileCell', () => {
  it('changes only declarations that could not be redeclared', () => {
    expect(scripts('1 + 1')).toEqual({ setup: null, main: '1 + 1', showsValue: true })
    expect(scripts('const a = 1')).toEqual({ setup: null, main: 'let   a = 1', showsValue: false })
    expect(scripts('var a = 1, b; for (var i = 0;;) break; { const c = 1 }').main).toBe(
      'let a = 1, b; for (var i = 0;;) break; { const c = 1 }',
    )
    expect(scripts('var a = 1; var a = 2').main).toBe('var a = 1; var a = 2')
  })

  it('moves functions and imports to a script that runs first, on the same lines', () => {
    const source = 'go()\nasync function* go<T>(x: T) {\n  yield x\n}\nimport { a as b, type T } from "m"\n[b]'
    const { setup, main, showsValue } = scripts(source)
    expect(setup?.split('\n')).toEqual([
      '    ',
      'let go = async function* (x) {',
      '  yield x',
      '};',
      'let { "a": b } = await __liqnb__.importStatic("m", [{"name":"a","used":true}]);',
    ])
    expect(main.split('\n').map(line => line.trim())).toEqual(['go()', ';', '', '', ';', '[b]'])
    expect(showsValue).toBe(true)
  })

  it('marks imported names that only a later cell can use', () => {
    expect(compileCell('import used, { type A, B } from "m"\nconst x: B = used').setup).toContain(
      '[{"name":"default","used":true},{"name":"B","used":false}]',
    )
  })

  it('keeps statements apart when a type is removed', () => {
    expect(scripts('const a = 1\ntype T = string\n;[a]').main).toMatch(/\n;\[a\]$/)
  })

  it('keeps the lines of any combination of statements', () => {
    const statement = fc.constantFrom(
      'const a: number = 1',
      'interface I {\n  x: number\n}',
      'function f(\n  x: string,\n) {\n  return x\n}',
      'import {\n  b,\n  c,\n} from "m"',
      'export default class {\n}',
      'export const d = `\n`',
      'await import(\n"x"\n)',
      'enum E {\n  A,\n  B,\n}',
      '// comment',
      '',
    )
    fc.assert(
      fc.property(fc.uniqueArray(statement), statements => {
        const source = statements.join('\n')
        const { setup, main } = compileCell(source)
        const lines = source.split('\n').length
        expect(main.split('\n')).toHaveLength(lines)
        if (setup !== null) expect(setup.split('\n').length).toBeLessThanOrEqual(lines)
      }),
    )
  })
})

describe('mapColumn', () => {
  it.each([
    ['const a: number = f(x)', 'const a = f(x)', 'f('],
    ['foo<Array<string>>(a as any, b!)', 'foo(a , b)', 'b'],
    ['function f(a: T, b: U) { throw a }', 'function f(a, b) { throw a }', 'throw'],
    ['export const z = g()', '       let   z = g()', 'g('],
  ])('maps to the same token in %j', (source, code, token) => {
    expect(mapColumn(source, code, code.indexOf(token) + 1)).toBe(source.indexOf(token) + 1)
  })

  it('keeps the column of an unchanged line, and stays within the line', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(200), (source, code, column) => {
        expect(mapColumn(source, source, column)).toBe(column)
        fc.pre(source !== code)
        const mapped = mapColumn(source, code, column + 1)
        expect(mapped).toBeGreaterThanOrEqual(1)
        expect(mapped).toBeLessThanOrEqual(source.length + 1)
      }),
    )
  })
})
