/** What opens in each bar, by hand: sources, units, sides and places of entry. */
import { describe, expect, it } from 'vitest'
import { BarEntries } from '../../../src/liquidation/book/bar-entries.ts'
import {
  defaultFlows,
  type FlowOptions,
  flowOption,
  positionFlow,
} from '../../../src/liquidation/book/position-flow.ts'
import { binOf } from '../../../src/market/bins.ts'
import type { MarketColumns } from '../../../src/market/market.ts'
import { marketOf } from '../../market/fixtures.ts'

const N = Number.NaN
const WIDTH = 0.01
const ROWS = [
  [100, 110, 90, 102, 10],
  [102, 105, 99, 100, 20],
  [100, 101, 98, 99, 0],
  [99, 100, 97, 98, 40],
]
const OPEN_INTEREST = Float64Array.of(100, N, 130, 65)
const TAKERS = Float64Array.of(4, 15, 0, N)
const market = (extra: Partial<MarketColumns> = {}) => marketOf(ROWS, extra)
const all = market({ openInterest: OPEN_INTEREST, takerBuyVolume: TAKERS })
const flow = (options: FlowOptions, of = all, contract: 'linear' | 'inverse' = 'linear', scale = 1) =>
  positionFlow(of, options, WIDTH, contract, scale)
const usd = (one: ReturnType<typeof flow>) => ROWS.map((_, t) => one.notional(t))
const shares = (one: ReturnType<typeof flow>) => ROWS.map((_, t) => [one.longShare(t), one.survivingShare(t)])
const near = (values: number[]) => values.map(value => expect.closeTo(value, 9))

describe('what opens', () => {
  it('from volume: both legs of a share of it, longs by the takers who bought', () => {
    const volume = flow({ from: 'volume', openShare: 0.3 })
    expect(usd(volume)).toEqual(near([0.6 * 10 * 102, 0.6 * 20 * 100, 0, 0.6 * 40 * 98]))
    expect(shares(volume)).toEqual([0.4, 0.75, 0.5, 0.5].map(share => [share, 1]))
    expect(usd(flow({ from: 'volume' }))).toEqual(near([1020, 2000, 0, 3920]))
    expect(usd(flow({ from: 'volume' }, all, 'linear', 3))).toEqual(near([3060, 6000, 0, 11_760]))
    expect(shares(flow({ from: 'volume', split: 'even' })).map(([long]) => long)).toEqual([0.5, 0.5, 0.5, 0.5])
    expect(shares(flow({ from: 'volume' }, market())).map(([long]) => long)).toEqual([0.5, 0.5, 0.5, 0.5])
    // More bought than traded, but for rounding, is all.
    const rounded = market({ takerBuyVolume: Float64Array.of(10 * (1 + 5e-7), 20, 0, 0) })
    expect(flow({ from: 'volume' }, rounded).longShare(0)).toBe(1)
  })

  it('in an inverse contract: USD, as many as the coins were worth', () => {
    // (high + low + close)/3 of the first bar: 302/3.
    const inverse = flow({ from: 'volume', openShare: 1 }, all, 'inverse')
    expect(usd(inverse)).toEqual(near([(2 * 10 * 302) / 3, (2 * 20 * 304) / 3, 0, (2 * 40 * 295) / 3]))
    const rises = flow({ from: 'openInterest' }, all, 'inverse')
    // Contracts of USD: 100 · 102, none, 130 · 99 and 65 · 98.
    expect(usd(rises)).toEqual(near([0, 0, 2 * (12_870 - 10_200), 0]))
    expect(rises.survivingShare(3)).toBeCloseTo(6370 / 12_870, 12)
  })

  it('from open interest: its rises, and the share that its falls leave', () => {
    const changes = flow({ from: 'openInterest' })
    expect(usd(changes)).toEqual(near([0, 0, 2 * 30 * 99, 0]))
    expect(shares(changes).map(([, surviving]) => surviving)).toEqual([1, 1, 1, 0.5])
    const blend = flow({ from: { volume: 0.5, openInterest: 2 } })
    expect(usd(blend)).toEqual(near([510, 1000, 2 * 2 * 30 * 99, 1960]))
    expect(blend.survivingShare(3)).toBe(0.5)
    expect(flow({ from: { volume: 1 } }).survivingShare(3)).toBe(1)
  })

  it('as a constant: one contract in every bar', () => {
    expect(usd(flow({ from: 'constant' }))).toEqual(near([204, 200, 198, 196]))
    expect(shares(flow({ from: 'constant' }))).toEqual([1, 1, 1, 1].map(share => [0.5, share]))
  })

  it('by default from turnover where open interest is known or assumed, else from volume', () => {
    expect(flow({}).options).toMatchObject({
      from: { turnover: 1, volume: 0 },
      openInterest: 'recorded',
      openShare: 0.25,
      split: 'even',
      entry: 'path',
    })
    expect(flow({}, market()).options).toMatchObject({
      from: { turnover: 0, volume: 1 },
      openInterest: null,
      openShare: 0.5,
      split: 'even',
    })
    const takers = market({ takerBuyVolume: TAKERS })
    expect(flow({}, takers).options).toMatchObject({ from: { volume: 1 }, split: 'taker' })
    expect(flow({ openInterest: 5e6 }, takers).options).toMatchObject({
      from: { turnover: 1 },
      openInterest: 5e6,
      split: 'even',
    })
    expect(flow({}, market({ openInterest: Float64Array.of(N, N, N, N) })).options.from.volume).toBe(1)
    expect(flow({ from: 'turnover', split: 'taker' }).options.split).toBe('taker')
    expect(flow({ from: 'constant' }).options).toMatchObject({ split: 'even', minNotional: 0, maxNotional: Infinity })
    expect(defaultFlows(market())).toEqual([{ from: 'volume' }])
    expect(defaultFlows(all)).toEqual([0.1, 0.25, 0.5, 1].map(openShare => ({ from: 'turnover', openShare })))
  })
})

