import fc from 'fast-check'
import { expect, it } from 'vitest'
import { binOf, binPrice } from '../../src/market/bins.ts'
import { swingAt } from '../../src/market/swings.ts'

const high = [12, 15, 15, 14, 13]
const low = [10, 9, 11, 8, 8]
const bars = { high: Float64Array.from(high), low: Float64Array.from(low) }

it('a swing is the extreme of its window, which equal bars share', () => {
  const swing = (j: number, from: number, to: number) => Object.values(swingAt(bars, j, from, to))
  expect(swing(1, 0, 2)).toEqual([true, true])
  expect(swing(2, 0, 4)).toEqual([true, false])
  expect(swing(3, 2, 4)).toEqual([false, true])
  expect(swing(4, 3, 4)).toEqual([false, true])
  expect(swing(0, 0, 0)).toEqual([true, true])
  // Bars outside the window do not count, its ends do.
  expect(swing(3, 3, 4)).toEqual([true, true])
  expect(swing(0, 0, 1)).toEqual([false, false])
  expect(swing(2, 1, 3)).toEqual([true, false])
})

it('swings are those of maxima and minima', () => {
  const values = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(values, fc.nat(), fc.nat(), fc.nat(), (prices, a, b, c) => {
      const [from = 0, j = 0, to = 0] = [a, b, c].map(x => x % prices.length).sort((x, y) => x - y)
      const series = Float64Array.from(prices)
      const window = prices.slice(from, to + 1)
      expect(swingAt({ high: series, low: series }, j, from, to)).toEqual({
        isHigh: prices[j] === Math.max(...window),
        isLow: prices[j] === Math.min(...window),
      })
    }),
  )
})

it('a bin of the price grid holds prices from its lower edge to below the next', () => {
  const width = Math.log(1.01)
  // 1.01^k by hand.
  expect([1, 1.005, 1.0101, 1.0202, 0.995].map(price => binOf(price, width))).toEqual([0, 0, 1, 2, -1])
  expect(binPrice(2, width)).toBeCloseTo(1.0201, 12)
  expect(binPrice(0.5, width)).toBeCloseTo(Math.sqrt(1.01), 12)
  for (const price of [1e-6, 0.3, 42, 65_000]) {
    const bin = binOf(price, 0.003)
    expect(binPrice(bin, 0.003)).toBeLessThanOrEqual(price)
    expect(binPrice(bin + 1, 0.003)).toBeGreaterThan(price)
  }
})
