/** A cell is TypeScript: the values of its syntax are those that TypeScript's own compiler gives. */
import { inspect } from 'node:util'
import vm from 'node:vm'
import ts from '@typescript/typescript6'
import * as tslib from 'tslib'
import { describe, expect, it } from 'vitest'
import { useKernel } from './harness.ts'

const kernel = useKernel()

/** Cells that end in an expression. Those without top-level await run in a plain script, too. */
const SYNTAX: Record<string, string> = {
  'a namespace merged with a function':
    'function build() { return build.opts }\nnamespace build { export let opts = 5 }\nbuild()',
  'a namespace with code': 'namespace A.B { const n = 2; export const twice = (x: number) => n * x }\nA.B.twice(4)',
  'a namespace over several blocks': 'namespace N { export const a = 1 }\nnamespace N { export const b = a + 1 }\nN',
  'a namespace merged with a class':
    'class C { static a = 1 }\nnamespace C { export const b = C.a + 1 }\n[C.a, (C as any).b]',
  'a namespace merged with an enum': 'enum E { A, B }\nnamespace E { export const last = () => E.B }\nE.last()',
  'a namespace of types': 'namespace T { export type A = number; export interface B {} }\nconst x: T.A = 1\nx',
  'an alias of a namespace member': 'namespace N { export const deep = { a: 1 } }\nimport short = N.deep\nshort.a',
  enums: "enum E { A = 1, B, C = A | B, D = 'x'.length }\nenum S { L = 'long' }\n({ E, S })",
  'enums with computed names': "enum E { 'a-b' = 1, c = <any>'x' }\nE",
  'const enums': "const enum E { A = 'a', B = `b` }\n[E.A, E.B]",
  'merged enums': 'enum E { A }\nenum E { B = 1 }\nE',
  'parameter properties':
    'class P { constructor(public x: number, private readonly y = 2, protected z?: number) {} }\nclass Q extends P { constructor(readonly w: number) { super(w); this.w++ } }\nnew Q(1)',
  'abstract classes, overloads and index signatures':
    'abstract class A { abstract f(): number; [k: string]: any; declare d: string; e!: number; g?: string }\nclass B extends A { f(): number\nf(n?: number) { return n ?? 1 } }\n[new B().f(), new B()]',
  'interfaces merged with classes': 'interface A { n: number }\nclass A { n = 1 }\nnew A().n',
  'overloads of functions':
    'function f(a: string): void\nfunction f(a: number): void\nfunction f(a: any) { return a }\nf(1)',
  satisfies: 'const o = { a: 1 } satisfies Record<string, number>\no.a',
  'assertions and non-null': 'const a: any = { b: { c: 1 } }; (a.b as any).c += 1; (<any>a).b!.c',
  'generic arrows and calls':
    'const f = <T,>(x: T): T => x, g = async <const T extends object>(x: T) => x\n;[f<number>(1)]',
  'instantiation expressions': 'const f = <T>(x: T) => [x]\nconst g = f<number>\ng(1)',
  'conditional arrows': 'const b = true, c = 1\nlet a = b ? (c) : (d: number) => d\na',
  'assertion functions and this types':
    'function assert(x: unknown): asserts x is string {}\nfunction f(this: void, a?: number) { assert(a); return a }\nf(3)',
  'a type that ends a statement':
    'const f: any = (x: any) => x\nlet a = f as any\n(1)\nlet b = 2 satisfies number\n[1]\na === f && b',
  'a declaration that ends a statement':
    'let f: any = 5\ninterface I {\n  a: 1\n}\n[1, 2].forEach(x => f += x)\ntype N = number\n;(f)\nf',
  'a removed class member': 'class A { x = 1\ndeclare y: number\n["z"] = 2 }\nnew A()',
  'a binary operator after a type': 'const x: any = 1\nconst a = x as number\n+ 1\na',
  'class fields':
    'class A { a = 1; b; static c = this.name; #d = 4; get d() { return this.#d } }\n[new A(), A.c, new A().d]',
  'auto-accessors': 'class A { accessor x = 1; static accessor y = 2 }\nconst a = new A(); a.x++; [a.x, A.y]',
  'class decorators':
    'const names: string[] = []\nconst log = (c: any, { kind, name }: any) => { names.push(kind + ":" + name) }\n@log class A { @log m() {} @log accessor p = 1; @log f = 2; @log static s = 3; @log get g() { return 1 } }\n[names, new A().m()]',
  'decorators that replace':
    'const twice = (f: any) => function (this: any, x: number) { return 2 * f.call(this, x) }\nconst init = () => (v: number) => v + 10\nclass A { @twice m(x: number) { return x }; @init f = 1 }\n[new A().m(2), new A().f]',
  using:
    'const log: string[] = []\nconst open = (name: string) => ({ name, [Symbol.dispose]() { log.push(name) } })\nfunction f() { using a = open("a"), b = open("b"); return log.length }\n[f(), log]',
  'using in a loop and a block':
    'const log: number[] = []\nfor (using r of [1, 2].map(n => ({ n, [Symbol.dispose]() { log.push(n) } }))) log.push(-r.n)\n{ using r = null }\nlog',
  'await using':
    'const log: string[] = []\nconst f = async () => { await using r = { async [Symbol.asyncDispose]() { log.push("closed") } }; log.push("open") }\nf()\nlog',
  'an error of using':
    'const f = () => { using r = { [Symbol.dispose]() { throw new Error("close") } } }\nlet e = ""\ntry { f() } catch (x) { e = x.message }\ne',
  'labels, keywords as names, regular expressions':
    'let type = 1, as = 2, of = 3, declare = 4, namespace = 5, accessor = 6, using = 7\nouter: for (;;) break outer\n;[type, as, of, declare, namespace, accessor, using, /a\\/[/]b/.test("a//b")]',
  'unicode, template literals and optional chains':
    'const é = { a: null as any };\n`$X{é.a?.b ?? "x"}$X{`$X{1 as number}`}`'.replaceAll('$X', '$'),
}

