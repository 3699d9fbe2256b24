import { describe, expect, it } from 'vitest'
import { EventSums } from '../../../src/data/live/event-sums.ts'
import type { LiveEvent } from '../../../src/data/live/events.ts'

const event = (time: number): LiveEvent => ({ time, price: 1, amount: 1, flag: true })

describe('EventSums', () => {
  it("gives a bar's sum only if all of it is covered", () => {
    const sums = new EventSums(100, time => Math.floor(time / 100) * 100)
    sums.add([event(110), { ...event(120), flag: false, amount: 3 }])
    sums.addCoverage([90, 150])
    expect(sums.sumOf(100)).toBeNull()
    expect(sums.missingIn(100)).toEqual([[150, 200]])
    sums.addCoverage([150, 320])
    expect(sums.sumOf(100)).toEqual({ flagged: 1, other: 3 })
    expect(sums.sumOf(200)).toEqual({ flagged: 0, other: 0 })
    sums.dropBefore(200)
    expect(sums.sumOf(200)).toEqual({ flagged: 0, other: 0 })
    expect(sums.sumOf(300)).toBeNull()
  })
})
