/** Costs as they are: impact by size, latency, fee tables, capacity. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { usdText } from '../../src/common/number-text.ts'
import { liq } from '../../src/liqnb.ts'
import { backtest } from '../../src/sfp/backtest.ts'
import type { BacktestOptions } from '../../src/sfp/backtest-options.ts'
import type { ImpactOptions } from '../../src/sfp/impact.ts'
import { marketImpact, resolveImpact } from '../../src/sfp/impact.ts'
import type { LevelSource } from '../../src/sfp/levels/level-source.ts'
import { VENUE_FEES } from '../../src/sfp/venue-fees.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { scratch } from '../data/import/helpers.ts'
import { marketOf, prefix } from '../market/fixtures.ts'
import { createLevel, createSignal, FREE, QUIET, SWEEP, tradeSignals } from './helpers.ts'

const { dir } = scratch()
const HOURS_A_DAY = 24

/** The law in its own words: loops over the 30 days before a bar. */
function slowImpact(
  market: ReturnType<typeof marketOf>,
  t: number,
  usd: number,
  { coefficient = 1, exponent = 0.5 } = {},
) {
  let volume = 0
  let squares = 0
  let bars = 0
  for (let k = Math.max(1, t - 30 * HOURS_A_DAY); k < t; k++) {
    volume += market.volume[k]! * market.close[k]!
    squares += Math.log(market.close[k]! / market.close[k - 1]!) ** 2
    bars++
  }
  const perDay = HOURS_A_DAY / bars
  return ((coefficient * Math.sqrt(squares * perDay)) / (1 + exponent)) * (usd / (volume * perDay)) ** exponent
}

describe('impact', () => {
  const market = simulateMarket({ seed: 8, bars: 1500, timeframe: '1h' })

  it('without a depth follows volume and volatility of the 30 days before', () => {
    const impact = marketImpact(market, resolveImpact({ cascade: false }))
    const other = marketImpact(market, resolveImpact({ coefficient: 0.7, exponent: 0.6, cascade: false }))
    for (const t of [2, 40, 719, 720, 721, 722, 1499])
      for (const usd of [1e3, 1e5]) {
        expect(impact(t, usd)).toBeCloseTo(slowImpact(market, t, usd), 12)
        expect(other(t, usd)).toBeCloseTo(slowImpact(market, t, usd, { coefficient: 0.7, exponent: 0.6 }), 12)
      }
  })

  it('with a depth is the mean price of a walk through that book', () => {
    // A book of 1,000 slices whose depth within x % is 2,000,000·√x USD, so δ = 2.
    const usd = 700_000
    const slices = 200_000
    let taken = 0
    let paid = 0
    for (let k = 0; k < slices && taken < usd; k++) {
      const [near, far] = [k / slices, (k + 1) / slices]
      const part = Math.min(usd - taken, 2e6 * (Math.sqrt(far) - Math.sqrt(near)))
      taken += part
      paid += part * ((near + far) / 200)
    }
    const impact = marketImpact(market, resolveImpact({ depth: 2e6, exponent: 2, cascade: false }))
    expect(impact(0, usd)).toBeCloseTo(paid / usd, 8)
    // By hand: a tenth of the depth of an even book moves the price by 0.1 %, and pays half of that.
    expect(marketImpact(market, resolveImpact({ depth: 1e6, cascade: false }))(0, 1e5)).toBeCloseTo(0.0005, 15)
  })

  it('is worse in a bar of three ATR and in the one after it, and nowhere else', () => {
    const rows = [...Array.from({ length: 20 }, () => QUIET), [100, 106, 100, 101], QUIET, QUIET]
    const impact = marketImpact(marketOf(rows), resolveImpact({ depth: 1e6 }))
    const costs = [19, 20, 21, 22].map(t => impact(t, 1e5))
    expect(costs[0]).toBeCloseTo(0.0005, 15)
    expect(costs[1]).toBeCloseTo(0.0005 / 0.6, 15)
    expect(costs[2]).toBeCloseTo(0.0005 / 0.6, 15)
    expect(costs[3]).toBeCloseTo(0.0005, 15)
    const below = marketImpact(marketOf(rows), resolveImpact({ depth: 1e6, cascade: { range: 3.01, depth: 0.5 } }))
    expect(below(20, 1e5)).toBeCloseTo(0.0005, 15)
  })

  it('is at most 10 %, and needs a volume or a depth', () => {
    expect(marketImpact(market, resolveImpact({ depth: 1 }))(5, 1e9)).toBe(0.1)
    const silent = marketOf([QUIET, QUIET].map(row => [...row, 0]))
    expect(() => backtest(silent, [], { impact: true })).toThrow('the market has no volume, so it needs { depth }')
    expect(backtest(silent, [], { impact: { depth: 1e6 } }).trades).toEqual([])
  })

  it('is paid by market orders at entry and stop, by its own size, and by no resting target', () => {
    const impact: ImpactOptions = { depth: 1e6, cascade: false }
    const size = { notional: 100_000 }
    // Entry at 100, stop at 95: 0.05 % at the entry; the exit is 0.1 % of 94,952 USD less.
    const [stopped] = tradeSignals([[100, 101, 94, 95]], { impact, size, target: false, equity: 1e9 }).trades
    expect(stopped!.entry).toBeCloseTo(100 * 1.0005, 10)
    const usd = 95 * stopped!.size
    expect(stopped!.exit).toBeCloseTo(95 * (1 - (0.01 * usd) / 1e6 / 2), 10)
    const [won] = tradeSignals([[100, 111, 99, 110]], { impact, size, target: { r: 2 }, equity: 1e9 }).trades
    expect(won!.reason).toBe('target')
    expect(won!.exit).toBeCloseTo(won!.entry + 2 * (won!.entry - 95), 10)
    // The slippage comes on top.
    const both = tradeSignals([QUIET], { impact, size, slippageBps: 3, equity: 1e9 }).trades[0]!
    expect(both.entry).toBeCloseTo(100 * (1 + 0.0003 + 0.0005 * 1.0003), 4)
  })

  it('says the same of closed trades when the data ends earlier', () => {
    const options = { impact: true, latency: 1 } as const
    const trades = (m: typeof market) => liq.sfp(m, { levels: 'pivots', minMove: 0.3 }).backtest(options).trades
    const all = trades(market)
    const early = trades(prefix(market, 900)).filter(({ reason }) => reason !== 'end')
    expect(early.length).toBeGreaterThan(10)
    expect(early).toEqual(all.slice(0, early.length))
  })
})

