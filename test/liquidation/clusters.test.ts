/** The cluster rule and the table of clusters. */
import { describe, expect, it } from 'vitest'
import { LevelBook } from '../../src/liquidation/book/level-book.ts'
import { clusterRuleOptions, clusterTable, findClusters } from '../../src/liquidation/clusters.ts'
import { existing, map, market } from './helpers.ts'

const rule = clusterRuleOptions.defaults
const WIDTH = 0.01
const CLOSE = 100
const WEIGHTS = [0.5, 0.3, 0.2]
const CLOSE_BIN = Math.floor(Math.log(CLOSE) / WIDTH)

/** Three tiers whose levels lie 20 bins from their entries. */
const COHORTS = {
  long: [0, 1, 2].map(tier => ({ tier, weight: 1, shift: -20 })),
  short: [0, 1, 2].map(tier => ({ tier, weight: 1, shift: 20 })),
}

/** A book around a close of 100 with bins of 1 %, filled by `[bins from the close, tier, notional]`. */
function createBook(levels: [offset: number, tier: number, notional: number][], time = 0): LevelBook {
  const book = new LevelBook(CLOSE_BIN - 100, 200, 3, COHORTS, { ages: true, expires: false })
  for (const [offset, tier, notional] of levels) add(book, offset, tier, notional, time)
  return book
}

/** Adds notional to one tier: opens it in all tiers and consumes it in the others. */
function add(book: LevelBook, offset: number, tier: number, notional: number, time: number) {
  const side = offset < 0 ? book.long : book.short
  const index = offset + 100 - (offset < 0 ? -20 : 20)
  const [longs, shorts] = offset < 0 ? [notional, 0] : [0, notional]
  book.open(index, 1, Float64Array.of(longs), Float64Array.of(shorts), 1 / book.scale, 1 / book.scale, time)
  for (let other = 0; other < 3; other++) {
    if (other === tier) continue
    side.consumed[other]![index]! += notional / book.scale
    side.consumedTime[other]![index]! += (notional / book.scale) * time
  }
}
const background = (from: number, to: number): [number, number, number][] =>
  Array.from({ length: to - from + 1 }, (_, i) => [from + i, 0, 1])

