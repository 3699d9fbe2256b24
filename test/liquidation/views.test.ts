import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aggregateMaps } from '../../src/liquidation/aggregate.ts'
import { clusterTable } from '../../src/liquidation/clusters.ts'
import { fromCoinglass, toCoinglass } from '../../src/liquidation/coinglass.ts'
import { liquidationCurve } from '../../src/liquidation/curve.ts'
import { heatGrid } from '../../src/liquidation/grid.ts'
import { clusterHistory, clusterLives } from '../../src/liquidation/history.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { timeframeClusters, timeframeMaps } from '../../src/liquidation/timeframes.ts'
import { impliedLiquidations } from '../../src/liquidation/validation/implied.ts'
import { createMarket, type MarketColumns } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf, prefix } from '../market/fixtures.ts'

const market = simulateMarket({ seed: 8, bars: 400 })
const map = liquidationMap(market)
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0)

describe('liquidationCurve', () => {
  const curve = liquidationCurve(map, { brightness: 2 })
  const rows = curve.table.objects() as { price: number; side: string; notional: number; cumulative: number }[]

  it('adds up from the close outwards', () => {
    const longs = rows.filter(row => row.side === 'long')
    const shorts = rows.filter(row => row.side === 'short')
    expect(longs[0]!.cumulative / sum(longs.map(row => row.notional))).toBeCloseTo(1, 12)
    expect(shorts.at(-1)!.cumulative / sum(shorts.map(row => row.notional))).toBeCloseTo(1, 12)
    expect(longs.at(-1)!.cumulative).toBe(longs.at(-1)!.notional)
    expect(curve.total.long).toBe(longs[0]!.cumulative)
    for (const row of longs) expect(row.price).toBeLessThan(curve.close)
    for (const row of shorts) expect(row.price).toBeGreaterThan(curve.close)
  })

  it('names the nearest wall and the price of most pain on each side', () => {
    const brightest = (side: string) =>
      rows.filter(row => row.side === side).reduce((a, b) => (b.notional > a.notional ? b : a))
    expect(curve.maxPain).toEqual({ long: brightest('long').price, short: brightest('short').price })
    const clusters = clusterTable(map, { brightness: 2 }).objects() as { side: string; low: number; high: number }[]
    const nearestLong = Math.max(...clusters.filter(row => row.side === 'long').map(row => row.high))
    expect(curve.walls.long!.high).toBe(nearestLong)
  })

  it('takes any bar, and refuses those that are not there', () => {
    expect(liquidationCurve(map, { at: 100 }).total).toEqual(
      liquidationCurve(liquidationMap(prefix(market, 101))).total,
    )
    expect(() => liquidationCurve(map, { at: 999 })).toThrow(/bar 999/)
  })

  it('of an empty book is empty', () => {
    const empty = liquidationCurve(liquidationMap(marketOf([[100, 101, 99, 100, 0]])))
    expect(empty.walls).toEqual({ long: null, short: null })
    expect(empty.maxPain).toEqual({ long: null, short: null })
    expect(empty.total).toEqual({ long: 0, short: 0 })
  })
})