describe('latency', () => {
  it('delays the entry by bars, and sees the stop at the later open', () => {
    const rows = [QUIET, [102, 103, 101, 102], QUIET]
    expect(tradeSignals(rows, { latency: 0 }).trades[0]).toMatchObject({ entryBar: 1, entry: 100 })
    expect(tradeSignals(rows, { latency: 1 }).trades[0]).toMatchObject({ entryBar: 2, entry: 102 })
    const through = tradeSignals([QUIET, [94, 95, 93, 94], QUIET], { latency: 1 })
    expect(through.trades).toEqual([])
    expect(through.rejected.stop).toBe(1)
    expect(tradeSignals([QUIET], { latency: 1 })).toMatchObject({ trades: [], skipped: 0 })
  })

  it('delays the entry also while another position is open or another order waits', () => {
    const rows = [QUIET, [101, 102, 100, 101], [102, 103, 101, 102], QUIET]
    const signals = [createSignal(0), createSignal(1)]
    const entries = (options: BacktestOptions) =>
      tradeSignals(rows, { latency: 1, target: false, maxOpen: 2, ...options }, signals).trades.map(
        ({ entryBar, entry }) => [entryBar, entry],
      )
    expect(entries({})).toEqual([
      [2, 101],
      [3, 102],
    ])
    // Without latency both are a bar earlier.
    expect(entries({ latency: 0 })).toEqual([
      [1, 100],
      [2, 101],
    ])
    // Orders at 98 that no bar before reaches: the second rests from bar 3 on only.
    const limit = [QUIET, QUIET, [100, 101, 97, 100], QUIET, [100, 101, 97, 100]]
    const resting = (latency: number) =>
      tradeSignals(limit, { latency, entry: 'limit', limitBars: 9, target: false, maxOpen: 2 }, [
        createSignal(0),
        createSignal(2),
      ]).trades.map(({ entryBar }) => entryBar)
    expect(resting(1)).toEqual([3, 5])
    expect(resting(0)).toEqual([3, 3])
  })

  it('does not act on closes before the entry', () => {
    const signal = createSignal(0, { level: createLevel('low', 98), extreme: 80 })
    const rows = [[98, 98, 86, 87], [99, 101, 98, 100], QUIET, QUIET]
    const { trades } = tradeSignals(rows, { latency: 1, trendExit: 0.5, target: false, minRisk: 0 }, [signal])
    expect(trades[0]).toMatchObject({ entryBar: 2, reason: 'end' })
  })

  it('delays a trend exit, but neither stops nor the time limit', () => {
    const signal = createSignal(0, { level: createLevel('low', 98), extreme: 80 })
    const rows = [QUIET, [98, 98, 86, 87], [87, 90, 86, 88], [88, 91, 87, 89], QUIET]
    const exit = (options: object) =>
      tradeSignals(rows, { trendExit: 0.5, target: false, minRisk: 0, ...options }, [signal]).trades[0]
    expect(exit({ latency: 0 })).toMatchObject({ reason: 'trend', exitBar: 3, exit: 87 })
    // The entry comes a bar later too: bar 2 is the bar of the entry, and its close is acted on at the open of bar 4.
    expect(exit({ latency: 1 })).toMatchObject({ entryBar: 2, reason: 'trend', exitBar: 4, exit: 88 })
    expect(exit({ latency: 1, trendExit: false, maxBars: 1 })).toMatchObject({ reason: 'time', exitBar: 3 })
  })
})

