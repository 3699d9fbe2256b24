/** Maps of observed positions. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR } from '../../../src/common/duration.ts'
import { resolveEvidence } from '../../../src/evidence/evidence-options.ts'
import { createScope } from '../../../src/evidence/scope.ts'
import { scopeByTimeframe } from '../../../src/evidence/timeframes.ts'
import { aggregateMaps } from '../../../src/liquidation/aggregate.ts'
import { clusterTable } from '../../../src/liquidation/clusters.ts'
import { heatGrid, tierGrids } from '../../../src/liquidation/grid.ts'
import { type LiquidationMap, liquidationMap } from '../../../src/liquidation/map.ts'
import { observedMap } from '../../../src/liquidation/observed/observed-map.ts'
import { impliedLiquidations } from '../../../src/liquidation/validation/implied.ts'
import { scoreMap } from '../../../src/liquidation/validation/score.ts'
import { binOf } from '../../../src/market/bins.ts'
import { ObservedPositionsBuilder, ROW_KINDS } from '../../../src/market/observed-positions.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { simulatedPositions } from '../../../src/simulate/simulated-positions.ts'
import { marketOf, prefix } from '../../market/fixtures.ts'
import { observe } from './positions.ts'

/** USD of a side within e^±1 of 100, by bin, at each bar. */
function books(map: LiquidationMap, side: 'long' | 'short', ages = false): Map<number, number>[] {
  const out: Map<number, number>[] = []
  const { binWidth } = map.options
  const from = binOf(20, binWidth)
  const column = new Float64Array(binOf(500, binWidth) - from)
  map.replay(
    (_, book) => {
      book.column(side, from, column)
      out.push(new Map([...column].flatMap((usd, k) => (usd > 0 ? [[from + k, usd] as const] : []))))
    },
    { ages },
  )
  return out
}

const total = (book: Map<number, number> | undefined) => [...(book?.values() ?? [])].reduce((sum, usd) => sum + usd, 0)
const flat = (n: number) => marketOf(Array.from({ length: n }, () => [100, 101, 99, 100] as const))