describe('clusterLives', () => {
  it('where price must go through a level, only what it took of a cluster counts as consumed', () => {
    // Positions open in the first bar alone; the low of bar 30 goes into the levels of the longs, not through them.
    const rows = Array.from({ length: 40 }, (_, t) => [100, 100, t === 30 ? 90 : 100, 100, t === 0 ? 1000 : 0])
    const lifeOf = (triggerDepth: number) => {
      const own = liquidationMap(marketOf(rows), { leverage: { 10: 1 }, halfLife: Infinity, triggerDepth })
      const life = clusterLives(own, { brightness: 1 }).find(({ side }) => side === 'long')!
      return { life, taken: impliedLiquidations(own).long[30]! / life.brightest.notional }
    }
    const { life, taken } = lifeOf(0.012)
    expect(taken).toBeGreaterThan(0.1)
    expect(taken).toBeLessThan(0.45)
    expect(life).toMatchObject({ touched: 30, state: 'live' })
    expect(life.consumed).toBeCloseTo(taken, 9)
    expect(lifeOf(0)).toMatchObject({ taken: 1, life: { touched: 30, state: 'consumed', consumed: 1 } })
  })

  it('bars of a second have ids of their own too', () => {
    const time = market.time.map((_, t) => market.time[0]! + 1000 * t)
    const seconds = createMarket({ ...market, time }, { symbol: 'S', source: 'test', barMs: 1000 })
    const ids = clusterLives(liquidationMap(seconds), { brightness: 1.5, patience: 0 }).map(life => life.id)
    expect(ids.length).toBeGreaterThan(40)
    expect(new Set(ids).size).toBe(ids.length)
  })

  const rule = { brightness: 1.8 }
  const lives = clusterLives(map, rule)

  it('every cluster of every bar belongs to one life, under an id of its own', () => {
    expect(lives.length).toBeGreaterThan(30)
    expect(new Set(lives.map(life => life.id)).size).toBe(lives.length)
    const seen = clusterTable(map, { ...rule, at: 'all' }).numRows()
    expect(sum(lives.map(life => life.lastSeen - life.born + 1))).toBeGreaterThanOrEqual(seen)
    for (const life of lives) {
      expect(life.lastSeen).toBeGreaterThanOrEqual(life.born)
      expect(life.state === 'live').toBe(life.ended < 0)
      expect(life.consumed).toBeLessThanOrEqual(1)
      expect(life.consumed > 0).toBe(life.touched >= 0)
      if (life.state === 'consumed') expect(life.consumed).toBeGreaterThanOrEqual(0.5)
    }
    for (const state of ['consumed', 'faded'] as const) expect(lives.some(life => life.state === state)).toBe(true)
  })

  it('a touch is a bar whose low or high reached it', () => {
    for (const life of lives.filter(life => life.touched >= 0)) {
      const t = life.touched
      const price = life.side === 'long' ? market.low[t]! : market.high[t]!
      const before = market.close[t - 1]!
      expect(life.side === 'long' ? price < before : price > before).toBe(true)
    }
  })

  it('what is said up to a bar never changes when the data goes on (prefix invariance)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 5, max: 199 }), (seed, cut) => {
        const whole = simulateMarket({ seed, bars: 200, volatility: 1.5 })
        const part = clusterLives(liquidationMap(prefix(whole, cut)), rule)
        const all = new Map(clusterLives(liquidationMap(whole), rule).map(life => [life.id, life]))
        for (const life of part) {
          const later = all.get(life.id)!
          expect(later.born).toBe(life.born)
          if (life.touched >= 0) expect(later.touched).toBe(life.touched)
          if (life.state !== 'live') expect(later).toEqual(life)
        }
        expect(part.length).toBe([...all.values()].filter(life => life.born < cut).length)
      }),
      { numRuns: 20 },
    )
  })

  it('is a table as well', () => {
    const table = clusterHistory(map, rule)
    expect(table.numRows()).toBe(lives.length)
    expect(table.columnNames()).toContain('touched')
    expect(() => clusterHistory(map, { patience: -1 })).toThrow(/patience: -1/)
    expect(() => clusterHistory(map, { consumedShare: 2 })).toThrow(/consumedShare: 2/)
  })
})

