import { describe, expect, it } from 'vitest'
import { fundingPayments, hasHourlyFunding } from '../../../src/data/import/funding-records.ts'

const HOUR = 3_600_000
const T = Date.UTC(2024, 0, 1)
const hours = (...values: number[]) => Float64Array.from(values, hour => T + hour * HOUR)
const base = { name: 'f.csv', payments: false }
const found = (records: Parameters<typeof fundingPayments>[0], notes: string[] = []) => {
  const { payments } = fundingPayments(records, notes)
  return Array.from(payments.time, (ms, i) => [(ms - T) / HOUR, payments.rate[i]])
}

describe('payments of funding', () => {
  it('have the last rate recorded up to the time at which they are due', () => {
    const records = {
      ...base,
      time: hours(0, 4, 7.9, 8.1, 12, 16),
      rate: Float64Array.of(1, 2, 3, 4, 5, 6),
      dueTime: hours(8, 8, 8, 8, 16, 16),
    }
    // The rate of 8.1 came after the payment of which it speaks.
    expect(found(records)).toEqual([
      [8, 3],
      [16, 6],
    ])
    // A payment after the last record may still change.
    expect(found({ ...records, time: records.time.slice(0, 5) })).toEqual([[8, 3]])
  })

  it('do not depend on later records', () => {
    const time = Float64Array.from({ length: 40 }, (_, i) => T + (i * HOUR) / 2)
    const rate = time.map((_, i) => i / 100)
    const all = found({ ...base, time, rate, interval: '8h' })
    for (let n = 2; n <= 40; n++) {
      const part = found({ ...base, time: time.slice(0, n), rate: rate.slice(0, n), interval: '8h' })
      expect(part).toEqual(all.slice(0, part.length))
    }
  })

  it('of hours are payments where the venue or the layout has them so, or the rate changes within eight', () => {
    const time = hours(...Array.from({ length: 16 }, (_, i) => i))
    const constant = new Float64Array(16).fill(0.1)
    expect(found({ ...base, time, rate: constant }).length).toBe(2)
    expect(found({ ...base, time, rate: constant, payments: true }).length).toBe(16)
    expect(found({ ...base, time, rate: constant.map((_, i) => i) }).length).toBe(16)
    expect([hasHourlyFunding({ kind: 'linear', venue: 'hyperliquid' }), hasHourlyFunding({ kind: 'linear' })]).toEqual([
      true,
      false,
    ])
  })

  it('are stamped a few milliseconds late by venues', () => {
    const time = hours(0, 8, 16).map(ms => ms + 7)
    expect(found({ ...base, time, rate: Float64Array.of(1, 2, 3) })).toEqual([
      [0, 1],
      [8, 2],
      [16, 3],
    ])
  })
})
