/** What a reader is told of the feeds: live, late or broken, and since when. */
import { describe, expect, it } from 'vitest'
import { FeedStateClock, feedState } from '../../../src/data/live/feed-state.ts'

const next = { expected: 60_000, delayMs: 1500 }

describe('feedState', () => {
  it('is live until a bar is missing for eight times the usual wait', () => {
    expect(feedState(59_000, [true, true], next)).toBe('live')
    expect(feedState(72_000, [true, true], next)).toBe('live')
    expect(feedState(72_001, [true, true], next)).toBe('late')
  })

  it('is broken while any feed is not connected, also when a bar is late', () => {
    expect(feedState(59_000, [true, false], next)).toBe('broken')
    expect(feedState(90_000, [false], next)).toBe('broken')
  })

  it('follows the bars alone where the exchange streams nothing', () => {
    expect(feedState(59_000, [], next)).toBe('live')
    expect(feedState(90_000, [], next)).toBe('late')
  })
})

it('a state keeps the moment it began', () => {
  const clock = new FeedStateClock()
  const at = Date.UTC(2026, 0, 2, 3, 4)
  expect([clock.set('live', at), clock.set('live', at + 1000), clock.set('late', at + 60_000)]).toEqual([
    true,
    false,
    true,
  ])
  expect(clock.current).toEqual({ state: 'late', since: at + 60_000 })
  expect(clock.text).toBe('late since 2026-01-02 03:05 UTC')
})
