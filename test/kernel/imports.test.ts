/** Imports and exports in cells: builtins, packages, and the notebook's own files. */
import { describe, expect, it } from 'vitest'
import { useKernel } from './harness.ts'

const kernel = useKernel()

describe('import syntax', () => {
  it('supports default, named, namespace and side-effect imports, for this cell and later ones', async () => {
    const bench = kernel.bench()
    bench.write(
      'mod.ts',
      'export default 1\nexport const a = 2, b = 3\nglobalThis.effect = (globalThis.effect ?? 0) + 1',
    )
    const code = `import one, { a as two,
        type Missing } from './mod.ts'
      import * as all from './mod'
      import one2, * as all2 from './mod.ts'; import './mod.js'
      import { b as unusedHere } from './mod.ts'
      one + two + all.b + one2 + all2.a`
    expect(await bench.valueOf(code)).toBe('9')
    expect(await bench.valueOf('[one, two, unusedHere, effect]')).toBe('[ 1, 2, 3, 1 ]')
    expect(await bench.valueOf("(await import('./mod.ts')).default")).toBe('1')
    expect(
      await bench.valueOf("const load = async (name: string) => (await import(name)).a; await load('./mod.ts')"),
    ).toBe('2')
  })

  it('imports before the cell runs, wherever the statement is', async () => {
    expect(await kernel.bench().valueOf('const p = sep.length\nimport { sep } from "node:path"\np')).toBe('1')
  })

  it('ignores exports', async () => {
    const bench = kernel.bench()
    const code =
      'export const x = 1\nexport function f() { return 2 }\nexport { x as y }\nexport * from "node:path"\nexport default x + f()'
    expect(await bench.valueOf(code)).toBe('3')
    expect(await bench.valueOf('[x, f()]')).toBe('[ 1, 2 ]')
  })

  it('provides import.meta and require', async () => {
    const bench = kernel.bench()
    bench.write('data.json', '{"n": 1}')
    expect(await bench.valueOf('[import.meta.dirname, import.meta.url.endsWith("/")]')).toBe(
      `[ '${bench.folder}', true ]`,
    )
    expect(await bench.valueOf("import.meta.resolve('./data.json') === import.meta.url + 'data.json'")).toBe('true')
    expect(await bench.valueOf("[require('./data.json').n, typeof require('fs').readFileSync]")).toBe(
      "[ 1, 'function' ]",
    )
  })
})

