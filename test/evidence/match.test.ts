import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { match } from '../../src/evidence/match.ts'

const unit = fc.record({
  treated: fc.integer({ min: 0, max: 1 }),
  group: fc.constantFrom(-1, 1),
  x: fc.double({ min: -5, max: 5, noNaN: true }),
  y: fc.double({ min: 0, max: 1, noNaN: true }),
})

function matched(units: { treated: number; group: number; x: number; y: number }[], bins = [4, 3]) {
  return match(
    {
      treated: units.map(one => one.treated),
      group: units.map(one => one.group),
      features: [units.map(one => one.x), units.map(one => one.y)],
    },
    bins,
  )
}

describe('match', () => {
  it('gives treated and controls the same weight in each group, none above 1', () => {
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 200 }), units => {
        const { a, b } = matched(units)
        for (const group of [-1, 1]) {
          const sum = (weights: Float64Array) =>
            weights.reduce((total, weight, i) => (units[i]!.group === group ? total + weight : total), 0)
          expect(sum(a)).toBeCloseTo(sum(b), 9)
        }
        for (const weight of [...a, ...b]) expect(weight >= 0 && weight <= 1).toBe(true)
        expect(units.every(({ treated }, i) => (treated ? b[i] : a[i]) === 0)).toBe(true)
      }),
    )
  })

  it('removes a difference that the features explain', () => {
    // The treated have larger x; after matching on x the difference is gone.
    const units = Array.from({ length: 4000 }, (_, i) => {
      const x = ((i * 7919) % 1000) / 1000
      return { treated: Number((i * 104_729) % 1000 < 1000 * x * x), group: 1, x, y: 0 }
    })
    const mean = (weights: ArrayLike<number>) => {
      let sum = 0
      let total = 0
      for (const [i, { x }] of units.entries()) {
        sum += weights[i]! * x
        total += weights[i]!
      }
      return sum / total
    }
    const raw = mean(units.map(one => one.treated)) - mean(units.map(one => 1 - one.treated))
    const { a, b } = matched(units, [20, 1])
    expect(raw).toBeGreaterThan(0.2)
    expect(Math.abs(mean(a) - mean(b))).toBeLessThan(0.01)
  })

  it('counts the treated units and the matched ones', () => {
    const units = [1, 1, 1, 0, 0].map((treated, i) => ({ treated, group: i < 2 ? -1 : 1, x: 0, y: 0 }))
    expect(matched(units)).toMatchObject({ treated: 3, matched: 1 })
  })
})
