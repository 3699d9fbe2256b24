/** Ranks and rank correlations. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { random } from '../../src/stats/random.ts'
import { groupTies, partialSpearman, pearson, rankSample, ranks, spearman } from '../../src/stats/ranks.ts'

describe('ranks', () => {
  it('gives ties their mean rank', () => {
    expect([...ranks([10, 20, 10, 30])]).toEqual([1.5, 3, 1.5, 4])
  })

  it('counts the values below and half of the ties, for any sample of the values', () => {
    const value = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -0, 1, 1, 1, Infinity))
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 40 }),
        fc.array(fc.nat(39), { maxLength: 60 }),
        (all, some) => {
          const rows = Int32Array.from(some, row => row % all.length)
          const sample = Array.from(rows, row => all[row]!)
          const count = (test: (other: number) => boolean) => sample.filter(test).length
          const expected = sample.map(
            value => count(other => other < value) + (count(other => other === value) + 1) / 2,
          )
          expect([...rankSample(groupTies(all), rows)]).toEqual(expected)
          expect([...ranks(sample)]).toEqual(expected)
        },
      ),
    )
  })

  it('matches Spearman by hand: 1 − 6·Σd²/(n(n²−1))', () => {
    // d = 1, 1, 0, 2, 2 → Σd² = 10, n = 5.
    expect(
      spearman(
        [1, 2, 3, 4, 5],
        [2, 1, 3, 6, 4.5].map((v, i) => (i === 3 ? 5.5 : v)),
      ),
    ).toBeCloseTo(1 - (6 * 4) / 120, 12)
    expect(spearman([1, 2, 3], [1, 8, 27])).toBe(1)
    expect(spearman([1, 2, 3], [3, 2, 1])).toBe(-1)
    expect(pearson([1, 1, 1], [1, 2, 3])).toBeNaN()
  })

  it('matches the partial correlation formula for one control: r = (rxy − rxz·ryz)/√((1−rxz²)(1−ryz²))', () => {
    const rng = random(5)
    const z = Array.from({ length: 300 }, () => rng.normal())
    const x = z.map(value => value + rng.normal())
    const y = z.map(value => value + rng.normal())
    const [xy, xz, yz] = [spearman(x, y), spearman(x, z), spearman(y, z)]
    const expected = (xy - xz * yz) / Math.sqrt((1 - xz ** 2) * (1 - yz ** 2))
    expect(partialSpearman(x, y, [z])).toBeCloseTo(expected, 12)
    expect(partialSpearman(x, y, [z, z])).toBeCloseTo(expected, 9)
    // x and y share only z.
    expect(Math.abs(expected)).toBeLessThan(0.15)
    expect(xy).toBeGreaterThan(0.4)
  })
})