describe('an imported binding', () => {
  const counter =
    'export let n = 0\nexport const inc = () => { n++ }\nexport const fixed = 1\nexport let f = () => 1\nexport const setF = () => { f = () => 2 }'

  it('has the current value, in this cell and later ones', async () => {
    const bench = kernel.bench()
    bench.write('counter.ts', counter)
    expect(await bench.valueOf("import { n, inc } from './counter'\ninc(); inc(); n")).toBe('2')
    expect(await bench.valueOf('inc(); [n, typeof n, String(n), { n }]')).toBe("[ 3, 'number', '3', { n: 3 } ]")
    expect(await bench.valueOf('const read = () => n; inc(); read()')).toBe('4')
    expect(await bench.valueOf("import { n as m, f, setF } from './counter'\nsetF(); inc(); [n, m, read(), f()]")).toBe(
      '[ 5, 5, 5, 2 ]',
    )
    expect(await bench.valueOf("import * as all from './counter'\ninc(); [all.n, eval('n')]")).toBe('[ 6, 6 ]')
    expect((await bench.session.variables()).find(({ name }) => name === 'n')).toMatchObject({ preview: '6' })
  })

  it('follows re-exports, stars, default exports and cycles', async () => {
    const bench = kernel.bench()
    bench.write('counter.ts', counter)
    bench.write(
      'index.ts',
      "export * from './counter'\nexport { n as renamed } from './star'\nimport { n } from './star'\nexport { n as again }",
    )
    bench.write('star.ts', "export * from './counter'")
    bench.write('default.ts', 'let value = 1\nexport { value as default }\nexport const up = () => { value++ }')
    bench.write('a.ts', "import { b } from './b'\nexport let a = 1\nexport const change = () => { a = b + 10 }")
    bench.write(
      'b.ts',
      "import { a } from './a'\nexport let b = 5\nexport const double = () => { b = a * 2 }\nexport * from './a'",
    )
    const code = `import { n, inc, renamed, again } from './index'; import value, { up } from './default'
      import { a, b, change, double } from './b'
      inc(); up(); change(); double();
      [n, renamed, again, value, a, b]`
    expect(await bench.valueOf(code)).toBe('[ 1, 1, 1, 2, 15, 30 ]')
    expect(await bench.valueOf('inc(); up(); change(); [n, renamed, again, value, a, b]')).toBe(
      '[ 2, 2, 2, 3, 40, 30 ]',
    )
  })

  it('of a package has the current value', async () => {
    const bench = kernel.bench()
    bench.write('node_modules/live/package.json', '{ "type": "module", "exports": "./index.js" }')
    bench.write('node_modules/live/index.js', 'export let n = 0\nexport function inc() { n++ }')
    bench.write('proxy.ts', "export * from 'live'")
    expect(await bench.valueOf("import { n, inc } from 'live'\ninc(); n")).toBe('1')
    expect(await bench.valueOf("import { n as m } from './proxy'\ninc(); [n, m]")).toBe('[ 2, 2 ]')
  })

  it('may have the name of an earlier variable or of a global, and may be replaced by a variable', async () => {
    const bench = kernel.bench()
    bench.write('counter.ts', `${counter}\nexport let escape = 1\nexport const faster = () => { escape++ }`)
    await bench.run('const n = "mine"; const early = () => n')
    const code = `import { n, inc, escape, faster } from './counter'
      inc(); faster()
      const inner = (n: number) => ({ n, escape }).n + n
      class Box { n = n; escape() { return escape } }
      const { n: [m] = [n] } = {} as any
      ;[n, escape, inner(5), new Box().n, new Box().escape(), m, { n }]`
    expect(await bench.valueOf(code)).toBe('[ 1, 2, 10, 1, 2, 1, { n: 1 } ]')
    expect(await bench.valueOf('inc(); faster(); [n, escape, typeof globalThis.escape, inner(1)]')).toBe(
      "[ 2, 3, 'function', 2 ]",
    )
    // A function of a cell before the import reads the value of that time.
    expect(await bench.valueOf('early()')).toBe('0')
    expect((await bench.session.variables()).map(({ name }) => name)).not.toContain('__liqnb__n')
    expect(await bench.valueOf('let n = 7; inc(); n')).toBe('7')
    expect(await bench.valueOf('[n, early()]')).toBe('[ 7, 7 ]')
  })

  it('may be imported again, also after its module has changed', async () => {
    const bench = kernel.bench()
    bench.write('counter.ts', counter)
    const code = "import { n, inc } from './counter'\ninc(); n"
    expect([await bench.valueOf(code), await bench.valueOf(code)]).toEqual(['1', '2'])
    const read = 'const read = () => n; read()'
    expect(await bench.valueOf(read)).toBe('2')
    bench.write('counter.ts', counter.replace('n = 0', 'n = 10'))
    expect(await bench.valueOf(code)).toBe('11')
    expect(await bench.valueOf('read()')).toBe('11')
    bench.write('counter.ts', 'export const n = "fixed", inc = () => {}')
    expect(await bench.valueOf(code)).toBe("'fixed'")
    expect(await bench.valueOf('[n, read()]')).toBe("[ 'fixed', 'fixed' ]")
  })

  it.each([
    ['n = 5', 1, 1],
    ['const o = {}\n[n, o.x] = [1, 2]'.replace('{}', '{} as any;'), 2, 2],
    ['let f = () => { fixed++ }', 1, 17],
    ['for (inc of []) ;', 1, 6],
    ['({ a: n = 1 } = {} as any)', 1, 7],
  ])('cannot be assigned by %j', async (code, line, column) => {
    const bench = kernel.bench()
    bench.write('counter.ts', counter)
    const imports = "import { n, inc, fixed } from './counter';"
    await bench.run(imports)
    const { ename, evalue, traceback } = await bench.errorOf(code, 4)
    expect(ename).toBe('SyntaxError')
    expect(evalue).toMatch(/^Cannot assign to '(n|fixed|inc)': it is imported from '.\/counter'\./)
    expect(traceback[1]).toBe(`    at Cell 4:${line}:${column}`)
    expect((await bench.errorOf(`${imports}\n${code}`)).evalue).toBe(evalue)
    // Also where the compiler cannot see it.
    expect((await bench.errorOf('globalThis.n = 1')).evalue).toContain("Cannot assign to 'n'")
    expect(await bench.valueOf('[1].map(n => { n++; return n })')).toBe('[ 2 ]')
  })
})

