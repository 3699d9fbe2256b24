import { expect, it } from 'vitest'
import { logScale } from '../../src/charts/colour.ts'

it('logScale gives equal ratios equal steps of colour', () => {
  const stops = logScale(10, 1000)
  expect(stops[0]?.[0]).toBe(0)
  expect(stops.at(-1)?.[0]).toBe(1)
  const middle = 10 + (stops[4]?.[0] ?? Number.NaN) * 990
  expect(middle).toBeCloseTo(100, 9)
})
