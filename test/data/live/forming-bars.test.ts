import { describe, expect, it } from 'vitest'
import { FormingBars } from '../../../src/data/live/forming-bars.ts'

describe('FormingBars', () => {
  it('keeps the newest state of each bar in any order, and ignores invalid rows', () => {
    let changes = 0
    const forming = new FormingBars(() => changes++)
    forming.update([[60_000, 1, 3, 1, 2, 10]])
    forming.update([[60_000, 1, 2, 1, 1.5, 5], [60_000, 1, 3, 1, Number.NaN, 11], 'no bar'])
    expect(forming.newestFrom(0)).toEqual({ time: 60_000, open: 1, high: 3, low: 1, close: 2, volume: 10 })
    expect([changes, forming.hasOpened(60_000), forming.hasOpened(60_001)]).toEqual([1, true, false])
    const chunk = (close: number) => ({
      time: Float64Array.of(60_000),
      columns: { high: Float64Array.of(3), low: Float64Array.of(1), close: Float64Array.of(close) },
    })
    expect([forming.matches(chunk(2), 0), forming.matches(chunk(1.9), 0), forming.matches(chunk(1.9), 60_000)]).toEqual(
      [true, false, true],
    )
    forming.dropBefore(60_001)
    expect(forming.newestFrom(0)).toBeNull()
  })
})