describe('JSON', () => {
  it('of a package or with a byte order mark can be imported, with and without the attribute', async () => {
    const bench = kernel.bench()
    bench.write('node_modules/data/package.json', '{ "name": "data", "version": "1.2.3" }')
    bench.write('node_modules/data/levels.json', '[1, 2]')
    bench.write('bom.json', '\uFEFF{ "a": 1 }')
    bench.write(
      'm.ts',
      "import levels from 'data/levels.json' with { type: 'json' }\nexport { default as bom } from './bom.json' with { type: 'json' }\nexport const dynamic = (await import('./bom.json', { with: { type: 'json' } })).default\nexport { levels }",
    )
    const code = `import levels from 'data/levels.json'
      import again from 'data/levels.json' with { type: 'json' }; import bom from './bom.json' with { type: 'json' }
      import { levels as third, bom as other, dynamic } from './m'
      const direct = await import('data/levels.json', { with: { type: 'json' } })
      ;JSON.stringify([levels, again, bom, third, other, dynamic, direct.default])`
    expect(await bench.valueOf(code)).toBe('\'[[1,2],[1,2],{"a":1},[1,2],{"a":1},{"a":1},[1,2]]\'')
    expect(await bench.valueOf("import pkg from 'data/package.json'\npkg.version")).toBe("'1.2.3'")
    expect(await bench.valueOf("(await import('data:application/json,[3]', { with: { type: 'json' } })).default")).toBe(
      '[ 3 ]',
    )
  })
})

describe('CommonJS', () => {
  it('reloads when what it requires has changed, and keeps its instance otherwise', async () => {
    const bench = kernel.bench()
    bench.write(
      'main.cjs',
      "exports.v = require('./lib/dep').v + require('./data.json').n; exports.still = require('./still.cjs')",
    )
    bench.write('lib/dep.js', "exports.v = require('./deeper').v")
    bench.write('lib/deeper.js', 'exports.v = 1')
    bench.write('still.cjs', 'exports.box = {}')
    bench.write('data.json', '{ "n": 10 }')
    bench.write('module.ts', "import main from './main.cjs'\nexport const v = main.v")
    const code =
      "import main from './main.cjs'; import { v } from './module';\nglobalThis.first ??= main.still; [main.v, v, main.still === first]"
    expect(await bench.valueOf(code)).toBe('[ 11, 11, true ]')
    bench.write('lib/deeper.js', 'exports.v = 2')
    expect(await bench.valueOf(code)).toBe('[ 12, 12, true ]')
    bench.write('data.json', '{ "n": 20 }')
    expect(await bench.valueOf(code)).toBe('[ 22, 22, true ]')
  })

  it('cannot require TypeScript: the error says what to write, where', async () => {
    const bench = kernel.bench()
    bench.write('x.ts', 'export const x: number = 1')
    bench.write('old.cjs', "module.exports = () => require('./x.ts')")
    const { evalue, traceback } = await bench.errorOf("1\n\nrequire('./x.ts')", 3)
    expect(evalue).toBe("require() cannot load TypeScript (./x.ts). Write: import … from './x.ts'")
    expect(traceback[1]).toBe('    at Cell 3:3:1')
    expect(await bench.tracebackOf("import old from './old.cjs'\nold()")).toContain(
      'at module.exports (./old.cjs:1:24)',
    )
  })
})

