/** Readings, price groups, coverage and the book of observed positions, by hand. */
import { describe, expect, it } from 'vitest'
import { openInterestOf } from '../../../src/liquidation/observed/coverage.ts'
import { ObservedBook } from '../../../src/liquidation/observed/observed-book.ts'
import { observedMap } from '../../../src/liquidation/observed/observed-map.ts'
import { evenlySpread, groupShape } from '../../../src/liquidation/observed/price-groups.ts'
import { positionSlot, readingsOf } from '../../../src/liquidation/observed/readings.ts'
import { seenPositions } from '../../../src/liquidation/observed/seen-positions.ts'
import {
  barBootstrapOptions,
  defaultBlockBars,
  estimate,
  movingBlocks,
} from '../../../src/liquidation/validation/bar-bootstrap.ts'
import { ObservedPositionsBuilder, type ObservedRow } from '../../../src/market/observed-positions.ts'
import { HOUR, marketOf, START } from '../../market/fixtures.ts'
import { observe } from './positions.ts'

const positions = (rows: ObservedRow[]) => {
  const builder = new ObservedPositionsBuilder()
  for (const row of rows) builder.add(row)
  return builder.build({ exchange: 'test', source: 'by hand', synthetic: true, notes: [] })
}
const read = (time: number, account: string, kind: 'account' | 'orders' = 'account'): ObservedRow => ({
  time,
  account,
  kind,
})
const held = (
  time: number,
  account: string,
  coin: string,
  kind: 'position' | 'stop' | 'takeProfit' = 'position',
): ObservedRow => ({
  ...{ time, account, coin, kind, size: 1, price: 90 },
})
const interest = (time: number, coin: string, size: number): ObservedRow => ({
  time,
  kind: 'market',
  account: '',
  coin,
  size,
})

describe('readings of a coin', () => {
  const observed = positions([
    read(1, 'a'),
    held(1, 'a', 'BTC'),
    held(1, 'a', 'ETH'),
    held(1, 'a', 'BTC'),
    interest(2, 'BTC', 7),
    read(3, 'b', 'orders'),
    held(3, 'b', 'BTC', 'stop'),
    held(3, 'b', 'BTC', 'takeProfit'),
    read(4, 'b'),
    read(5, 'b'),
    held(5, 'b', 'ETH'),
    read(6, 'a', 'orders'),
  ])

  it('are all readings of accounts, with the rows of the coin', () => {
    const { length, time, slot, from, to, items, slots } = readingsOf(observed, 0)
    expect([length, slots]).toEqual([5, 4])
    expect([...time]).toEqual([1, 3, 4, 5, 6])
    expect([...slot]).toEqual([0, 3, 2, 2, 1])
    expect(positionSlot(1)).toBe(2)
    expect(Array.from({ length }, (_, r) => [...items.slice(from[r], to[r])])).toEqual([[1, 3], [6, 7], [], [], []])
    const eth = readingsOf(observed, 1)
    expect(Array.from({ length: 5 }, (_, r) => [...eth.items.slice(eth.from[r], eth.to[r])])).toEqual([
      [2],
      [],
      [],
      [10],
      [],
    ])
    expect(eth.items.length).toBe(2)
  })
})

describe('open interest', () => {
  const bars = [1, 2, 3].map(() => [100, 101, 99, 100])

  it('is what was observed by the close, at the last one also what came later if asked', () => {
    const observed = positions([
      interest(START + HOUR, 'BTC', 5),
      interest(START + HOUR + 1, 'ETH', 6),
      interest(START + 2 * HOUR + 1, 'BTC', 7),
      interest(START + 9 * HOUR, 'BTC', 8),
    ])
    const market = marketOf(bars, { openInterest: Float64Array.of(1, 2, 3) })
    const at = (latest: boolean) => [0, 1, 2].map(bar => openInterestOf(observed, 0, market, latest).at(bar))
    expect(at(false)).toEqual([5, 5, 7])
    expect(at(true)).toEqual([5, 5, 8])
    expect(openInterestOf(observed, 0, market, false).source).toBe('as test gave it')
    const eth = openInterestOf(observed, 1, market, false)
    expect([0, 1].map(bar => eth.at(bar))).toEqual([Number.NaN, 6])
  })

  it('is else that of the market, or not known', () => {
    const none = positions([read(1, 'a')])
    const recorded = openInterestOf(none, 0, marketOf(bars, { openInterest: Float64Array.of(1, 2, 3) }), false)
    expect([recorded.source, recorded.at(1)]).toEqual(['of BTC/USDT:USDT, test', 2])
    const unknown = openInterestOf(none, 0, marketOf(bars), false)
    expect([unknown.source, unknown.at(1)]).toEqual([null, Number.NaN])
  })
})

