import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LevelIndex, type TrackedLevel } from '../../src/evidence/level-index.ts'

/** Edges on a coarse grid, so that many are equal, and some differ by less than the tolerance. */
const edge = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.constantFrom(0, 4e-10, -4e-10)).map(([i, by]) => i + by)
const zone = fc.tuple(edge, fc.constantFrom(0, 0, 0.5, 1, 3, 11)).map(([low, width]) => ({ low, high: low + width }))
const step = fc.record({
  action: fc.constantFrom('add', 'add', 'move', 'addAll', 'retain'),
  zone,
  query: zone,
  choice: fc.nat(1000),
  sweptBar: fc.integer({ min: -1, max: 3 }),
})

describe('a level index', () => {
  it('finds the same level as a search through all levels', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const index = new LevelIndex()
        let all: TrackedLevel[] = []
        let id = 0
        for (const { action, zone, query, choice, sweptBar } of steps) {
          const createLevel = (): TrackedLevel => ({ id: id++, sign: 1, ...zone, lastSeenBar: 0, sweptBar })
          const moved = all[choice % Math.max(1, all.length)]
          if (action === 'move' && moved) index.move(moved, zone)
          else if (action === 'retain') {
            const keep = (level: TrackedLevel) => level.id % 3 !== choice % 3
            index.retain(keep)
            all = all.filter(keep)
          } else {
            const first = createLevel()
            const added = action === 'addAll' ? [first, createLevel()] : [first]
            if (action === 'addAll') index.addAll(added)
            else index.add(first)
            all.push(...added)
          }
          const accept = (level: TrackedLevel) => level.id % 5 !== choice % 5
          expect(index.findOverlapping(query, accept)).toBe(findInAll(all, query, accept))
          expect([...index.all()].map(level => level.id).sort((a, b) => a - b)).toEqual(all.map(level => level.id))
        }
      }),
    )
  })
})

function findInAll(
  all: readonly TrackedLevel[],
  { low, high }: { low: number; high: number },
  accept: (level: TrackedLevel) => boolean,
) {
  let best: TrackedLevel | null = null
  let maxOverlap = -1e-9
  for (const level of [...all].sort((a, b) => a.sweptBar - b.sweptBar || a.id - b.id)) {
    const overlap = Math.min(level.high, high) - Math.max(level.low, low)
    if (accept(level) && overlap > maxOverlap) {
      maxOverlap = overlap
      best = level
    }
  }
  return best
}