describe('observedMap', () => {
  it('holds each position at its own liquidation price, in USD at the close, from the close of its reading on', () => {
    const market = marketOf([
      [100, 101, 99, 100],
      [100, 101, 99, 100],
      [100, 112, 99, 110],
    ])
    const positions = observe(market.time[0]!, [
      { hour: 1.5, account: 'a', rows: [{ size: 2, price: 90 }] },
      { hour: 1.7, account: 'b', rows: [{ size: -3, price: 130 }] },
    ])
    const map = observedMap(positions, market)
    const [longs, shorts] = [books(map, 'long'), books(map, 'short')]
    const bin = (price: number) => binOf(price, map.options.binWidth)
    expect(longs.map(book => [...book])).toEqual([[], [[bin(90), 200]], [[bin(90), 220]]])
    expect(shorts.map(book => [...book])).toEqual([[], [[bin(130), 300]], [[bin(130), 330]]])
  })

  it('closes a position whose liquidation price is the low or the high of a bar, and none a tick beyond', () => {
    const market = flat(2)
    const at = (size: number, price: number) => {
      const positions = observe(market.time[0]!, [{ hour: 0.5, account: 'a', rows: [{ size, price }] }])
      return books(observedMap(positions, market), size > 0 ? 'long' : 'short').map(total)
    }
    // The first bar ends before it is consumed: its position is read within it.
    expect(at(1, 99)).toEqual([100, 0])
    expect(at(1, 98.99)).toEqual([100, 100])
    expect(at(-1, 101)).toEqual([100, 0])
    expect(at(-1, 101.01)).toEqual([100, 100])
  })

  it('counts a reading at the close, not one a millisecond later', () => {
    const market = flat(2)
    const at = (ms: number) =>
      observe(market.time[0]!, [{ hour: 1 + ms / HOUR, account: 'a', rows: [{ size: 1, price: 90 }] }])
    expect(books(observedMap(at(0), market), 'long').map(total)).toEqual([100, 100])
    expect(books(observedMap(at(1), market), 'long').map(total)).toEqual([0, 100])
  })

  it('shows readings from after the end at the last close only if told to, and says so', () => {
    const market = flat(3)
    const builder = new ObservedPositionsBuilder()
    const time = market.time[0]! + 3.5 * HOUR
    builder.add({ time, kind: 'market', account: '', coin: 'BTC', size: 4, price: 100 })
    builder.add({ time, kind: 'account', account: 'a' })
    builder.add({ time, kind: 'position', account: 'a', coin: 'BTC', size: 1, price: 90, leverage: 5 })
    const positions = builder.build({ exchange: 'test', source: 'by hand', synthetic: true, notes: [] })
    expect(() => observedMap(positions, market)).toThrow(/or show them at its last close with latest: true/)
    const map = observedMap(positions, market, { latest: true })
    expect(books(map, 'long').map(total)).toEqual([0, 0, 100])
    expect(map.coverage().map(({ longShare }) => longShare)).toEqual([Number.NaN, Number.NaN, 0.25])
    expect(map.assumptions.join('\n')).toContain('readings after the last close are shown at it')
  })

  it('replaces what was known of an account at its next reading, and drops it after maxAge', () => {
    const market = flat(6)
    const positions = observe(market.time[0]!, [
      { hour: 0.5, account: 'a', rows: [{ size: 1, price: 90 }] },
      { hour: 0.5, account: 'b', rows: [{ size: 1, price: 80 }] },
      { hour: 1.5, account: 'a', rows: [{ size: 2, price: 90 }] },
      { hour: 2.5, account: 'a' },
    ])
    expect(books(observedMap(positions, market), 'long').map(total)).toEqual([200, 300, 100, 100, 100, 100])
    // The reading of b is 3.5 hours old at the fourth close.
    expect(books(observedMap(positions, market, { maxAge: '3h' }), 'long').map(total)).toEqual([200, 300, 100, 0, 0, 0])
    expect(
      books(observedMap(positions, market, { maxAge: Infinity }), 'long')
        .map(total)
        .at(-1),
    ).toBe(100)
  })

  it('drops a reading at the close at which it is as old as maxAge, not before', () => {
    const market = flat(5)
    const positions = observe(market.time[0]!, [{ hour: 1, account: 'a', rows: [{ size: 1, price: 90 }] }])
    // It is 3 hours old at the fourth close.
    expect(books(observedMap(positions, market, { maxAge: '3h' }), 'long').map(total)).toEqual([100, 100, 100, 0, 0])
    const later = { maxAge: 3 * HOUR + 1 }
    expect(books(observedMap(positions, market, later), 'long').map(total)).toEqual([100, 100, 100, 100, 0])
  })

  it('gives each open position at the bars asked for, and no order', () => {
    const market = marketOf([100, 100, 110, 110].map(close => [100, 111, 99, close]))
    const positions = observe(market.time[0]!, [
      { hour: 0.5, account: 'a', rows: [{ size: 2, price: 80, leverage: 25 }] },
      { hour: 0.5, account: 'a', orders: true, rows: [{ size: 1, price: 95 }] },
      { hour: 1.5, account: 'b', rows: [{ size: -3, price: 130, leverage: 5 }] },
      { hour: 3.5, account: 'a' },
    ])
    const seen: unknown[] = []
    observedMap(positions, market).forEachPosition([0, 2, 3], (position, index) => seen.push([index, position]))
    const a = { account: 0, side: 'long', price: 80, leverage: 25 }
    const b = { account: 1, side: 'short', price: 130, leverage: 5 }
    expect(seen).toEqual([
      [0, { ...a, usd: 200 }],
      [1, { ...a, usd: 220 }],
      [1, { ...b, usd: 330 }],
      [2, { ...b, usd: 330 }],
    ])
  })

  it('takes rising leverages above 1 as tiers', () => {
    const market = flat(1)
    const build = (tiers: unknown) => () =>
      observedMap(observe(market.time[0]!, [{ hour: 0, account: 'a', rows: [{ size: 1, price: 90 }] }]), market, {
        tiers: tiers as number[],
      })
    for (const tiers of [[2], [1.01, 5], [2, 5, 10]]) expect(build(tiers)).not.toThrow()
    for (const tiers of [[1], [0.5, 2], [2, 2], [5, 2], [2, Infinity], [2, '5'], [Number.NaN], 5, []])
      expect(build(tiers)).toThrow('tiers')
  })

  it('takes the coin of the market, or the only one that there is, and names those that there are', () => {
    const market = flat(1)
    const of = (coins: readonly string[]) =>
      observe(market.time[0]!, [
        { hour: 0, account: 'a', rows: coins.map((coin, i) => ({ size: i + 1, price: 90, coin })) },
      ])
    const held = (coins: readonly string[], coin?: string) =>
      books(observedMap(of(coins), market, coin === undefined ? {} : { coin }), 'long').map(total)
    expect(held(['ETH', 'BTC'])).toEqual([200])
    expect(held(['ETH', 'BTC'], 'ETH')).toEqual([100])
    expect(held(['ETH'])).toEqual([100])
    expect(() => held(['ETH', 'SOL'])).toThrow(
      'coin: "BTC", but expected a coin of the positions, which are of ETH, SOL',
    )
    expect(() => held([])).toThrow('coin: "BTC", but expected a coin of the positions, which are of none')
    const many = Array.from({ length: 21 }, (_, i) => `C${i}`)
    expect(() => held(many)).toThrow(/which are of C0, .*, C19$/)
  })

  it('knows of the bars at whose close an account had been read since the one before', () => {
    const market = flat(4)
    const read = (hour: number) => ({ hour, account: 'a', rows: [{ size: 1, price: 90 }] })
    const bars = (hours: readonly number[], latest = false) =>
      observedMap(observe(market.time[0]!, hours.map(read)), market, { latest }).barsRead()
    // A reading at a close is of that bar, one after it of the next; what is known before the first bar, of the first.
    expect(bars([-3, 0.5, 1, 2.1, 2.9])).toEqual([0, 2])
    expect(bars([1.01, 4])).toEqual([1, 3])
    expect(bars([0.5, 4.1])).toEqual([0])
    expect(bars([0.5, 4.1], true)).toEqual([0, 3])
  })

  it('holds its options within their limits', () => {
    const market = flat(1)
    const positions = observe(market.time[0]!, [{ hour: 0, account: 'a', rows: [{ size: 1, price: 90 }] }])
    const build = (options: object) => () => observedMap(positions, market, options)
    const tiers = (count: number) => Array.from({ length: count }, (_, i) => i + 2)
    for (const options of [{ binWidth: 1e-4 }, { binWidth: 0.1 }, { tiers: tiers(24) }])
      expect(build(options)).not.toThrow()
    for (const options of [
      { binWidth: 0.9e-5 },
      { binWidth: 0.101 },
      { tiers: tiers(25) },
      { maxAge: 0 },
      { latest: 1 },
    ])
      expect(build(options)).toThrow(`liq.observedMap: ${Object.keys(options)[0]}`)
  })

  it('refuses positions of other prices: entries more than five times as high or as low as the closes', () => {
    const market = flat(1)
    const build = (entry: number) => () =>
      observedMap(observe(market.time[0]!, [{ hour: 0, account: 'a', rows: [{ size: 1, price: 90, entry }] }]), market)
    for (const entry of [20, 500]) expect(build(entry)).not.toThrow()
    for (const entry of [19.9, 501]) expect(build(entry)).toThrow('the positions’ prices are about')
    // What counts is the middle one.
    const rows = [1e6, 100, 99].map((entry, i) => ({
      hour: 0,
      account: `${i}`,
      rows: [{ size: 1, price: 90, entry }],
    }))
    expect(() => observedMap(observe(market.time[0]!, rows), market)).not.toThrow()
  })

  it('takes a level away when a later low or high reaches it, until the account is read again', () => {
    const market = marketOf([
      [100, 101, 99, 100],
      [100, 101, 94, 100],
      [100, 101, 99, 100],
      [100, 101, 99, 100],
    ])
    const reading = { account: 'a', rows: [{ size: 1, price: 95 }] }
    const positions = observe(market.time[0]!, [
      { hour: 0.5, ...reading },
      { hour: 3.5, ...reading },
    ])
    const map = observedMap(positions, market)
    expect(books(map, 'long').map(total)).toEqual([100, 0, 0, 100])
    expect([...impliedLiquidations(map).long]).toEqual([0, 100, 0, 0])
    // A reading within the bar may be of a time after its low.
    const within = observe(market.time[0]!, [{ hour: 1.9, ...reading }])
    expect(books(observedMap(within, market), 'long').map(total)).toEqual([0, 100, 100, 100])
    expect([...impliedLiquidations(observedMap(within, market)).long]).toEqual([0, 0, 0, 0])
  })

  it('ignores positions that no price liquidates, in levels but not in coverage', () => {
    const market = flat(2)
    const positions = observe(market.time[0]!, [
      { hour: 0, account: 'a', rows: [{ size: 1, price: Number.NaN, isolated: 0 }] },
      { hour: 0, account: 'b', rows: [{ size: 3, price: 90, isolated: 1 }] },
    ])
    const map = observedMap(positions, market)
    expect(books(map, 'long').map(total)).toEqual([300, 300])
    expect(map.coverage().at(-1)).toMatchObject({
      longUsd: 400,
      shortUsd: 0,
      isolatedShare: 0.75,
      withoutLevelShare: 0.25,
    })
    expect(map.assumptions.join('\n')).toContain('a share of open interest that is not known')
  })

  it('gives coverage as the share of open interest, as known at each close', () => {
    const market = flat(3)
    const builder = new ObservedPositionsBuilder()
    const add = (hour: number, openInterest: number) =>
      builder.add({
        time: market.time[0]! + hour * HOUR,
        kind: 'market',
        account: '',
        coin: 'BTC',
        size: openInterest,
        price: 100,
      })
    add(0.5, 8)
    builder.add({ time: market.time[0]! + 0.5 * HOUR, kind: 'account', account: 'a' })
    builder.add({
      time: market.time[0]! + 0.5 * HOUR,
      kind: 'position',
      account: 'a',
      coin: 'BTC',
      size: -2,
      price: 120,
      leverage: 5,
    })
    // At the close of the last bar.
    add(3, 4)
    const positions = builder.build({ exchange: 'test', source: 'by hand', synthetic: true, notes: [] })
    const map = observedMap(positions, market)
    expect(map.coverage().map(({ shortShare, openInterestUsd }) => [shortShare, openInterestUsd])).toEqual([
      [0.25, 800],
      [0.25, 800],
      [0.5, 400],
    ])
    expect(map.assumptions.join('\n')).toContain('0 % and 50 % of open interest (as test gave it)')
  })

  it('puts positions into the tier nearest to their leverage by ratio, and adds up to the same over tiers', () => {
    const market = flat(1)
    const leverages = [1, 3, 4, 7, 8, 15, 16, 35, 36, 50]
    const positions = observe(
      market.time[0]!,
      leverages.map((leverage, i) => ({ hour: 0, account: `${i}`, rows: [{ size: 1, price: 90, leverage }] })),
    )
    const map = observedMap(positions, market)
    let byTier: number[] = []
    map.replay((_, book) => {
      byTier = [...book.byTier('long', binOf(89, 0.001), binOf(91, 0.001))]
    })
    // Borders at √(2·5), √(5·10), √(10·25), √(25·50).
    expect(byTier.map(Math.round)).toEqual([200, 200, 200, 200, 200])
    const all = heatGrid(map, { padding: 1 })
    const layers = tierGrids(map, { padding: 1 })
    for (const [i, usd] of all.long.entries())
      expect(layers.reduce((sum, layer) => sum + layer.long[i]!, 0)).toBeCloseTo(usd, 3)
  })

  it('shows triggers of stop orders as a layer, in the tier of the account’s position', () => {
    const market = flat(2)
    const positions = observe(market.time[0]!, [
      { hour: 0, account: 'a', rows: [{ size: 2, price: 80, leverage: 25 }] },
      {
        hour: 0,
        account: 'a',
        orders: true,
        rows: [
          { size: 1, price: 95 },
          { kind: 'takeProfit', size: 1, price: 120 },
        ],
      },
    ])
    const sums = (layer: 'liquidations' | 'stops' | 'both') => {
      const map = observedMap(positions, market, { layer })
      return [total(books(map, 'long')[0]), total(books(map, 'short')[0])]
    }
    expect(sums('liquidations')).toEqual([200, 0])
    expect(sums('stops')).toEqual([100, 0])
    expect(sums('both')).toEqual([300, 0])
    const map = observedMap(positions, market, { layer: 'stops' })
    map.replay((_, book) =>
      expect([...book.byTier('long', binOf(94, 0.001), binOf(96, 0.001))]).toEqual([0, 0, 0, 100, 0]),
    )
  })

  it('counts a position again under its new leverage, though size and level are the same', () => {
    const market = flat(2)
    const at = (hour: number, leverage: number) => ({ hour, account: 'a', rows: [{ size: 1, price: 90, leverage }] })
    const tiers: number[][] = []
    observedMap(observe(market.time[0]!, [at(0, 2), at(1.5, 50)]), market).replay((_, book) => {
      tiers.push([...book.byTier('long', binOf(89, 0.001), binOf(91, 0.001))])
    })
    expect(tiers).toEqual([
      [100, 0, 0, 0, 0],
      [0, 0, 0, 0, 100],
    ])
  })

  it('tells the age of clusters since their positions were first seen, also when their size or level changed', () => {
    const market = flat(4)
    const positions = observe(market.time[0]!, [
      { hour: 0, account: 'a', rows: [{ size: 1, price: 90 }] },
      { hour: 1, account: 'a', rows: [{ size: 1, price: 90 }] },
      { hour: 2, account: 'a', rows: [{ size: 2, price: 89 }] },
      { hour: 3, account: 'a', rows: [{ size: 2, price: 89 }] },
      { hour: 3, account: 'b', rows: [{ size: 0.1, price: 80 }] },
    ])
    const [cluster] = clusterTable(observedMap(positions, market)).objects() as { ageHours: number; side: string }[]
    expect(cluster).toMatchObject({ side: 'long', ageHours: 4 })
    const turned = observe(market.time[0]!, [
      { hour: 0, account: 'a', rows: [{ size: -1, price: 110 }] },
      { hour: 2, account: 'a', rows: [{ size: 1, price: 90 }] },
      { hour: 3, account: 'b', rows: [{ size: 0.1, price: 80 }] },
    ])
    expect(clusterTable(observedMap(turned, market)).object()).toMatchObject({ side: 'long', ageHours: 2 })
  })

  it('moves a level with the exchange’s price for it, as of a cross margin position', () => {
    const market = flat(2)
    const positions = observe(market.time[0]!, [
      { hour: 0.5, account: 'a', rows: [{ size: 1, price: 90, isolated: 0 }] },
      { hour: 1.5, account: 'a', rows: [{ size: 1, price: 85, isolated: 0 }] },
    ])
    const map = observedMap(positions, market)
    expect(books(map, 'long').map(book => [...book.keys()])).toEqual([[binOf(90, 0.001)], [binOf(85, 0.001)]])
  })

  it('does not begin with readings that are too old at the first close', () => {
    const market = flat(3)
    const positions = observe(market.time[0]!, [
      { hour: -3, account: 'a', rows: [{ size: 1, price: 90 }] },
      { hour: -1.5, account: 'b', rows: [{ size: 1, price: 80 }] },
    ])
    expect(books(observedMap(positions, market, { maxAge: '3h' }), 'long').map(total)).toEqual([100, 0, 0])
  })

  const simulated = simulateMarket({ seed: 4, bars: 240 })

  it('is the true book of a simulated market, bin by bin', () => {
    const map = observedMap(simulatedPositions(simulated), simulated)
    let compared = 0
    map.replay((t, book) => {
      if (t % 40 !== 39) return
      const truth = simulated.truth!.at(t)
      const close = simulated.close[t]!
      const from = binOf(close, 0.001) - 1000
      for (const side of ['long', 'short'] as const) {
        const expected = new Float64Array(2000)
        const { price, notional, entry } = truth[side]
        for (const [i, usd] of notional.entries()) {
          const k = binOf(price[i]!, 0.001) - from
          if (k >= 0 && k < 2000) expected[k]! += (usd / entry[i]!) * close
        }
        for (const [k, usd] of book.column(side, from, new Float64Array(2000)).entries()) {
          expect(usd).toBeCloseTo(expected[k]!, 3)
          if (usd > 0) compared++
        }
      }
    })
    expect(compared).toBeGreaterThan(500)
  })

  it('never changes what it said of a bar when later bars and readings come', () => {
    const positions = simulatedPositions(simulated, { everyBars: 3, share: 0.5 })
    const whole = observedMap(positions, simulated)
    const all = { long: books(whole, 'long', true), short: books(whole, 'short', true) }
    const implied = impliedLiquidations(whole)
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 239 }), bars => {
        const market = prefix(simulated, bars)
        const end = market.time[bars - 1]! + market.barMs
        // Readings after the end too: they are not known yet.
        for (const known of [positions, { ...positions, rows: rowsUntil(positions.rows, end) }]) {
          const map = observedMap(known, market)
          expect(books(map, 'long')).toEqual(all.long.slice(0, bars))
          expect(books(map, 'short')).toEqual(all.short.slice(0, bars))
          expect(impliedLiquidations(map).long).toEqual(implied.long.slice(0, bars))
        }
      }),
      { numRuns: 8 },
    )
  })

  it('names what does not fit', () => {
    const market = flat(2)
    const positions = observe(market.time[0]!, [{ hour: 0, account: 'a', rows: [{ size: 1, price: 90 }] }])
    expect(() => observedMap(positions, market, { coin: 'ETH' })).toThrow(
      /coin: "ETH", but expected a coin of the positions, which are of BTC/,
    )
    expect(() => observedMap(positions, market, { tiers: [5, 5] })).toThrow(
      /tiers: \[5,5\], but expected 1 to 24 leverages above 1, rising/,
    )
    expect(() => observedMap(positions, market, { layer: 'stop' as never })).toThrow(/layer: "stop"/)
    expect(() => observedMap(positions, market, { layer: 'stops' })).toThrow(
      /layer: "stops", but expected liquidations: no orders were read/,
    )
    const other = observe(market.time[0]!, [{ hour: 0, account: 'a', rows: [{ size: 1, price: 9000, entry: 10_000 }] }])
    expect(() => observedMap(other, market)).toThrow(/BTC: the positions’ prices are about 10000, but .* is at 100/)
    const late = observe(market.time[0]! + 50 * HOUR, [{ hour: 0, account: 'a', rows: [{ size: 1, price: 90 }] }])
    expect(() => observedMap(late, market)).toThrow(/the first reading of an account is of .* ends/)
  })
})

