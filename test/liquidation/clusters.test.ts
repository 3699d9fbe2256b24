import { describe, expect, it } from 'vitest'
import { LevelBook } from '../../src/liquidation/book/level-book.ts'
import { clusterTable, DEFAULT_RULE, findClusters } from '../../src/liquidation/clusters.ts'
import { heatGrid } from '../../src/liquidation/grid.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'

const WIDTH = 0.01
const CLOSE = 100
const AT = Math.floor(Math.log(CLOSE) / WIDTH)

/** Three tiers whose levels lie 20 bins from their entries. */
const ATOMS = {
  long: [0, 1, 2].map(tier => ({ tier, weight: 1, shift: -20 })),
  short: [0, 1, 2].map(tier => ({ tier, weight: 1, shift: 20 })),
}

/** A book around a close of 100 with bins of 1 %, filled by `[bins from the close, tier, notional]`. */
function bookOf(levels: [offset: number, tier: number, notional: number][], time = 0): LevelBook {
  const book = new LevelBook(AT - 100, 200, 3, ATOMS, { ages: true, expires: false })
  for (const [offset, tier, notional] of levels) add(book, offset, tier, notional, time)
  return book
}

/** Puts notional into one tier alone: into all of them, and out of the others again. */
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
  it('finds the run that stands out, with its edges, peak, share, tiers and convergence', () => {
    // Column of 20 bins: 18 of 1, one of 21 and one of 41: mean 4, bright from 12 on.
    const book = bookOf([...background(-20, -1), [-5, 1, 20], [-6, 1, 20], [-6, 2, 20]])
    const [cluster, ...others] = findClusters(book, 'long', CLOSE, WIDTH, { ...DEFAULT_RULE, maxDistance: 0.5 })
    expect(others).toEqual([])
    expect(cluster!.low).toBeCloseTo(Math.exp((AT - 6) * WIDTH), 9)
    expect(cluster!.high).toBeCloseTo(Math.exp((AT - 4) * WIDTH), 9)
    expect(cluster!.peak).toBeCloseTo(Math.exp((AT - 5.5) * WIDTH), 9)
    expect(cluster!.notional).toBeCloseTo(62, 9)
    expect(cluster!.share).toBeCloseTo(62 / 80, 9)
    expect([...cluster!.byTier]).toEqual([2, 40, 20])
    expect(cluster!.convergence).toBe(2)
  })

  it('joins bright bins over a gap, and no farther', () => {
    const book = bookOf([...background(1, 40), [5, 0, 50], [7, 0, 50], [10, 0, 50]])
    const found = (gap: number) => findClusters(book, 'short', CLOSE, WIDTH, { ...DEFAULT_RULE, maxDistance: 0.5, gap })
    expect(found(0).map(cluster => Math.round(cluster.notional))).toEqual([51, 51, 51])
    expect(found(1).map(cluster => Math.round(cluster.notional))).toEqual([103, 51])
    expect(found(2).map(cluster => Math.round(cluster.notional))).toEqual([156])
  })

  it('leaves out what is too far, too small, or on the other side', () => {
    const book = bookOf([...background(-40, -1), [-35, 0, 500], [3, 0, 99]])
    const rule = { ...DEFAULT_RULE, maxDistance: 0.3 }
    expect(findClusters(book, 'long', CLOSE, WIDTH, rule)).toEqual([])
    expect(findClusters(book, 'long', CLOSE, WIDTH, { ...rule, maxDistance: 0.4 })).toHaveLength(1)
    expect(findClusters(book, 'long', CLOSE, WIDTH, { ...rule, maxDistance: 0.4, minShare: 0.99 })).toEqual([])
    expect(findClusters(book, 'short', CLOSE, WIDTH, rule)).toEqual([])
  })

  it('an empty book has none', () => {
    expect(findClusters(bookOf([]), 'long', CLOSE, WIDTH)).toEqual([])
  })

  it('tells the mean opening time, weighted by notional, whatever has decayed', () => {
    const book = bookOf([...background(-20, -1)], 1000)
    add(book, -3, 0, 100, 1000)
    book.scaleBy(0.25)
    add(book, -3, 0, 75, 5000)
    const [cluster] = findClusters(book, 'long', CLOSE, WIDTH, { ...DEFAULT_RULE, maxDistance: 0.5 })
    expect(cluster!.notional).toBeCloseTo(100.25, 9)
    expect(book.openedTime('long', cluster!.fromBin, cluster!.toBin)).toBeCloseTo(25.25 * 1000 + 75 * 5000, 6)
  })
})

describe('clusterTable', () => {
  const market = simulateMarket({ seed: 8, bars: 400 })
  const map = liquidationMap(market)

  it('lies on the right side of the price, sums its tiers, and is sorted by brightness', () => {
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

  it('takes a bar by number or by time', () => {
    const byTime = clusterTable(map, { at: new Date(market.time[200]!) }).objects()
    expect(byTime).toEqual(clusterTable(map, { at: 200 }).objects())
    expect(() => clusterTable(map, { at: 400 })).toThrow(/bar 400, but the market has bars 0 to 399/)
    expect(() => clusterTable(map, { at: 'sometime' })).toThrow(/at: "sometime"/)
    expect(() => clusterTable(map, { brightness: -1 })).toThrow(/brightness: -1/)
  })
})

describe('heatGrid', () => {
  const market = simulateMarket({ seed: 8, bars: 400 })
  const map = liquidationMap(market)

  it('has the last bar as its last column, and in it all that the book holds in its prices', () => {
    const grid = heatGrid(map, { columns: 37, rows: 60 })
    expect(grid.bars[36]).toBe(399)
    expect(grid.bars[0]).toBe(0)
    let expected = 0
    map.replay((t, book) => {
      if (t !== 399) return
      const bins = Math.round(Math.log(grid.edges[grid.rows]! / grid.edges[0]!) / map.options.binWidth)
      const first = Math.round(Math.log(grid.edges[0]!) / map.options.binWidth)
      for (const value of book.column('long', first, new Float64Array(bins))) expected += value
    })
    let shown = 0
    for (let row = 0; row < grid.rows; row++) shown += grid.long[row * grid.columns + 36]!
    expect(shown / expected).toBeCloseTo(1, 5)
  })

  it('never has more rows and columns than asked for, nor more columns than bars', () => {
    const grid = heatGrid(map, { columns: 5000, rows: 17 })
    expect(grid.columns).toBe(400)
    expect(grid.rows).toBeLessThanOrEqual(17)
    expect(grid.edges.length).toBe(grid.rows + 1)
    expect(() => heatGrid(map, { columns: 0 })).toThrow(/columns: 0/)
    expect(() => heatGrid(map, { from: 10, to: 5 })).toThrow(/Bars 10 to 5/)
  })
})
