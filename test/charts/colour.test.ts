import { expect, it } from 'vitest'
import { formatUsd, logScale } from '../../src/charts/colour.ts'

it('logScale gives equal ratios equal steps of colour', () => {
  const stops = logScale(10, 1000)
  expect(stops[0]?.[0]).toBe(0)
  expect(stops.at(-1)?.[0]).toBe(1)
  const middle = 10 + (stops[4]?.[0] ?? Number.NaN) * 990
  expect(middle).toBeCloseTo(100, 9)
})

it('formatUsd shortens amounts to three digits and a unit', () => {
  expect([0, 950, 1500, 2.34e6, 5e9, 1e12].map(formatUsd)).toEqual(['0', '950', '1.5k', '2.34M', '5B', '1T'])
})
