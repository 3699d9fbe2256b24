/** The level book against positions that are kept one by one, and by hand. */
import { describe, expect, it } from 'vitest'
import { BarEntries } from '../../../src/liquidation/book/bar-entries.ts'
import { pathEntries } from '../../../src/liquidation/book/intrabar-path.ts'
import { LevelBook } from '../../../src/liquidation/book/level-book.ts'
import { triggeredShare } from '../../../src/liquidation/book/level-reach.ts'
import type { Cohort } from '../../../src/liquidation/book/side-book.ts'
import type { Side } from '../../../src/liquidation/side.ts'
import { random } from '../../../src/stats/random.ts'

const SIDES = ['long', 'short'] as const
const FIRST = 100
const BINS = 30
const cohorts: Record<Side, readonly Cohort[]> = {
  long: [
    { tier: 1, weight: 0.25, shift: -2 },
    { tier: 0, weight: 0.5, shift: -5 },
    { tier: 1, weight: 0.25, shift: -9 },
  ],
  short: [
    { tier: 1, weight: 0.5, shift: 3 },
    { tier: 0, weight: 0.5, shift: 8 },
  ],
}
/** Bins around all levels. */
const [LOWEST, HIGHEST] = [FIRST - 10, FIRST + BINS + 10]

/** One position: USD, and where and when it opened. */
interface Position {
  side: Side
  tier: number
  /** Index of the level. */
  level: number
  usd: number
  bar: number
}

/** The same as the book, in the slow and obvious way. */
class Positions {
  all: Position[] = []

  open(from: number, usd: Record<Side, Float64Array>, bar: number): void {
    for (const side of SIDES)
      for (const [k, value] of usd[side].entries())
        for (const { tier, weight, shift } of cohorts[side])
          this.all.push({ side, tier, level: from + k + shift, usd: weight * value, bar })
  }

  /** @returns what goes, by tier */
  consume(side: Side, reachedAt: number, depth: number): number[] {
    const gone = [0, 0]
    for (const position of this.all.filter(one => one.side === side)) {
      const part = position.usd * triggeredShare(side, position.level, reachedAt, depth)
      gone[position.tier]! += part
      position.usd -= part
    }
    return gone
  }

  /** Sum of the values of a side's positions by level bin, `count` of them from `from` on. */
  column(side: Side, from: number, count: number, value: (position: Position) => number): Float64Array {
    const out = new Float64Array(count)
    for (const position of this.all) if (position.side === side) out[position.level + FIRST - from]! += value(position)
    return out
  }
}

const sum = (values: Float64Array): number => values.reduce((all, value) => all + value, 0)

/** Expects values to be equal but for rounding. One expectation for all: each takes as long as a hundred comparisons. */
function expectNear(actual: Float64Array, expected: Float64Array): void {
  const worst = expected.reduce(
    (most, value, i) => Math.max(most, Math.abs(actual[i]! - value) / Math.max(1, value)),
    actual.length - expected.length,
  )
  expect(worst).toBeLessThan(1e-9)
}

