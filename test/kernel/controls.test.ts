/** `liq.controls` and `liq.interact` in the real kernel process. */
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ControlsPayload } from '../../src/charts/controls.ts'
import type { Output } from '../../src/notebook/types.ts'
import { type Bench, type CellRun, sleep, useKernel } from './harness.ts'

const kernel = useKernel()
const MIME = 'application/vnd.liqnb.controls+json'

beforeAll(async () => {
  // Only the controls of the library.
  await esbuild.build({
    stdin: { contents: "export * as liq from './src/api/controls.ts'", resolveDir: '.', loader: 'ts' },
    outfile: join(kernel.dist(), 'liqnb.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  })
})

const bundleOf = (output: Output | undefined) => (output && 'data' in output ? output.data : {})
const payloadOf = (run: CellRun): ControlsPayload => {
  const payload = run.outputs.map(output => bundleOf(output)[MIME]).find(content => content !== undefined)
  if (!payload) throw new Error(run.error()?.traceback.join('\n') ?? 'no controls')
  return payload as unknown as ControlsPayload
}
const set = (bench: Bench, { channel = '', values }: ControlsPayload, change: object) =>
  bench.session.request({ channel, slot: 'set', message: { set: { ...values, ...change } } })

describe('liq.controls', () => {
  it('shows the controls, and its values follow the reader', async () => {
    const bench = kernel.shared()
    const run = await bench.run(
      "const c = liq.controls({ halfLife: { type: 'range', min: 1, max: 30, value: 7, unit: 'd' }, side: ['both', 'long'], on: true, from: '2024-01-01', name: 'x' }); c",
    )
    const payload = payloadOf(run)
    expect(payload.controls.map(control => control.type)).toEqual(['range', 'select', 'switch', 'date', 'text'])
    expect(payload.values).toEqual({ halfLife: 7, side: 'both', on: true, from: '2024-01-01', name: 'x' })
    expect(run.value()?.['text/plain']).toBe('halfLife: 7 d\nside: both\non: true\nfrom: 2024-01-01\nname: x')
    const reply = await set(bench, payload, { halfLife: 3, side: 'long' })
    expect(reply).toEqual({ ok: true, value: { values: { ...payload.values, halfLife: 3, side: 'long' } } })
    await bench.session.execute('globalThis.seen = c.values.halfLife', 2)
    expect(await bench.session.request({ channel: payload.channel ?? '', message: { set: { halfLife: 99 } } })).toEqual(
      {
        ok: false,
        error: 'liq.controls: halfLife: 99, but expected 1 to 30',
        cancelled: false,
      },
    )
    expect(await bench.valueOf('[seen, c.values.halfLife]')).toBe('[ 3, 3 ]')
  })

  it('refuses a malformed request of the output', async () => {
    const bench = kernel.shared()
    const { channel = '' } = payloadOf(await bench.run('const m = liq.controls({ n: 1 }); m'))
    const errorOf = async (message: unknown) => {
      const reply = await bench.session.request({ channel, message })
      return reply.ok ? null : reply.error
    }
    expect(await errorOf(null)).toBe('liq.controls: expected an object, found null')
    expect(await errorOf({ set: [1] })).toBe('liq.controls: set: expected an object, found an array of 1 item')
    expect(await errorOf({ put: {} })).toBe('liq.controls: put: not a known property')
    expect(await errorOf({})).toBeNull()
  })

  it('starts with the saved values, overridden by those of the command line', async () => {
    const bench = kernel.shared()
    const outputs: Output[] = []
    const code =
      "liq.controls({ halfLife: { type: 'range', min: 1, max: 30, unit: 'd' }, side: ['both', 'long'], pivotBars: 5 })"
    const run = (values: { saved?: object; given?: object }) =>
      bench.session.execute(code, 1, { onOutput: output => outputs.push(output) }, { values: values as never })
    await run({ saved: { halfLife: 9, side: 'gone', pivotBars: 6 }, given: { halfLife: '3d', other: 1 } })
    expect(bundleOf(outputs[0])[MIME]).toMatchObject({ values: { halfLife: 3, side: 'both', pivotBars: 6 } })
    expect(await run({ given: { side: 'up' } })).toMatchObject({ ok: false })
    expect(outputs[1]).toMatchObject({ evalue: 'liq.controls: side: "up", but expected both or long' })
  })
})

describe('liq.interact', () => {
  const shownIn = (run: CellRun) => run.outputs.map(output => bundleOf(output)['text/plain'])

  it('shows its result below the controls, and updates it in place', async () => {
    const bench = kernel.shared()
    const run = await bench.run("liq.interact({ n: { type: 'range', min: 0, max: 9 } }, ({ n }) => 'n is ' + n)")
    expect(run.result.ok).toBe(true)
    expect(shownIn(run)).toEqual(['n: 0', "'n is 0'"])
    expect(await set(bench, payloadOf(run), { n: 5 })).toMatchObject({ ok: true })
    await expect.poll(() => run.late.map(output => bundleOf(output)['text/plain'])).toEqual(["'n is 5'"])
  })

  it('waits for a promise, and uses the latest values', async () => {
    const bench = kernel.shared()
    const run = await bench.run(
      'liq.interact({ n: 1 }, async ({ n }) => { await new Promise(r => setTimeout(r, 40)); return n })',
      1,
    )
    expect(shownIn(run)).toEqual(['n: 1', '1'])
    const payload = payloadOf(run)
    const replies = await Promise.all([2, 3, 4].map(n => set(bench, payload, { n })))
    expect(replies.map(reply => reply.ok)).toEqual([false, false, true])
    await sleep(80)
    await expect.poll(() => run.late.map(output => bundleOf(output)['text/plain'])).toEqual(['4'])
  })

  it('replaces the result by an error, and the error by the next result', async () => {
    const bench = kernel.shared()
    const run = await bench.run(
      "liq.interact({ n: 1 }, ({ n }) => { if (n < 0) throw new RangeError('n below 0'); return n })",
    )
    const payload = payloadOf(run)
    await set(bench, payload, { n: -1 })
    await set(bench, payload, { n: 2 })
    await expect.poll(() => run.late).toHaveLength(2)
    expect(run.late[0]).toMatchObject({ output_type: 'error', evalue: 'n below 0' })
    expect(bundleOf(run.late[1])['text/plain']).toBe('2')
    const failing = await bench.run("liq.interact({ n: 1 }, () => { throw new Error('no data') })")
    expect(failing.result.ok).toBe(false)
    expect(failing.error()?.evalue).toBe('no data')
  })

  it('follows the controls of another cell until its own cell runs again', async () => {
    const bench = kernel.shared()
    const first = await bench.run('const shared = liq.controls({ n: 1 }); shared', 1)
    const code = 'globalThis.drawn = 0; liq.interact(shared, ({ n }) => { drawn++; return n * 10 })'
    await bench.run(code, 2)
    const second = await bench.run(code, 2)
    expect(shownIn(second)).toEqual(['10'])
    await set(bench, payloadOf(first), { n: 2 })
    await expect.poll(() => second.late.map(output => bundleOf(output)['text/plain'])).toEqual(['20'])
    await bench.session.execute('globalThis.times = drawn', 3)
    expect(await bench.run('times', 3).then(run => run.value()?.['text/plain'])).toBe('2')
  })
})
