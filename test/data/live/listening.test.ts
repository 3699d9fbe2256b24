import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LiveEvent } from '../../../src/data/live/events.ts'
import { Forming } from '../../../src/data/live/forming.ts'
import { type Heard, Listening } from '../../../src/data/live/listening.ts'
import { Tally } from '../../../src/data/live/tally.ts'

const LAG = 100
const event = (time: number, id = String(time)): LiveEvent => ({ time, price: 1, amount: 1, flag: true, id })
const timesOf = (heard: Heard | null) => heard?.events.map(({ time }) => time)

describe('Listening', () => {
  it('seals what is complete by the lag, in order, each once', () => {
    const listening = new Listening(LAG)
    listening.begin(1000)
    listening.add([event(1050), event(1020), event(1050)])
    listening.hear(1110)
    expect(listening.seal()).toEqual({ range: [1000, 1010], events: [] })
    listening.hear(1150)
    expect(listening.seal()).toEqual({ range: [1010, 1050], events: [event(1020)] })
    expect(listening.seal()).toBeNull()
    expect(listening.end()).toEqual({ range: [1050, 1051], events: [event(1050)] })
    expect(listening.twice).toBe(1)
  })

  it('claims nothing of the time between two connections', () => {
    const listening = new Listening(LAG)
    listening.begin(1000)
    listening.hear(1500)
    expect(listening.end()!.range).toEqual([1000, 1400])
    // Nobody listens: what comes now is of a dead connection.
    expect(listening.add([event(1450)]).fresh).toEqual([])
    listening.begin(2000)
    // The venue begins with its last ones: of a time that was not listened to, and one of just before.
    expect(listening.add([event(1300), event(1600), event(1950)]).fresh).toEqual([event(1950)])
    listening.hear(2200)
    expect(listening.seal()).toEqual({ range: [1950, 2100], events: [event(1950)] })
  })

  it('hands back what is too late for its stretch', () => {
    const listening = new Listening(LAG)
    listening.begin(1000)
    listening.hear(2000)
    listening.seal()
    expect(listening.add([event(1200)])).toEqual({ fresh: [event(1200)], late: [event(1200)] })
    expect(listening.add([event(1200)])).toEqual({ fresh: [], late: [] })
  })

  it('leaves out what is known from elsewhere', () => {
    const listening = new Listening(LAG)
    listening.begin(1000)
    listening.add([event(1010), event(1090)])
    listening.skipTo(1050)
    expect(listening.add([event(1020)]).fresh).toEqual([])
    expect(timesOf(listening.end())).toEqual([1090])
  })

  it('loses and doubles nothing, whatever comes twice or out of order within the lag', () => {
    const arrivals = fc.array(fc.record({ gap: fc.nat(60), late: fc.nat(LAG - 1), again: fc.boolean() }), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(arrivals, list => {
        const listening = new Listening(LAG)
        listening.begin(1000)
        const heard: Heard[] = []
        const sent: number[] = []
        let now = 1000 + LAG
        for (const [i, { gap, late, again }] of list.entries()) {
          now += gap
          listening.hear(now)
          const one = event(now - late, String(i))
          sent.push(one.time)
          expect(listening.add(again ? [one, one] : [one]).late).toEqual([])
          const sealed = listening.seal()
          if (sealed) heard.push(sealed)
        }
        const end = listening.end()
        if (end) heard.push(end)
        expect(heard.flatMap(({ events }) => events.map(({ time }) => time))).toEqual(sent.sort((a, b) => a - b))
        for (const [i, { range, events }] of heard.entries()) {
          expect(range[0]).toBe(heard[i - 1]?.range[1] ?? 1000)
          for (const { time } of events) expect(time >= range[0] && time < range[1]).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('Tally', () => {
  it('knows a bar only when all of it was heard', () => {
    const tally = new Tally(100, time => Math.floor(time / 100) * 100)
    tally.add([event(110), { ...event(120), flag: false, amount: 3 }])
    tally.know([90, 150])
    expect(tally.of(100)).toBeNull()
    expect(tally.missingOf(100)).toEqual([[150, 200]])
    tally.know([150, 320])
    expect(tally.of(100)).toEqual({ flagged: 1, other: 3 })
    expect(tally.of(200)).toEqual({ flagged: 0, other: 0 })
    tally.forgetBefore(200)
    expect(tally.of(200)).toEqual({ flagged: 0, other: 0 })
    expect(tally.of(300)).toBeNull()
  })
})

describe('Forming', () => {
  it('keeps the newest word on each bar, whatever the order, and leaves out what is none', () => {
    let changes = 0
    const forming = new Forming(() => changes++)
    forming.take([[60_000, 1, 3, 1, 2, 10]])
    forming.take([[60_000, 1, 2, 1, 1.5, 5], [60_000, 1, 3, 1, Number.NaN, 11], 'no bar'])
    expect(forming.since(0)).toEqual({ time: 60_000, open: 1, high: 3, low: 1, close: 2, volume: 10 })
    expect([changes, forming.hasBegun(60_000), forming.hasBegun(60_001)]).toEqual([1, true, false])
    const chunk = (close: number) => ({
      time: Float64Array.of(60_000),
      columns: { high: Float64Array.of(3), low: Float64Array.of(1), close: Float64Array.of(close) },
    })
    expect([forming.agrees(chunk(2), 0), forming.agrees(chunk(1.9), 0), forming.agrees(chunk(1.9), 60_000)]).toEqual([
      true,
      false,
      true,
    ])
    forming.forgetBefore(60_001)
    expect(forming.since(0)).toBeNull()
  })
})
