import ts from '@typescript/typescript6'
import { describe, expect, it } from 'vitest'
import { cellModule, NotebookNames, type ScannedCell } from '../../src/language/cell-modules.ts'
import { scanCell } from '../../src/language/scan-cell.ts'

const scan = (text: string) => scanCell(ts, text)
const declared = (text: string) => [...scan(text).declared.keys()].join(' ')

/** What each cell imports, as `name from number`. */
function imports(...texts: string[]): string[] {
  const cells: ScannedCell[] = texts.map((text, index) => ({ id: String(index), text, scan: scan(text) }))
  const names = new NotebookNames(cells)
  return cells.map((_, index) => {
    const module = cellModule(cells, index, names, id => `./${id}`)
    for (const [name, { start }] of module.imports) expect(module.header.slice(start, start + name.length)).toBe(name)
    return [...module.imports].map(([name, { from }]) => `${name} from ${from}`).join(', ')
  })
}

describe('the scan of a cell', () => {
  it('finds every kind of declaration at its top level, and var in blocks', () => {
    expect(declared('const a = 1, { b, c: [d, ...e] } = x; let f; var g')).toBe('a b d e f g')
    expect(declared('function f() { var inner } class C {} enum E {} namespace N.M {} interface I {} type T = 1')).toBe(
      'f C E N I T',
    )
    expect(declared("import a, { b as c } from 'x'; import * as d from 'y'; import e = require('z')")).toBe('a c d e')
    expect(declared('for (var i of []) { var j; let k } if (x) { var l } label: { var m }')).toBe('i j l m')
    expect(declared('declare global { var g: number } export const h = 1; using r = x')).toBe('h r')
    expect(declared('const x = f({')).toBe('x')
    expect(declared('const = 1')).toBe('')
  })

  it('counts uses, and no members and keys', () => {
    const { mentioned } = scan('a.b.c({ d: e, f, [g]: 1 }); class X { h = i; j() {} }; type T = K.L; (m)')
    expect([...mentioned].sort().join(' ')).toBe('K T X a e f g i m')
  })

  it('finds what is put on globalThis', () => {
    const { globals } = scan(
      "globalThis.a = 1; (globalThis as any)['b'] = 2; Object.assign(globalThis, { c, d: 1 }); Object.defineProperty(globalThis, 'e', {}); x.f = 1",
    )
    expect([...globals].join(' ')).toBe('a b c d e')
  })

  it('knows broken and unchecked cells, and the end of the imports', () => {
    expect(scan('f({').hasSyntaxErrors).toBe(true)
    expect(scan('await f({})').hasSyntaxErrors).toBe(false)
    expect(scan('// a\n/* b */ // @ts-nocheck: why\nx').isUnchecked).toBe(true)
    expect(scan('x // @ts-nocheck').isUnchecked).toBe(false)
    expect(scan("import 'a'\nx").importsEnd).toBe(10)
  })
})

describe('a cell', () => {
  it('imports a name from the nearest cell above that declares it, or else from the nearest below', () => {
    expect(imports('const x = 1', 'x', 'const x = 2', 'x')).toEqual(['', 'x from 0', '', 'x from 2'])
    expect(imports('y', 'const y = 1', 'const y = 2')).toEqual(['y from 1', '', ''])
  })

  it('imports no global that only a cell below declares', () => {
    expect(imports('Map; signal', 'const Map = 1, signal = 2', 'Map; signal')).toEqual([
      '',
      '',
      'Map from 1, signal from 1',
    ])
  })

  it('exports what it declares, once', () => {
    const cells = ['export const a = 1; const b = 2; export { b as c }'].map(text => ({
      id: '0',
      text,
      scan: scan(text),
    }))
    expect(cellModule(cells, 0, new NotebookNames(cells), String).header).toBe('export { b };\n')
  })

  it('has specifiers that end where they should', () => {
    const cells = ['const a = 1', 'a'].map((text, index) => ({ id: String(index), text, scan: scan(text) }))
    const { header } = cellModule(cells, 1, new NotebookNames(cells), () => "./it's.ts")
    expect(header).toBe("import { a, } from './it\\'s.ts'; \n")
  })
})
