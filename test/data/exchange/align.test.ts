import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dueInBar, type Records, stateAtClose } from '../../../src/data/exchange/align.ts'
import { HOUR, MINUTE } from './helpers.ts'

const START = Date.UTC(2026, 0, 1)
const bars = (count: number, barMs: number) => Float64Array.from({ length: count }, (_, i) => START + i * barMs)
const records = (rows: [number, number][], until: number): Records => ({
  time: Float64Array.from(rows, ([time]) => START + time),
  value: Float64Array.from(rows, ([, value]) => value),
  until: START + until,
})

describe('the state at a close', () => {
  it('is the last record up to it, the close itself included', () => {
    const oi = records(
      [
        [0, 10],
        [HOUR, 11],
        [2 * HOUR, 12],
      ],
      3 * HOUR,
    )
    expect([...stateAtClose(bars(2, HOUR), HOUR, oi, 2 * HOUR)]).toEqual([11, 12])
  })
  it('is never a later record', () => {
    const oi = records(
      [
        [0, 10],
        [HOUR + 1, 11],
      ],
      3 * HOUR,
    )
    expect([...stateAtClose(bars(1, HOUR), HOUR, oi, 2 * HOUR)]).toEqual([10])
  })
  it('is not known before the first record, after it has become stale, and where the record may yet come', () => {
    const oi = records([[2 * HOUR, 12]], 5 * HOUR)
    expect([...stateAtClose(bars(5, HOUR), HOUR, oi, HOUR)]).toEqual([Number.NaN, 12, 12, Number.NaN, Number.NaN])
  })
})

describe('funding of a bar', () => {
  it('is what is due from its open on and before its close, with the stamp some milliseconds late', () => {
    const funding = records(
      [
        [0, 1],
        [8 * HOUR + 3, 2],
        [16 * HOUR + 42, 4],
      ],
      24 * HOUR,
    )
    expect([...dueInBar(bars(4, 4 * HOUR), 4 * HOUR, funding)]).toEqual([1, 0, 2, 0])
    expect([...dueInBar(bars(2, 12 * HOUR), 12 * HOUR, funding)]).toEqual([3, 4])
  })
  it('is not known before the first record, nor while it may yet be published', () => {
    const funding = records([[8 * HOUR, 2]], 16 * HOUR)
    expect([...dueInBar(bars(6, 4 * HOUR), 4 * HOUR, funding)]).toEqual([NaN, NaN, 2, 0, NaN, NaN])
  })
})

/** Records with random times and values, complete up to `until`, and a moment at which the world is cut off. */
const world = fc
  .record({
    barMs: fc.constantFrom(5 * MINUTE, HOUR, 4 * HOUR),
    rows: fc.array(fc.tuple(fc.integer({ min: 0, max: 200 * HOUR }), fc.integer({ min: 1, max: 99 })), {
      maxLength: 60,
    }),
    cut: fc.integer({ min: 1, max: 200 * HOUR }),
  })
  .map(({ barMs, rows, cut }) => {
    const sorted = [...new Map(rows)].sort((a, b) => a[0] - b[0]) as [number, number][]
    return {
      barMs,
      cut,
      all: records(sorted, 300 * HOUR),
      known: records(
        sorted.filter(([time]) => time < cut),
        cut,
      ),
    }
  })

/** What was known then must be what is known now: equal, or still unknown. */
function expectPrefix(before: Float64Array, after: Float64Array) {
  for (let i = 0; i < before.length; i++) if (!Number.isNaN(before[i]!)) expect(before[i]).toBe(after[i])
}

describe('prefix invariance: later records change nothing that was known', () => {
  it('of a state', () => {
    fc.assert(
      fc.property(world, ({ barMs, cut, all, known }) => {
        const time = bars(Math.max(1, Math.floor(cut / barMs)), barMs)
        expectPrefix(stateAtClose(time, barMs, known, 2 * barMs), stateAtClose(time, barMs, all, 2 * barMs))
      }),
    )
  })
  it('of funding', () => {
    fc.assert(
      fc.property(world, ({ barMs, cut, all, known }) => {
        // Funding is due at full hours.
        const hourly = (given: Records) => ({ ...given, time: given.time.map(at => Math.ceil(at / HOUR) * HOUR) })
        const later = hourly(all)
        const keep = later.time.filter(at => at < START + cut).length
        const before = { time: later.time.slice(0, keep), value: later.value.slice(0, keep), until: known.until }
        const time = bars(Math.max(1, Math.floor(cut / barMs)), barMs)
        expectPrefix(dueInBar(time, barMs, before), dueInBar(time, barMs, later))
      }),
    )
  })
  it('and a state is known once the record of the close can have come', () => {
    const oi = records([[HOUR, 1]], HOUR + 1)
    expect([...stateAtClose(bars(1, HOUR), HOUR, oi, HOUR)]).toEqual([1])
  })
})
