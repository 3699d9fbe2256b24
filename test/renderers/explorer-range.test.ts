import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clustersAt } from '../../renderers/explorer/clusters.ts'
import { finerPart } from '../../renderers/explorer/detail.ts'
import { clampRange } from '../../renderers/explorer/geometry.ts'
import { columnMs, finestPart, fullRange, historyOf, type Maps } from '../../renderers/explorer/maps.ts'
import { quantile } from '../../renderers/explorer/mix.ts'
import { columnAt, type Model } from '../../renderers/explorer/model.ts'
import { initialState, restoreState, saveState, type ViewState } from '../../renderers/explorer/state.ts'
import { pricesAround, visibleRange } from '../../renderers/explorer/visible-range.ts'
import type { Range } from '../../renderers/plot/scales.ts'
import { neighbourSpan, offeredSpans, spanMs } from '../../renderers/plot/spans.ts'
import { explorerPayload } from '../../src/charts/explorer.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { mapsOf, payloadOf } from './explorer-model.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const BARS = 3000
const hourly = simulateMarket({ seed: 4, bars: BARS })
const asJson = (value: unknown) => JSON.parse(JSON.stringify(value))
const maps = await mapsOf(asJson(explorerPayload(liquidationMap(hourly))))
const recent = maps.recent!
const full = fullRange(maps)
const initial = initialState(maps.whole)
const shown = (change: Partial<ViewState> = {}, width = 700) => visibleRange(maps, { ...initial, ...change }, width)
const lastClose = hourly.time[BARS - 1]! + hourly.barMs

describe('the parts of a map', () => {
  it('are an overview, and the newest 720 bars with a column for each', () => {
    expect([maps.whole.columns, recent.columns]).toEqual([600, 720])
    expect(columnMs(recent)).toBe(HOUR)
    expect(columnMs(maps.whole)).toBeGreaterThan(4 * HOUR)
    expect(recent.edges.at(-1)).toBe(lastClose + HOUR)
    expect(recent.header.grid.binsPerRow).toBeLessThan(maps.whole.header.grid.binsPerRow)
    // Both end with the same column in full detail.
    for (const { fullColumns, columns } of [maps.whole, recent]) expect([...fullColumns.keys()]).toEqual([columns - 1])
  })

  it('have no newest part where the map has a column for each bar', async () => {
    const small = asJson(explorerPayload(liquidationMap(simulateMarket({ seed: 4, bars: 720 }))))
    expect([small.recent, small.first, small.grid.columns]).toEqual([undefined, 'recent', 720])
    const part = asJson(explorerPayload(liquidationMap(hourly), { from: 100 }))
    expect([part.recent, part.first, part.grid.columns]).toEqual([undefined, undefined, 1000])
  })

  it('are drawn by the range in sight: the finest that has all of it', () => {
    // By name: a failed comparison of whole maps would be printed for minutes.
    const drawn = (range: Range, detail: Model | null = null) => {
      const part = finestPart({ ...maps, detail }, range)
      return part === recent ? 'recent' : part === maps.whole ? 'whole' : 'detail'
    }
    expect(drawn(shown())).toBe('recent')
    expect(drawn(shown({ span: 'all' }))).toBe('whole')
    const range = shown({ span: '3d' })
    expect(drawn({ ...range, timeFrom: recent.edges[0]! })).toBe('recent')
    expect(drawn({ ...range, timeFrom: recent.edges[0]! - 1 })).toBe('whole')
    expect(drawn({ ...range, high: recent.header.grid.high * 1.01 })).toBe('whole')
    expect(drawn(range, { ...recent, lnRow: recent.lnRow / 2 })).toBe('detail')
    expect(drawn(range, { ...recent, lnRow: recent.lnRow * 2 })).toBe('recent')
  })

  it('refuse a newest part that does not fit its header', async () => {
    const payload = asJson(explorerPayload(liquidationMap(hourly)))
    const broken = (change: object) => mapsOf({ ...payload, recent: { ...payload.recent, ...change } }).catch(String)
    const grid = { ...payload.recent.grid, rows: 9e9 }
    expect(await mapsOf(payload).then(() => 'read')).toBe('read')
    await expect(async () => mapsOf({ ...payload, recent: { ...payload.recent, grid } })).rejects.toThrow(
      'recent.grid.rows: expected a whole number from 1 to 2048',
    )
    const levels = { ...payload.recent.levels, filled: 3e7 }
    await expect(async () => mapsOf({ ...payload, recent: { ...payload.recent, levels } })).rejects.toThrow(
      'recent.levels.filled: expected a whole number from 0 to',
    )
    expect(await broken({ data: payload.data })).toMatch(/"data" holds/)
  })
})

