/** Cells that break what the runtime offers, and values that throw when they are looked at: every run settles. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../build.mjs'
import { fuzzCells } from '../fuzz/hostile-cells.ts'
import { useKernel } from './harness.ts'

const kernel = useKernel()
const REVOKED = 'Proxy.revocable({}, {}).proxy'

describe('a value that throws when it is looked at', () => {
  const VALUES = [
    REVOKED,
    'Proxy.revocable(() => 1, {}).proxy',
    '({ get [Symbol.toStringTag]() { throw 1 } })',
    '({ get [Symbol.for("Jupyter.display")]() { throw 1 } })',
    'new Proxy({}, { get() { throw 1 }, has() { throw 2 }, ownKeys() { throw 3 }, getPrototypeOf() { throw 4 } })',
    '({ toString() { throw 1 }, toJSON() { throw 2 } })',
    '({ [Symbol.for("nodejs.util.inspect.custom")]() { throw 1 } })',
    'Object.defineProperty(new Error("e"), "stack", { get() { throw 1 } })',
    'Object.defineProperty(new Error("e"), "message", { get() { throw 1 } })',
  ]
  it.each(VALUES)('is shown as text: %s', async value => {
    const bench = kernel.shared()
    const run = await bench.run(`display([${value}]); let kept = ${value}; kept`)
    expect(run.result).toMatchObject({ ok: true, died: false })
    expect(run.outputs).toHaveLength(2)
    for (const output of run.outputs)
      expect(output).toMatchObject({ data: { 'text/plain': expect.stringMatching(/./) } })
    expect(await bench.session.variables()).toContainEqual(expect.objectContaining({ name: 'kept' }))
    expect(await bench.valueOf('6 * 7')).toBe('42')
  })

  it.each(VALUES)('is an error like any other: %s', async value => {
    const bench = kernel.shared()
    for (const code of [
      `throw ${value}`,
      `Promise.reject(${value}); await new Promise(r => setTimeout(r, 20))`,
      `setTimeout(() => { throw ${value} }); await new Promise(r => setTimeout(r, 20))`,
      `display(Promise.reject(${value}))`,
    ]) {
      expect(await bench.errorOf(code)).toMatchObject({ ename: expect.stringMatching(/./) })
      expect(await bench.valueOf('6 * 7')).toBe('42')
    }
  })

  it('does not hide the rest of an error', async () => {
    const text = await kernel
      .shared()
      .tracebackOf(
        `throw Object.assign(new Error('the message', { cause: ${REVOKED} }), { code: ${REVOKED}, other: 7 })`,
      )
    expect(text).toMatch(/^Error: the message\n {4}at Cell 1:1:21/)
    expect(text).toContain('other: 7')
    expect(text).toContain('Caused by: ')
  })
})

describe('what a cell breaks', () => {
  it.each([
    'globalThis.Promise = globalThis.Map = globalThis.Object = globalThis.String = 1',
    'Array.prototype[Symbol.iterator] = null',
    'Array.prototype.push = Array.prototype.map = Array.prototype.slice = null',
    'Promise.prototype.then = null',
    'Promise.prototype.constructor = null',
    'Map.prototype.get = Set.prototype.has = WeakMap.prototype.get = null',
    'String.prototype.slice = RegExp.prototype.exec = null',
    'Object.prototype.value = Object.prototype[0] = Object.prototype.type = 1',
    'Object.defineProperty(Object.prototype, "length", { get() { throw 1 } }); 1',
    'process.emit = null',
    'process.emit = () => { throw 1 }; 1',
    'process.removeAllListeners(); 1',
    'process.nextTick = process.exit = process.stdout.write = null',
    'AbortSignal.prototype.constructor = AbortController.prototype.abort = null',
    'performance = { sharpe: 1.2 }',
    'performance.now = () => { throw 1 }',
    'performance.now = undefined',
    'Performance.prototype.now = () => { throw 1 }',
    'delete Performance.prototype.now',
    'setTimeout = setImmediate = clearTimeout = queueMicrotask = null',
    'Buffer.from = Buffer.alloc = Buffer.allocUnsafe = Buffer.concat = null',
    'require("util").inspect = require("v8").serialize = require("fs").writeSync = null',
    'require("events").prototype.emit = require("events").prototype.on = null',
    'Error.prepareStackTrace = () => { throw 1 }; 1',
    'for (const name of Object.getOwnPropertyNames(globalThis)) try { delete globalThis[name] } catch {}; 1',
    'Object.freeze(Object.prototype); Object.freeze(globalThis); 1',
  ])('does not break the kernel: %s', async code => {
    const bench = kernel.bench()
    expect((await bench.run(code)).result.died).toBe(false)
    expect((await bench.errorOf('throw 7')).evalue).toBe('7')
    expect(await bench.valueOf('6 * 7')).toBe('42')
    // TypeScript's own compiler, which only now is loaded.
    expect(await bench.valueOf('namespace N { export const product = 6 * 7 }\nN.product')).toBe('42')
  })

  it('does not keep a waiting cell from being interrupted', async () => {
    const bench = kernel.bench()
    await bench.run('AbortSignal.prototype.constructor = AbortController.prototype.abort = null')
    const run = await bench.runInterrupted('await new Promise(() => {})')
    expect(run.result).toMatchObject({ interrupted: true, died: false })
    expect(await bench.valueOf('6 * 7')).toBe('42')
  })

  it('is reported where Node itself needs it', async () => {
    const bench = kernel.bench()
    await bench.run('Object.prototype.toJSON = () => 1')
    expect((await bench.errorOf('1')).evalue).toMatch(/^V8 does not run code any more: .* Restart the kernel\.$/)
    await bench.session.restart()
    expect(await bench.valueOf('6 * 7')).toBe('42')
  })

  it('leaves the errors of later code in the cell that they come from', async () => {
    const bench = kernel.bench()
    await bench.run('process.removeAllListeners("uncaughtException"); process.removeAllListeners("unhandledRejection")')
    const { result, error } = await bench.run(
      'setTimeout(() => { throw new Error("late") }); await new Promise(r => setTimeout(r, 50))',
    )
    expect(result).toMatchObject({ ok: false, died: false })
    expect(error()?.evalue).toBe('late')
  })
})

it('every run of 60 random hostile cells settles', async () => {
  const bench = kernel.bench()
  const report = await fuzzCells({ count: 60, seed: 20, entry: join(root, 'dist/kernel.mjs'), cwd: bench.folder })
  expect(report).toMatchObject({ cells: 60, hung: [] })
})
