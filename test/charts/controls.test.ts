/** Controls: their description, their checks, and the values that fit them. */
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { controls } from '../../src/api/controls.ts'
import { type Control, fitValue, type NamedControl, readControls, viewName } from '../../src/charts/controls.ts'
import { OptionError } from '../../src/common/errors.ts'

/** The control that `x` describes. */
function read(x: unknown): NamedControl {
  const [control] = readControls({ x: x as Control })
  if (control === undefined) throw new Error('no control')
  return control
}

describe('readControls', () => {
  it('infers controls from plain values', () => {
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

  it('chooses round steps', () => {
    const step = (min: number, max: number) => (read({ type: 'range', min, max }) as { step: number }).step
    expect([step(1, 30), step(0, 1), step(0, 0.5), step(0, 5000), step(0, 4)]).toEqual([1, 0.01, 0.005, 50, 0.05])
  })

  it.each([
    [{ '2x': 1 }, 'liq.controls: "2x", but expected a name of letters, digits and _'],
    [{}, 'liq.controls: 0 controls, but expected 1 to 50'],
    [[1], 'liq.controls: [1], but expected an object: { name: control, … }'],
    [{ x: { type: 'range', max: 5 } }, 'liq.controls: x: min: undefined, but expected a number'],
    [{ x: { type: 'range', min: 5, max: 5 } }, 'liq.controls: x: max: 5, but expected a number above min, which is 5'],
    [{ x: { type: 'range', min: 0, max: 5, value: 6 } }, 'liq.controls: x: value: 6, but expected 0 to 5'],
    [{ x: { type: 'range', min: 0, max: 5, step: 9 } }, 'liq.controls: x: step: 9, but expected above 0 to 5'],
    [{ x: { type: 'range', min: 0, max: 5, step: -1 } }, 'liq.controls: x: step: -1, but expected above 0'],
    [{ x: { type: 'range', min: 0, maxi: 5 } }, 'liq.controls: x: maxi is not one of its options (did you mean max?)'],
    [
      { x: { type: 'select', options: [] } },
      'liq.controls: x: options: [], but expected a list of 1 to 1000 strings, numbers or booleans',
    ],
    [{ x: { type: 'select', options: ['a', 'c'], value: 'b' } }, 'liq.controls: x: value: "b", but expected a or c'],
    [
      { x: { type: 'date', value: '2024-13-01' } },
      'liq.controls: x: value: "2024-13-01", but expected a date as YYYY-MM-DD',
    ],
    [
      { x: { type: 'dial' } },
      'liq.controls: x: type: "dial", but expected range, number, select, switch, date or text',
    ],
    [{ x: null }, 'liq.controls: x: null, but expected a value, or { type }'],
    [{ x: Number.NaN }, 'liq.controls: x: value: NaN, but expected a number'],
  ])('refuses %j', (descriptions, message) => {
    expect(() => readControls(descriptions as never)).toThrow(OptionError)
    expect(() => readControls(descriptions as never)).toThrow(message)
  })

  it('gives each value its type', () => {
    const { values } = controls({
      n: 3,
      name: 'x',
      side: ['long', 'short'],
      on: { type: 'switch' },
      half: { type: 'range', min: 1, max: 2 },
    })
    expectTypeOf(values.n).toEqualTypeOf<number>()
    expectTypeOf(values.on).toEqualTypeOf<boolean>()
    expectTypeOf(values.half).toEqualTypeOf<number>()
    expectTypeOf(values.name).toEqualTypeOf<string>()
    expectTypeOf(values.side).toEqualTypeOf<'long' | 'short'>()
    expect(values).toEqual({ n: 3, name: 'x', side: 'long', on: false, half: 1 })
  })
})

describe('fitValue', () => {
  it('reads the text of the command line by the type of the control', () => {
    const fitted = (control: unknown, value: unknown) => fitValue(read(control), value)
    expect(fitted({ type: 'range', min: 1, max: 30, unit: 'd' }, '3d')).toEqual({ value: 3 })
    expect(fitted({ type: 'range', min: 1, max: 30, unit: 'd' }, '3h')).toEqual({ expected: 'a number (d)' })
    expect(fitted([5, 10], '10')).toEqual({ value: 10 })
    expect(fitted(true, 'false')).toEqual({ value: false })
    expect(fitted('x', 7)).toEqual({ value: '7' })
    expect(fitted({ type: 'date', min: '2024-01-01' }, '2023-12-31')).toEqual({
      expected: 'a date from 2024-01-01 to any',
    })
  })

  it('is stable: a value that fits, fits again', () => {
    const range = read({ type: 'range', min: -5, max: 5, unit: '%' })
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.constant(null)), value => {
        const fitted = fitValue(range, value)
        if ('value' in fitted) expect(fitValue(range, fitted.value)).toEqual(fitted)
        if (typeof value === 'number') expect('value' in fitted).toBe(value >= -5 && value <= 5)
      }),
    )
  })
})

it('viewName joins the names of the controls', () => {
  expect(viewName(readControls({ b: 1, a: 2 }))).toBe('controls:b,a')
})
