import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { controls } from '../../src/api/controls.ts'
import { type Control, fitValue, readControls, viewName } from '../../src/charts/controls.ts'

const one = (control: unknown) => readControls({ x: control as Control })[0]!

describe('a description', () => {
  it('is inferred from values', () => {
    expect(readControls({ n: 3, on: false, from: '2024-02-29', name: 'x', side: ['a', 'b'], k: [1, 2] })).toMatchObject(
      [
        { name: 'n', type: 'number', value: 3, min: null },
        { name: 'on', type: 'switch', value: false },
        { name: 'from', type: 'date', value: '2024-02-29' },
        { name: 'name', type: 'text', value: 'x' },
        { name: 'side', type: 'select', options: ['a', 'b'], value: 'a' },
        { name: 'k', type: 'select', value: 1 },
      ],
    )
  })

  it('takes steps that read well', () => {
    const step = (min: number, max: number) => (one({ type: 'range', min, max }) as { step: number }).step
    expect([step(1, 30), step(0, 1), step(0, 0.5), step(0, 5000), step(0, 4)]).toEqual([1, 0.01, 0.005, 50, 0.05])
  })

  it.each([
    [{ '2x': 1 }, '"2x" cannot name a value'],
    [{}, '1 to 50 controls, not 0'],
    [{ x: { type: 'range', min: 5, max: 5 } }, 'x: a range needs numbers min < max, found 5 and 5'],
    [{ x: { type: 'range', min: 0, max: 5, value: 6 } }, 'x: expected 0 to 5, found 6'],
    [{ x: { type: 'range', min: 0, max: 5, step: 9 } }, 'x: step must be above 0 and at most 5, found 9'],
    [{ x: { type: 'select', options: [] } }, 'x: a select needs a list of 1 to 1000 options'],
    [{ x: { type: 'select', options: ['a'], value: 'b' } }, 'x: expected one of a; found "b"'],
    [{ x: { type: 'date', value: '2024-13-01' } }, 'x: expected a date as YYYY-MM-DD, found "2024-13-01"'],
    [{ x: { type: 'dial' } }, 'x: there is no control of type "dial"'],
    [{ x: null }, 'x: say { type:'],
    [{ x: Number.NaN }, 'x: expected a number, found null'],
  ])('that is wrong is refused: %j', (description, message) => {
    expect(() => readControls(description as never)).toThrow(message)
  })

  it('types its values', () => {
    const made = controls({
      n: 3,
      side: ['long', 'short'],
      on: { type: 'switch' },
      half: { type: 'range', min: 1, max: 2 },
    })
    expectTypeOf(made.values.n).toEqualTypeOf<number>()
    expectTypeOf(made.values.on).toEqualTypeOf<boolean>()
    expectTypeOf(made.values.half).toEqualTypeOf<number>()
    expectTypeOf(made.values.side).toEqualTypeOf<'long' | 'short'>()
    expect(made.values).toEqual({ n: 3, side: 'long', on: false, half: 1 })
  })
})

describe('a value', () => {
  it('as text is read by its control', () => {
    const read = (control: unknown, value: unknown) => fitValue(one(control), value)
    expect(read({ type: 'range', min: 1, max: 30, unit: 'd' }, '3d')).toEqual({ value: 3 })
    expect(read({ type: 'range', min: 1, max: 30, unit: 'd' }, '3h')).toHaveProperty('problem')
    expect(read([5, 10], '10')).toEqual({ value: 10 })
    expect(read(true, 'false')).toEqual({ value: false })
    expect(read('x', 7)).toEqual({ value: '7' })
    expect(read({ type: 'date', min: '2024-01-01' }, '2023-12-31')).toEqual({
      problem: 'expected a date from 2024-01-01 to any, found "2023-12-31"',
    })
  })

  it('that fits, fits again', () => {
    const range = one({ type: 'range', min: -5, max: 5, unit: '%' })
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.constant(null)), value => {
        const fit = fitValue(range, value)
        if ('value' in fit) expect(fitValue(range, fit.value)).toEqual(fit)
        if (typeof value === 'number') expect('value' in fit).toBe(value >= -5 && value <= 5)
      }),
    )
  })

  it('is kept under the names of the controls', () => {
    expect(viewName(readControls({ b: 1, a: 2 }))).toBe('controls:b,a')
  })
})