describe('builtin and bundled modules', () => {
  it('can be imported', async () => {
    const bench = kernel.bench()
    expect(
      await bench.valueOf(
        'import fs, { existsSync } from "fs"; import { join } from "node:path"\n[fs.existsSync === existsSync, join("a", "b")]',
      ),
    ).toBe("[ true, 'a/b' ]")
    expect(
      await bench.valueOf(
        'import { answer, liq as fromModule } from "liqnb"; import * as arq from "arquero"; import ccxt from "ccxt"\n[answer, fromModule === liq, arq.table === aq.table, ccxt.exchanges]',
      ),
    ).toBe("[ 42, true, true, [ 'binanceusdm' ] ]")
  })
})

describe('packages', () => {
  it('resolve from the notebook’s folder upwards by their exports, as ES modules and CommonJS', async () => {
    const bench = kernel.bench()
    bench.write(
      'node_modules/dual/package.json',
      JSON.stringify({
        name: 'dual',
        exports: {
          '.': { require: './index.cjs', import: './index.mjs' },
          './sub/*': './lib/*.mjs',
          './hidden/*': null,
        },
      }),
    )
    bench.write('node_modules/dual/index.mjs', 'export const kind = "esm"')
    bench.write('node_modules/dual/index.cjs', 'exports.kind = "cjs"')
    bench.write('node_modules/dual/lib/deep/x.mjs', 'export default "deep"')
    bench.write('node_modules/@scope/old/package.json', '{"main": "lib"}')
    bench.write('node_modules/@scope/old/lib/index.js', 'exports.named = 1; exports.nested = require("./other")')
    bench.write('node_modules/@scope/old/lib/other.js', 'module.exports = 2')
    bench.write('package.json', '{"imports": {"#own": "./own.ts"}}')
    bench.write('own.ts', 'export const own: number = 5')
    const code = `import { kind } from 'dual'; import deep from 'dual/sub/deep/x'
      import old, { named } from '@scope/old'; import { own } from '#own'
      ;[kind, deep, old.nested, named, own]`
    expect(await bench.valueOf(code)).toBe("[ 'esm', 'deep', 2, 1, 5 ]")
    expect(await bench.tracebackOf("import 'dual/hidden/a'")).toContain(`package.json does not export './hidden/a'`)
  })
})

describe('the notebook’s own files', () => {
  it('can be TypeScript and import each other, also in a cycle', async () => {
    const bench = kernel.bench()
    bench.write(
      'lib/a.ts',
      `import { b } from './b'\nimport data from './data.json'\nimport type { T } from './types'
      import { answer } from 'liqnb'\nexport enum Side { Long = 'long' }
      export const a = (x: T): string => 'a' + x + b() + data.list.length + answer
      export const where = [import.meta.filename, import.meta.dirname]`,
    )
    bench.write(
      'lib/b.ts',
      `import { a } from './a.js'\nexport const b = (): string => typeof a\nexport const lazy = () => import('./c.ts')`,
    )
    bench.write('lib/c.ts', 'export default await Promise.resolve("c")')
    bench.write('lib/data.json', '{"list": [1, 2]}')
    const code = `import { a, Side, where } from './lib/a'; import { lazy } from './lib/b'
      ;[a(1), Side.Long, (await lazy()).default, where]`
    expect(await bench.valueOf(code)).toBe(
      `[\n  'a1function242',\n  'long',\n  'c',\n  [ '${bench.folder}/lib/a.ts', '${bench.folder}/lib/a.ts'.slice(0, -5) ]\n]`.replace(
        `'${bench.folder}/lib/a.ts'.slice(0, -5)`,
        `'${bench.folder}/lib'`,
      ),
    )
  })

  it('reload when they or their imports have changed, and keep their instance otherwise', async () => {
    const bench = kernel.bench()
    bench.write('inner.ts', 'export const n = 1')
    bench.write('outer.ts', 'export { n } from "./inner.ts"; export const box = {}')
    bench.write('still.ts', 'export const box = {}')
    bench.write('old.cjs', 'exports.v = 1')
    bench.write('list.json', '[1]')
    const imports = `import { n, box } from './outer.ts'; import { box as still } from './still.ts'
      import old from './old.cjs'; import list from './list.json';`
    await bench.run(`${imports} globalThis.before = [box, still]`)
    expect(await bench.valueOf(`${imports} [n, old.v, list[0], before[0] === box, before[1] === still]`)).toBe(
      '[ 1, 1, 1, true, true ]',
    )
    bench.write('inner.ts', 'export const n = 2')
    bench.write('old.cjs', 'exports.v = 2')
    bench.write('list.json', '[2]')
    expect(await bench.valueOf(`${imports} [n, old.v, list[0], before[0] === box, before[1] === still]`)).toBe(
      '[ 2, 2, 2, false, true ]',
    )
  })

  it('can be JavaScript, as CommonJS or ES modules', async () => {
    const bench = kernel.bench()
    bench.write('common.js', 'module.exports = { kind: "cjs", dir: __dirname }')
    bench.write('module.js', 'export const kind = "esm"')
    expect(
      await bench.valueOf("import c from './common.js'; import * as m from './module.js'\n[c.kind, c.dir, m.kind]"),
    ).toBe(`[ 'cjs', '${bench.folder}', 'esm' ]`)
  })

  it('leave no compiled files behind', async () => {
    const { readdirSync } = await import('node:fs')
    const { tmpdir } = await import('node:os')
    const caches = () => readdirSync(tmpdir()).filter(name => /^liqnb-[0-9a-f]{8}-/.test(name)).length
    const bench = kernel.bench()
    bench.write('x.ts', 'export const x = 1')
    const before = caches()
    await bench.run("import { x } from './x.ts'")
    expect(caches()).toBe(before + 1)
    await bench.session.dispose()
    expect(caches()).toBe(before)
  })
})