describe('the first view', () => {
  it('shows the newest bars, as many as are readable at its width', () => {
    for (const width of [390, 700, 1400]) {
      const { timeFrom, timeTo } = shown({}, width)
      const bars = (timeTo - timeFrom) / HOUR
      expect(timeTo).toBe(lastClose + HOUR)
      expect(width / bars).toBeGreaterThanOrEqual(3)
      expect(width / bars).toBeLessThan(4)
    }
  })

  it('shows all bars where they are readable', async () => {
    const few = await mapsOf(payloadOf({ columns: 300, rows: 200 }))
    const { timeFrom, timeTo } = visibleRange(few, initialState(few.whole), 1400)
    expect([timeFrom, timeTo]).toEqual([few.whole.edges[0], few.whole.edges[299]! + HOUR])
  })

  it('of a part that was asked for is all of it, with its own prices', async () => {
    const part = await mapsOf(asJson(explorerPayload(liquidationMap(hourly), { from: 100, to: 2600 })))
    const { low, high } = part.whole.header.grid
    const range = visibleRange(part, initialState(part.whole), 700)
    expect(range.timeFrom).toBe(hourly.time[100]! + HOUR)
    expect(range.timeTo).toBe(hourly.time[2600]! + 2 * HOUR)
    expect(range.low / low).toBeCloseTo(1, 12)
    expect(range.high / high).toBeCloseTo(1, 12)
  })

  it('has the candles and the nearest significant clusters in sight, and candles fill a quarter at least', () => {
    for (const span of ['first', '24h', '3d', '1w', '1m', '3m'] as const) {
      const range = shown({ span })
      const bars = Array.from(hourly.time, (_, t) => t).filter(t => hourly.time[t]! >= range.timeFrom)
      const low = Math.min(...bars.map(t => hourly.low[t]!))
      const high = Math.max(...bars.map(t => hourly.high[t]!))
      expect(range.low).toBeLessThan(low)
      expect(range.high).toBeGreaterThan(high)
      expect(Math.log(high / low) / Math.log(range.high / range.low)).toBeGreaterThan(0.2)
    }
    const { low, high, timeFrom } = shown({ span: '1w' })
    const week = Array.from(hourly.time, (_, t) => t).filter(t => hourly.time[t]! >= timeFrom)
    const [lowest, highest] = [Math.min(...week.map(t => hourly.low[t]!)), Math.max(...week.map(t => hourly.high[t]!))]
    const reach = (highest / lowest) ** 1.5
    let inSight = 0
    const clusters = clustersAt(recent, initial.weights, recent.columns - 1)
    for (const side of ['long', 'short'] as const) {
      const ofSide = clusters.filter(cluster => cluster.side === side)
      const isNear = (at: { low: number; high: number }) => at.low > lowest / reach && at.high < highest * reach
      const [near] = ofSide
        .filter(cluster => cluster.usd >= Math.max(...ofSide.map(({ usd }) => usd)) / 2 && isNear(cluster))
        .sort((a, b) => Math.abs(a.distance) - Math.abs(b.distance))
      if (!near) continue
      inSight++
      expect(near.low).toBeGreaterThan(low)
      expect(near.high).toBeLessThan(high)
    }
    expect(inSight).toBeGreaterThan(0)
  })

  it('does not move with the sliders', () => {
    expect(shown({ weights: initial.weights.map((_, tier) => Number(tier === 0)) })).toEqual(shown())
  })

  it('shows levels beyond the candles where no cluster is near', () => {
    const empty = recent.tiers.map(tier => ({ ...tier, long: none(tier.long), short: none(tier.short) }))
    const bare: Maps = { ...maps, recent: { ...recent, tiers: empty, fullColumns: new Map() } }
    const { low, high } = pricesAround(bare, lastClose - 100 * HOUR, lastClose + HOUR)
    const bars = Array.from(hourly.time, (_, t) => t).filter(t => hourly.time[t]! + HOUR > lastClose - 100 * HOUR)
    const height = Math.log(Math.max(...bars.map(t => hourly.high[t]!)) / Math.min(...bars.map(t => hourly.low[t]!)))
    expect(Math.log(high / low) / height).toBeGreaterThan(2)
    expect(Math.log(high / low) / height).toBeLessThan(2.4)
  })
})