describe('ObservedPositionsBuilder', () => {
  it('refuses rows out of order, and rows without a reading of their account', () => {
    const builder = new ObservedPositionsBuilder()
    builder.add({ time: 5, kind: 'account', account: 'a' })
    expect(() => builder.add({ time: 4, kind: 'account', account: 'a' })).toThrow(/Row 2, time/)
    expect(() => builder.add({ time: 5, kind: 'position', account: 'b' })).toThrow(
      /Row 2, account: "b", but expected a row of kind account/,
    )
    expect(() => builder.add({ time: 5, kind: 'stop', account: 'a' })).toThrow(/of kind orders/)
    expect(ROW_KINDS).toHaveLength(6)
  })
})

function rowsUntil(rows: ReturnType<typeof observe>['rows'], end: number) {
  const count = rows.time.filter(time => time <= end).length
  const columns = Object.entries(rows).filter(([name]) => name !== 'length')
  return {
    length: count,
    ...Object.fromEntries(columns.map(([name, values]) => [name, (values as Float64Array).slice(0, count)])),
  } as typeof rows
}

describe('an observed map among the functions of maps', () => {
  const market = simulateMarket({ seed: 4, bars: 240 })
  const positions = simulatedPositions(market, { everyBars: 3 })
  const observed = observedMap(positions, market)

  it('is scored against the record like an estimate', () => {
    const { long, short } = scoreMap(observed, market, { resamples: 50 })
    for (const { spearman, bars } of [long, short]) {
      expect(bars).toBe(239)
      expect(spearman.value).toBeGreaterThan(0.5)
    }
  })

  it('adds up with another of the same tiers, and is refused together with an estimate', () => {
    const twice = aggregateMaps([observed, observed])
    const [one, two] = [heatGrid(observed, { columns: 20 }), heatGrid(twice, { columns: 20 })]
    for (const [i, usd] of one.long.entries()) expect(two.long[i]).toBeCloseTo(2 * usd, 0)
    const estimate = liquidationMap(market, { leverage: { 2: 1, 5: 1, 10: 1, 25: 1, 50: 1 } })
    expect(() => aggregateMaps([observed, estimate])).toThrow(/kind: "an estimate", but expected observed positions/)
  })

  it('is not built again for longer bars, where claims compare timeframes', () => {
    const settings = resolveEvidence({ timeframes: ['1h', '4h'], stronger: ['4h'] })
    const long = simulateMarket({ seed: 4, bars: 2000 })
    const map = observedMap(simulatedPositions(long, { everyBars: 50 }), long)
    const frames = (maps: LiquidationMap[]) => [
      ...scopeByTimeframe(createScope(long, 0, settings, maps[0]), settings, maps[0]).keys(),
    ]
    expect(frames([map])).toEqual(['1h'])
    expect(frames([liquidationMap(long)])).toEqual(['1h', '4h'])
  })
})
