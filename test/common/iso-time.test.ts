import { expect, it } from 'vitest'
import { parseIsoUtc } from '../../src/common/iso-time.ts'

it.each([
  '',
  '19.06.2024',
  '2024-13-01',
  '2024-06-19T25:00',
  'June 2024',
  '2024',
  '2024-06-19T',
  '2024-06-19T21:00:00+',
  '2024-06-19 21:00 CET',
  '2024-06-19x',
])('refuses %j, which is not an ISO date', text => {
  expect(parseIsoUtc(text)).toBeNaN()
})
