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
    // No open interest is a record as well.
    const none = market.openInterest!.map((coins, t) => (t < 7 ? 0 : coins))
    expect(opens(createMarket({ ...market, openInterest: none }, market))).not.toContain('on record since')
    expect(opens(bare, 5e6)).toContain('an assumed open interest of 5,000,000 USD')
    expect(opens(bare, { ofDailyVolume: 0.4 })).toContain('an assumed open interest of 0.4 times the daily volume')
  })

  it('are told in full: each line says what was assumed, and no more', () => {
    const path = 'entries along the path of the bar'
    const half = 'half long, half short'
    const told = (of: Market, options: MapOptions, subject: string) =>
      liquidationMap(of, options).assumptions.filter(line => line.startsWith(subject))
    const one = { time: market.time.slice(0, 1), price: market.close.slice(0, 1), amount: Float64Array.of(1) }
    const trades = { ...one, takerBuy: Uint8Array.of(1) }
    const flows: [Market, FlowOptions, string][] = [
      [bare, { openShare: 0.2 }, `20 % of each side of the volume opens positions; ${half}; ${path}`],
      [
        market,
        { from: 'openInterest', entry: 'range' },
        'rising open interest opens positions, falling open interest closes them pro rata; longs and shorts by taker volume; entries evenly over the bar’s range',
      ],
      [
        market,
        { from: { volume: 1, openInterest: 2 }, entry: 'typical', split: 'even' },
        `rising open interest opens positions, falling open interest closes them pro rata; 50 % of each side of the volume opens positions (blended 2 : 1); ${half}; entries at (high+low+close)/3`,
      ],
      [
        bare,
        { from: 'constant', entry: 'close' },
        `the same contracts open in every bar (a null, which knows nothing of the market); ${half}; entries at the close`,
      ],
      [
        market,
        { openShare: 0.25 },
        `25 % of the volume opens positions, and as many close in proportion as the change of open interest demands; ${half}; ${path}`,
      ],
      ...(
        [
          [{}, ''],
          [{ minNotional: 10_000 }, ' of 10,000 USD or more'],
          [{ maxNotional: 1e6 }, ' of 0 to 1,000,000 USD'],
        ] as const
      ).map(([sizes, range]): [Market, FlowOptions, string] => [
        market,
        { from: 'trades', trades, openShare: 0.5, split: 'taker', ...sizes },
        `50 % of both sides of the trades${range} opens positions; bars without trades open none; longs and shorts by taker volume; entries at their own prices`,
      ]),
    ]
    for (const [of, flow, words] of flows) expect(told(of, { flow }, 'flow: ')).toEqual([`flow: ${words}`])

    const relative = 'relative: the amounts compare levels of this map with each other, not with the market'
    const fitted = { value: 2.3456, low: 1, high: 3.4567, to: 'a record' }
    const scales: [Market, MapOptions, string][] = [
      [bare, {}, relative],
      [market, { flow: { from: 'volume' } }, relative],
      [market, {}, 'conserves open interest: each side sums to at most the open interest at any time'],
      [bare, { flow: { from: 'turnover', openInterest: 1e6 } }, 'conserves an assumed open interest'],
      [market, { scale: 0.12345 }, 'USD times 0.123, as given'],
      [market, { scale: fitted }, 'calibrated to a record (×2.35, 1–3.46)'],
      [
        market,
        { scale: { ...fitted, value: 1, high: Number.NaN } },
        'calibrated to a record (×1, without an interval)',
      ],
    ]
    for (const [of, options, words] of scales) expect(told(of, options, 'scale: ')).toEqual([`scale: ${words}`])

    const venue = 'Binance BTCUSDT, October 2024'
    const margins: [MapOptions, string][] = [
      [{}, `no margin added, positions of 10,000 USD, ${venue}`],
      [
        { extraMargin: { 0: 3, 1.5: 1 }, positionNotional: { 1000: 1, 20000: 3 } },
        `margin added, in multiples of the initial margin: 0× 75 %, 1.5× 25 %, positions of 1,000 USD 25 %, 20,000 USD 75 %, ${venue}`,
      ],
    ]
    for (const [options, words] of margins)
      expect(told(bare, options, 'margin: ')).toEqual([`margin: isolated, ${words}`])

    const ends: [Market, MapOptions, string][] = [
      [
        bare,
        {},
        '7 days; price bins of 10 bp; levels are consumed when a low or high passes through them, entirely at 15 bp',
      ],
      [
        market,
        { triggerDepth: 0 },
        'none; price bins of 10 bp; levels are consumed when a low or high reaches their bin',
      ],
      [
        bare,
        { halfLife: '1d', maxAge: '12h', binWidth: 0.00025 },
        '1 day, all closed after 0.5 days; price bins of 2.5 bp; levels are consumed when a low or high reaches their bin',
      ],
    ]
    for (const [of, options, words] of ends)
      expect(told(of, options, 'half-life')).toEqual([`half-life of positions: ${words}`])

    const survival = { 0.5: 0.7, 1: 0.4 }
    const way =
      'positions still open on the way to their liquidation: 70 % at 50 % of the way, 40 % at 100 % of the way (assumed); levels are'
    expect(told(bare, {}, 'positions')).toEqual([])
    expect(told(bare, { survival }, 'positions')).toEqual([`${way} liquidations`])
    expect(told(bare, { survival, layer: 'stops' }, 'positions')).toEqual([`${way} the stops that this implies`])
    expect(told(bare, { survival, layer: 'both' }, 'positions')).toEqual([`${way} liquidations and stops`])
    expect(told(bare, { survival, layer: 'both' }, 'stops')).toEqual([])
    expect(told(bare, { survival, stops: { at: 'rounds' } }, 'stops')).toEqual([])
    expect(told(bare, { survival, layer: 'both', stops: { at: 'rounds' } }, 'stops')).toHaveLength(1)

    expect(told(bare, { leverage: { 10: 1, 50: 3 } }, 'leverage')).toEqual([
      'leverage mix: 10x 25 %, 50x 75 % (assumed)',
    ])
    expect(told(bare, {}, 'instrument')).toEqual(['instrument: BTC/USDT:USDT, linear perpetual'])
    const subjects = (of: Market, options: MapOptions = {}) =>
      liquidationMap(of, options).assumptions.map(line => line.replace(/:? .*/, ''))
    expect(subjects(bare)).toEqual(['BTC/USDT:USDT', 'instrument', 'leverage', 'scale', 'flow', 'margin', 'half-life'])
    expect(subjects(market, { survival })).toEqual([
      ...['SYNTH/USDT:USDT', 'leverage', 'scale', 'flow', 'margin', 'positions', 'half-life'],
    ])
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
    for (const survival of [{}, { 0.5: 1 }])
      expect(build({ layer: 'stops', survival })).toThrow('layer: "stops", but expected liquidations, or a survival')
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
