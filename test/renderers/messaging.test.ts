import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { isAbort, openChannel } from '../../renderers/shared/channel.ts'
import type { MessagingContext } from '../../renderers/shared/messenger.ts'
import { createLocalStates, createViewStates } from '../../renderers/shared/view-state.ts'
import { fromWire } from '../../renderers/shared/wire.ts'
import type { Json } from '../../src/common/json.ts'
import { messageProblem } from '../../src/extension/message-schema.ts'
import { replyToWire, toWire } from '../../src/extension/wire.ts'
import type { ToExtension, ToRenderer } from '../../src/kernel/messaging.ts'

describe('the wire encoding', () => {
  const passed = (value: unknown) => fromWire(JSON.parse(JSON.stringify(toWire(value))))

  it('keeps values that JSON cannot represent', () => {
    const value = {
      bars: new Float64Array([1, Number.NaN, -0.5]),
      part: new Int16Array([0, 1, 2, 3]).subarray(1, 3),
      bytes: Buffer.from('abc'),
      when: new Date(1e12),
      never: new Date(Number.NaN),
      map: new Map([['a', new Set([1n])]]),
      edge: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
      $liqnb: 'mine',
    }
    expect(passed(value)).toEqual({ ...value, bytes: new Uint8Array([97, 98, 99]) })
    expect(passed(new Uint8Array([1, 2]).buffer)).toEqual(new Uint8Array([1, 2]).buffer)
  })

  it('keeps random values', () => {
    const leaf = fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.constant(null), fc.float32Array(), fc.bigInt())
    const value = fc.letrec(tie => ({
      node: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('node')), fc.dictionary(fc.string(), tie('node'))),
    })).node
    fc.assert(
      fc.property(value, value => {
        // JSON has one zero, and every object of it has a prototype.
        const plain = (item: unknown): unknown =>
          typeof item === 'number'
            ? item + 0
            : Array.isArray(item)
              ? item.map(plain)
              : item && [null, Object.prototype].includes(Object.getPrototypeOf(item))
                ? Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, plain(inner)]))
                : item
        expect(passed(value)).toEqual(plain(value))
      }),
    )
  })

  it('answers a cyclic value with an error, because the renderer waits', () => {
    const ring: { self?: unknown } = {}
    ring.self = ring
    expect(replyToWire({ ok: true, value: ring })).toMatchObject({
      ok: false,
      error: expect.stringContaining('cannot'),
    })
    expect(replyToWire({ ok: true, value: [Number.NaN] })).toEqual({ ok: true, value: [toWire(Number.NaN)] })
    const failed = { ok: false, error: 'halfLife: too short', cancelled: false } as const
    expect(replyToWire(failed)).toBe(failed)
  })

  it('refuses unknown kinds', () => {
    expect(() => fromWire({ $liqnb: 'Function', data: '' })).toThrow('holds a Function')
  })
})

/** A stand-in for the extension: `sent` collects its messages, `post` answers them. */
function fakeContext() {
  const sent: ToExtension[] = []
  const listeners = new Set<(message: unknown) => void>()
  const context: MessagingContext = {
    postMessage: message => void sent.push(message as ToExtension),
    onDidReceiveMessage: listener => {
      listeners.add(listener)
      return { dispose: () => listeners.delete(listener) }
    },
  }
  const post = (message: ToRenderer) => {
    for (const listener of listeners) listener(message)
  }
  return { context, sent, post }
}

describe('a channel', () => {
  it('resolves to its own answer, after progress', async () => {
    const { context, sent, post } = fakeContext()
    const channel = openChannel(context, 'c')
    const steps: unknown[] = []
    const answer = channel.request({ page: 2 }, { onProgress: step => steps.push(step) })
    const [request] = sent as [ToExtension & { type: 'request' }]
    expect(request).toMatchObject({ type: 'request', channel: 'c', message: { page: 2 } })
    post({ type: 'reply', id: 'other', ok: true, value: 1 })
    post({ type: 'step', id: request.id, progress: { message: 'sorting', fraction: null } })
    post({ type: 'reply', id: request.id, ok: true, value: toWire(new Uint8Array([7])) })
    expect(await answer).toEqual(new Uint8Array([7]))
    expect(steps).toEqual([{ message: 'sorting', fraction: null }])
  })

  it('aborts replaced and cancelled requests', async () => {
    const { context, sent, post } = fakeContext()
    const channel = openChannel(context, 'c')
    const first = channel.request(1, { slot: 's' }).catch(isAbort)
    const second = channel.request(2, { slot: 's' })
    expect(await first).toBe(true)
    const [one, cancel, two] = sent as [
      ToExtension & { type: 'request' },
      ToExtension,
      ToExtension & { type: 'request' },
    ]
    expect(cancel).toEqual({ type: 'cancel', id: one.id })
    post({ type: 'reply', id: one.id, ok: true, value: 'stale' })
    post({ type: 'reply', id: two.id, ok: true, value: 'fresh' })
    expect(await second).toBe('fresh')
    const last = channel.request(3).catch(isAbort)
    channel.dispose()
    expect(await last).toBe(true)
  })

  it('rejects with the reason', async () => {
    const { context, sent, post } = fakeContext()
    const answer = openChannel(context, 'c').request(1)
    const [request] = sent as [ToExtension & { type: 'request' }]
    post({ type: 'reply', id: request.id, ok: false, error: 'halfLife: too short', cancelled: false })
    await expect(answer).rejects.toThrow('halfLife: too short')
    const page = openChannel(undefined, 'c')
    expect(page.available).toBe(false)
    await expect(page.request(1)).rejects.toThrow('There is no kernel here')
    await expect(openChannel(context, undefined).request(1)).rejects.toThrow('not connected to a kernel: run the cell')
    const untrusted = openChannel({ ...context, workspace: { isTrusted: false } }, undefined)
    await expect(untrusted.request(1)).rejects.toThrow('not trusted')
  })

  it('reports whether it is open', () => {
    const { context, sent, post } = fakeContext()
    const states: unknown[] = []
    openChannel(context, 'c').watch(state => states.push(state))
    expect(sent).toEqual([{ type: 'watch', channel: 'c' }])
    post({ type: 'channel', channel: 'c', open: true, reason: '' })
    post({ type: 'channel', channel: 'd', open: false, reason: 'x' })
    post({ type: 'channel', channel: 'c', open: false, reason: 'gone' })
    expect(states).toEqual([
      { open: true, reason: '' },
      { open: false, reason: 'gone' },
    ])
  })
})

