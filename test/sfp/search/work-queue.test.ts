/** In which batches variants are handed out. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WorkQueue } from '../../../src/sfp/search/work-queue.ts'

describe('the work queue', () => {
  it('hands out every variant once, and a key to one thread while others are left (property)', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 })
    const steps = fc.array(fc.record({ thread: fc.nat(2), size: fc.integer({ min: 1, max: 9 }) }), { maxLength: 40 })
    fc.assert(
      fc.property(sizes, steps, (counts, taken) => {
        let next = 0
        const keys = counts.map(count => Array.from({ length: count }, () => next++))
        const queue = new WorkQueue(keys)
        const takers = [queue.taker(), queue.taker(), queue.taker()]
        const owners = new Map<number, Set<number>>()
        const seen: number[] = []
        let free = keys.length
        const take = (thread: number, size: number) => {
          const batch = takers[thread]!(size)
          expect(batch.length > 0).toBe(seen.length < next)
          expect(batch.length).toBeLessThanOrEqual(size)
          const wasFree = free
          for (const member of batch) {
            seen.push(member)
            const key = keys.findIndex(members => members.includes(member))
            const threads = owners.get(key) ?? new Set()
            if (threads.size === 0) free--
            if (wasFree > 0 && threads.size > 0) expect([...threads]).toContain(thread)
            owners.set(key, threads.add(thread))
          }
          expect(queue.remaining).toBe(next - seen.length)
        }
        for (const { thread, size } of taken) take(thread, size)
        while (seen.length < next) take(seen.length % 3, 4)
        expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: next }, (_, k) => k))
      }),
    )
  })

  it('hands out the keys in their order, and fills a batch from the next one', () => {
    const take = new WorkQueue([[0, 1, 2], [3], [4, 5, 6]]).taker()
    expect([take(2), take(2), take(9), take(1)]).toEqual([[0, 1], [2, 3], [4, 5, 6], []])
  })

  it('gives a thread without a key the second half of the largest that is left', () => {
    const queue = new WorkQueue([
      [0, 1, 2],
      [3, 4, 5, 6, 7, 8, 9, 10],
    ])
    const [first, second, third] = [queue.taker(), queue.taker(), queue.taker()]
    expect([first(1), second(1)]).toEqual([[0], [3]])
    expect(queue.remaining).toBe(9)
    // Left are 1 … 2 and 4 … 10, of which 7 … 10 are the second half; of a half again a half.
    expect(third(2)).toEqual([7, 8])
    expect(second(9)).toEqual([4, 5, 6])
    expect(second(9)).toEqual([2])
    expect(second(9)).toEqual([10])
    expect(second(9)).toEqual([1])
    expect(queue.remaining).toBe(1)
    expect([third(9), first(9), second(9)]).toEqual([[9], [], []])
    expect(queue.remaining).toBe(0)
  })
})
