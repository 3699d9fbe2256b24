import { afterEach, describe, expect, it } from 'vitest'
import { MARKET_MIME, type MarketPart, type MarketPayload } from '../../src/charts/market-payload.ts'
import { marketPayload } from '../../src/charts/market-view.ts'
import { liq } from '../../src/liqnb.ts'
import type { Market } from '../../src/market/market.ts'
import { MARKET_MIME as PAGE_MIME } from '../../src/notebook/mime.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { bundleOf } from './helpers.ts'

const CHANNEL = Symbol.for('liqnb.channel')
const host = globalThis as { [key: symbol]: unknown }
afterEach(() => {
  delete host[CHANNEL]
})

/** The part of the kernel's channel host that a market uses. */
function openChannels(): ((message: unknown) => MarketPart)[] {
  const handlers: ((message: unknown) => MarketPart)[] = []
  host[CHANNEL] = { open: (handler: (message: unknown) => MarketPart) => `channel ${handlers.push(handler)}` }
  return handlers
}

interface Bundle {
  [mime: string]: unknown
  [MARKET_MIME]: MarketPayload
}

const long = simulateMarket({ seed: 3, bars: 25_000 })
const source = { simulate: { seed: 3, bars: 3000 } }

describe('the payload of a market', () => {
  it('takes 40 kB in a file, however long the market is', () => {
    const sizes = [1400, 25_000].map(bars => {
      const market = bars === long.length ? long : simulateMarket({ seed: 3, bars })
      expect(Object.keys(market)).toContain('longLiquidations')
      return JSON.stringify(marketPayload(market)).length
    })
    expect(Math.max(...sizes)).toBeLessThan(40_000)
  })

  it('has candles of lengths that people know, and the newest bars one by one', () => {
    const payload = marketPayload(long)
    // 25,000 hours in days, and 720 hours.
    expect(payload.candles).toBe(1042)
    expect(payload.recent?.candles).toBe(720)
    expect(marketPayload(simulateMarket({ seed: 1, bars: 1400 })).recent).toBeUndefined()
  })

  it('names only the series that have a value', () => {
    const without = { ...long, fundingRate: undefined, openInterest: long.openInterest!.map(() => Number.NaN) }
    expect(marketPayload(long).series).toEqual(['openInterest', 'fundingRate', 'longLiquidations', 'shortLiquidations'])
    expect(marketPayload(without as unknown as Market).series).toEqual(['longLiquidations', 'shortLiquidations'])
  })
})

describe('a displayed market', () => {
  it('is saved in one form, with its card as text', async () => {
    openChannels()
    const market = await liq.market(source)
    const bundle = bundleOf<Bundle>(market)
    expect(Object.keys(bundle)).toEqual([MARKET_MIME, 'text/plain'])
    expect(MARKET_MIME).toBe(PAGE_MIME)
    expect(bundle['text/plain']).toMatch(
      /^SYNTH\/USDT:USDT\nSource +synthetic.*\nInstrument.*\nBars +3,000 of 1h\nSpan/,
    )
    expect(bundle[MARKET_MIME].facts.map(([name]) => name)).toEqual([
      'Source',
      'Instrument',
      'Bars',
      'Span',
      'Last close',
      'Series',
    ])
    expect(bundle[MARKET_MIME].channel).toBe('channel 1')
  })

  it('has a figure for readers without a kernel', async () => {
    const market = await liq.market(source)
    expect(Object.keys(bundleOf<Bundle>(market))).toEqual([MARKET_MIME, 'application/vnd.plotly.v1+json', 'text/plain'])
    const { data, layout } = market.figure({ from: 2000 }).figure
    expect(data.map(trace => trace.name)).toEqual([
      'price',
      'volume',
      'open interest',
      'funding',
      'shorts liquidated',
      'longs liquidated',
    ])
    const titles = [1, 2, 3, 4, 5].map(i => (layout[`yaxis${i === 1 ? '' : i}`] as { title: object }).title)
    expect(titles).toEqual(
      ['Price, USDT', 'Volume,<br>SYNTH', 'Open interest,<br>SYNTH', 'Funding,<br>%', 'Liquidated,<br>USD'].map(
        text => ({ text }),
      ),
    )
    expect(() => market.figure({ to: 3000 })).toThrow('market.figure: to: 3000')
    expect(() => market.figure({ from: 5, to: 2 })).toThrow('market.figure: from: 5')
    expect(() => market.figure({ bars: 2 } as never)).toThrow('market.figure: bars is not one of its options')
  })

  it('does not hand its display to a copy', async () => {
    const market = await liq.market(source)
    expect(Object.keys({ ...market })).not.toContain('figure')
    expect(liq.resample(market, '4h').figure().figure.layout.title).toMatchObject({ text: 'SYNTH/USDT:USDT 4h' })
  })

  it('answers with the bars of a span', async () => {
    const handlers = openChannels()
    const market = await liq.market(source)
    bundleOf<Bundle>(market)
    const [answer] = handlers
    const at = (bar: number) => market.time[bar]!
    expect(answer!({ range: [at(100), at(400)] }).candles).toBe(300)
    // From within a bar to within another.
    expect(answer!({ range: [at(100) + 1, at(400) + 1] }).candles).toBe(301)
    expect(() => answer!({ range: [at(400), at(100)] })).toThrow('market: range: expected two moments')
    expect(() => answer!({ range: [0, 1] })).toThrow('market: range: no bar is between 0 and 1')
    expect(() => answer!({ range: ['a', 1] })).toThrow('market: range[0]')
  })

  it('opens no channel where the output has every bar', async () => {
    const handlers = openChannels()
    expect(
      bundleOf<Bundle>(await liq.market({ simulate: { seed: 1, bars: 500 } }))[MARKET_MIME].channel,
    ).toBeUndefined()
    expect(handlers).toEqual([])
  })
})
