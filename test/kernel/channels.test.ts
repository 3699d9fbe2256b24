/** Channels: requests from outputs to the values in the kernel. */
import { describe, expect, it } from 'vitest'
import { type Bench, sleep, useKernel } from './harness.ts'

const kernel = useKernel()

/** A cell that opens a channel with this handler, and shows its id. */
const openingCell = (handler: string, prelude = '') =>
  `${prelude};globalThis.id = globalThis[Symbol.for('liqnb.channel')].open(${handler}); id`

async function open(bench: Bench, handler: string, prelude?: string): Promise<string> {
  return String(await bench.valueOf(openingCell(handler, prelude))).replaceAll("'", '')
}

describe('a channel', () => {
  it('replies with what its handler returns or resolves to, including typed arrays', async () => {
    const bench = kernel.shared()
    const channel = await open(bench, 'async ({ n }) => ({ double: n * 2, bars: new Float32Array([n, NaN]) })')
    expect(bench.session.hasChannel(channel)).toBe(true)
    const reply = await bench.session.request({ channel, message: { n: 21 } })
    expect(reply).toEqual({ ok: true, value: { double: 42, bars: new Float32Array([21, Number.NaN]) } })
  })

  it('can use the variables of cells', async () => {
    const bench = kernel.shared()
    const channel = await open(bench, '() => counter++', 'let counter = 7')
    await bench.session.request({ channel, message: null })
    expect(await bench.valueOf('counter')).toBe('8')
  })

  it('reports what the handler throws, and a result that cannot be sent', async () => {
    const bench = kernel.shared()
    const channel = await open(
      bench,
      "what => { if (what === 'throw') throw new RangeError('halfLife: too short'); return () => 1 }",
    )
    expect(await bench.session.request({ channel, message: 'throw' })).toEqual({
      ok: false,
      error: 'halfLife: too short',
      cancelled: false,
    })
    const unsendable = await bench.session.request({ channel, message: 'function' })
    expect(unsendable).toMatchObject({ ok: false, error: expect.stringMatching(/cannot be sent.*could not be cloned/) })
    expect(await bench.session.request({ channel: 'nobody', message: 1 })).toMatchObject({
      ok: false,
      error: 'The kernel no longer holds this output: run the cell again.',
    })
  })

  it('drops superseded requests of a slot, and aborts the running one', async () => {
    const bench = kernel.shared()
    const channel = await open(
      bench,
      `async (n, { signal }) => { started.push(n); const end = Date.now() + 60; while (Date.now() < end); await new Promise(r => setTimeout(r, 60)); if (signal.aborted) aborted.push(n); return n }`,
      'globalThis.started = []; globalThis.aborted = []',
    )
    const replies = await Promise.all(
      [1, 2, 3, 4].map(n => bench.session.request({ channel, slot: 'values', message: n })),
    )
    expect(replies[3]).toEqual({ ok: true, value: 4 })
    expect(replies.slice(0, 3).every(reply => !reply.ok && reply.cancelled)).toBe(true)
    const others = await Promise.all([5, 6].map(n => bench.session.request({ channel, message: n })))
    expect(others).toEqual([5, 6].map(value => ({ ok: true, value })))
    await sleep(100)
    const started = JSON.parse(String(await bench.valueOf('JSON.stringify(started)')).replaceAll("'", '')) as number[]
    expect(started).toContain(4)
    expect(started.filter(n => n < 5).length).toBeLessThanOrEqual(2)
  })

  it('can be cancelled by a signal, and reports progress', async () => {
    const bench = kernel.shared()
    const channel = await open(
      bench,
      `(message, { signal, progress }) => { progress('reading', 0.25); globalThis[Symbol.for('liqnb.task')].progress('bars'); return new Promise((_, reject) => signal.addEventListener('abort', () => { globalThis.aborted = true; reject(signal.reason) })) }`,
    )
    const controller = new AbortController()
    const steps: unknown[] = []
    const reply = await bench.session.request({
      channel,
      message: 1,
      signal: controller.signal,
      onProgress: step => {
        steps.push(step)
        if (steps.length === 2) controller.abort()
      },
    })
    expect(reply).toMatchObject({ ok: false, cancelled: true })
    expect(steps).toEqual([
      { message: 'reading', fraction: 0.25 },
      { message: 'bars', fraction: null },
    ])
    expect(await bench.valueOf('aborted')).toBe('true')
  })

  it('prints to the cell that opened it', async () => {
    const bench = kernel.shared()
    const first = await bench.run(openingCell("() => { console.log('from the handler') }"), 1)
    await bench.run("'another cell'", 2)
    const channel = String(first.value()?.['text/plain']).replaceAll("'", '')
    await bench.session.request({ channel, message: 1 })
    await expect.poll(() => first.late).toHaveLength(1)
    expect(first.late[0]).toMatchObject({ output_type: 'stream', text: 'from the handler\n' })
  })

  it('replies while a running cell awaits', async () => {
    const bench = kernel.shared()
    const channel = await open(bench, '() => "meanwhile"')
    const running = bench.run('await new Promise(resolve => { globalThis.release = resolve })', 5)
    const other = await bench.session.request({ channel, message: 0 })
    expect(other).toEqual({ ok: true, value: 'meanwhile' })
    await bench.session.interrupt()
    expect((await running).result.interrupted).toBe(true)
  })
})