describe('fees', () => {
  it('are those of the venue and tier', () => {
    expect(liq.fees('binanceusdm')).toEqual({ takerFee: 0.0005, makerFee: 0.0002 })
    expect(liq.fees('bybit', 'VIP 2')).toEqual({ takerFee: 0.000375, makerFee: 0.00016 })
    expect(liq.fees('hyperliquid', '6').takerFee).toBeCloseTo(0.00024, 15)
    expect(VENUE_FEES.binanceusdm.tiers.map(({ tier }) => tier)).toEqual([...'0123456789'].map(k => `VIP ${k}`))
    expect(liq.fees('bybit', 'Supreme VIP')).toEqual({ takerFee: 0.0003, makerFee: 0 })
    for (const { source, tiers } of Object.values(VENUE_FEES)) {
      expect(source).toMatch(/read 20\d\d-\d\d$/)
      for (const [k, { takerFee, makerFee }] of tiers.entries()) {
        expect(takerFee).toBeGreaterThan(makerFee)
        if (k > 0) expect(takerFee).toBeLessThanOrEqual(tiers[k - 1]!.takerFee)
        if (k > 0) expect(makerFee).toBeLessThanOrEqual(tiers[k - 1]!.makerFee)
      }
    }
  })

  it('of an unknown venue or tier are refused', () => {
    expect(() => liq.fees('ftx' as never)).toThrow('liq.fees: venue: "ftx", but expected binanceusdm, bybit')
    expect(() => liq.fees('okx', 'VIP 1')).toThrow('liq.fees: tier: "VIP 1", but expected Regular')
  })
})

describe('capacity', () => {
  const impact: ImpactOptions = { depth: 1e6, cascade: false }
  const sfpOf = (rows: number[][], target: BacktestOptions['target'] = false) => {
    const source: LevelSource = {
      name: 'one low',
      forEachBar(visit) {
        for (const t of rows.keys()) visit(t, [createLevel('low', 98)])
      },
    }
    return liq.sfp(marketOf(rows), { levels: source, minMove: 0, minSweepDepth: 0, target })
  }
  // Up 1 % from open to open after each signal: 1 % less two impacts of 0.5 %·Q/depth each is 0 near Q = depth.
  const rows = [QUIET, SWEEP, QUIET, [101, 102, 100, 101], SWEEP, QUIET, [101, 102, 100, 101]]
  const { stopBuffer, trendExit, takerFee, slippageBps } = FREE
  const free = { stopBuffer, trendExit, takerFee, slippageBps } as BacktestOptions

  it('ends at the size that a slow search finds, and says so', () => {
    const study = sfpOf(rows).backtest({ ...free, maxBars: 1, impact })
    expect(study.trades.map(({ reason }) => reason)).toEqual(['time', 'time'])
    // By hand: entry at 100 plus half of 1 % of Q/depth, exit at 101 less the same of what is sold.
    const net = (usd: number) => {
      const entry = 100 * (1 + (0.01 * usd) / 1e6 / 2)
      const soldUsd = (usd / entry) * 101
      return 101 * (1 - (0.01 * soldUsd) / 1e6 / 2) - entry
    }
    let slow = 1e5
    while (net(slow) > 0) slow += 100
    const { zeroAt, rows: curve } = study.capacity({ sizes: [1e3, 1e5, 1e6, 1e7] })
    expect(Math.abs(zeroAt - slow)).toBeLessThan(2500)
    expect(study.summary.text).toContain(`0 at ${usdText(zeroAt)} USD a trade`)
    for (const { size, expectancy, impact: cost } of curve.slice(0, 3)) {
      const percent = (100 * net(size)) / (100 * (1 + (0.01 * size) / 1e6 / 2))
      expect(expectancy).toBeCloseTo(percent, 3)
      expect(cost).toBeCloseTo(1 - expectancy, 9)
    }
    expect(
      study
        .capacity({ sizes: [1e6] })
        .table()
        .objects(),
    ).toMatchObject([{ size: 1e6, trades: 2 }])
  })

  it('of resting targets alone does not depend on the size, except where the entry moves', () => {
    const wins = [QUIET, SWEEP, [100, 111, 99, 110], QUIET, SWEEP, [100, 111, 99, 110], QUIET]
    const study = sfpOf(wins, { percent: 2 }).backtest({ ...free, impact })
    const [small, large] = study.capacity({ sizes: [1e3, 1e6] }).rows
    expect(small!.expectancy).toBeCloseTo(2, 9)
    expect(large!.expectancy).toBeCloseTo(2, 9)
  })

  it('of a strategy that loses is none, and of one without trades unknown', () => {
    const losing = sfpOf(rows).backtest({ ...free, takerFee: 0.09, maxBars: 1 })
    expect(losing.capacity().zeroAt).toBe(0)
    expect(losing.summary.text).toContain('it loses at any size')
    const none = sfpOf([QUIET, QUIET, QUIET]).backtest()
    expect(none.capacity().zeroAt).toBeNaN()
    expect(() => none.capacity({ sizes: [] })).toThrow('study.capacity: sizes: [], but expected at least one size')
  })
})

