/** What a price consumes of each level: the cached shares against the function that defines them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LevelReach, triggeredShare } from '../../../src/liquidation/book/level-reach.ts'

/** The share of a level that a reach holds: none up to the untouched one, then the stored shares, then all. */
function shareOf(reach: LevelReach, level: number): number {
  const k = reach.direction * (level - reach.untouched)
  return k <= 0 ? 0 : k > reach.partial ? 1 : reach.shares[k - 1]!
}

describe('LevelReach', () => {
  it.each(['long', 'short'] as const)('%s: holds the triggered share of every level, to the last bit', side => {
    const depths = fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 40, noNaN: true }))
    const prices = fc.array(fc.double({ min: -500, max: 500, noNaN: true }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(depths, prices, (depth, path) => {
        const reach = new LevelReach(side, depth)
        for (const price of path) {
          reach.price = price
          reach.update()
          for (let level = Math.floor(price) - 45; level <= price + 45; level++)
            expect(shareOf(reach, level)).toBe(triggeredShare(side, level, price, depth))
        }
      }),
      { seed: 1 },
    )
  })

  it('by hand: a low at 100.25 with a depth of 1.5 bins goes through the middle of level 100 by 0.25 of a bin', () => {
    const reach = new LevelReach('long', 1.5)
    reach.price = 100.25
    reach.update()
    expect(reach.untouched).toBe(99)
    expect([100, 101, 102].map(level => shareOf(reach, level))).toEqual([0.25 / 1.5, 1.25 / 1.5, 1])
    // The last level that is consumed whole is the first whose middle lies 1.5 bins above the low.
    expect(reach.consumed).toBe(102)
  })
})