describe('a channel closes', () => {
  it('when its cell runs again, and the session is notified', async () => {
    const bench = kernel.shared()
    const first = await open(bench, '() => 1')
    let changes = 0
    const listener = bench.session.onDidChangeChannels(() => changes++)
    const second = await open(bench, '() => 2')
    listener.dispose()
    expect(changes).toBeGreaterThanOrEqual(2)
    expect([first, second].map(channel => bench.session.hasChannel(channel))).toEqual([false, true])
    await bench.session.execute('1', 9, {}, { cellId: 'another' })
    expect(bench.session.hasChannel(second)).toBe(true)
  })

  it('when the output that names it is replaced', async () => {
    const bench = kernel.shared()
    const shown = `({ [Symbol.for('Jupyter.display')]: () => ({ 'application/json': { channel: globalThis[Symbol.for('liqnb.channel')].open(() => 1) } }) })`
    const run = await bench.run(`const spot = display(${shown})`, 1)
    const [output] = run.outputs as unknown as { data: { 'application/json': { channel: string } } }[]
    const first = output?.data['application/json'].channel ?? ''
    expect(bench.session.hasChannel(first)).toBe(true)
    await bench.run(`spot.update(${shown})`, 2)
    expect(bench.session.hasChannel(first)).toBe(false)
  })

  it('when the outputs of its cell are cleared, but not before it has been shown', async () => {
    const bench = kernel.shared()
    const shown = `({ [Symbol.for('Jupyter.display')]: () => ({ 'application/json': { channel: open() } }) })`
    const run = await bench.run(
      `var ids = []; var open = () => { ids.push(globalThis[Symbol.for('liqnb.channel')].open(() => 1)); return ids.at(-1) }
      open(); for (let i = 0; i < 3; i++) { clear({ wait: true }); display(${shown}) }; globalThis.later = () => clear(); ids.join()`,
      4,
    )
    const ids = String(run.value()?.['text/plain']).replaceAll("'", '').split(',')
    const areOpen = () => ids.map(id => bench.session.hasChannel(id))
    expect(areOpen()).toEqual([true, false, false, true])
    await bench.run('later()', 5)
    expect(areOpen()).toEqual([true, false, false, true])
  })

  it('and calls its onClose, whose errors do not stop the next run', async () => {
    const bench = kernel.shared()
    const opens = "globalThis[Symbol.for('liqnb.channel')].open(() => 1, () => { throw new RangeError('not closed') })"
    const first = await bench.run(opens, 6)
    const second = await bench.run("'runs'", 6)
    expect(second.value()?.['text/plain']).toBe("'runs'")
    expect(first.late).toMatchObject([{ output_type: 'error', evalue: 'not closed' }])
  })

  it('when there are too many, the oldest first', async () => {
    const bench = kernel.shared()
    const first = await open(bench, '() => 1')
    await bench.run("for (let i = 0; i < 500; i++) globalThis[Symbol.for('liqnb.channel')].open(() => i)", 3)
    expect(bench.session.hasChannel(first)).toBe(false)
    await bench.run('0', 3)
  })

  it('when the kernel ends, which also ends its requests', async () => {
    const bench = kernel.bench()
    const channel = await open(bench, '() => new Promise(() => {})')
    const waiting = bench.session.request({ channel, message: 1 })
    await bench.session.restart()
    expect(await waiting).toMatchObject({ ok: false, error: expect.stringContaining('not running') })
    expect(bench.session.hasChannel(channel)).toBe(false)
    await bench.session.dispose()
    expect(await bench.session.request({ channel, message: 1 })).toMatchObject({ ok: false })
  })
})

