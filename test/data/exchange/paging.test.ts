import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Plan, walk } from '../../../src/data/exchange/paging.ts'
import type { Row } from '../../../src/data/exchange/rows.ts'

const STEP = 10

/** An exchange with records at some steps; answers at most `cap` of a stretch, its first or its last ones. */
const venue = fc.record({
  there: fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 120 }),
  cap: fc.integer({ min: 1, max: 30 }),
  page: fc.integer({ min: 1, max: 30 }),
  newestFirst: fc.boolean(),
  from: fc.integer({ min: 0, max: 2000 }),
  length: fc.integer({ min: 1, max: 3000 }),
  loses: fc.integer({ min: 2, max: 5 }),
})

type Venue = typeof venue extends fc.Arbitrary<infer T> ? T : never

async function run(given: Venue, plan: Partial<Plan>, honest: boolean) {
  const all = given.there.map(n => n * STEP).sort((a, b) => a - b)
  const { from, page } = given
  const to = from + given.length
  let asked = 0
  const ask = async (start: number, end: number): Promise<Row[]> => {
    asked++
    const inside = all.filter(time => time >= start && time < end)
    const kept = given.newestFirst ? inside.slice(-given.cap).reverse() : inside.slice(0, given.cap)
    const rows = kept.map(time => [time, time * 2] as Row)
    // A server that loses a page now and then, but not the same one twice.
    return !honest && asked % given.loses === 1 ? [] : rows
  }
  const rows: Row[] = []
  let covered = from
  await walk({ from, to, stepMs: STEP, page, widthMs: page * STEP, wide: true, ...plan }, ask, (part, start, end) => {
    expect(start).toBe(covered)
    covered = end
    for (const [time] of part) expect(time! >= start && time! < end).toBe(true)
    rows.push(...part)
  })
  expect(covered).toBe(Math.max(to, from))
  return { times: rows.map(row => row[0]!), wanted: all.filter(time => time >= from && time < to), asked }
}

describe('paging', () => {
  it('finds every record of a series in steps once and in order, whatever the limit and order of the answers', () =>
    fc.assert(
      fc.asyncProperty(venue, async given => {
        const { times, wanted } = await run(given, {}, true)
        expect(times).toEqual(wanted)
      }),
    ))
  it('finds every record of a series without steps, when full answers are as long as the venue says', () =>
    fc.assert(
      fc.asyncProperty(venue, async given => {
        const { times, wanted } = await run({ ...given, cap: given.page }, { stepMs: null }, true)
        expect(times).toEqual(wanted)
      }),
    ))
  it('loses nothing when every other answer comes empty', () =>
    fc.assert(
      fc.asyncProperty(venue, async given => {
        const { times, wanted } = await run({ ...given, cap: 30, loses: 2 }, {}, false)
        expect(times).toEqual(wanted)
      }),
    ))
  it('passes over years of nothing in a few requests', async () => {
    const given = {
      there: [400],
      cap: 10,
      page: 10,
      newestFirst: false,
      from: -10_000_000,
      length: 10_010_000,
      loses: 9,
    }
    const { times, asked } = await run(given, {}, true)
    expect(times).toEqual([4000])
    expect(asked).toBeLessThan(150)
  })
})
