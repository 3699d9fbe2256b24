import { expect, it } from 'vitest'
import { candleLength } from '../../src/common/candle-length.ts'
import { DAY, HOUR, MINUTE, WEEK } from '../../src/common/duration.ts'

it.each([
  [1, HOUR, HOUR],
  [HOUR + 1, HOUR, 2 * HOUR],
  [5 * HOUR, HOUR, 6 * HOUR],
  // No known length of whole bars of 4 h is between.
  [5 * HOUR, 4 * HOUR, 8 * HOUR],
  [25 * HOUR, HOUR, 2 * DAY],
  [4 * DAY, DAY, WEEK],
  [7 * MINUTE, MINUTE, 10 * MINUTE],
  // Nobody knows bars of 7 minutes.
  [8 * MINUTE, 7 * MINUTE, 14 * MINUTE],
  [10_000 * WEEK, WEEK, 10_000 * WEEK],
])('a candle of at least %i ms of bars of %i ms has %i ms', (min, bar, length) => {
  expect(candleLength(min, bar)).toBe(length)
})