describe.each([
  { name: 'without a depth', depthBins: 0, expires: false },
  { name: 'with a depth', depthBins: 2.6, expires: false },
  { name: 'with a maximum age', depthBins: 0, expires: true },
])('the level book $name', ({ depthBins, expires }) => {
  it.each([1, 2, 3, 4, 5, 6])('holds what single positions do (%i)', seed => {
    const rng = random(seed)
    const book = new LevelBook(FIRST, BINS, 2, cohorts, { ages: true, expires, depthBins })
    const positions = new Positions()
    const opened: { from: number; usd: Record<Side, Float64Array>; factor: number; bar: number }[] = []
    const timeOf = (bar: number) => 10 + bar
    for (let bar = 0; bar < 30; bar++) {
      if (expires && bar % 3 === 2)
        for (const { from, usd, factor, bar: old } of opened.splice(0, 2)) {
          for (const side of SIDES)
            book[side].expire(from, usd[side], usd[side].length, factor, timeOf(old), old, () => 0)
          positions.all = positions.all.filter(position => position.bar !== old)
        }
      for (const side of SIDES) {
        const reachedAt = side === 'long' ? 24 - 34 * rng.uniform() : 6 + 34 * rng.uniform()
        const gone = new Float64Array(2)
        book[side].reachedAt = reachedAt
        book[side].consume(gone, bar)
        const usd = gone.map(value => value * book.scale)
        expectNear(usd, Float64Array.from(positions.consume(side, reachedAt, depthBins)))
      }
      // Without a maximum age, nearly all close in some bars: their product is 1e-360, less than any number holds.
      const share = bar >= 14 && bar < 20 && !expires ? 1e-60 : 1 - 0.2 * rng.uniform()
      book.scaleBy(share)
      for (const position of positions.all) position.usd *= share
      if (rng.uniform() < 0.8) {
        const from = rng.integer(BINS)
        const count = 1 + rng.integer(Math.min(6, BINS - from))
        const values = () => Float64Array.from({ length: count }, () => 100 * rng.uniform())
        const usd = { long: values(), short: values() }
        const factor = 1 / book.scale
        book.open(from, count, usd.long, usd.short, factor, factor, timeOf(bar))
        positions.open(from, usd, bar)
        opened.push({ from, usd, factor, bar })
      }
      if (rng.uniform() < 0.3) continue
      for (const side of SIDES) {
        const from = LOWEST + rng.integer(25)
        const count = 1 + rng.integer(HIGHEST - from)
        const to = from + count - 1
        const all = positions.column(side, from, count, ({ usd }) => usd)
        const tiers = [0, 1].map(of => positions.column(side, from, count, ({ usd, tier }) => (tier === of ? usd : 0)))
        expectNear(book.byTier(side, from, to), Float64Array.from(tiers, sum))
        const out = new Float64Array(count).fill(7)
        for (const tier of [0, 1]) expectNear(book.column(side, from, out, tier), tiers[tier]!)
        const times = positions.column(side, from, count, one => one.usd * timeOf(one.bar))
        expectNear(Float64Array.of(book.openedTime(side, from, to)), Float64Array.of(sum(times)))
        // From the first such reading on, sums are kept and only what changed is added up again.
        if (bar < 4 * seed) continue
        expectNear(Float64Array.of(book.readColumn(side, from, out.fill(7))), Float64Array.of(sum(all)))
        expectNear(out, all)
        expectNear(book.column(side, from, out.fill(7)), all)
        book.addColumn(side, from, out)
        expectNear(
          out,
          all.map(usd => 2 * usd),
        )
      }
    }
  })
})

