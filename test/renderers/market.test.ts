import { describe, expect, it } from 'vitest'
import { historyOf, partFor, type Series, seriesIn } from '../../renderers/market/model.ts'
import { createPanels, panelCount } from '../../renderers/market/panels.ts'
import { readHeader } from '../../renderers/market/payload.ts'
import { readAt } from '../../renderers/market/readout.ts'
import { restoreState } from '../../renderers/market/state.ts'
import { unpack } from '../../renderers/market/unpack.ts'
import { amountText } from '../../renderers/plot/ticks.ts'
import { marketPayload } from '../../src/charts/market-view.ts'
import { createMarket } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const market = simulateMarket({ seed: 3, bars: 5000 })
const payloadOf = (of = market) => JSON.parse(JSON.stringify(marketPayload(of)))
const modelOf = (of = market) => unpack(readHeader(payloadOf(of)))
const model = await modelOf()
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0)

describe('an unpacked market', () => {
  it('has the last price exactly', () => {
    expect(model.header.price).toBe(market.close.at(-1))
  })

  it('has the newest bars as they are', () => {
    const { candles, volume, openInterest, funding, recorded, candleMs } = model.recent!
    const first = market.length - 720
    expect(candleMs).toBe(HOUR)
    for (const k of [0, 1, 355, 719]) {
      const t = first + k
      expect(candles.time[k]).toBe(market.time[t])
      expect(candles.end[k]).toBe(market.time[t]! + HOUR)
      for (const name of ['open', 'high', 'low', 'close'] as const)
        expect(candles[name][k]! / market[name][t]!).toBeCloseTo(1, 4)
      expect(volume[k]! / market.volume[t]!).toBeCloseTo(1, 4)
      expect(openInterest![k]! / market.openInterest![t]!).toBeCloseTo(1, 4)
      expect(funding![k]).toBeCloseTo(market.fundingRate![t]!, 8)
      const usd = market.longLiquidations![t]! * market.close[t]!
      expect(recorded!.long[k]).toBeCloseTo(usd, -Math.floor(Math.log10(usd + 1)) + 3)
    }
  })

  it('has all of it in coarser candles that add up', () => {
    const { candles, volume, recorded } = model.whole
    expect(candles.time[0]).toBe(market.time[0])
    expect(candles.end.at(-1)).toBe(market.time.at(-1)! + HOUR)
    expect(sum(volume) / sum(market.volume)).toBeCloseTo(1, 4)
    expect(model.whole.openInterest!.at(-1)! / market.openInterest!.at(-1)!).toBeCloseTo(1, 4)
    const shorts = sum(market.shortLiquidations!.map((coins, t) => coins * market.close[t]!))
    expect(sum(recorded!.short) / shorts).toBeCloseTo(1, 4)
  })

  it('has nothing where nothing is on record', async () => {
    const { openInterest } = market
    const gappy = createMarket(
      {
        ...market,
        openInterest: openInterest!.map((value, t) => (t % 3 === 0 ? value : Number.NaN)),
        longLiquidations: undefined,
        fundingRate: market.fundingRate!.map(() => Number.NaN),
      } as never,
      market,
    )
    const { recent, whole } = await modelOf(gappy)
    expect(recent!.openInterest!.filter(value => Number.isNaN(value))).toHaveLength(480)
    expect(recent!.funding).toBeNull()
    expect(recent!.recorded!.long.every(Number.isNaN)).toBe(true)
    // The last value on record of each candle.
    expect(whole.openInterest!.some(Number.isNaN)).toBe(false)
  })

  it('is refused with what is wrong', async () => {
    const refused = (change: object) => unpack(readHeader({ ...payloadOf(), ...change }))
    await expect(async () => refused({ version: 9 })).rejects.toThrow('version: expected 2')
    await expect(async () => refused({ series: ['volume'] })).rejects.toThrow('series[0]')
    await expect(async () => refused({ series: ['openInterest', 'openInterest'] })).rejects.toThrow('each series once')
    await expect(refused({ series: ['openInterest'] })).rejects.toThrow('bytes too many')
    await expect(refused({ bytes: 12 })).rejects.toThrow('more than the 12 bytes')
    await expect(refused({ candles: 3 })).rejects.toThrow()
  })
})