const none = <T extends { to: Int32Array }>(layer: T): T => ({ ...layer, to: new Int32Array(layer.to.length) })

describe('spans', () => {
  it('are offered if they are readable and shorter than the map', async () => {
    expect(offeredSpans(historyOf(maps)).map(({ name }) => name)).toEqual(['24h', '3d', '1w', '1m', '3m', 'all'])
    const daily = await mapsOf(
      asJson(explorerPayload(liquidationMap(simulateMarket({ seed: 4, bars: 500, timeframe: '1d' })))),
    )
    expect(offeredSpans(historyOf(daily)).map(({ name }) => name)).toEqual(['1m', '3m', '1y', 'all'])
  })

  it('end with the last bar and are as long as they say', () => {
    for (const [span, days] of [
      ['24h', 1],
      ['3d', 3],
      ['1w', 7],
      ['1m', 30],
      ['3m', 90],
    ] as const) {
      const { timeFrom, timeTo } = shown({ span })
      expect([timeTo, timeTo - timeFrom]).toEqual([lastClose + HOUR, days * DAY])
    }
    expect(shown({ span: 'all' }).timeFrom).toBe(full.timeFrom)
    expect(spanMs(historyOf(maps), '1y', 700)).toBe(full.timeTo - full.timeFrom)
  })

  it('become longer and shorter by the keys', () => {
    expect(neighbourSpan(historyOf(maps), 8 * DAY, 1)).toBe('1m')
    expect(neighbourSpan(historyOf(maps), 8 * DAY, -1)).toBe('1w')
    expect(neighbourSpan(historyOf(maps), 7 * DAY, -1)).toBe('3d')
    expect(neighbourSpan(historyOf(maps), full.timeTo - full.timeFrom, 1)).toBeUndefined()
    expect(neighbourSpan(historyOf(maps), DAY, -1)).toBeUndefined()
  })
})

describe('what was known earlier', () => {
  it('keeps the last known column in sight', () => {
    fc.assert(
      fc.property(fc.integer({ min: 30, max: BARS - 1 }), fc.constantFrom('first', '24h', '1m', 'all'), (bar, span) => {
        const asOf = hourly.time[bar]! + HOUR
        const range = shown({ asOf, span })
        expect(range.timeFrom).toBeLessThanOrEqual(asOf)
        expect(range.timeTo).toBeGreaterThan(asOf)
        const model = finestPart(maps, range)
        // Never a column that was not known yet.
        expect(model.edges[columnAt(model, asOf)]).toBeLessThanOrEqual(asOf)
        expect(columnAt(model, asOf)).toBeGreaterThanOrEqual(0)
        expect(
          Math.abs(range.timeTo - range.timeFrom - (shown({ span }).timeTo - shown({ span }).timeFrom)),
        ).toBeLessThan(1)
      }),
    )
  })
})

describe('the saved range', () => {
  it('is restored: a span by its name, a range as it was', () => {
    for (const change of [
      { span: '1w' as const },
      { span: 'all' as const },
      { range: shown({ span: '3d' }) },
      { max: 5e6, maxRow: 0.004, recorded: false },
    ]) {
      const state = { ...initial, ...change }
      expect(restoreState(maps.whole, asJson(saveState(maps.whole, state)))).toEqual(state)
    }
  })

  it('of an older file opens: its zoom is kept, and the whole map of old is the first view', () => {
    const older = { tiers: [], side: 'long', max: 2e6, range: null, asOf: null, logPrice: true }
    expect(restoreState(maps.whole, older)).toMatchObject({ span: 'first', range: null, max: 2e6, maxRow: null })
    const range = shown({ span: '3d' })
    expect(restoreState(maps.whole, { ...older, range })).toMatchObject({ range, side: 'long', recorded: true })
  })

  it.each([{ span: '2w' }, { span: 7 }, { maxRow: 'x' }, { recorded: 1 }])('ignores %j', saved => {
    expect(restoreState(maps.whole, saved)).toEqual(initial)
  })
})

