import fc from 'fast-check'
import { expect, it } from 'vitest'
import { clip, type Interval, subtract, unite } from '../../../src/data/store/intervals.ts'

const moment = fc.integer({ min: 0, max: 60 })
const intervals = fc.array(fc.tuple(moment, moment), { maxLength: 8 })
const isIn = (time: number, list: readonly Interval[]) => list.some(([from, to]) => from <= time && time < to)
const MOMENTS = Array.from({ length: 62 }, (_, i) => i - 1)

it('unites, subtracts and clips as single moments show', () => {
  fc.assert(
    fc.property(intervals, fc.tuple(moment, moment), (list, [a, b]) => {
      const whole: Interval = [Math.min(a, b), Math.max(a, b)]
      for (const time of MOMENTS) {
        expect(isIn(time, unite(list))).toBe(isIn(time, list))
        expect(isIn(time, subtract(whole, list))).toBe(isIn(time, [whole]) && !isIn(time, list))
        expect(isIn(time, clip(list, whole))).toBe(isIn(time, [whole]) && isIn(time, list))
      }
    }),
  )
})

it('returns as few intervals as possible, in order, none empty', () => {
  fc.assert(
    fc.property(intervals, list => {
      for (const result of [unite(list), subtract([0, 50], list), clip(list, [5, 50])]) {
        for (const [i, [from, to]] of result.entries()) {
          expect(from).toBeLessThan(to)
          if (i > 0) expect(from).toBeGreaterThan(result[i - 1]?.[1] ?? Infinity)
        }
      }
    }),
  )
})