describe('the candles in sight', () => {
  const { timeFrom, timeTo } = historyOf(model)
  const series = (from: number, to: number, pixels: number) => seriesIn(partFor(model, [from, to]), [from, to], pixels)

  it('are of the finest part that has all of the span', () => {
    expect(partFor(model, [timeTo - 10 * DAY, timeTo])).toBe(model.recent)
    expect(partFor(model, [timeFrom, timeTo])).toBe(model.whole)
  })

  it('are the bars where they are readable, else longer ones', () => {
    expect(series(timeTo - 10 * DAY, timeTo, 1000).candleMs).toBe(HOUR)
    expect(series(timeTo - 20 * DAY, timeTo, 1000).candleMs).toBe(2 * HOUR)
    expect(series(timeFrom, timeTo, 1000).candleMs).toBe(DAY)
    expect(series(timeFrom, timeTo, 300).candleMs).toBe(3 * DAY)
  })

  it('are combined as bars are', () => {
    const { candles, volume, openInterest, funding } = series(timeTo - 20 * DAY, timeTo, 1000)
    const k = 30
    const [a, b] = [0, 1].map(i => market.time.indexOf(candles.time[k]! + i * HOUR)) as [number, number]
    expect(candles.time[k]! % (2 * HOUR)).toBe(0)
    expect(candles.open[k]! / market.open[a]!).toBeCloseTo(1, 4)
    expect(candles.close[k]! / market.close[b]!).toBeCloseTo(1, 4)
    expect(candles.high[k]! / Math.max(market.high[a]!, market.high[b]!)).toBeCloseTo(1, 4)
    expect(candles.low[k]! / Math.min(market.low[a]!, market.low[b]!)).toBeCloseTo(1, 4)
    expect(volume[k]! / (market.volume[a]! + market.volume[b]!)).toBeCloseTo(1, 4)
    expect(openInterest![k]! / market.openInterest![b]!).toBeCloseTo(1, 4)
    expect(funding![k]).toBeCloseTo(market.fundingRate![a]! + market.fundingRate![b]!, 8)
  })

  it('do not depend on where the span begins', () => {
    const at = (shift: number) => series(timeTo - 20 * DAY - shift, timeTo - shift, 1000)
    const [one, other] = [at(0), at(HOUR)]
    // Also the first one is of whole candles, of which the span may show a part.
    expect([one, other].map(({ candles }) => candles.time[0]! % (2 * HOUR))).toEqual([0, 0])
    const shared = (part: Series) =>
      [...part.candles.time].filter(time => time > timeTo - 19 * DAY && time < timeTo - DAY)
    expect(shared(one)).toEqual(shared(other))
    expect(one.volume[20]).toBe(other.volume[other.candles.time.indexOf(one.candles.time[20]!)])
  })
})

describe('panels', () => {
  const { timeTo } = historyOf(model)
  const span = [timeTo - 8 * DAY, timeTo] as const
  const boxes = [0, 1, 2, 3, 4].map(i => ({ left: 0, top: 200 * i, width: 900, height: 160 }))
  const panelsOf = (of: Series) => createPanels(model.header, seriesIn(of, span, 900), span, boxes)

  it('name what they show, in which unit, and per what', () => {
    expect(panelsOf(model.recent!).map(({ title }) => title[0])).toEqual([
      'Price, USDT',
      'Volume, SYNTH per 1h',
      'Open interest, SYNTH',
      'Funding, % per 1h',
      'Liquidations on record, USD per 1h',
    ])
  })

  it('are left out where the market has no such series', () => {
    const bare = { ...model.recent!, openInterest: null, funding: null, recorded: null }
    expect(panelCount(bare)).toBe(2)
    expect(panelsOf(bare)).toHaveLength(2)
  })

  it('have one axis of time, and ticks within their values', () => {
    const panels = panelsOf(model.recent!)
    for (const { scales, ticks, box } of panels) {
      expect(scales.x(timeTo)).toBe(900)
      expect(ticks.length).toBeGreaterThan(0)
      for (const tick of ticks) expect(Math.abs(scales.y(tick) - box.top - 80)).toBeLessThanOrEqual(80.001)
    }
    const [, , , , liquidations] = panels
    expect(liquidations!.label(-5e6)).toBe(liquidations!.label(5e6))
  })

  it('have an axis for funding also where none is due', () => {
    const none = { ...model.recent!, funding: model.recent!.funding!.map(() => 0) }
    const { scales, box } = panelsOf(none)[3]!
    expect(scales.price(box.top)).toBeCloseTo(0.0108, 8)
    const negative = { ...none, funding: model.recent!.funding!.map(() => -0.0001) }
    const [, , , panel] = panelsOf(negative)
    expect(panel!.scales.price(box.top)).toBeCloseTo(0, 8)
    expect(panel!.scales.price(box.top + box.height)).toBeCloseTo(-0.0108, 6)
  })

  it('write amounts in one unit', () => {
    expect([0, 2e6, 4e6].map(amountText([0, 2e6, 4e6]))).toEqual(['0', '2M', '4M'])
    expect([500, 1500].map(amountText([500, 1500]))).toEqual(['500', '1,500'])
    expect([12_500, 15_000].map(amountText([12_500, 15_000]))).toEqual(['12.5k', '15.0k'])
  })
})

it('reads what was recorded of a candle, and says what was not', () => {
  const series = { ...model.recent!, openInterest: model.recent!.openInterest!.map(() => Number.NaN) }
  const { heading, lines } = readAt(model.header, series, 719)
  expect(heading).toBe(`${new Date(market.time.at(-1)!).toISOString().slice(0, 16).replace('T', ' ')}, 1h`)
  const values = Object.fromEntries(lines)
  expect(values['Open interest']).toBe('not on record')
  expect(values.Volume).toMatch(/SYNTH$/)
  expect(values['Longs liquidated']).toMatch(/USD$/)
})

it('restores what it can of a saved state', () => {
  expect(restoreState(undefined)).toEqual({ span: 'first', range: null, candles: null, linked: false })
  expect(restoreState({ span: '1w', range: [5, 2], candles: 'redGreen', linked: true, more: 1 })).toEqual({
    span: '1w',
    range: null,
    candles: 'redGreen',
    linked: true,
  })
})