describe('where it opens', () => {
  const entries = (entry: 'range' | 'typical' | 'close') => {
    const into = new BarEntries()
    into.start(all, 0, WIDTH)
    flow({ from: 'volume', openShare: 1, entry }).entries(0, into)
    expect(into.count).toBe(1)
    return [into.from[0], into.to[0], into.notional[0], into.longShare[0]]
  }
  const bin = (price: number) => binOf(price, WIDTH)

  it('evenly over the range, at the typical price, or at the close', () => {
    const count = bin(110) - bin(90) + 1
    expect(entries('range')).toEqual([bin(90), bin(110), expect.closeTo(2040 / count, 9), 0.4])
    expect(entries('typical')).toEqual([bin(302 / 3), bin(302 / 3), 2040, 0.4])
    expect(entries('close')).toEqual([bin(102), bin(102), 2040, 0.4])
  })
})

describe('the option', () => {
  it('is refused where it fits neither itself nor the market', () => {
    const wrong: readonly [FlowOptions, ReturnType<typeof market>, string][] = [
      [{ from: 'trades' }, all, 'flow.trades: undefined, but expected single trades or their flow'],
      [{ from: 'turnover' }, market(), 'flow.from: "turnover", but expected volume, or flow.openInterest with it'],
      [
        { from: 'volume', openInterest: 5 },
        all,
        'flow.openInterest: 5, but expected nothing unless flow.from is turnover',
      ],
      [{ from: 'openInterest' }, market(), 'has no openInterest'],
      [{ minNotional: 5 }, all, 'flow.minNotional: 5, but expected flow.trades with it'],
      [{ maxNotional: 5 }, all, 'flow.maxNotional: 5, but expected flow.trades with it'],
      [{ split: 'taker' }, market(), 'flow.split: "taker", but expected even'],
    ]
    for (const [options, of, message] of wrong) expect(() => flow(options, of)).toThrow(message)
  })

  it('has its range', () => {
    for (const options of [
      { from: { volume: 0.3, openInterest: 0 } },
      { openShare: 1, split: 'even', entry: 'close', minNotional: 0, maxNotional: 0.1 },
      { openInterest: 0.1 },
      { openInterest: { ofDailyVolume: 0.1 } },
    ])
      expect(flowOption(options)).toBeUndefined()
    for (const options of [
      { from: 'x' },
      { from: null },
      { from: {} },
      { from: { volume: 0 } },
      { from: { volume: -1 } },
      { from: { volume: Infinity } },
      { from: { trades: 1 } },
      { openShare: 0 },
      { openShare: 1.01 },
      { split: 'x' },
      { entry: 'x' },
      { minNotional: -1 },
      { maxNotional: 0 },
      { openInterest: 0 },
      { openInterest: Infinity },
      { openInterest: 'x' },
      { openInterest: null },
      { openInterest: {} },
      { openInterest: { ofDailyVolume: 0 } },
      { openInterest: { ofDailyVolume: Infinity } },
      { openInterest: { ofDailyVolume: '1' } },
      { openInterest: { ofDailyVolume: 1, other: 1 } },
      { other: 1 },
    ])
      expect([options, flowOption(options) !== undefined]).toEqual([options, true])
  })
})
