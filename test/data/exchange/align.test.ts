import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../../src/common/duration.ts'
import { fundingInBar, type TimeSeries, valueAtClose } from '../../../src/data/exchange/align.ts'

const START = Date.UTC(2026, 0, 1)
const bars = (count: number, barMs: number) => Float64Array.from({ length: count }, (_, i) => START + i * barMs)
const records = (rows: [number, number][], until: number): TimeSeries => ({
  time: Float64Array.from(rows, ([time]) => START + time),
  value: Float64Array.from(rows, ([, value]) => value),
  until: START + until,
})

describe('valueAtClose', () => {
  it('takes the last record up to the close, the close itself included', () => {
    const oi = records(
      [
        [0, 10],
        [HOUR, 11],
        [2 * HOUR, 12],
      ],
      3 * HOUR,
    )
    expect([...valueAtClose(bars(2, HOUR), HOUR, oi, 2 * HOUR)]).toEqual([11, 12])
  })
  it('never takes a later record', () => {
    const oi = records(
      [
        [0, 10],
        [HOUR + 1, 11],
      ],
      3 * HOUR,
    )
    expect([...valueAtClose(bars(1, HOUR), HOUR, oi, 2 * HOUR)]).toEqual([10])
  })
  it('gives NaN before the first record, after maxAgeMs, and while the record may still come', () => {
    const oi = records([[2 * HOUR, 12]], 5 * HOUR)
    expect([...valueAtClose(bars(5, HOUR), HOUR, oi, HOUR)]).toEqual([Number.NaN, 12, 12, Number.NaN, Number.NaN])
  })
})

describe('fundingInBar', () => {
  it('sums what is due from the open up to before the close, even if stamped some milliseconds late', () => {
    const funding = records(
      [
        [0, 1],
        [8 * HOUR + 3, 2],
        [16 * HOUR + 42, 4],
      ],
      24 * HOUR,
    )
    expect([...fundingInBar(bars(4, 4 * HOUR), 4 * HOUR, funding)]).toEqual([1, 0, 2, 0])
    expect([...fundingInBar(bars(2, 12 * HOUR), 12 * HOUR, funding)]).toEqual([3, 4])
  })
  it('gives NaN before the first record, and while the last one may still be published', () => {
    const funding = records([[8 * HOUR, 2]], 16 * HOUR)
    expect([...fundingInBar(bars(6, 4 * HOUR), 4 * HOUR, funding)]).toEqual([NaN, NaN, 2, 0, NaN, NaN])
  })
})

/** Records with random times and values, complete up to `until`, and the same records up to a cut-off time. */
const cutSeries = fc
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

/** A value that was known before must be the same after. */
function expectPrefix(before: Float64Array, after: Float64Array) {
  for (let i = 0; i < before.length; i++) if (!Number.isNaN(before[i]!)) expect(before[i]).toBe(after[i])
}

describe('prefix invariance: later records change no known value', () => {
  it('of valueAtClose', () => {
    fc.assert(
      fc.property(cutSeries, ({ barMs, cut, all, known }) => {
        const time = bars(Math.max(1, Math.floor(cut / barMs)), barMs)
        expectPrefix(valueAtClose(time, barMs, known, 2 * barMs), valueAtClose(time, barMs, all, 2 * barMs))
      }),
    )
  })
  it('of fundingInBar', () => {
    fc.assert(
      fc.property(cutSeries, ({ barMs, cut, all, known }) => {
        // Funding is due at full hours.
        const hourly = { ...all, time: all.time.map(at => Math.ceil(at / HOUR) * HOUR) }
        const count = hourly.time.filter(at => at < START + cut).length
        const before = { time: hourly.time.slice(0, count), value: hourly.value.slice(0, count), until: known.until }
        const time = bars(Math.max(1, Math.floor(cut / barMs)), barMs)
        expectPrefix(fundingInBar(time, barMs, before), fundingInBar(time, barMs, hourly))
      }),
    )
  })
  it('knows a value as soon as the record of the close would have come', () => {
    const oi = records([[HOUR, 1]], HOUR + 1)
    expect([...valueAtClose(bars(1, HOUR), HOUR, oi, HOUR)]).toEqual([1])
  })
})