describe('the level book, by hand,', () => {
  const one = { long: [{ tier: 0, weight: 1, shift: -2 }], short: [{ tier: 0, weight: 1, shift: 2 }] }
  const usd = (...values: number[]) => Float64Array.from(values)

  it('counts what is below 1e-13 of all that opened as nothing, in every reading', () => {
    for (const [rest, isRounding] of [
      [0.5e-13, true],
      [2e-13, false],
    ] as const)
      for (const side of SIDES) {
        const book = new LevelBook(FIRST, BINS, 1, one, { ages: true, expires: false })
        book.open(10, 1, usd(8), usd(8), 1, 1, 5)
        book[side].consumed[0]![10] = 8 * (1 - rest)
        book[side].consumedTime[0]![10] = 40 * (1 - rest)
        const level = FIRST + 10 + (side === 'long' ? -2 : 2)
        const gone = usd(0)
        const readings = () => [
          book.byTier(side, level, level)[0]!,
          book.column(side, level, usd(7), 0)[0]!,
          book.readColumn(side, level, usd(7)),
          // Now that sums are kept.
          book.byTier(side, level, level)[0]!,
          book[side].remaining(0, 10),
          book.openedTime(side, level, level) / 5,
        ]
        const all = readings()
        book[side].reachedAt = side === 'long' ? 0 : 20
        book[side].consume(gone, 1)
        for (const value of [...all, gone[0]!])
          if (isRounding) expect(value).toBe(0)
          else expect(value / (8 * rest)).toBeCloseTo(1, 1)
      }
  })

  it('holds exactly nothing after the last of several positions has expired, and the others until then', () => {
    const book = new LevelBook(FIRST, BINS, 1, one, { ages: true, expires: true })
    const [first, second] = [0.1, 0.2]
    expect(first + second - first - second).toBeGreaterThan(0)
    book.open(10, 1, usd(first), usd(first), 1, 1, 13)
    book.open(10, 1, usd(second), usd(second), 1, 1, 14)
    const held = (side: Side) => [
      sum(book.column(side, FIRST, new Float64Array(BINS), 0)),
      book.readColumn(side, FIRST, new Float64Array(BINS)),
      book.openedTime(side, FIRST, FIRST + BINS),
    ]
    for (const side of SIDES) {
      held(side)
      book[side].expire(10, usd(first), 1, 1, 13, 0, () => 0)
      expect(held(side)).toEqual([second, second, 14 * second].map(value => expect.closeTo(value, 12)))
      book[side].expire(10, usd(second), 1, 1, 14, 1, () => 0)
      expect(held(side)).toEqual([0, 0, 0])
    }
  })

  it('takes nothing from later positions when one expires that a price had reached', () => {
    for (const side of SIDES) {
      const book = new LevelBook(FIRST, BINS, 1, one, { ages: false, expires: true })
      book.open(10, 1, usd(8), usd(8), 1, 1, 0)
      book[side].reachedAt = side === 'long' ? 8.5 : 12.5
      book[side].consume(null, 1)
      book.open(10, 1, usd(5), usd(5), 1, 1, 0)
      expect(sum(book.column(side, FIRST, new Float64Array(BINS), 0))).toBe(5)
      book[side].expire(10, usd(8), 1, 1, 0, 0, () => 0)
      expect(sum(book.column(side, FIRST, new Float64Array(BINS), 0))).toBe(5)
    }
  })

  it.each([3, 4, 12, 63, 64, 65, 66, 67, 128, 129, 130, 131])(
    'a bar over %i bins liquidates its own entries as far as its path then reaches',
    bins => {
      const width = 0.001
      const [low, high] = [500.25, 499.25 + bins]
      const price = (at: number) => Float64Array.of(Math.exp(at * width))
      // It closes at its extreme, or goes back by a third of its range.
      for (const side of SIDES)
        for (const depthBins of [0, 2.5])
          for (const back of [0, 1 / 3]) {
            const [from, extreme] = side === 'long' ? [high, low] : [low, high]
            const closeAt = extreme + back * (from - extreme)
            const market = { open: price(from), high: price(high), low: price(low), close: price(closeAt) }
            const entries = new BarEntries()
            entries.start(market, 0, width)
            pathEntries(market, { notional: () => 1000, longShare: () => 0.5 }, width)(0, entries)
            const book = new LevelBook(490, bins + 20, 2, cohorts, { ages: true, expires: false, depthBins })
            const total = entries.total()
            book.open(10, entries.bins, total, total, 0.5, 0.5, 3)
            const gone = usd(0, 0)
            book[side].consumeOpened(entries, total, book.firstBin, 0.5, 3, gone)
            // What opens before the extreme meets it, the rest meets the close.
            const before = entries.openedBeforeExtreme(side, 0, entries.bins - 1)
            const left = new Float64Array(bins + 20)
            const goes = usd(0, 0)
            for (const { tier, weight, shift } of cohorts[side])
              for (let i = 0; i < bins; i++) {
                const share = (at: number) => triggeredShare(side, 500 + i + shift, at, depthBins)
                const early = weight * 0.5 * before[i]!
                const late = weight * 0.5 * total[i]! - early
                const part = early * share(extreme) + late * share(closeAt)
                goes[tier]! += part
                left[10 + i + shift]! += early + late - part
              }
            expectNear(gone, goes)
            expectNear(book.column(side, 490, new Float64Array(bins + 20)), left)
            expect(book.openedTime(side, 0, 1000) / (3 * sum(left))).toBeCloseTo(1, 9)
            // What is left can still be reached.
            book[side].reachedAt = side === 'long' ? -20 : bins + 40
            const later = usd(0, 0)
            book[side].consume(later, 1)
            expect(sum(later)).toBeCloseTo(sum(left), 9)
          }
    },
  )
})
