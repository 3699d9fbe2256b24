/** Limits over markets, by hand. */
import { describe, expect, it } from 'vitest'
import { type Portfolio, portfolio } from '../../../src/api/portfolio.ts'
import type { Market } from '../../../src/market/market.ts'
import { createMarket } from '../../../src/market/market.ts'
import type { BacktestOptions } from '../../../src/sfp/backtest-options.ts'
import type { Signal } from '../../../src/sfp/detect.ts'
import type { PortfolioOptions } from '../../../src/sfp/portfolio/portfolio-options.ts'
import { HOUR, marketOf, START } from '../../market/fixtures.ts'
import { createSignal, QUIET, SWEEP } from '../helpers.ts'
import { randomMarkets } from './random-markets.ts'

const FREE: BacktestOptions = { takerFee: 0, slippageBps: 0, stopBuffer: 0, trendExit: false }

/** Markets of the rows after the sweep of {@link createSignal}, with a signal at bar 0 unless given. */
function trade(
  markets: { rows: number[][]; signals?: Signal[]; options?: BacktestOptions }[],
  options: PortfolioOptions = {},
): Portfolio {
  return portfolio(
    markets.map(({ rows, signals = [createSignal()], options = {} }, m) => ({
      market: marketOf([SWEEP, ...rows], {}, `M${m}/USDT:USDT`),
      signals,
      options: { ...FREE, ...options },
    })),
    { equity: 10_000, ...options },
  )
}

/** What was refused, in order: market and reason. */
const refused = ({ refusals }: Portfolio) => refusals.map(({ market, reason }) => [market.slice(0, 2), reason])

describe('sizes', () => {
  it('are of the shared equity, open positions of other markets marked to their open', () => {
    // M0 enters at 100 with 5 of risk: 1 % of 10,000 is 100 USD, 20 coins. It gains 60 USD up to the open of bar 2.
    const rows = [QUIET, [103, 104, 102, 103], QUIET]
    const result = trade([{ rows }, { rows: [QUIET, QUIET, QUIET], signals: [createSignal(1)] }], {
      riskPerTrade: 0.01,
      maxExposure: 5,
    })
    expect(result.trades.map(({ size }) => size)).toEqual([20, 20.12])
    expect(result.equity[1]).toBe(10_000)
    expect(result.exposure.gross[1]).toBeCloseTo(0.2, 12)
  })

  it('of a fraction leave out the margin that other markets hold', () => {
    const options = { size: { fraction: 0.5 } } as const
    const rows = [QUIET, QUIET]
    const result = trade([
      { rows, options },
      { rows, options: { ...options, leverage: 2 } },
    ])
    // The first takes 5,000 of 10,000; the second half of the rest.
    expect(result.trades.map(({ size, entry }) => size * entry)).toEqual([5000, 2500])
  })

  it('of a limit order in a long bar do not know what shorter bars show while it is open', () => {
    const sizeWith = (last: number) => {
      const hours = marketOf([SWEEP, QUIET, QUIET, QUIET, QUIET, [100, 101, 99, 100], [last, last + 1, last - 1, last]])
      const long = createMarket(
        {
          time: Float64Array.of(START - 4 * HOUR, START, START + 4 * HOUR),
          open: Float64Array.of(99, 100, 100),
          high: Float64Array.of(101, 101, 101),
          low: Float64Array.of(95, 99, 97),
          close: Float64Array.of(100, 100, 100),
          volume: new Float64Array(3),
        },
        { symbol: 'LONG/USDT:USDT', source: 'test', barMs: 4 * HOUR },
      )
      const result = portfolio(
        [
          { market: hours, signals: [createSignal()], options: FREE },
          { market: long, signals: [createSignal(0)], options: { ...FREE, entry: 'limit' } },
        ],
        { equity: 10_000, riskPerTrade: 0.01, maxExposure: 9 },
      )
      return result.trades.find(({ market }) => market.startsWith('LONG'))!.size
    }
    // Filled at 98 in the bar from 4 h on; the hours of that bar fall to 97, rise to 130.
    expect(sizeWith(97)).toBe(sizeWith(130))
    expect(sizeWith(97)).toBeCloseTo(100 / 3, 9)
  })
})