describe('liq.fitImpact', () => {
  /** Depth within x %: 4,000,000·x^0.8 bids and 3,000,000·x^0.8 asks, half of it in every fifth moment. */
  const rows = Array.from({ length: 40 }, (_, moment) =>
    [-5, -2, -1, 1, 2, 5].map(percent => {
      const usd = (percent < 0 ? 4e6 : 3e6) * Math.abs(percent) ** 0.8 * (moment % 5 === 0 ? 0.5 : 1)
      return `2025-05-19 11:${String(moment).padStart(2, '0')}:31,${percent},${usd / 1e5},${usd}`
    }),
  ).flat()

  it('finds depth and exponent of a file of Binance', async () => {
    const file = join(dir, 'BTCUSDT-bookDepth-2025-05-19.csv')
    writeFileSync(file, ['timestamp,percentage,depth,notional', ...rows, ''].join('\n'))
    const fitted = await liq.fitImpact({ file })
    expect(fitted.profiles).toBe(80)
    expect(fitted.exponent).toBeCloseTo(1 / 0.8, 9)
    expect(fitted.depth).toBeCloseTo(3e6, 0)
    expect(fitted.thinShare).toBeCloseTo(0.5, 9)
    expect(fitted.spreadBps).toBeNaN()
    expect(fitted.options).toEqual({ impact: { depth: fitted.depth, exponent: fitted.exponent } })
  })

  it('finds an even book and its spread, and an order walks it as the model says', async () => {
    const levels = Array.from({ length: 300 }, (_, k) => k)
    const asks = levels.map(k => [100.005 + k * 0.01, 1000 / (100.005 + k * 0.01)] as const)
    const bids = levels.map(k => [99.995 - k * 0.01, 1000 / (99.995 - k * 0.01)] as const)
    const { depth, exponent, spreadBps, options } = await liq.fitImpact({ books: [{ bids, asks }] })
    expect(spreadBps).toBeCloseTo(1, 6)
    expect(options.slippageBps).toBeCloseTo(0.5, 6)
    // 1,000 USD at every 0.01 %: 100,000 USD within 1 %.
    expect(depth).toBeGreaterThan(97_000)
    expect(depth).toBeLessThan(103_000)
    expect(exponent).toBeGreaterThan(0.95)
    expect(exponent).toBeLessThan(1.05)
    const paid = asks.slice(0, 80).reduce((sum, [price]) => sum + price / 80, 0) / 100 - 1
    const modelled = marketImpact(marketOf([QUIET]), resolveImpact({ ...options.impact, cascade: false }))(0, 80_000)
    expect(modelled).toBeCloseTo(paid, 3)
  })

  it('refuses other sources', async () => {
    await expect(liq.fitImpact({ books: [] })).rejects.toThrow(
      'liq.fitImpact: books: [], but expected a list of order books',
    )
    await expect(liq.fitImpact({ books: [{ bids: [], asks: [] }] })).rejects.toThrow('books[0]: bids from undefined')
    const file = join(dir, 'candles.csv')
    writeFileSync(file, 'date,open\n2024-01-01,1\n')
    await expect(liq.fitImpact({ file })).rejects.toThrow(/candles.csv.*no column percentage/s)
    await expect(liq.fitImpact({ file, books: [] } as never)).rejects.toThrow('either file or books')
  })
})
