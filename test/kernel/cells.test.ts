/** Running cells: values, TypeScript, variables, the library, the queue. */
import { describe, expect, it } from 'vitest'
import { sleep, useKernel } from './harness.ts'

const kernel = useKernel()

describe('the value of a cell', () => {
  it('is its last expression; none for a declaration or undefined', async () => {
    const bench = kernel.bench()
    expect(await bench.valueOf('1 + 1')).toBe('2')
    expect(await bench.valueOf('"text";')).toBe("'text'")
    expect(await bench.valueOf('{ a: 1 }')).toBe('{ a: 1 }')
    expect(await bench.valueOf('// comment\n/* another\n{ */ { a: 1 } // end')).toBe('{ a: 1 }')
    expect(await bench.valueOf('{ const inner = 1 }')).toBe(undefined)
    expect(await bench.valueOf('// comment\n{ a: 1 }; // a block')).toBe(undefined)
    expect(await bench.valueOf('5\nconst x = 1')).toBe(undefined)
    expect(await bench.valueOf('function f() {}')).toBe(undefined)
    expect(await bench.valueOf('undefined')).toBe(undefined)
    expect(await bench.valueOf('for (const i of [1, 2]) i')).toBe(undefined)
    expect(await bench.valueOf('display(1)')).toBe(undefined)
    expect(await bench.valueOf('export default x + 1')).toBe('2')
    expect(await bench.valueOf('')).toBe(undefined)
  })

  it('can be of any type', async () => {
    const bench = kernel.bench()
    const cases: [string, string][] = [
      ['null', 'null'],
      ['NaN', 'NaN'],
      ['-0', '-0'],
      ['10n', '10n'],
      ['Symbol("s")', 'Symbol(s)'],
      ['-Infinity', '-Infinity'],
      ['new Map([["a", new Set([1])]])', "Map(1) { 'a' => Set(1) { 1 } }"],
      ['new Float64Array([1.5, 2])', 'Float64Array(2) [ 1.5, 2 ]'],
      ['Promise.resolve(4)', 'Promise { 4 }'],
      ['({ then: 5 })', '{ then: 5 }'],
    ]
    for (const [code, text] of cases) expect(await bench.valueOf(code), code).toBe(text)
  })
})

describe('TypeScript', () => {
  it('supports types, enums, generics, satisfies, parameter properties and type-only imports', async () => {
    const bench = kernel.bench()
    const code = `
      import type { Nothing } from './not-there'
      interface Candle { close: number }
      type Pair<T> = [T, T]
      enum Side { Long = 1, Short = -1 }
      class Position { constructor(public readonly size: number, private side: Side = Side.Long) {} }
      const last = <T,>(items: T[]): T => items[items.length - 1]!
      const pair = [{ close: 1 }, { close: 2 } as Candle] satisfies Pair<Candle>
      declare const never: unique symbol
      ;[last<Candle>(pair).close, new Position(3).size, Side.Short, Side[1]]`
    expect(await bench.valueOf(code)).toBe("[ 2, 3, -1, 'Long' ]")
  })

  it('is strict: an assignment to a misspelt name does not create a variable', async () => {
    const run = await kernel.bench().run('misspelt = 1')
    expect(run.error()?.evalue).toBe('misspelt is not defined')
  })
})

describe('state', () => {
  it('allows any redeclaration of a name', async () => {
    const bench = kernel.bench()
    const declarations = [
      'const x = 1',
      'let x = 2',
      'var x = 3',
      'function x() { return 4 }',
      'class x {}',
      'enum x { A }',
    ]
    for (const first of declarations) {
      for (const second of declarations) {
        expect((await bench.run(first)).result.ok, first).toBe(true)
        expect((await bench.run(second)).result.ok, `${first}, then ${second}`).toBe(true)
      }
    }
  })

  it('shares variables, also from destructuring and after top-level await', async () => {
    const bench = kernel.bench()
    await bench.run(
      'const { a, ...rest } = await Promise.resolve({ a: 1, b: 2 }), [c = 3] = []\nawait null\nlet d = a + c',
    )
    expect(await bench.valueOf('[a, rest.b, c, d]')).toBe('[ 1, 2, 3, 4 ]')
    await bench.run('d++')
    expect(await bench.valueOf('d')).toBe('5')
  })

  it('hoists functions, and a function calls the latest definition of another', async () => {
    const bench = kernel.bench()
    expect(await bench.valueOf('first()\nfunction first() { return second() }\nfunction second() { return 2 }')).toBe(
      undefined,
    )
    expect(await bench.valueOf('function second() { return 3 }\nfirst()')).toBe('3')
    expect(
      await bench.valueOf('async function* gen() { yield 1 }\nlet got; for await (const v of gen()) got = v\ngot'),
    ).toBe('1')
  })

  it('survives an error', async () => {
    const bench = kernel.bench()
    await bench.run('let kept = 7')
    expect((await bench.run('throw new Error("x")')).result.ok).toBe(false)
    expect(await bench.valueOf('kept')).toBe('7')
    expect((await bench.run('const half = (() => { throw new Error("x") })()')).result.ok).toBe(false)
    expect(await bench.valueOf('const half = 1; half')).toBe('1')
  })

  it('lists the variables', async () => {
    const bench = kernel.bench()
    expect(await bench.session.variables()).toEqual([])
    await bench.run(
      'const list = [1, 2, 3]; let text = "a"; class K {}; function f() {}; const big = new Float64Array(9)',
    )
    await bench.run('const broken = (() => { throw 1 })()')
    expect(await bench.session.variables()).toMatchObject([
      { name: 'K', type: 'class', preview: 'class K' },
      { name: 'big', type: 'Float64Array(9)', preview: '[0, 0, 0, 0, 0, …]' },
      { name: 'f', type: 'function', preview: 'function ()' },
      { name: 'list', type: 'Array(3)', preview: '[1, 2, 3]' },
      { name: 'text', type: 'string', preview: "'a'" },
    ])
  })
})