describe('limits', () => {
  const rows = [QUIET, QUIET, QUIET]

  it('refuse further positions in the order of the markets', () => {
    const result = trade([{ rows }, { rows }, { rows }], { maxPositions: 2 })
    expect(result.trades.map(({ market }) => market.slice(0, 2))).toEqual(['M0', 'M1'])
    expect(refused(result)).toEqual([['M2', 'maxPositions']])
  })

  it('count sides over all markets', () => {
    const short = createSignal(0, { side: 'short', extreme: 105 })
    const result = trade([{ rows }, { rows }, { rows, signals: [short] }], { maxPerSide: 1 })
    expect(result.trades.map(({ side }) => side)).toEqual(['long', 'short'])
    // Both of 10,000 USD at an equity of as much.
    expect([result.exposure.gross[1], result.exposure.net[1], result.exposure.positions[1]]).toEqual([2, 0, 2])
    expect(refused(result)).toEqual([['M1', 'maxPerSide']])
  })

  it('count a position that leaves at the same open, as maxOpen does', () => {
    // M0 opens bar 2 below its stop; M1 would enter there.
    const fall = [QUIET, [94, 95, 93, 94], [94, 95, 93, 94]]
    const at = (bar: number) =>
      trade([{ rows: fall }, { rows, signals: [createSignal(bar)] }], { maxPositions: 1, maxPerMarket: 1 })
    expect(refused(at(1))).toEqual([['M1', 'maxPositions']])
    expect(at(2).trades.map(({ market, exitBar }) => [market.slice(0, 2), exitBar])).toEqual([
      ['M0', 2],
      ['M1', 3],
    ])
  })

  it('make an entry smaller to fit the exposure, refuse it where nothing is left, and say both', () => {
    const options = { notional: 8000 }
    const result = trade(
      [
        { rows, options },
        { rows, options },
        { rows, options },
      ],
      { maxExposure: 1.2 },
    )
    expect(result.trades.map(({ size }) => size)).toEqual([80, 40])
    expect(result.refusals.map(({ market, reason, share }) => [market.slice(0, 2), reason, share])).toEqual([
      ['M1', 'maxExposure', 0.5],
      ['M2', 'maxExposure', 0],
    ])
    const lots = trade(
      [
        { rows, options: { size: { notional: 8000, lot: 50 } } },
        { rows, options },
      ],
      { maxExposure: 0.7 },
    )
    expect(lots.trades.map(({ size }) => size)).toEqual([50, 20])
  })

  it('hold the exposure at each entry, for any markets', () => {
    for (let seed = 1; seed <= 15; seed++) {
      const markets = randomMarkets(seed, 4).map(each => ({
        ...each,
        options: { ...FREE, maxOpen: 3, entry: seed % 2 ? ('limit' as const) : ('open' as const) },
      }))
      const { exposure } = portfolio(markets, { equity: 1e6, riskPerTrade: 0.02, maxExposure: 1 })
      // Without costs only prices move it beyond: by far less than another entry would.
      expect(exposure.gross.reduce((most, value) => Math.max(most, value))).toBeLessThan(1.15)
      expect(exposure.gross.reduce((most, value) => Math.max(most, value))).toBeGreaterThan(0.9)
    }
  })

  it('replace maxOpen of each market', () => {
    const signals = [createSignal(0), createSignal(1), createSignal(2)]
    const result = trade(
      [
        { rows, signals },
        { rows, signals },
      ],
      { maxPerMarket: 2 },
    )
    expect(result.trades.length).toBe(4)
    expect(refused(result)).toEqual([
      ['M0', 'maxPerMarket'],
      ['M1', 'maxPerMarket'],
    ])
  })

  it('end trading in all markets when the equity is lost', () => {
    const fall = [[100, 101, 94, 94], QUIET, QUIET]
    const result = trade(
      [
        { rows: fall, options: { notional: 50_000 } },
        { rows, signals: [createSignal(1)] },
      ],
      { equity: 2000 },
    )
    expect(result.ruined).toBe(1)
    expect(result.statistics.ruined).toBe(true)
    expect(refused(result)).toEqual([['M1', 'ruined']])
  })
})

