import fc from 'fast-check'
import { expect, it } from 'vitest'
import { countText, decimalText, MINUS, usdText } from '../../src/common/number-text.ts'

it('usdText shortens amounts to three digits and a unit', () => {
  const texts = [0, 950, 1500, 2.34e6, 5e9, 1e12, -1500].map(usdText)
  expect(texts).toEqual(['0', '950', '1.5k', '2.34M', '5B', '1T', `${MINUS}1.5k`])
})

it('usdText takes the next unit for what rounds up to it', () => {
  expect([999.6, 999_400, 999_600, 999_600_000, -999_600].map(usdText)).toEqual([
    '1k',
    '999k',
    '1M',
    '1B',
    `${MINUS}1M`,
  ])
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 9e14, noNaN: true }), value => {
      const [, digits, unit] = /^([\d.e-]+)([kMBT]?)$/.exec(usdText(value))!
      expect(Number(digits)).toBeLessThan(1000)
      const back = Number(digits) * { '': 1, k: 1e3, M: 1e6, B: 1e9, T: 1e12 }[unit!]!
      expect(Math.abs(back / value - 1)).toBeLessThan(0.0051)
    }),
  )
})

it('decimalText has one kind of minus, and none for what rounds to zero', () => {
  expect([-1234.5, -0.001, 0.5].map(value => decimalText(value, 2))).toEqual([`${MINUS}1,234.50`, '0.00', '0.50'])
})

it('countText says one thing in the singular', () => {
  expect([0, 1, 2000, 1.5].map(count => countText(count, 'day'))).toEqual(['0 days', '1 day', '2,000 days', '1.5 days'])
  expect(countText(1, 'index', 'indices')).toBe('1 index')
})