describe('import errors', () => {
  it('name the specifier and the searched places', async () => {
    const bench = kernel.bench()
    expect(await bench.tracebackOf("import 'no-such-package'")).toContain(
      `Cannot find package 'no-such-package'. Looked in ${bench.folder}/node_modules, `,
    )
    expect(await bench.tracebackOf("1\nawait import('./nope')")).toMatch(
      /Cannot find '\.\/nope': there is no file \.\/nope, \.\/nope\.ts, .*\n {4}at Cell 1:2:\d+/,
    )
    expect(await bench.tracebackOf("import { x } from 'https://example.org/x.js'")).toContain('only files, packages')
    expect(await bench.tracebackOf("import { x, y } from 'liqnb'; y")).toContain(
      "'liqnb' has no export named 'y'. It exports: answer, liq.",
    )
    expect(await bench.tracebackOf("import x from 'liqnb' with { type: 'css' }")).toContain(
      "type 'css' is not supported",
    )
    expect(await bench.tracebackOf('await import(5)')).toContain('import() takes a string, not number')
  })

  it('in the notebook’s own files have file, line and column', async () => {
    const bench = kernel.bench()
    bench.write('syntax.ts', 'const a: number = 1\nconst b = = 2')
    bench.write(
      'throws.ts',
      'interface A { a: 1 }\n\nexport function f(x: number, y: string): never { throw new Error("in f") }',
    )
    bench.write('importer.ts', 'import "./gone.ts"')
    bench.write('bad.json', '{"a": }')
    expect(await bench.tracebackOf("import './syntax.ts'")).toMatch(
      /SyntaxError: Expression expected in \.\/syntax\.ts:2:11\n\n2 \| const b = = 2\n {14}\^/,
    )
    expect(await bench.tracebackOf("import { f } from './throws.ts'\nf(1, 'a')")).toContain(
      'Error: in f\n    at f (./throws.ts:3:56)\n    at Cell 1:2:1',
    )
    expect(await bench.tracebackOf("import './importer.ts'")).toContain('(imported by ./importer.ts)')
    expect(await bench.tracebackOf("import bad from './bad.json'")).toContain('./bad.json is not valid JSON')
  })

  it('suggest `import type` when a missing name may be a type', async () => {
    const bench = kernel.bench()
    bench.write('types.ts', 'export interface Row { a: number }')
    const run = await bench.run("import { Row } from './types.ts'\nconst row: Row = { a: 1 }\nrow.a")
    expect(run.value()?.['text/plain']).toBe('1')
    expect(run.text('stderr')).toContain("'./types.ts' has no value named 'Row'")
  })
})