describe('findClusters', () => {
  it('finds the brightest run with its edges, peak, share, tiers and convergence', () => {
    // Column of 20 bins: 18 of 1, one of 21 and one of 41: mean 4, bright from 12 on.
    const book = createBook([...background(-20, -1), [-5, 1, 20], [-6, 1, 20], [-6, 2, 20]])
    const [first, ...others] = findClusters(book, 'long', CLOSE, WIDTH, WEIGHTS, { ...rule, maxDistance: 0.5 })
    const cluster = existing(first)
    expect(others).toEqual([])
    expect(cluster.low).toBeCloseTo(Math.exp((CLOSE_BIN - 6) * WIDTH), 9)
    expect(cluster.high).toBeCloseTo(Math.exp((CLOSE_BIN - 4) * WIDTH), 9)
    expect(cluster.peak).toBeCloseTo(Math.exp((CLOSE_BIN - 5.5) * WIDTH), 9)
    expect(cluster.notional).toBeCloseTo(62, 9)
    expect(cluster.share).toBeCloseTo(62 / 80, 9)
    expect([...cluster.byTier]).toEqual([2, 40, 20])
    expect([...cluster.byBin]).toEqual([41, 21])
    expect(cluster.convergence).toBe(2)
  })

  it('counts a tier by its share against its own weight, whatever the others weigh', () => {
    // The tiers weigh 50, 30 and 20 %. In the second cluster each enters with its weight; in the first the last has 9 %, less
    // than half of its own; in a mix of 85, 10 and 5 % that is more than its own.
    const book = createBook([
      ...background(1, 60),
      [5, 0, 60],
      [5, 1, 31],
      [5, 2, 9],
      [20, 0, 50],
      [20, 1, 30],
      [20, 2, 20],
    ])
    const convergence = (weights: readonly number[], tierShare = 0.5) =>
      findClusters(book, 'short', CLOSE, WIDTH, weights, { ...rule, maxDistance: 0.8, tierShare })
        .sort((a, b) => a.low - b.low)
        .map(cluster => cluster.convergence)
    expect(convergence(WEIGHTS)).toEqual([2, 3])
    expect(convergence([0.85, 0.1, 0.05])).toEqual([3, 3])
    expect(convergence(WEIGHTS, 0.4)).toEqual([3, 3])
    // A tier without a dollar in it takes no part, even if it has no weight.
    expect(convergence([0.5, 0.5, 0], 0)).toEqual([3, 3])
    const two = createBook([...background(1, 60), [5, 0, 60], [5, 1, 40]])
    expect(
      findClusters(two, 'short', CLOSE, WIDTH, [0.5, 0.5, 0], { ...rule, maxDistance: 0.8, tierShare: 0 })[0]!
        .convergence,
    ).toBe(2)
  })

  it('puts the one of the brightest bin first, or the largest', () => {
    const book = createBook([...background(1, 60), [5, 0, 50], [20, 0, 40], [21, 0, 40], [22, 0, 40]])
    const first = (rankBy: 'brightest' | 'largest') =>
      existing(findClusters(book, 'short', CLOSE, WIDTH, WEIGHTS, { ...rule, maxDistance: 0.8, rankBy }, 1)[0])
    expect(first('brightest')).toMatchObject({ fromBin: CLOSE_BIN + 5, notional: 51, peakNotional: 51 })
    expect(first('largest')).toMatchObject({ fromBin: CLOSE_BIN + 20, notional: 123, peakNotional: 41 })
    expect(clusterRuleOptions.defaults.rankBy).toBe('brightest')
  })

  it('takes a bin that holds exactly the multiple of the mean as bright', () => {
    const exact = createBook([...background(1, 20), [10, 0, 1]])
    // Column of 19 × 1 and 2: mean 1.05; bright from 2/1.05 = 1.9047… on, not above.
    const at = (brightness: number) =>
      findClusters(exact, 'short', CLOSE, WIDTH, WEIGHTS, { ...rule, maxDistance: 0.5, brightness }).length
    expect(at(2 / 1.05)).toBe(1)
    expect(at(2.0001 / 1.05)).toBe(0)
  })

  it('gives the bin of the close to neither side', () => {
    const book = createBook([...background(-20, -1), ...background(1, 20), [-1, 0, 100], [1, 0, 100]])
    const long = existing(findClusters(book, 'long', CLOSE, WIDTH, WEIGHTS, { ...rule, maxDistance: 0.5 })[0])
    const short = existing(findClusters(book, 'short', CLOSE, WIDTH, WEIGHTS, { ...rule, maxDistance: 0.5 })[0])
    expect([long.toBin, short.fromBin]).toEqual([CLOSE_BIN - 1, CLOSE_BIN + 1])
    // A close one bin lower or higher: the same bins now hold the close, and are no cluster.
    const near = (close: number, side: 'long' | 'short') =>
      findClusters(book, side, close, WIDTH, WEIGHTS, { ...rule, maxDistance: 0.5 }).map(({ fromBin }) => fromBin)
    expect(near(CLOSE * Math.exp(-WIDTH), 'long')).toEqual([])
    expect(near(CLOSE * Math.exp(WIDTH), 'short')).toEqual([])
  })

  it('joins bright bins over a gap of at most `gap` bins', () => {
    const book = createBook([...background(1, 40), [5, 0, 50], [7, 0, 50], [10, 0, 50]])
    const find = (gap: number) => findClusters(book, 'short', CLOSE, WIDTH, WEIGHTS, { ...rule, maxDistance: 0.5, gap })
    expect(find(0).map(cluster => Math.round(cluster.notional))).toEqual([51, 51, 51])
    expect(find(1).map(cluster => Math.round(cluster.notional))).toEqual([103, 51])
    expect(find(2).map(cluster => Math.round(cluster.notional))).toEqual([156])
  })

  it('ignores what is too far, too small, or on the other side', () => {
    const book = createBook([...background(-40, -1), [-35, 0, 500], [3, 0, 99]])
    const near = { ...rule, maxDistance: 0.3 }
    expect(findClusters(book, 'long', CLOSE, WIDTH, WEIGHTS, near)).toEqual([])
    expect(findClusters(book, 'long', CLOSE, WIDTH, WEIGHTS, { ...near, maxDistance: 0.4 })).toHaveLength(1)
    expect(findClusters(book, 'long', CLOSE, WIDTH, WEIGHTS, { ...near, maxDistance: 0.4, minShare: 0.99 })).toEqual([])
    expect(findClusters(book, 'short', CLOSE, WIDTH, WEIGHTS, near)).toEqual([])
  })

  it('finds none in an empty book', () => {
    expect(findClusters(createBook([]), 'long', CLOSE, WIDTH, WEIGHTS)).toEqual([])
  })

  it('gives the mean opening time weighted by notional, also after decay', () => {
    const book = createBook([...background(-20, -1)], 1000)
    add(book, -3, 0, 100, 1000)
    book.scaleBy(0.25)
    add(book, -3, 0, 75, 5000)
    const cluster = existing(findClusters(book, 'long', CLOSE, WIDTH, WEIGHTS, { ...rule, maxDistance: 0.5 })[0])
    expect(cluster.notional).toBeCloseTo(100.25, 9)
    expect(book.openedTime('long', cluster.fromBin, cluster.toBin)).toBeCloseTo(25.25 * 1000 + 75 * 5000, 6)
  })
})

describe('clusterTable', () => {
  it('puts clusters on the right side of the price, with the sum of their tiers', () => {
    const rows = clusterTable(map, { at: 'all', brightness: 2 }).objects() as Record<string, number & string>[]
    expect(rows.length).toBeGreaterThan(100)
    for (const row of rows) {
      const close = market.close[row.bar!]!
      expect(row.side === 'long' ? row.high! <= close * 1.001 : row.low! >= close * 0.999).toBe(true)
      const tiers = map.options.tiers.reduce((sum, tier) => sum + row[`x${tier.leverage}`]!, 0)
      expect(tiers / row.notional!).toBeCloseTo(1, 9)
      expect(row.share).toBeLessThanOrEqual(1 + 1e-12)
      expect(row.ageHours).toBeGreaterThan(0)
    }
  })

  it('accepts a bar by number or by time', () => {
    const byTime = clusterTable(map, { at: new Date(market.time[200]!) }).objects()
    expect(byTime).toEqual(clusterTable(map, { at: 200 }).objects())
    expect(() => clusterTable(map, { at: 400 })).toThrow(/map.clusters: at: 400, but expected a bar from 0 to 399/)
    expect(() => clusterTable(map, { at: 'sometime' })).toThrow(/at: "sometime"/)
    expect(() => clusterTable(map, { brightness: -1 })).toThrow(
      /map.clusters: brightness: -1, but expected a factor above 0/,
    )
  })
})
