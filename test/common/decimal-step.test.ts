import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { floorToStep, multipleOf, stepsIn } from '../../src/common/decimal-step.ts'

describe('steps', () => {
  it('are counted without the error of binary fractions', () => {
    expect(stepsIn(0.3, 0.1)).toBe(3)
    expect(floorToStep(30 / 100, 0.1)).toBe(0.3)
    expect(floorToStep(0.29999, 0.1)).toBe(0.2)
    expect(multipleOf(3, 0.1)).toBe(0.3)
    expect(floorToStep(0, 0.1)).toBe(0)
    expect(floorToStep(1e-9, 1e-8)).toBe(0)
  })

  it('keep every exact multiple of 16 lots', () => {
    const lots = [
      '0.1',
      '0.01',
      '0.001',
      '0.0001',
      '0.00001',
      '0.2',
      '0.02',
      '0.05',
      '0.5',
      '0.25',
      '0.3',
      '0.7',
      '1',
      '3',
      '10',
      '0.125',
    ]
    const wrong = lots.flatMap(lot =>
      Array.from({ length: 100 }, (_, i) => i + 1).filter(count => {
        const decimals = lot.split('.')[1]?.length ?? 0
        const exact = Number((BigInt(count) * BigInt(lot.replace('.', ''))).toString()) / 10 ** decimals
        return floorToStep((exact * 100) / 100, Number(lot)) !== exact
      }),
    )
    expect(wrong).toEqual([])
  })

  it('never exceed the value by more than rounding, and miss less than a step', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.integer({ min: -8, max: 2 }), (value, exponent) => {
        const step = Number(`1e${exponent}`)
        const floor = floorToStep(value, step)
        return floor <= value + 1e-8 * Math.max(step, value) && value - floor < step * (1 + 1e-6)
      }),
    )
  })
})