describe('an interrupt', () => {
  it('stops a handler that waits or loops, and keeps the kernel', async () => {
    const bench = kernel.bench()
    const channel = await open(
      bench,
      "async kind => { if (kind === 'late') await null; if (kind !== 'wait') for (;;); await new Promise(() => {}) }",
      'const kept = 42',
    )
    const { pid } = bench.session
    for (const kind of ['wait', 'loop', 'late']) {
      const reply = bench.session.request({ channel, message: kind })
      await sleep(50)
      await bench.session.interrupt()
      expect(await reply, kind).toEqual({ ok: false, error: 'The kernel was interrupted.', cancelled: true })
    }
    expect(await bench.valueOf('kept')).toBe('42')
    expect(bench.session.pid).toBe(pid)
    expect((await bench.runInterrupted('for (;;) {}')).result).toMatchObject({ interrupted: true, died: false })
    expect(await bench.valueOf('kept + 1')).toBe('43')
  })

  it('of a request does not affect a cell that began after it', async () => {
    const bench = kernel.bench({ killAfterMs: 800 })
    const channel = await open(bench, '() => new Promise(() => {})', 'const held = 42')
    const reply = bench.session.request({ channel, message: 1 })
    await bench.session.interrupt()
    const run = await bench.run('await new Promise(resolve => setTimeout(resolve, 1100)); held', 2)
    expect(await reply).toMatchObject({ ok: false, cancelled: true })
    expect(run.result).toMatchObject({ ok: true, died: false })
    expect(run.value()?.['text/plain']).toBe('42')
  })

  it('of a waiting cell stops a handler that blocks it', async () => {
    const bench = kernel.bench()
    const channel = await open(bench, '() => { for (;;); }')
    const running = bench.run('await new Promise(() => {})', 2)
    await sleep(50)
    const reply = bench.session.request({ channel, message: 1 })
    await sleep(50)
    await bench.session.interrupt()
    expect((await running).result).toMatchObject({ interrupted: true, died: false })
    expect(await reply).toMatchObject({ ok: false, cancelled: true })
    expect(await bench.valueOf('6 * 7')).toBe('42')
  })
})

describe('the saved values of controls', () => {
  it('are available while the cell runs', async () => {
    const bench = kernel.shared()
    const outputs: unknown[] = []
    await bench.session.execute(
      "globalThis[Symbol.for('liqnb.task')].values",
      1,
      { onOutput: output => outputs.push(output) },
      { values: { saved: { halfLife: '3d' } } },
    )
    expect(outputs).toMatchObject([{ data: { 'text/plain': "{ saved: { halfLife: '3d' }, given: {} }" } }])
  })
})

describe('display', () => {
  it('of a promise shows its value in order, and fails the cell if it rejects', async () => {
    const bench = kernel.shared()
    const run = await bench.run("display(new Promise(r => setTimeout(r, 20, 'slow'))); display('fast')")
    expect(run.outputs.map(output => output.output_type === 'display_data' && output.data['text/plain'])).toEqual([
      "'slow'",
      "'fast'",
    ])
    const failed = await bench.run("display(Promise.reject(new Error('no data')))")
    expect(failed.result.ok).toBe(false)
    expect(failed.error()?.evalue).toBe('no data')
  })

  it('can be replaced by an error', async () => {
    const bench = kernel.shared()
    const run = await bench.run("const handle = display('before'); handle.fail(new RangeError('too short'))")
    expect(run.result.ok).toBe(true)
    expect(run.outputs).toMatchObject([{ output_type: 'error', ename: 'RangeError', evalue: 'too short' }])
  })
})
