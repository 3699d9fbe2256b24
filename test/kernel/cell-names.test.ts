import { describe, expect, it } from 'vitest'
import { findCellNames } from '../../src/kernel/cell-names.ts'

/** `declares | assigns | uses`, those of `uses` that only functions use in parentheses. */
const text = (source: string) => {
  const { declares, assigns, uses, usesLater } = findCellNames(source)
  const used = uses.map(name => (usesLater.includes(name) ? `(${name})` : name))
  return [declares, assigns, used].map(names => [...names].sort().join(' ')).join(' | ')
}

describe('the names of a cell', () => {
  it.each([
    ['const a = b', 'a |  | b'],
    ['let { a, b: [c], ...d } = e', 'a c d |  | e'],
    ['function f(a) { return a + b }', 'f |  | (b)'],
    ['class A extends B { x = c; static y = d }', 'A |  | (c) (d) B'],
    ['import x, { y as z } from "m"; z(x)', 'x z |  | '],
    ['import { unused } from "m"', 'unused |  | '],
    ['export const a = 1; export { b }', 'a |  | b'],
    ['a.b.c; d[e]', ' |  | a d e'],
    ['({ a, b: c, [d]: 1, e() {} })', ' |  | a c d'],
    ['{ a: b }', ' |  | b'],
    ['{ a: 1, b: c }', ' |  | c'],
    ['count++', ' | count | count'],
    ['x = y; [z] = w; for (v of u) {}', ' | v x z | u v w x y z'],
    ['a.b = 1', ' |  | a'],
    ['if (a) { const b = c; var d = b }', 'd |  | a c'],
    ['for (const a of b) a', ' |  | b'],
    ['for (var i = 0; i < n; i++) {}', 'i |  | n'],
    ['try {} catch (error) { error }', ' |  | '],
    ['const f = (a = b, c = a) => c', 'f |  | (b)'],
    ['const f = function g() { return g() }', 'f |  | '],
    ['label: for (;;) break label', ' |  | '],
    ['rows.map(row => row.x * scale)', ' |  | (scale) rows'],
    ['scale; () => scale', ' |  | scale'],
    ['await a; typeof b', ' |  | a b'],
    ['const x: Type = y as Other', 'x |  | y'],
    ['interface A { b: C }; type D = E<typeof f>', ' |  | '],
    ['enum Side { Long, Short }', 'Side |  | '],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: code of a cell
    ['`${a}${b`c`}`', ' |  | a b'],
    ['({ n: 10n, r: /x/ })', ' |  | '],
    ['', ' |  | '],
  ])('%s', (source, expected) => {
    expect(text(source)).toBe(expected)
  })

  it('throw for a syntax error, with its position', () => {
    // TypeScript's own compiler would say what is wrong.
    expect(() => findCellNames('const = 1')).toThrow()
  })

  it('tell which of them hold controls', () => {
    const { controls } = findCellNames('const c = liq.controls({ n: 1 }), d = 2\nexport const e = liq.interact({}, f)')
    expect(controls).toEqual(['c', 'e'])
  })
})

describe('the code of a cell', () => {
  const code = (source: string) => findCellNames(source).code
  it.each([
    ['a+b // sum', '  a +\n b'],
    ['const a: number = 1', 'const a = 1'],
    ['type A = 1\nf()', 'f()'],
  ])('is the same without comments, white space and types: %s', (a, b) => {
    expect(code(a)).toBe(code(b))
  })
  it.each([
    ['a + b', 'a - b'],
    ['1', '2'],
    ['1n', '2n'],
    ['/a/', '/b/'],
    ['`a`', '`b`'],
    ['const a = 1', 'let a = 1'],
    ['({ value: true })', '({ value: false })'],
  ])('differs: %s, %s', (a, b) => {
    expect(code(a)).not.toBe(code(b))
  })
})