describe('aggregateMaps', () => {
  const other = simulateMarket({ seed: 9, bars: 400 })

  it('is the sum of its parts: grid, clusters’ columns, implied liquidations', () => {
    const second = liquidationMap(other)
    const both = aggregateMaps([map, second])
    const frame = { columns: 20, rows: 40 }
    const grid = heatGrid(both, frame)
    const alone = heatGrid(map, frame)
    expect(grid.edges).toEqual(alone.edges)
    expect(sum(grid.long)).toBeGreaterThan(sum(alone.long))
    const implied = impliedLiquidations(both)
    const [a, b] = [impliedLiquidations(map), impliedLiquidations(second)]
    for (let t = 0; t < market.length; t++) expect(implied.long[t]).toBeCloseTo(a.long[t]! + b.long[t]!, 4)
    let last = 0
    both.replay((t, book) => {
      if (t === 399) last = sum(book.column('long', 10_000, new Float64Array(2000)))
    })
    let parts = 0
    for (const single of [map, second])
      single.replay((t, book) => {
        if (t === 399) parts += sum(book.column('long', 10_000, new Float64Array(2000)))
      })
    expect(last / parts).toBeCloseTo(1, 12)
  })

  it('of one map is that map', () => {
    expect(heatGrid(aggregateMaps([map]), { columns: 30 })).toEqual(heatGrid(map, { columns: 30 }))
    expect(clusterTable(aggregateMaps([map])).objects()).toEqual(clusterTable(map).objects())
  })

  it('knows of a coarser part only what closed by then', () => {
    const [hours, days] = timeframeMaps(market, ['1h', '1d'], { flow: { from: 'volume' } })
    const both = aggregateMaps([hours!, days!])
    let before = 0
    both.replay((t, book) => {
      const total = sum(book.column('long', 9_000, new Float64Array(4000)))
      // The first day closes with the 24th hour.
      if (t === 22) before = total
      if (t === 23) expect(total).toBeGreaterThan(1.5 * before)
    })
  })

  it('leaves out what a longer part liquidated before the map begins, and in its gaps', () => {
    const columns = ['time', 'open', 'high', 'low', 'close', 'volume'] as const
    const rows = (keep: (t: number) => boolean) =>
      createMarket(
        Object.fromEntries(
          columns.map(name => [name, market[name].filter((_, t) => keep(t))]),
        ) as unknown as MarketColumns,
        { symbol: market.symbol, source: 'cut', barMs: market.barMs },
      )
    const late = liquidationMap(rows(t => t >= 200 && (t < 250 || t >= 260)))
    const whole = impliedLiquidations(map)
    const own = impliedLiquidations(late)
    const both = impliedLiquidations(aggregateMaps([late, map]))
    for (const [k, time] of late.market.time.entries()) {
      const t = market.time.indexOf(time)
      expect(both.long[k]! + both.short[k]!).toBeCloseTo(
        own.long[k]! + own.short[k]! + whole.long[t]! + whole.short[t]!,
        4,
      )
    }
  })

  it('refuses maps that do not go together', () => {
    const tenfold = (values: Float64Array) => values.map(value => 10 * value)
    const { open, high, low, close } = market
    const dear = createMarket(
      { ...market, open: tenfold(open), high: tenfold(high), low: tenfold(low), close: tenfold(close) },
      { symbol: 'DEAR', source: 'test', barMs: market.barMs },
    )
    expect(() => aggregateMaps([map, liquidationMap(dear)])).toThrow(/map 2 \(DEAR\) is at .* not of one coin/)
    expect(() => aggregateMaps([])).toThrow(/no maps/)
    expect(() => aggregateMaps([map, liquidationMap(other, { binWidth: 0.002 })])).toThrow(/map 2 .* has bins of 0.002/)
    expect(() => aggregateMaps([map, liquidationMap(other, { leverage: { 10: 1 } })])).toThrow(/has the tiers 10/)
  })
})

describe('timeframeMaps', () => {
  it('clusters know their timeframe', () => {
    const table = timeframeClusters(timeframeMaps(market, ['1h', '4h', '1d']), { brightness: 1.5 })
    const frames = new Set(table.array('timeframe') as string[])
    expect([...frames].sort()).toEqual(['1d', '1h', '4h'])
    expect(() => timeframeMaps(market, ['15m'])).toThrow(/has 1h bars/)
  })

  it('and are all as known at one moment, whatever their bars', () => {
    const maps = timeframeMaps(market, ['4h', '1h', '1d'])
    const hours = maps[1]!.market
    const at = hours.time.findIndex(time => new Date(time).getUTCHours() === 9 && time > hours.time[100]!)
    const known = hours.time[at]! + hours.barMs
    for (const moment of [at, new Date(hours.time[at]!), new Date(hours.time[at]! + 60_000).toISOString()]) {
      const table = timeframeClusters(maps, { at: moment, brightness: 1.2 })
      const seen = new Map(
        (table.objects() as { timeframe: string; time: Date }[]).map(row => [row.timeframe, row.time]),
      )
      expect(seen.size).toBe(3)
      for (const { market: own } of maps) {
        const close = seen.get(own.timeframe)!.getTime() + own.barMs
        expect(close).toBeLessThanOrEqual(known)
        expect(close + own.barMs).toBeGreaterThan(known)
      }
    }
    // Before the first day is over there are no clusters of days.
    const early = new Set(timeframeClusters(maps, { at: 5, brightness: 1.2 }).array('timeframe') as string[])
    expect([...early].sort()).toEqual(['1h', '4h'])
    expect(() => timeframeClusters(maps, { at: '2099-01-01' })).toThrow(
      /2099-01-01.* is not a time in the market, which/,
    )
    expect(() => timeframeClusters(maps, { bright: 3 } as object)).toThrow(
      /bright is not one of its options; there are at/,
    )
    expect(() => timeframeClusters([])).toThrow(/maps: the list is empty/)
  })
})

