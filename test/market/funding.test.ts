import { describe, expect, it } from 'vitest'
import { extendFunding, fundingDueAt, fundingEvents } from '../../src/market/funding.ts'

const HOUR = 3_600_000
const time = Float64Array.of(0, HOUR, 2 * HOUR, 3 * HOUR)

describe('payments of funding', () => {
  it('are due at the full minute before their stamp', () => {
    expect([0, 1, 59_999, 60_000, 8 * HOUR + 7].map(fundingDueAt)).toEqual([0, 0, 0, 60_000, 8 * HOUR])
  })

  it('are those that a market states', () => {
    const funding = { time: Float64Array.of(5), rate: Float64Array.of(0.1) }
    expect(fundingEvents({ time, fundingRate: Float64Array.of(1, 2, 3, 4), funding })).toBe(funding)
    expect(fundingEvents({ time })).toBeNull()
  })

  it('or the sums of its bars at their opens, without bars that paid nothing or are not known', () => {
    const events = fundingEvents({ time, fundingRate: Float64Array.of(0.1, 0, Number.NaN, -0.2) })
    expect(events).toEqual({ time: Float64Array.of(0, 3 * HOUR), rate: Float64Array.of(0.1, -0.2) })
  })

  it('go on from a history with the bars from one on', () => {
    const history = { time: Float64Array.of(-HOUR, 10), rate: Float64Array.of(0.3, 0.4) }
    expect(extendFunding(history, { time, fundingRate: Float64Array.of(0.1, 0.2, 0, 0.5) }, 1)).toEqual({
      time: Float64Array.of(-HOUR, 10, HOUR, 3 * HOUR),
      rate: Float64Array.of(0.3, 0.4, 0.2, 0.5),
    })
    expect(history.time.length).toBe(2)
  })
})