describe('the library', () => {
  it('is available as liq and aq, and can be shadowed', async () => {
    const bench = kernel.bench()
    expect(await bench.valueOf('[typeof liq.task, typeof aq.table]')).toBe("[ 'function', 'function' ]")
    expect(await bench.valueOf('const liq = 5; liq')).toBe('5')
  })

  it('finds the running task', async () => {
    const bench = kernel.bench()
    const run = await bench.run(
      'const task = liq.task(); task.progress("half", 0.5); [task.signal === signal, task.notebookDir]',
    )
    expect(run.value()?.['text/plain']).toBe(`[ true, '${bench.folder}' ]`)
    expect(run.progress).toEqual([{ message: 'half', fraction: 0.5 }, null])
  })

  it('reports why it did not load only when it is used', async () => {
    const bench = kernel.bench()
    const { cpSync, writeFileSync } = await import('node:fs')
    cpSync(kernel.dist(), bench.folder, { recursive: true })
    writeFileSync(`${bench.folder}/liqnb.mjs`, 'throw new Error("broken library")')
    const broken = kernel.bench({ entry: `${bench.folder}/kernel.mjs` })
    expect(await broken.valueOf('1 + 1')).toBe('2')
    const text = (await broken.run('liq.market()')).error()?.traceback.join('\n')
    expect(text).toContain("'liq' is not available: the module 'liqnb' could not be loaded.")
    expect(text).toContain('broken library')
  })
})

describe('two sessions', () => {
  it('share nothing', async () => {
    const one = kernel.bench()
    const two = kernel.bench()
    await Promise.all([one.run('const x = "one"; process.env.MARK = "1"'), two.run('const x = "two"')])
    expect(await one.valueOf('x')).toBe("'one'")
    expect(await two.valueOf('[x, process.env.MARK]')).toBe("[ 'two', undefined ]")
  })
})

describe('the queue', () => {
  it('goes on behind a cell that may fail', async () => {
    const { session } = kernel.bench()
    const [first, second, third] = await Promise.all([
      session.execute('throw 1', 1, {}, { mayFail: true }),
      session.execute('throw 2', 2),
      session.execute('3', 3),
    ])
    expect([first, second, third].map(({ ok, interrupted }) => [ok, interrupted])).toEqual([
      [false, false],
      [false, false],
      [false, true],
    ])
  })

  it('runs cells in order, and drops those behind a failing one', async () => {
    const bench = kernel.bench()
    const states: string[] = []
    bench.session.onDidChangeState(state => states.push(state))
    const first = bench.run('await new Promise(r => setTimeout(r, 30)); globalThis.order = [1]')
    const second = bench.run('order.push(2); order')
    expect((await first).result.ok).toBe(true)
    expect((await second).value()?.['text/plain']).toBe('[ 1, 2 ]')
    expect(states).toEqual(['starting', 'idle', 'busy', 'idle', 'busy', 'idle'])
    const runs = await Promise.all([bench.run('throw new Error("stop")'), bench.run('order.push(3)')])
    expect(runs[1].result).toEqual({ ok: false, interrupted: true, ms: 0, died: false })
    expect(runs[1].started).toBe(false)
    expect(await bench.valueOf('order.length')).toBe('2')
  })
})

describe('a timer that outlives its cell', () => {
  it('reports to the cell that started it', async () => {
    const bench = kernel.bench()
    const first = await bench.run('setTimeout(() => { console.log("later"); throw new Error("too late") }, 300)\n1', 1)
    expect(first.result.ok).toBe(true)
    const second = await bench.run('console.log("second"); await new Promise(r => setTimeout(r, 600))', 2)
    await sleep(20)
    expect(second.text()).toBe('second\n')
    expect(first.late).toMatchObject([
      { output_type: 'stream', text: 'later\n' },
      { output_type: 'error', evalue: 'too late' },
    ])
  })
})