describe('price groups', () => {
  it('are whole bins of the map, as many as fit the distance', () => {
    expect(groupShape(0.2, 0.005, 0.001)).toEqual({ binsPerGroup: 5, groups: 40, width: 0.005 })
    expect(groupShape(0.2, 0.0001, 0.001)).toEqual({ binsPerGroup: 1, groups: 200, width: 0.001 })
    expect(groupShape(0.001, 0.005, 0.002)).toEqual({ binsPerGroup: 3, groups: 1, width: 0.006 })
  })

  it('are read at bars from the first to the last, evenly spread', () => {
    expect(evenlySpread([1, 2, 3], 3)).toEqual([1, 2, 3])
    expect(evenlySpread([1, 2, 3, 4, 5], 3)).toEqual([1, 3, 5])
    expect(evenlySpread([1, 2, 3, 4, 5], 2)).toEqual([1, 5])
    expect(evenlySpread([1, 2, 3], 1)).toEqual([1])
  })
})

describe('positions seen', () => {
  const market = marketOf(
    [100, 110, 110].map(close => [100, 111, 99, close]),
    { openInterest: Float64Array.of(8, 4, 4) },
  )
  const at = (price: number, size: number, leverage: number) => ({ price, size, leverage })
  // Groups of 5 % begin at the close: a long at 97 is in the first below 100 and in the third below 110, one at 92 in the second and the
  // fourth. The short at 112 is in the third above 100 and the first above 110, that at 300 in none.
  const positions = observe(market.time[0]!, [
    { hour: 0.5, account: 'a', rows: [at(97, 1, 10)] },
    { hour: 0.5, account: 'b', rows: [at(92, 2, 20)] },
    { hour: 0.5, account: 'c', rows: [at(300, -1, 10)] },
    { hour: 1.5, account: 'd', rows: [at(112, -3, 40)] },
  ])
  const observed = observedMap(positions, market, { binWidth: 0.001, maxAge: '90m' })
  const shape = groupShape(0.2, 0.05, 0.001)
  const near = (usd: readonly number[]) => usd.map(value => expect.closeTo(value, 9))

  it('are summed by side and price group from the close outwards, accounts as often as they are drawn', () => {
    // At the second close the readings of the first three are an hour and a half old.
    const seen = seenPositions(observed, [0, 1], shape)
    const first = [100, 200, 0, 0, 0, 0, 0, 0]
    const second = [0, 0, 0, 0, 330, 0, 0, 0]
    expect(seen.accountCount).toBe(4)
    expect([...seen.sum(Uint32Array.of(0))]).toEqual(near(first))
    expect([...seen.sum(Uint32Array.of(1))]).toEqual(near(second))
    expect([...seen.sum()]).toEqual(near(first.map((usd, k) => usd + second[k]!)))
    expect([...seen.sum(Uint32Array.of(0, 0, 1), Float64Array.of(3, 0, 1, 2))]).toEqual(
      near([600, 0, 0, 0, 660, 0, 0, 0]),
    )
    expect(seenPositions(observed, [0], groupShape(0.05, 0.05, 0.001)).sum()).toEqual(Float64Array.of(100, 0))
  })

  it('belong to the tier of the nearest leverage, one after the other', () => {
    const { sum } = seenPositions(observed, [0, 1], groupShape(0.1, 0.05, 0.001), [10, 30])
    // 20 is nearer to 30 than to 10, by ratio.
    expect([...sum()]).toEqual(near([100, 0, 0, 0, 0, 200, 330, 0]))
  })

  it('cover a share of open interest, both sides, with or without a level nearby', () => {
    const seen = seenPositions(observed, [0, 1, 2], shape)
    // 4 of 8 coins a side at the first close: 400 of 1,600 USD. 3 of 4 at the second: 330 of 880. None at the third.
    const once = new Float64Array(4).fill(1)
    expect(seen.coverage(Uint32Array.of(0), once)).toBeCloseTo(400 / 1600, 12)
    expect(seen.coverage(Uint32Array.of(0, 1, 1), once)).toBeCloseTo((400 + 660) / (1600 + 1760), 12)
    expect(seen.coverage(Uint32Array.of(2), once)).toBe(0)
    expect(seen.coverage(Uint32Array.of(0), Float64Array.of(0, 2, 1, 9))).toBeCloseTo(500 / 1600, 12)
    expect([...seen.sum(Uint32Array.of(2))]).toEqual(new Array(8).fill(0))
  })
})

