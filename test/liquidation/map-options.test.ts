/** The options of a map: defaults and refusals. */
import { describe, expect, it } from 'vitest'
import { formatTime } from '../../src/common/duration.ts'
import { OptionError } from '../../src/common/errors.ts'
import type { FlowOptions } from '../../src/liquidation/book/position-flow.ts'
import { liquidationMap, type MapOptions } from '../../src/liquidation/map.ts'
import { bracketTable } from '../../src/liquidation/margin/brackets.ts'
import { binanceMargin, type MarginModel, okxMargin } from '../../src/liquidation/margin/margin-models.ts'
import { createMarket, type Market } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf } from '../market/fixtures.ts'

const market = simulateMarket({ seed: 2, bars: 50 })
/** Without open interest and taker volume. */
const bare = marketOf([[1, 1, 1, 1]])
const steep = binanceMargin(bracketTable([[Infinity, 0.05, 125]]))

type Refusal = [title: string, options: unknown, message: RegExp]

describe('options of a map', () => {
  const wrong: Refusal[] = [
    [
      'a misspelt option',
      { halflife: '1d' },
      /halflife is not one of its options .*; there are leverage, flow, halfLife/,
    ],
    [
      'a misspelt flow option',
      { flow: { share: 0.2 } },
      /flow.share: 0.2, but expected from, openInterest, trades, openShare, .*maxNotional/,
    ],
    ['a value instead of options', '7d', /"7d", but expected options/],
    ['a flow by name', { flow: 'volume' }, /flow: "volume", but expected an object with from, openInterest, trades/],
    ['a single leverage', { leverage: 25 }, /leverage: 25, but expected shares by value, e.g. \{ 10: 0.5/],
    ['a list of leverages', { leverage: [10, 25] }, /leverage: \[10,25\], but expected shares by value/],
    [
      'a prior that is a method name',
      { leverage: 'toString' },
      /leverage: "toString", but expected retail, high, equal or inverseRoot/,
    ],
    ['a weight as text', { leverage: { 10: '0.3' } }, /leverage\[10\]: "0.3", but expected a share of 0 or more/],
    ['a single extra margin', { extraMargin: 0.5 }, /extraMargin: 0.5, but expected shares by value/],
    [
      'a list of sizes',
      { positionNotional: [100, 200] },
      /positionNotional: \[100,200\], but expected shares by value/,
    ],
    [
      'a margin by name',
      { margin: 'binance' },
      /margin: "binance", but expected a margin model, e.g. liq.margin.binance/,
    ],
    [
      'trade sizes without trades',
      { flow: { minNotional: 1000 } },
      /flow.minNotional: 1000, .* only single trades have a size/,
    ],
    [
      'brackets that liquidate a position as it opens',
      { margin: steep, leverage: { 10: 0.5, 50: 0.5 } },
      /leverage: 50, .*: Binance, custom brackets would liquidate longs of 10000 USD at 50x as they open/,
    ],
    [
      'a leverage by size that returns an invalid mix',
      { leverage: () => ({ 10: -1 }) },
      /leverage\(10000\)\[10\]: -1, but expected a share of 0 or more/,
    ],
    [
      'an inverted size filter',
      { flow: { trades: noTrades(), minNotional: 10, maxNotional: 5 } },
      /flow.maxNotional: 5/,
    ],
    ['weights that are all 0', { leverage: { 10: 0, 20: 0 } }, /leverage: .* but expected at least one share above 0/],
    ['a leverage of 0', { leverage: { 0: 1 } }, /leverage: 0, but expected leverages above 1/],
    ['a leverage of 1', { leverage: { 1: 1 } }, /leverage: 1, but expected leverages above 1/],
    ['only a leverage of 1000', { leverage: { 1000: 1 } }, /at most 125x for positions of 10000 USD/],
    ['a negative weight', { leverage: { 10: -1 } }, /leverage\[10\]: -1/],
    ['an unknown prior', { leverage: 'degen' }, /leverage: "degen", but expected retail/],
    ['an invalid half-life', { halfLife: 'a while' }, /halfLife: "a while"/],
    ['a negative maximum age', { maxAge: -5 }, /maxAge: -5/],
    ['a bin width of 0', { binWidth: 0 }, /binWidth: 0/],
    ['a size above all brackets', { positionNotional: 1e12 }, /positionNotional: 1000000000000, but expected at most/],
    ['a size of 0', { positionNotional: 0 }, /positionNotional: 0, but expected a size above 0 USD/],
    ['shares that are all 0', { extraMargin: { 1: 0 } }, /extraMargin: .* but expected at least one share above 0/],
    ['a blend of nothing', { flow: { from: {} } }, /flow.from: \{\}, but expected a weight above 0/],
    ['an unknown source', { flow: { from: 'moon' } }, /flow.from: "moon"/],
    ['missing trades', { flow: { from: 'trades' } }, /flow.trades: undefined, but expected single trades/],
    ['an open share above 1', { flow: { openShare: 1.5 } }, /flow.openShare: 1.5/],
    [
      'a trigger depth with a maximum age',
      { triggerDepth: 0.001, maxAge: '1d' },
      /triggerDepth: 0.001, but expected 0 with/,
    ],
    ['a negative trigger depth', { triggerDepth: -1 }, /triggerDepth: -1/],
    ['an unknown entry', { flow: { entry: 'open' } }, /flow.entry: "open"/],
  ]
  it.each(wrong)('refuse %s', (_, options, message) => {
    const build = () => liquidationMap(market, options as MapOptions)
    expect(build).toThrow(message)
    expect(build).toThrow(/^liq.heatmap: /)
    expect(build).toThrow(OptionError)
  })

  const missing: Refusal[] = [
    ['open interest', { flow: { from: 'openInterest' } }, /flow.from: "openInterest", .* has no openInterest/],
    ['taker volume', { flow: { split: 'taker' } }, /flow.split: "taker", .* has no takerBuyVolume series/],
  ]
  it.each(missing)('refuse %s of a market without it', (_, options, message) => {
    expect(() => liquidationMap(bare, options as MapOptions)).toThrow(message)
  })

  it('take brackets in USD exactly, whatever the price, and brackets in coins at the first close', () => {
    // 50,000 USD is the cap of the first bracket. Over the price and back it may be more than that.
    const table = bracketTable([
      [50_000, 0.004, 125],
      [Infinity, 0.05, 10],
    ])
    const leverage = { 50: 1 }
    const tiers = (price: number, margin: MarginModel, positionNotional = 50_000) =>
      liquidationMap(marketOf([[price, price, price, price]]), { margin, leverage, positionNotional }).options.tiers
    const prices = Array.from({ length: 60 }, (_, i) => 7 + i / 7)
    expect(prices.some(price => (50_000 / price) * price > 50_000)).toBe(true)
    for (const price of prices) expect(tiers(price, binanceMargin(table))).toEqual([{ leverage: 50, weight: 1 }])
    // The same brackets in contracts of one coin: 50,000 USD are 50,001 coins at less than a dollar.
    const inCoins = okxMargin(table, { contractSize: 1 })
    expect(tiers(1, inCoins)).toEqual([{ leverage: 50, weight: 1 }])
    expect(() => tiers(0.99, inCoins)).toThrow('50')
    expect(tiers(0.99, inCoins, 49_000)).toEqual([{ leverage: 50, weight: 1 }])
  })

  it('are told in words, the trigger depth in basis points', () => {
    const told = (triggerDepth: number) => liquidationMap(market, { triggerDepth }).assumptions.join()
    expect(told(0.0015)).toContain('entirely at 15 bp')
    expect(told(0.00125)).toContain('entirely at 12.5 bp')
    expect(told(0)).toContain('reaches their bin')
    const opens = (of: Market, openInterest?: FlowOptions['openInterest']) =>
      liquidationMap(of, { flow: { from: 'turnover', ...(openInterest && { openInterest }) } }).assumptions.join()
    expect(opens(market)).toContain('the change of open interest')
    expect(opens(market)).not.toContain('on record since')
    const late = market.openInterest!.map((coins, t) => (t < 7 ? Number.NaN : coins))
    const since = formatTime(market.time[7]!)
    expect(opens(createMarket({ ...market, openInterest: late }, market))).toContain(
      `the change of open interest (on record since ${since}; nothing opens before)`,
    )
    expect(opens(bare, 5e6)).toContain('an assumed open interest of 5,000,000 USD')
    expect(opens(bare, { ofDailyVolume: 0.4 })).toContain('an assumed open interest of 0.4 times the daily volume')
  })

  it('need positions that end before their liquidation for stops at prices of their own', () => {
    const build = (options: MapOptions) => () => liquidationMap(market, options)
    for (const survival of [{}, { 0.5: 1 }])
      expect(build({ stops: { at: 'swings' }, survival })).toThrow(
        'stops.at: "swings", but expected a survival with it',
      )
    expect(build({ stops: { at: 'swings' }, survival: { 0.5: 0.9 } })).not.toThrow()
    expect(build({ stops: { at: 'survival' } })).not.toThrow()
    expect(build({ stops: { at: 'rounds' }, survival: { 0.5: 0.9 }, maxAge: '1d' })).toThrow('maxAge: "1d"')
    expect(build({ layer: 'stops' })).toThrow('layer: "stops", but expected liquidations, or a survival')
  })

  it('say of a size beyond all brackets in which unit it is', () => {
    const capped = bracketTable([[50, 0.004, 125]])
    const build = (margin: MarginModel, positionNotional: number) => () =>
      liquidationMap(marketOf([[200, 200, 200, 200]]), { margin, positionNotional })
    expect(build(binanceMargin(capped), 51)).toThrow(/the largest bracket's cap 50$/)
    expect(build(okxMargin(capped, { contractSize: 1 }), 10_200)).toThrow(
      "the largest bracket's cap 50, in the brackets' unit; the position is 51 at a price of 200",
    )
  })

  it('count as left out when undefined', () => {
    const options = { halfLife: undefined, flow: { minNotional: undefined } } as unknown as MapOptions
    expect(liquidationMap(market, options).assumptions).toEqual(liquidationMap(market).assumptions)
  })
})

function noTrades() {
  const empty = new Float64Array(0)
  return { time: empty, price: empty, amount: empty, takerBuy: new Uint8Array(0) }
}
