/** Where in a bar positions open: the two paths, segment by segment, against a walk in small steps. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BarEntries } from '../../../src/liquidation/book/bar-entries.ts'
import { DirtyRange } from '../../../src/liquidation/book/dirty-range.ts'
import { pathEntries } from '../../../src/liquidation/book/intrabar-path.ts'
import { LevelReach, triggeredShare } from '../../../src/liquidation/book/level-reach.ts'

const WIDTH = 0.01
const at = (bin: number) => Math.exp(bin * WIDTH)
const bar = (open: number, high: number, low: number, close: number) => ({
  open: Float64Array.of(at(open)),
  high: Float64Array.of(at(high)),
  low: Float64Array.of(at(low)),
  close: Float64Array.of(at(close)),
})

function entriesOf(prices: ReturnType<typeof bar>, usd = 1000, longShare = 0.25) {
  const entries = new BarEntries()
  entries.start(prices, 0, WIDTH)
  pathEntries(prices, { notional: () => usd, longShare: () => longShare }, WIDTH)(0, entries)
  return entries
}

const segments = (entries: BarEntries) =>
  Array.from({ length: entries.count }, (_, k) => ({
    bins: [entries.from[k]!, entries.to[k]!],
    usd: entries.notional[k]! * (entries.to[k]! - entries.from[k]! + 1),
    before: [entries.beforeLow[k]!, entries.beforeHigh[k]!],
  }))

describe('the path of a bar', () => {
  it('is open, high, low, close and open, low, high, close, mixed by where the bar closes', () => {
    // Bins 410.5, 412.5, 408.5 and 409.5: lengths 2 + 4 + 1 and 2 + 4 + 3.
    const prices = bar(410.5, 412.5, 408.5, 409.5)
    const [open, high, low, close] = [410.5, 412.5, 408.5, 409.5].map(at) as [number, number, number, number]
    const first = 0.5 + (0.5 * (open - close)) / (high - low)
    const [a, b] = [(1000 * first) / 7, (1000 * (1 - first)) / 9]
    const near = (usd: number) => expect.closeTo(usd, 6)
    expect(segments(entriesOf(prices))).toEqual([
      { bins: [410, 412], usd: near(2 * a), before: [1, 1] },
      { bins: [408, 412], usd: near(4 * a), before: [1, 0] },
      { bins: [408, 409], usd: near(1 * a), before: [0, 0] },
      { bins: [408, 410], usd: near(2 * b), before: [1, 1] },
      { bins: [408, 412], usd: near(4 * b), before: [0, 1] },
      { bins: [409, 412], usd: near(3 * b), before: [0, 0] },
    ])
  })

  it('has no segment of no length, and one order alone where the bar opens and closes at its ends', () => {
    const falling = segments(entriesOf(bar(412.5, 412.5, 408.5, 408.5)))
    expect(falling).toEqual([{ bins: [408, 412], usd: expect.closeTo(1000, 6), before: [1, 0] }])
    const rising = segments(entriesOf(bar(408.5, 412.5, 408.5, 412.5)))
    expect(rising).toEqual([{ bins: [408, 412], usd: expect.closeTo(1000, 6), before: [0, 1] }])
  })

  it('of a bar without a range is its price, and of one without notional nothing', () => {
    const flat = entriesOf(bar(410.5, 410.5, 410.5, 410.5))
    expect(flat.alongPath).toBe(false)
    expect([flat.count, flat.from[0], flat.to[0], flat.notional[0], flat.longShare[0]]).toEqual([
      1, 410, 410, 1000, 0.25,
    ])
    for (const usd of [0, Number.NaN]) expect(entriesOf(bar(410, 412, 408, 411), usd).count).toBe(0)
  })

  it('holds all of the notional, on each side its share, in bins of the range', () => {
    const bins = fc.double({ min: 400, max: 430, noNaN: true })
    fc.assert(
      fc.property(bins, bins, bins, bins, (a, b, c, d) => {
        const [low, high] = [Math.min(a, b, c, d), Math.max(a, b, c, d)]
        if (high - low < 1e-6) return
        const entries = entriesOf(bar(a, high, low, b))
        const sum = (values: Float64Array) => values.slice(0, entries.bins).reduce((total, usd) => total + usd, 0)
        expect([entries.first, entries.last]).toEqual([
          Math.floor(Math.log(at(low)) / WIDTH),
          Math.floor(Math.log(at(high)) / WIDTH),
        ])
        expect(sum(entries.total())).toBeCloseTo(1000, 6)
        expect(sum(entries.values('long'))).toBeCloseTo(250, 6)
        expect(sum(entries.values('short'))).toBeCloseTo(750, 6)
        expect([entries.sideShare('long'), entries.sideShare('short')]).toEqual([0.25, 0.75])
        expect(entries.closeAt).toBeCloseTo(b, 9)
        // By bin: what the segments hold, each spread evenly.
        const expected = new Float64Array(entries.bins)
        const beforeLow = new Float64Array(entries.bins)
        const beforeHigh = new Float64Array(entries.bins)
        for (const {
          bins: [from, to],
          usd,
          before,
        } of segments(entries) as {
          bins: [number, number]
          usd: number
          before: number[]
        }[])
          for (let bin = from; bin <= to; bin++) {
            const part = usd / (to - from + 1)
            expected[bin - entries.first]! += part
            if (before[0]) beforeLow[bin - entries.first]! += part
            if (before[1]) beforeHigh[bin - entries.first]! += part
          }
        const total = entries.total().slice(0, entries.bins)
        for (const [i, usd] of expected.entries()) expect(total[i]).toBeCloseTo(usd, 6)
        for (const [side, early] of [
          ['long', beforeLow],
          ['short', beforeHigh],
        ] as const) {
          const opened = entries.openedBeforeExtreme(side, 0, entries.bins - 1)
          for (const [i, usd] of early.entries()) expect(opened[i]).toBeCloseTo(usd, 6)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('entries that are no path', () => {
  it('are added by bin and side, as many as come', () => {
    const entries = new BarEntries()
    entries.start({ low: Float64Array.of(at(4.5)), high: Float64Array.of(at(9.5)) }, 0, WIDTH)
    expect([entries.lowAt, entries.highAt, entries.bins]).toEqual([expect.closeTo(4.5, 9), expect.closeTo(9.5, 9), 0])
    for (let k = 0; k < 15; k++) entries.add(k % 3, 4 + (k % 3), 10, k < 5 ? 1 : 0.5)
    expect([entries.first, entries.last, entries.bins, entries.count]).toEqual([0, 6, 7, 15])
    // Five entries from each of the bins 0, 1 and 2 on, of five bins each.
    const total = [5, 10, 15, 15, 15, 10, 5].map(count => 10 * count)
    const longOnly = [2, 4, 5, 5, 5, 3, 1].map(count => 10 * count)
    const long = longOnly.map((usd, i) => usd + (total[i]! - usd) / 2)
    expect([...entries.values('long').slice(0, 7)]).toEqual(long)
    expect([...entries.values('short').slice(0, 7)]).toEqual(total.map((usd, i) => usd - long[i]!))
    expect([entries.sideShare('long', 4), entries.sideShare('short', 4), entries.sideShare('long', 5)]).toEqual([
      1, 0, 0.5,
    ])
  })
})

describe('what a price triggers', () => {
  it('is all from the bin that it reaches on, without a depth', () => {
    expect([99, 100, 101].map(level => triggeredShare('long', level, 100.7, 0))).toEqual([0, 1, 1])
    expect([99, 100, 101].map(level => triggeredShare('short', level, 100.7, 0))).toEqual([1, 1, 0])
  })

  it('is a share of the way through the middle of a bin, with one', () => {
    expect([99, 100, 101, 102, 103].map(level => triggeredShare('long', level, 100.5, 2))).toEqual([0, 0, 0.5, 1, 1])
    expect([101, 100, 99, 98, 97].map(level => triggeredShare('short', level, 100.5, 2))).toEqual([0, 0, 0.5, 1, 1])
  })

  it('is what a reach stores, for the same price again and for another one', () => {
    for (const side of ['long', 'short'] as const)
      for (const depth of [0, 0.3, 1, 2.5, 7]) {
        const reach = new LevelReach(side, depth)
        for (const price of [10.2, 10.2, -3.5, -3, 0.49, 0.5, 0.51]) {
          reach.price = price
          reach.update()
          expect(reach.firstUntouched()).toBe(reach.untouched)
          for (let level = Math.floor(price) - 10; level < price + 10; level++) {
            const k = reach.direction * (level - reach.untouched)
            const partial = depth === 0 ? 0 : reach.partial
            const stored = k <= 0 ? 0 : k > partial ? 1 : reach.shares[k - 1]!
            expect(stored).toBeCloseTo(triggeredShare(side, level, price, depth), 12)
          }
          // All of the consumed level goes, and not all of the one before it.
          expect(triggeredShare(side, reach.consumed, price, depth)).toBeCloseTo(1, 9)
          expect(triggeredShare(side, reach.consumed - reach.direction, price, depth)).toBeLessThan(1)
        }
      }
  })
})

it('a dirty range is the hull of what changed, by cohort', () => {
  const range = new DirtyRange(2)
  expect(range.isClean).toBe(true)
  expect(range.first(0)).toBeGreaterThan(range.last(0))
  range.markOpened(5, 7)
  range.markOpened(6, 6)
  range.markConsumed(1, 2, 3)
  range.markConsumed(1, 3, 9)
  expect(range.isClean).toBe(false)
  expect([range.first(0), range.last(0), range.first(1), range.last(1)]).toEqual([5, 7, 2, 9])
  expect([range.consumedFrom(1), range.consumedTo(1)]).toEqual([2, 9])
  expect(range.consumedFrom(0)).toBeGreaterThan(range.consumedTo(0))
  range.markOpened(3, 8)
  expect([range.openedFrom, range.openedTo, range.first(0), range.last(1)]).toEqual([3, 8, 3, 9])
  range.clear()
  expect(range.isClean).toBe(true)
  for (const cohort of [0, 1]) expect(range.first(cohort)).toBeGreaterThan(range.last(cohort))
  range.markConsumed(0, 1, 1)
  expect([range.isClean, range.first(0), range.last(0)]).toEqual([false, 1, 1])
})
