import { table } from 'arquero'
import { expect, it } from 'vitest'
import { FORMATS, formatOf, inferFormat, withFormats, withFormatsOf } from '../../src/common/column-format.ts'

it('stays on a column through filter, order, selection and new names', () => {
  const marked = withFormats(table({ a: [2, 1], b: Float64Array.of(0.5, 0.25) }), { a: FORMATS.usd, b: FORMATS.share })
  const derived = marked.filter('d => d.a > 0').orderby('a').derive({ c: 'd => d.a' }).select('b', { a: 'usd' }, 'c')
  const data = derived.data() as Record<string, unknown>
  expect(formatOf(data.b)).toEqual(FORMATS.share)
  expect(formatOf(data.usd)).toEqual(FORMATS.usd)
  expect(formatOf(data.c)).toBeUndefined()
  expect(Object.keys(data.b as object)).toEqual(['0', '1'])
  const joined = withFormatsOf(marked.concat(marked), marked)
  expect(formatOf((joined.data() as Record<string, unknown>).a)).toEqual(FORMATS.usd)
  expect(() => withFormats(marked, { x: FORMATS.usd })).toThrow('there is no column x')
})

it('ignores marks that are not formats', () => {
  const mark = Symbol.for('liqnb.columnFormat')
  for (const values of [null, 7, [], Object.assign([], { [mark]: 7 })]) expect(formatOf(values)).toBeUndefined()
  expect(formatOf(Object.assign([], { [mark]: { unit: 'x'.repeat(21), notation: 'roman', signed: 'yes' } }))).toEqual(
    {},
  )
})

it.each([
  ['usd', { unit: 'USD', notation: 'compact' }],
  ['netUsd', { unit: 'USD', notation: 'compact' }],
  ['volume_usd', { unit: 'USD', notation: 'compact' }],
  ['netUSD', { unit: 'USD', notation: 'compact' }],
  ['priceUsd', { unit: 'USD' }],
  ['entry_price_usd', { unit: 'USD' }],
  ['returnPct', { unit: '%' }],
  ['pct', { unit: '%' }],
  ['slippageBps', { unit: 'bp' }],
])('takes the unit of %s from its name', (name, format) => {
  expect(inferFormat(name)).toEqual(format)
})

it.each([
  'share',
  'BTCUSD',
  'BTC_USD',
  'usdPrice',
  'krupct',
  'subps',
  'bandwidth',
  'notional',
  'distance',
  'winRate',
  'percentile',
])('does not guess a unit for %s', name => {
  expect(inferFormat(name)).toBeUndefined()
})
