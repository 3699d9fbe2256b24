import fc from 'fast-check'
import { expect, it } from 'vitest'
import { clip, type Interval, subtract, unite } from '../../../src/data/store/intervals.ts'

const intervals = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })), { maxLength: 8 })
const within = (time: number, list: readonly Interval[]) => list.some(([from, to]) => from <= time && time < to)
const MOMENTS = Array.from({ length: 62 }, (_, i) => i - 1)

it('says of every moment what the intervals it was made of say', () => {
  fc.assert(
    fc.property(
      intervals,
      intervals.map(list => list[0] ?? [0, 0]),
      (list, [a, b]) => {
        const whole: Interval = [Math.min(a, b), Math.max(a, b)]
        for (const time of MOMENTS) {
          expect(within(time, unite(list))).toBe(within(time, list))
          expect(within(time, subtract(whole, list))).toBe(within(time, [whole]) && !within(time, list))
          expect(within(time, clip(list, whole))).toBe(within(time, [whole]) && within(time, list))
        }
      },
    ),
  )
})

it('gives as few as possible, in order, none empty', () => {
  fc.assert(
    fc.property(intervals, list => {
      for (const result of [unite(list), subtract([0, 50], list), clip(list, [5, 50])]) {
        for (const [i, [from, to]] of result.entries()) {
          expect(from).toBeLessThan(to)
          if (i > 0) expect(from).toBeGreaterThan(result[i - 1]![1])
        }
      }
    }),
  )
})
