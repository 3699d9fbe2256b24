import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EventBatch, EventBuffer } from '../../../src/data/live/event-buffer.ts'
import type { LiveEvent } from '../../../src/data/live/events.ts'

const LAG = 100
const event = (time: number, id = String(time)): LiveEvent => ({ time, price: 1, amount: 1, flag: true, id })
const timesOf = (batch: EventBatch | null) => batch?.events.map(({ time }) => time)

describe('EventBuffer', () => {
  it('seals what is complete after the lag, in order, each event once', () => {
    const buffer = new EventBuffer(LAG)
    buffer.begin(1000)
    buffer.add([event(1050), event(1020), event(1050)])
    buffer.advance(1110)
    expect(buffer.seal()).toEqual({ range: [1000, 1010], events: [] })
    buffer.advance(1150)
    expect(buffer.seal()).toEqual({ range: [1010, 1050], events: [event(1020)] })
    expect(buffer.seal()).toBeNull()
    expect(buffer.end()).toEqual({ range: [1050, 1051], events: [event(1050)] })
    expect(buffer.duplicates).toBe(1)
  })

  it('does not cover the time between two connections', () => {
    const buffer = new EventBuffer(LAG)
    buffer.begin(1000)
    buffer.advance(1500)
    expect(buffer.end()!.range).toEqual([1000, 1400])
    // Not connected: events of the lost connection are ignored.
    expect(buffer.add([event(1450)]).fresh).toEqual([])
    buffer.begin(2000)
    // The venue starts with its last events: two from before the connection, and one from its setup.
    expect(buffer.add([event(1300), event(1600), event(1950)]).fresh).toEqual([event(1950)])
    buffer.advance(2200)
    expect(buffer.seal()).toEqual({ range: [1950, 2100], events: [event(1950)] })
  })

  it('returns events whose range is sealed already as late', () => {
    const buffer = new EventBuffer(LAG)
    buffer.begin(1000)
    buffer.advance(2000)
    buffer.seal()
    expect(buffer.add([event(1200)])).toEqual({ fresh: [event(1200)], late: [event(1200)] })
    expect(buffer.add([event(1200)])).toEqual({ fresh: [], late: [] })
  })

  it('ignores what is known from another source', () => {
    const buffer = new EventBuffer(LAG)
    buffer.begin(1000)
    buffer.add([event(1010), event(1090)])
    buffer.skipTo(1050)
    expect(buffer.add([event(1020)]).fresh).toEqual([])
    expect(timesOf(buffer.end())).toEqual([1090])
  })

  it('loses and duplicates nothing that comes twice or out of order within the lag', () => {
    const arrivals = fc.array(fc.record({ gap: fc.nat(60), late: fc.nat(LAG - 1), again: fc.boolean() }), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(arrivals, list => {
        const buffer = new EventBuffer(LAG)
        buffer.begin(1000)
        const batches: EventBatch[] = []
        const sent: number[] = []
        let now = 1000 + LAG
        for (const [i, { gap, late, again }] of list.entries()) {
          now += gap
          buffer.advance(now)
          const arrival = event(now - late, String(i))
          sent.push(arrival.time)
          expect(buffer.add(again ? [arrival, arrival] : [arrival]).late).toEqual([])
          const sealed = buffer.seal()
          if (sealed) batches.push(sealed)
        }
        const end = buffer.end()
        if (end) batches.push(end)
        expect(batches.flatMap(({ events }) => events.map(({ time }) => time))).toEqual(sent.sort((a, b) => a - b))
        for (const [i, { range, events }] of batches.entries()) {
          expect(range[0]).toBe(batches[i - 1]?.range[1] ?? 1000)
          for (const { time } of events) expect(time >= range[0] && time < range[1]).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })
})
