import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fetchPages, type PagingPlan } from '../../../src/data/exchange/paging.ts'
import type { Row } from '../../../src/data/exchange/rows.ts'

const STEP = 10

/** An exchange with records at some steps. A response holds at most `cap` of a range: its first or its last ones. */
const venue = fc.record({
  steps: fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 120 }),
  cap: fc.integer({ min: 1, max: 30 }),
  pageSize: fc.integer({ min: 1, max: 30 }),
  newestFirst: fc.boolean(),
  from: fc.integer({ min: 0, max: 2000 }),
  length: fc.integer({ min: 1, max: 3000 }),
  loseEvery: fc.integer({ min: 2, max: 5 }),
})

type Venue = typeof venue extends fc.Arbitrary<infer T> ? T : never

async function run(given: Venue, plan: Partial<PagingPlan>, reliable: boolean) {
  const all = given.steps.map(n => n * STEP).sort((a, b) => a - b)
  const { from, pageSize } = given
  const to = from + given.length
  let requests = 0
  const fetchPage = async (start: number, end: number): Promise<Row[]> => {
    requests++
    const inside = all.filter(time => time >= start && time < end)
    const served = given.newestFirst ? inside.slice(-given.cap).reverse() : inside.slice(0, given.cap)
    const rows = served.map(time => [time, time * 2] as const)
    // The server loses a page now and then, but never the same one twice.
    return !reliable && requests % given.loseEvery === 1 ? [] : rows
  }
  const rows: Row[] = []
  let covered = from
  await fetchPages(
    { from, to, stepMs: STEP, pageSize, windowMs: pageSize * STEP, canWiden: true, ...plan },
    fetchPage,
    (part, start, end) => {
      expect(start).toBe(covered)
      covered = end
      for (const [time] of part) expect(time >= start && time < end).toBe(true)
      rows.push(...part)
    },
  )
  expect(covered).toBe(Math.max(to, from))
  return { times: rows.map(([time]) => time), expected: all.filter(time => time >= from && time < to), requests }
}

describe('paging', () => {
  it('finds every record of a series with a step once and in order, whatever the limit and order of the responses', () =>
    fc.assert(
      fc.asyncProperty(venue, async given => {
        const { times, expected } = await run(given, {}, true)
        expect(times).toEqual(expected)
      }),
    ))
  it('finds every record of a series without a step if full responses are as long as documented', () =>
    fc.assert(
      fc.asyncProperty(venue, async given => {
        const { times, expected } = await run({ ...given, cap: given.pageSize }, { stepMs: null }, true)
        expect(times).toEqual(expected)
      }),
    ))
  it('loses nothing if every other response is empty', () =>
    fc.assert(
      fc.asyncProperty(venue, async given => {
        const { times, expected } = await run({ ...given, cap: 30, loseEvery: 2 }, {}, false)
        expect(times).toEqual(expected)
      }),
    ))
  it('skips empty years in few requests', async () => {
    const given = {
      steps: [400],
      cap: 10,
      pageSize: 10,
      newestFirst: false,
      from: -10_000_000,
      length: 10_010_000,
      loseEvery: 9,
    }
    const { times, requests } = await run(given, {}, true)
    expect(times).toEqual([4000])
    expect(requests).toBeLessThan(150)
  })
})