it('an observed book holds coins by bin, and nothing after the last position has gone', () => {
  const book = new ObservedBook(100, 10, 2)
  const column = (tier?: number) => [...book.column('long', 100, new Float64Array(4), tier)]
  book.long.add(0, 1, 0.1, 50, 1)
  book.long.add(0, 1, 0.2, 80, 1)
  book.long.add(1, 2, 5, 10, 1)
  const near = (values: number[]) => values.map(value => expect.closeTo(value, 12))
  expect(column()).toEqual(near([0, 0.3, 5, 0]))
  expect(column(0)).toEqual(near([0, 0.3, 0, 0]))
  expect(book.long.times[0]![1]).toBeCloseTo(0.1 * 50 + 0.2 * 80, 12)
  book.long.add(0, 1, 0.1, 50, -1)
  expect(column(0)).toEqual(near([0, 0.2, 0, 0]))
  expect(book.long.times[0]![1]).toBeCloseTo(16, 12)
  book.long.add(0, 1, 0.3, 80, -1)
  expect(column(0)).toEqual([0, 0, 0, 0])
  expect(book.long.times[0]![1]).toBe(0)
  expect([...book.column('short', 100, new Float64Array(4))]).toEqual([0, 0, 0, 0])
})

it('a book by tier is read within its bins, in USD of a coin, as changes are told to its readers', () => {
  const book = new ObservedBook(100, 3, 2)
  const range = book.short.watch()
  // By bin: 1 and 2 coins of the first tier, 4 of the second; known since 10, 20 and 30.
  book.short.add(0, 0, 1, 10, 1)
  book.short.add(0, 2, 2, 20, 1)
  book.short.add(1, 2, 4, 30, 1)
  expect([range.consumedFrom(0), range.consumedTo(0), range.consumedFrom(1), range.consumedTo(1)]).toEqual([0, 2, 2, 2])
  expect(book.short.cohorts).toEqual([
    { tier: 0, shift: 0 },
    { tier: 1, shift: 0 },
  ])
  book.scale = 50
  const column = (from: number, count: number, tier?: number) => [
    ...book.column('short', from, new Float64Array(count).fill(7), tier),
  ]
  expect(column(99, 5)).toEqual([0, 50, 0, 300, 0])
  expect(column(102, 1)).toEqual([300])
  expect([0, 1].map(tier => column(101, 2, tier))).toEqual([
    [0, 100],
    [0, 200],
  ])
  const out = new Float64Array(2).fill(7)
  expect([book.readColumn('short', 101, out), ...out]).toEqual([300, 0, 300])
  const byTier = (from: number, to: number) => [...book.byTier('short', from, to, new Float64Array(2).fill(7))]
  expect([byTier(0, 200), byTier(100, 101), byTier(101, 102), byTier(103, 200)]).toEqual([
    [150, 200],
    [50, 0],
    [100, 200],
    [0, 0],
  ])
  const times = [book.openedTime('short', 0, 200), book.openedTime('short', 102, 102)]
  expect(times).toEqual([50 * (10 + 40 + 120), 50 * (40 + 120)])
})

describe('the bootstrap over bars', () => {
  it('draws blocks of neighbours of the given length, from all places', () => {
    const samples = movingBlocks(10, 4, 3000, 1)
    expect(samples.length).toBe(3000)
    const starts = new Array<number>(7).fill(0)
    for (const rows of samples) {
      expect(rows.length).toBe(10)
      for (const begin of [0, 4, 8]) {
        starts[rows[begin]!]!++
        for (let k = begin + 1; k < Math.min(10, begin + 4); k++) expect(rows[k]).toBe(rows[k - 1]! + 1)
      }
    }
    // 9,000 starts on seven places: 1,286 each, give or take four standard errors of 33.
    for (const count of starts) expect(Math.abs(count - 9000 / 7)).toBeLessThan(133)
    expect([...movingBlocks(3, 50, 1, 1)[0]!]).toEqual([0, 1, 2])
    expect(movingBlocks(10, 4, 2, 2)).not.toEqual(movingBlocks(10, 4, 2, 1))
  })

  it('has an interval of the middle 95 %, of what is defined', () => {
    const thousand = Array.from({ length: 1000 }, (_, i) => (i * 7) % 1000)
    expect(estimate(500, thousand)).toEqual({ value: 500, low: 25, high: 975 })
    expect(estimate(1, [Number.NaN, 5, Number.NaN])).toEqual({ value: 1, low: 5, high: 5 })
    expect(estimate(1, [])).toEqual({ value: 1, low: Number.NaN, high: Number.NaN })
  })

  it('has blocks of a day, of at least eight bars', () => {
    const bars = (hours: number) => defaultBlockBars({ barMs: hours * HOUR })
    expect([0.25, 1, 3, 4, 24].map(bars)).toEqual([96, 24, 8, 8, 8])
    expect(barBootstrapOptions.resolve({})).toMatchObject({ resamples: 500, seed: 1 })
    expect(barBootstrapOptions.check({ blockBars: 1, resamples: 1, seed: 0 })).toBeUndefined()
    for (const wrong of [{ blockBars: 0 }, { resamples: 0 }, { seed: 0.5 }])
      expect(barBootstrapOptions.check(wrong)).toBeDefined()
  })
})