describe('view states', () => {
  it('are loaded from and saved to the item’s cell', async () => {
    const { context, sent, post } = fakeContext()
    const views = createViewStates(context, { metadata: { cell: 'a1' } })
    const loaded = views.load('map')
    const later: unknown[] = []
    views.watch('map', state => later.push(state))
    post({ type: 'view', cell: 'b2', view: 'map', state: 'of another cell' })
    post({ type: 'view', cell: 'a1', view: 'map', state: { zoom: 2 } })
    expect(await loaded).toEqual({ zoom: 2 })
    views.save('map', { zoom: 3 })
    expect(sent.at(-1)).toEqual({ type: 'save', cell: 'a1', view: 'map', state: { zoom: 3 } })
    post({ type: 'view', cell: 'a1', view: 'map', state: null })
    expect(later.at(-1)).toBeUndefined()
    expect(() => views.save('map', 'x'.repeat(70_000))).toThrow('at most 65536')
  })

  describe('of an output from a file, while the extension starts', () => {
    afterEach(() => {
      vi.useRealTimers()
    })
    const opened = async (views: object | undefined) => {
      vi.useFakeTimers()
      const { context, sent, post } = fakeContext()
      const states = createViewStates(context, { metadata: { cell: 'a1', views } })
      let state: unknown = 'waiting'
      void states.load('map').then(loaded => {
        state = loaded
      })
      await vi.advanceTimersByTimeAsync(150)
      const later: unknown[] = []
      states.watch('map', changed => later.push(changed))
      return {
        sent,
        states,
        later,
        loaded: () => state,
        postState: (state: Json) => post({ type: 'view', cell: 'a1', view: 'map', state }),
      }
    }

    it('come from the file and are requested too', async () => {
      const { sent, loaded, later, postState } = await opened({ map: { zoom: 2 } })
      expect(loaded()).toEqual({ zoom: 2 })
      expect(sent).toEqual([{ type: 'load', cell: 'a1', view: 'map' }])
      postState({ zoom: 2 })
      expect(later).toEqual([])
      postState({ zoom: 2 })
      expect(later, 'an undo, for example').toEqual([{ zoom: 2 }])
    })

    it('are corrected by a different answer', async () => {
      const { later, postState } = await opened({ map: { zoom: 2 } })
      postState({ zoom: 5 })
      expect(later).toEqual([{ zoom: 5 }])
    })

    it('keep what the reader changed meanwhile', async () => {
      const { states, later, postState } = await opened({ map: { zoom: 2 } })
      states.save('map', { zoom: 9 })
      postState({ zoom: 5 })
      expect(later).toEqual([])
      postState({ zoom: 2 })
      expect(later).toEqual([{ zoom: 2 }])
    })

    it('are undefined if the file has none', async () => {
      const { loaded, later, postState } = await opened({})
      expect(loaded()).toBeUndefined()
      postState(null)
      expect(later).toEqual([])
    })

    it('wait longer without a file', async () => {
      const { loaded } = await opened(undefined)
      expect(loaded()).toBe('waiting')
      await vi.advanceTimersByTimeAsync(1500)
      expect(loaded()).toBeUndefined()
    })
  })

  it('start with those of an exported page', async () => {
    const views = createLocalStates({ map: { zoom: 2 } })
    expect(await views.load('map')).toEqual({ zoom: 2 })
    views.save('map', { zoom: 4 })
    expect(await views.load('map')).toEqual({ zoom: 4 })
    expect(await views.load('other')).toBeUndefined()
  })
})

describe('messages from renderers', () => {
  it.each<ToExtension>([
    { type: 'request', id: '1', channel: 'c', message: null },
    { type: 'request', id: '1', channel: 'c', slot: 's', message: { a: 1 } },
    { type: 'cancel', id: '1' },
    { type: 'watch', channel: 'c' },
    { type: 'load', cell: 'a', view: 'v' },
    { type: 'save', cell: 'a', view: 'v', state: null },
    { type: 'run', cell: 'a' },
    { type: 'export', id: '1', channel: 'c', name: 'table.csv', message: {} },
  ])('are accepted: %j', message => expect(messageProblem(message)).toBeUndefined())

  it.each([
    [null, 'expected an object, found null'],
    [{}, 'type: expected "request" or "cancel"'],
    [{ type: 'constructor' }, 'type: expected "request" or "cancel"'],
    [{ type: 'cancel', id: 7 }, 'id: expected text of 1 to 300 characters, found 7'],
    [{ type: 'run', cell: '' }, 'cell: expected text'],
    [{ type: 'watch', channel: 'x'.repeat(301) }, 'channel: expected text'],
    [{ type: 'export', id: '1', channel: 'c', name: '../x.csv', message: {} }, 'name: expected a plain file name'],
    [{ type: 'cancel', id: '1', more: 1 }, 'more: not a known property'],
  ])('are refused: %j', (message, problem) => expect(messageProblem(message)).toContain(problem))
})