describe('a part in more detail', () => {
  const request = (range = shown(), model = finestPart(maps, range)) => finerPart(maps, model, range)

  it('is not asked for where what is drawn has every bar and bin', () => {
    const { low, high } = shown({ span: '24h' })
    const fine = { ...recent, lnRow: recent.lnRow / recent.header.grid.binsPerRow }
    fine.header = { ...recent.header, grid: { ...recent.header.grid, binsPerRow: 1 } }
    expect(request({ ...shown({ span: '24h' }), low, high }, fine)).toBeNull()
  })

  it('has all of the range with room for a pan, and no more columns and rows than are built', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 1900 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.005, max: 0.6, noNaN: true }),
        (bars, at, height) => {
          const timeFrom = full.timeFrom + at * (full.timeTo - full.timeFrom - bars * HOUR)
          const low = full.low * (full.high / full.low) ** 0.3
          const range = clampRange(
            maps,
            { timeFrom, timeTo: timeFrom + bars * HOUR, low, high: low * Math.exp(height) },
            true,
          )
          const part = request(range, maps.whole)
          if (!part) return
          expect(part.range[0]).toBeLessThan(range.timeFrom)
          expect(part.range[1]).toBeGreaterThanOrEqual(range.timeTo)
          expect(part.prices[0]).toBeLessThan(range.low)
          expect(part.prices[1]).toBeGreaterThan(range.high)
          const columns = (part.range[1] - part.range[0]) / HOUR
          // A bar before the range, and one to be sure, always belong to it.
          expect(Math.ceil((columns - 1e-6) / 1000)).toBe(Math.ceil((bars + 2) / 1000))
        },
      ),
      {
        examples: [
          [998, 0, 0.005],
          [999, 0, 0.005],
          [1000, 0, 0.005],
        ],
      },
    )
  })

  it('as the library builds it, is drawn instead', async () => {
    const range = clampRange(
      maps,
      { ...shown({ span: '3d' }), timeFrom: full.timeFrom + 20 * DAY, timeTo: full.timeFrom + 30 * DAY },
      false,
    )
    const { range: times, prices } = request(range)!
    const bar = (moment: number) =>
      Math.max(
        0,
        hourly.time.findLastIndex(open => open <= moment),
      )
    const detail = await mapsOf(
      asJson(
        explorerPayload(liquidationMap(hourly), {
          from: bar(times[0]),
          to: bar(times[1]),
          low: prices[0],
          high: prices[1],
        }),
      ),
    )
    const withDetail = { ...maps, detail: detail.whole }
    expect(finestPart(withDetail, range) === detail.whole).toBe(true)
    expect(columnMs(detail.whole)).toBe(HOUR)
    // And then nothing finer is asked for.
    expect(request(range, detail.whole)).toBeNull()
  })
})

describe('the automatic maximum', () => {
  it('is of the cells in sight only', () => {
    const values = new Float32Array(40).fill(1)
    values[39] = 1000
    values.fill(5, 10, 15)
    const cells = { rowFrom: 1, rowTo: 2, columnFrom: 0, columnTo: 5 }
    expect(quantile([values], 0.995, 10, cells) / 5).toBeCloseTo(1, 2)
    expect(quantile([values], 0.995, 10, { ...cells, columnFrom: 5, columnTo: 10 })).toBeCloseTo(1, 2)
    expect(quantile([values], 0.995, 10, { rowFrom: 3, rowTo: 4, columnFrom: 9, columnTo: 10 }) / 1000).toBeCloseTo(
      1,
      2,
    )
    expect(quantile([values], 0.995, 10, { ...cells, columnTo: 0 })).toBe(1)
  })
})