describe('maxCorrelated', () => {
  /** Closes of hours from a list of log returns; the last bars have a signal. */
  const steps = Array.from({ length: 40 }, (_, k) => 0.01 * Math.sin(k * k))
  const other = Array.from({ length: 40 }, (_, k) => 0.01 * Math.cos(3 * k * k))
  function market(symbol: string, returns: readonly number[]): Market {
    let close = 100
    const rows = returns.map(step => {
      const open = close
      close = open * Math.exp(step)
      return [open, Math.max(open, close) * 1.0001, Math.min(open, close) / 1.0001, close]
    })
    return marketOf(rows, {}, symbol)
  }
  const limit = { correlation: 0.7, window: '24h', positions: 1 }
  const run = (returns: readonly number[], sides: readonly ['long' | 'short', 'long' | 'short'], more = limit) => {
    const markets = [market('A', steps), market('B', returns)]
    const signalOf = (each: Market, bar: number, side: 'long' | 'short') =>
      createSignal(bar, { side, extreme: each.open[bar + 1]! * (side === 'long' ? 0.8 : 1.2) })
    return portfolio(
      markets.map((each, m) => ({ market: each, signals: [signalOf(each, 30, sides[m]!)], options: FREE })),
      { maxCorrelated: more },
    )
  }

  it('refuses a second position that moves together with the first', () => {
    expect(refused(run(steps, ['long', 'long']))).toEqual([['B', 'maxCorrelated']])
    expect(refused(run(other, ['long', 'long']))).toEqual([])
    expect(refused(run(steps, ['long', 'long'], { ...limit, positions: 2 }))).toEqual([])
  })

  it('turns the sign between a long and a short', () => {
    const opposite = steps.map(step => -step)
    expect(refused(run(steps, ['long', 'short']))).toEqual([])
    expect(refused(run(opposite, ['long', 'short']))).toEqual([['B', 'maxCorrelated']])
  })

  it('knows closes up to the entry alone, and only those of the window', () => {
    // Entry at the open of bar 31. Bars after it, and those before the window, are made the opposite.
    const before = steps.map((step, k) => (k < 31 - 24 ? -step : step))
    const after = steps.map((step, k) => (k > 30 ? -step : step))
    const within = steps.map((step, k) => (k > 12 && k <= 30 ? -step : step))
    expect(refused(run(before, ['long', 'long']))).toEqual([['B', 'maxCorrelated']])
    expect(refused(run(after, ['long', 'long']))).toEqual([['B', 'maxCorrelated']])
    expect(refused(run(within, ['long', 'long']))).toEqual([])
    expect(refused(run(before, ['long', 'long'], { ...limit, window: '30h' }))).toEqual([])
  })

  it('takes a correlation of fewer than ten returns as one', () => {
    const young = (from: number) => {
      const [a, b] = [market('A', steps), market('B', other.slice(from))]
      b.time.set(b.time.map((_, k) => START + (from + k) * HOUR))
      const at = (each: Market, bar: number) => createSignal(bar, { extreme: each.open[bar + 1]! * 0.8 })
      return portfolio(
        [
          { market: a, signals: [at(a, 30)], options: FREE },
          { market: b, signals: [at(b, 30 - from)], options: FREE },
        ],
        { maxCorrelated: limit },
      )
    }
    // The first close of B gives no return.
    expect(refused(young(20))).toEqual([])
    expect(refused(young(21))).toEqual([['B', 'maxCorrelated']])
  })
})
