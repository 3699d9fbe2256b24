import { describe, expect, it } from 'vitest'
import { useKernel } from './harness.ts'

const kernel = useKernel()

describe('a thrown error', () => {
  it('has lines and columns of the TypeScript source, and no internal frames', async () => {
    const bench = kernel.shared()
    const code = `interface Long { a: number }
const price: number = 1

function boom(values: Array<number>, why: string): never { throw new RangeError(why) }
boom([1], 'out of range')`
    expect(await bench.tracebackOf(code, 3)).toBe(`RangeError: out of range
    at boom (Cell 3:4:66)
    at Cell 3:5:1

4 | function boom(values: Array<number>, why: string): never { throw new RangeError(why) }
                                                                     ^`)
    expect(await bench.tracebackOf("await 1\nawait boom([], 'again')", 4)).toBe(
      "RangeError: again\n    at boom (Cell 3:4:66)\n    at Cell 4:2:7\n\n2 | await boom([], 'again')\n          ^",
    )
  })

  it('shows where the cell called Node, and fields such as code', async () => {
    const text = await kernel
      .shared()
      .tracebackOf("import { readFileSync } from 'node:fs'\nreadFileSync('/no/such/file')")
    expect(text).toContain("Error: ENOENT: no such file or directory, open '/no/such/file'\n    at Cell 1:2:1\n")
    expect(text).toContain("code: 'ENOENT'")
    expect(text).not.toContain('node:')
  })

  it('shows only the called function of the bundled library', async () => {
    const text = await kernel.shared().tracebackOf('aq.table({ a: [1] }).filter((d: any) => d.b.c)', 3)
    expect(text).toMatch(/^Error: .*\n {4}at ColumnTable\.filter \(liqnb\)\n {4}at Cell 3:1:22\n/)
  })

  it('shows causes and the errors of an aggregate', async () => {
    const bench = kernel.shared()
    const chain = await bench.tracebackOf(
      "throw new Error('outer', { cause: new TypeError('inner', { cause: 'deepest' }) })",
    )
    expect(chain).toMatch(/Error: outer\n[\s\S]*Caused by: TypeError: inner\n[\s\S]*Caused by: 'deepest'/)
    const circle = await bench.tracebackOf("const e = new Error('self'); e.cause = e; throw e")
    expect(circle).toContain('Caused by: (see above)')
    const any = await bench.tracebackOf("await Promise.any([Promise.reject(new Error('one')), Promise.reject(2)])")
    expect(any).toMatch(
      /AggregateError: All promises were rejected[\s\S]*Error 1 of 2: Error: one[\s\S]*Error 2 of 2: 2/,
    )
  })

  it('can be any value', async () => {
    const bench = kernel.shared()
    const cases: [string, string][] = [
      ["throw 'text'", "'text'"],
      ['throw null', 'null'],
      ['throw undefined', 'undefined'],
      ['await Promise.reject({ a: 1 })', '{ a: 1 }'],
    ]
    for (const [code, evalue] of cases) {
      const run = await bench.run(code)
      expect(run.error(), code).toMatchObject({ ename: 'Uncaught', evalue })
    }
    const odd = await bench.run("throw Object.defineProperty(new Error('x'), 'stack', { get() { throw 1 } })")
    expect(odd.error()).toMatchObject({ ename: 'Error', evalue: 'x', traceback: ['Error: x'] })
    const alien = await bench.run("throw require('vm').runInNewContext('new RangeError(\"elsewhere\")')")
    expect(alien.error()).toMatchObject({ ename: 'RangeError', evalue: 'elsewhere' })
  })

  it('looks the same when the cell prints it', async () => {
    const run = await kernel.shared().run("console.error(new Error('printed'))", 9)
    expect(run.text('stderr')).toBe('Error: printed\n    at Cell 9:1:15\n')
  })
})

describe('a syntax error', () => {
  const cases: [string, string, number, number][] = [
    ['const y = 1\nlet ] = 5', 'Variable declaration not allowed', 2, 1],
    ['let x: = 5', 'Type expected', 1, 8],
    ['const a = 1; const a = 2', "Identifier 'a' has already been declared", 1, 20],
    ['foo(', "')' expected", 1, 5],
    ['{ a: 1, }}', 'Expression expected', 1, 9],
    ['return 5', "'return' outside of function", 1, 1],
    ['const s: string = `a\nb', 'Unterminated template', 2, 2],
    ['let v: number = 08', 'Decimals with leading zeros', 1, 17],
  ]
  it.each(cases)('in %j has its position and an excerpt', async (code, message, line, column) => {
    const { ename, evalue, traceback: lines } = await kernel.shared().errorOf(code, 5)
    expect([ename, evalue]).toEqual(['SyntaxError', expect.stringContaining(message)])
    expect(lines[1]).toBe(`    at Cell 5:${line}:${column}`)
    expect(lines[3]).toBe(`${line} | ${code.split('\n')[line - 1]}`)
    expect(lines[4]).toMatch(/^ +\^$/)
  })

  it('keeps every part of the cell from running', async () => {
    const bench = kernel.shared()
    await bench.run('globalThis.ran = true\nlet ] = 1')
    expect(await bench.valueOf('typeof ran')).toBe("'undefined'")
  })
})

describe('an uncaught error', () => {
  it('is reported in the cell, and the kernel survives', async () => {
    const bench = kernel.shared()
    const rejected = await bench.run("let mark = 1\nvoid Promise.reject(new Error('floating'))\n5")
    expect(rejected.result.ok).toBe(false)
    expect(rejected.error()?.traceback.slice(0, 2)).toEqual(['Error: floating', '    at Cell 1:2:21'])
    const thrown = await bench.run(
      "setTimeout(() => { throw new Error('timer') }, 5)\nawait new Promise(r => setTimeout(r, 30)); 'end'",
    )
    expect(thrown.outputs.map(output => output.output_type)).toEqual(['error', 'execute_result'])
    expect(thrown.result.ok).toBe(false)
    expect(await bench.valueOf('mark')).toBe('1')
  })
})
