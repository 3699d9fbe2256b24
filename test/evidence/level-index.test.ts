import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LevelIndex, type TrackedLevel } from '../../src/evidence/level-index.ts'

/** Edges on a coarse grid, so that many are equal, and some that miss each other by less than rounding. */
const edge = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.constantFrom(0, 4e-10, -4e-10)).map(([i, by]) => i + by)
const zone = fc.tuple(edge, fc.constantFrom(0, 0, 0.5, 1, 3, 11)).map(([low, width]) => ({ low, high: low + width }))
const step = fc.record({
  what: fc.constantFrom('add', 'add', 'move', 'several', 'keep'),
  zone,
  asked: zone,
  of: fc.nat(1000),
  swept: fc.integer({ min: -1, max: 3 }),
})

describe('lives in order of their lower edges', () => {
  it('find the one that a look at all of them finds', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const lives = new LevelIndex()
        let all: TrackedLevel[] = []
        let id = 0
        for (const { what, zone, asked, of, swept } of steps) {
          const life = () => ({ id: id++, sign: 1, ...zone, seen: 0, swept })
          if (what === 'move' && all.length > 0) lives.move(all[of % all.length]!, zone)
          else if (what === 'keep') {
            const stays = (one: TrackedLevel) => one.id % 3 !== of % 3
            lives.keep(stays)
            all = all.filter(stays)
          } else {
            const born = what === 'several' ? [life(), life()] : [life()]
            if (what === 'several') lives.addAll(born)
            else lives.add(born[0]!)
            all.push(...born)
          }
          const may = (one: TrackedLevel) => one.id % 5 !== of % 5
          expect(lives.overlapping(asked, may)).toBe(lookAtAll(all, asked, may))
          expect([...lives.all()].map(one => one.id).sort((a, b) => a - b)).toEqual(all.map(one => one.id))
        }
      }),
    )
  })
})

function lookAtAll(
  all: readonly TrackedLevel[],
  { low, high }: { low: number; high: number },
  may: (life: TrackedLevel) => boolean,
) {
  let best: TrackedLevel | null = null
  let most = -1e-9
  for (const life of [...all].sort((a, b) => a.swept - b.swept || a.id - b.id)) {
    const overlap = Math.min(life.high, high) - Math.max(life.low, low)
    if (may(life) && overlap > most) {
      most = overlap
      best = life
    }
  }
  return best
}