/** The value that TypeScript's own compiler gives, as the kernel would show it. */
function expected(source: string): unknown {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      importHelpers: true,
      moduleDetection: ts.ModuleDetectionKind.Force,
    },
  })
  // In this realm, so that classes and errors are the same; names as in a module.
  const code = outputText.replace(/^Object\.defineProperty\(exports.*\n/m, '')
  return vm.runInThisContext(`(require, exports) => eval(${JSON.stringify(code)})`)(() => tslib, {})
}

describe('the value of', () => {
  it.each(Object.entries(SYNTAX))('%s', async (_, source) => {
    const value = await kernel.shared().valueOf(source)
    expect(value).toBe(inspect(expected(source), { depth: 4, breakLength: 100 }))
  })
})

describe('a cell that needs TypeScript’s own compiler', () => {
  it('declares variables, functions and classes for later cells, and may be run again', async () => {
    const bench = kernel.bench()
    const code = `enum Side { Long = 'long' }
      namespace Levels { export const near = (x: number) => x + 1 }
      const a = 1
      export function f() { return Levels.near(a) }
      class C { accessor n = f() }
      await Promise.resolve()`
    for (const _ of [1, 2]) {
      expect(await bench.valueOf(code)).toBe(undefined)
      expect(await bench.valueOf('[Side.Long, Levels.near(1), a, f(), new C().n]')).toBe("[ 'long', 2, 1, 2, 2 ]")
    }
    const variables = (await bench.session.variables()).map(({ name }) => name)
    expect(variables).toEqual(['C', 'Levels', 'Side', 'a', 'f'])
  })

  it('disposes what it uses when it ends, and shows its value', async () => {
    const bench = kernel.bench()
    const code = `let log: string[] = []
      using r = { n: 5, [Symbol.dispose]() { log.push('closed') } }
      const later = () => r.n
      await Promise.resolve()
      later() + 1`
    expect(await bench.valueOf(code)).toBe('6')
    expect(await bench.valueOf('[log, later()]')).toBe("[ [ 'closed' ], 5 ]")
  })

  it('shows no value where it ends in no expression', async () => {
    const bench = kernel.shared()
    expect(await bench.valueOf('namespace Q { export const a = 1 }')).toBe(undefined)
    expect(await bench.valueOf('namespace Q { export const a = 1 }\nexport = Q.a + 1')).toBe('2')
  })

  it('names the line and column of an error', async () => {
    const code = `namespace N {
  export const fail = (x: number): never => { throw new Error('inside') }
}

@((c: any) => c) class D { accessor y: number = N.fail(1) }
new D()`
    const traceback = await kernel.shared().tracebackOf(code, 3)
    expect(traceback).toMatch(/^Error: inside\n {4}at .*\(?Cell 3:2:53\)?\n/)
    expect(traceback).toContain('Cell 3:5:')
    expect(traceback).toContain('Cell 3:6:1')
    expect(traceback).toContain('2 |   export const fail')
  })

  it.each([
    ['class A {\n  accessor x = = 1 }', 'Expression expected', 2, 16],
    ['namespace N { export const a = }', 'Expression expected', 1, 32],
    ['namespace N { export const a = 1 }\nlet x = 08', 'Decimals with leading zeros', 2, 9],
  ])('reports the syntax error in %j', async (code, message, line, column) => {
    const { ename, evalue, traceback } = await kernel.shared().errorOf(code, 2)
    expect(ename).toBe('SyntaxError')
    expect(evalue).toContain(message)
    expect(traceback[1]).toBe(`    at Cell 2:${line}:${column}`)
  })

  it('can be interrupted while the compiler is loaded, and the next cell runs', async () => {
    const bench = kernel.bench()
    await bench.run('1')
    const run = bench.run('namespace N { export const a = 1 }\nN.a')
    await bench.session.interrupt()
    await run
    expect(await bench.valueOf('namespace N { export const a = 2 }\nN.a')).toBe('2')
  })
})