describe('Coinglass’s form', () => {
  const grid = heatGrid(map, { columns: 30, rows: 25 })
  const json = toCoinglass(market, grid)

  it('goes out and comes back', () => {
    const { cells, candles } = fromCoinglass(JSON.parse(JSON.stringify({ code: '0', msg: 'success', data: json })))
    expect(candles.numRows()).toBe(30)
    const total = sum(grid.long) + sum(grid.short)
    expect(sum(cells.array('usd') as number[]) / total).toBeCloseTo(1, 6)
    expect(Math.max(...(candles.array('high') as number[]))).toBe(Math.max(...market.high))
    const prices = cells.array('price') as number[]
    expect(Math.min(...prices)).toBeGreaterThan(grid.edges[0]!)
    expect(json.y_axis.every((price, y) => price > grid.edges[y]! && price < grid.edges[y + 1]!)).toBe(true)
  })

  const bad: [string, unknown, RegExp][] = [
    ['nothing', null, /y_axis: undefined, but expected a list/],
    ['an error of the API', { code: '401', msg: 'Upgrade plan' }, /code "401", "Upgrade plan"/],
    ['a price that is none', { ...json, y_axis: [1, 'x'] }, /y_axis, row 2: "x"/],
    [
      'a cell outside the rows',
      { ...json, liquidation_leverage_data: [[0, 999, 5]] },
      /row 1: row 999, but y_axis has 2[0-9] prices/,
    ],
    [
      'a cell outside the columns',
      { ...json, liquidation_leverage_data: [[77, 0, 5]] },
      /column 77, but there are 30 candles/,
    ],
    ['a negative amount', { ...json, liquidation_leverage_data: [[0, 0, -5]] }, /row 1: -5/],
    [
      'a price of 0',
      { ...json, y_axis: [0, ...json.y_axis.slice(1)] },
      /y_axis, row 1: 0, but expected a price above 0/,
    ],
    [
      'a high below the low',
      { ...json, price_candlesticks: [[1, '5', '4', '6', '5', '1']] },
      /price_candlesticks, row 1: open 5 and close 5 do not lie between low 6 and high 4/,
    ],
    [
      'candles that are not in order',
      { ...json, price_candlesticks: [...json.price_candlesticks].reverse() },
      /price_candlesticks, row 2: its time is not after/,
    ],
    ['a text', JSON.stringify(json), /as JSON.parse gives it/],
    ['a candle too short', { ...json, price_candlesticks: [[1, '2']] }, /price_candlesticks, row 1: undefined/],
  ]
  for (const [what, input, message] of bad)
    it(`refuses ${what}`, () => expect(() => fromCoinglass(input)).toThrow(message))
})

it('a threshold empties the dim cells and leaves the others as they are', () => {
  const all = heatGrid(map, { columns: 20, rows: 30 })
  const bright = heatGrid(map, { columns: 20, rows: 30, threshold: 0.5 })
  const most = Math.max(...all.long.map((value, i) => value + all.short[i]!))
  for (let i = 0; i < all.long.length; i++)
    expect(bright.long[i]).toBe(all.long[i]! + all.short[i]! >= 0.5 * most ? all.long[i] : 0)
  expect(() => heatGrid(map, { threshold: 2 })).toThrow(/threshold: 2/)
  expect(() => heatGrid(map, { padding: Number.NaN })).toThrow(/padding: NaN/)
})