describe('a module of the notebook', () => {
  it('may use the same syntax', async () => {
    const bench = kernel.bench()
    bench.write(
      'm.ts',
      `export namespace N { export let opts = 5 }
@((c: any) => c) export class A { accessor x = N.opts; fail(): never { throw new Error('in m') } }
enum E { A }
enum E { B = 1 }
export { E }`,
    )
    bench.write('types.ts', 'export interface Foo { a: number }\nexport const value = 1')
    bench.write(
      'index.ts',
      "import { Foo, value } from './types'\nexport type { Foo }\nexport const v: Foo = { a: value }",
    )
    expect(await bench.valueOf("import { N, A, E } from './m'\n[N.opts, new A().x, E.B]")).toBe('[ 5, 5, 1 ]')
    expect(await bench.tracebackOf('new A().fail()')).toContain('Error: in m\n    at A.fail (./m.ts:2:78)\n')
    expect(await bench.valueOf("import { v } from './index'\nv")).toBe('{ a: 1 }')
    expect(await bench.valueOf("import { type Foo, v as w } from './index'\nconst u: Foo = w\nu")).toBe('{ a: 1 }')
  })

  it('may export and import one value', async () => {
    const bench = kernel.bench()
    bench.write('whole.ts', 'const f = (x: number) => 2 * x\nexport = f')
    bench.write(
      'user.ts',
      "import f = require('./whole')\nimport path = require('node:path')\nexport const four = f(2), sep = path.sep",
    )
    bench.write('old.cjs', 'module.exports = { a: 1 }')
    bench.write('named.ts', 'export const a = 1, b = 2')
    const code = `import f = require('./whole'); import { four, sep } from './user'; import old = require('./old.cjs')
      import named = require('./named'); import g from './whole'
      ;[f(3), four, sep, old.a, named.b, g === f]`
    expect(await bench.valueOf(code)).toBe("[ 6, 4, '/', 1, 2, true ]")
    expect(await bench.valueOf('f(5) + old.a')).toBe('11')
  })
})
