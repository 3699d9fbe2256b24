/** Several markets from one equity. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { portfolio as tradeTogether } from '../../../src/api/portfolio.ts'
import { sfp } from '../../../src/api/study.ts'
import { createMarket, type Market, type MarketColumns } from '../../../src/market/market.ts'
import { backtest } from '../../../src/sfp/backtest.ts'
import type { BacktestOptions } from '../../../src/sfp/backtest-options.ts'
import { detectSfp } from '../../../src/sfp/detect.ts'
import { pivotLevels } from '../../../src/sfp/levels/pivots.ts'
import { randomLevels } from '../../../src/sfp/levels/placebo.ts'
import { placeboPortfolios } from '../../../src/sfp/portfolio/portfolio.ts'
import { resolveMarkets } from '../../../src/sfp/portfolio/portfolio-markets.ts'
import { type PortfolioOptions, resolvePortfolio } from '../../../src/sfp/portfolio/portfolio-options.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { random } from '../../../src/stats/random.ts'
import { HOUR, START } from '../../market/fixtures.ts'
import { randomMarkets } from './random-markets.ts'
import { type SlowRules, slowPortfolio } from './slow-portfolio.ts'

/** A market without the bars that close after a time. */
function until(market: Market, timeMs: number): Market {
  const columns = Object.entries(market).flatMap(([name, value]) =>
    value instanceof Float64Array ? [[name, value.filter((_, t) => market.time[t]! + market.barMs <= timeMs)]] : [],
  )
  return createMarket(Object.fromEntries(columns) as MarketColumns, { ...market, notes: [] })
}

/** Options of markets and of the portfolio, drawn at random. */
function randomRules(seed: number) {
  const { uniform } = random(seed)
  const pick = <T>(...values: T[]): T => values[Math.floor(uniform() * values.length)]!
  const rules: SlowRules = {
    equity: 50_000,
    fee: 0.0005,
    slippageBps: pick(0, 2),
    targetR: pick(0.7, 1.5, 3),
    maxBars: pick(6, 40, Infinity),
    maxOpen: pick(1, 2, 4),
    ...pick({ notional: 6000 }, { risk: 0.01 }, { risk: 0.03 }),
    maxPositions: pick(1, 3, Infinity),
    maxPerSide: pick(1, 2, Infinity),
    maxExposure: pick(0.3, 1, 3, Infinity),
    ...pick({}, { correlated: { correlation: pick(0.3, 0.7), hours: 80, positions: pick(1, 2) } }),
  }
  const market: BacktestOptions = {
    takerFee: rules.fee,
    slippageBps: rules.slippageBps,
    target: { r: rules.targetR },
    maxBars: rules.maxBars,
    maxOpen: rules.maxOpen,
    stopBuffer: 0,
    trendExit: false,
    ...(rules.notional && { notional: rules.notional }),
  }
  const portfolio: PortfolioOptions = {
    equity: rules.equity,
    maxPositions: rules.maxPositions,
    maxPerSide: rules.maxPerSide,
    maxExposure: rules.maxExposure,
    ...(rules.risk && { riskPerTrade: rules.risk }),
    ...(rules.correlated && {
      maxCorrelated: {
        correlation: rules.correlated.correlation,
        window: `${rules.correlated.hours}h`,
        positions: rules.correlated.positions,
      },
    }),
  }
  return { rules, market, portfolio }
}

describe('liq.portfolio', () => {
  it('agrees with an independent slow calculation to 1e-9', () => {
    const seen: Record<string, number> = {}
    let trades = 0
    for (let seed = 1; seed <= 60; seed++) {
      const markets = randomMarkets(seed, 1 + (seed % 5))
      const { rules, market: options, portfolio } = randomRules(seed)
      const slow = slowPortfolio(markets, rules)
      const fast = tradeTogether(
        markets.map(entry => ({ ...entry, options })),
        portfolio,
      )
      const index = (name: string) => markets.findIndex(({ market }) => market.symbol === name)
      expect(fast.ruined).toBe(-1)
      const rows = (list: { m: number; bar: number; of: number[]; reason: string }[]) =>
        list.sort((a, b) => a.m - b.m || a.bar - b.bar || a.reason.localeCompare(b.reason) || a.of[0]! - b.of[0]!)
      const expectSame = (a: ReturnType<typeof rows>, b: ReturnType<typeof rows>) => {
        expect(a.map(({ of: _, ...row }) => row)).toEqual(b.map(({ of: _, ...row }) => row))
        for (const [i, row] of a.entries())
          for (const [k, value] of row.of.entries())
            expect(Math.abs(value - b[i]!.of[k]!) / Math.max(1, value), `seed ${seed}`).toBeLessThan(1e-9)
      }
      expectSame(
        rows(
          fast.trades.map(({ market, entryBar, reason, entry, exit, size, signal, exitBar }) => ({
            m: index(market),
            bar: entryBar,
            reason,
            of: [signal.extreme, entry, exit, size, 1 + exitBar],
          })),
        ),
        rows(
          slow.trades.map(({ m, bar, exit, price, size, signal }) => ({
            m,
            bar,
            reason: exit!.reason,
            of: [signal.extreme, price, exit!.price, size, 1 + exit!.bar],
          })),
        ),
      )
      const toRow = (m: number, bar: number, extreme: number, reason: string, share: number) => ({
        m,
        bar,
        reason,
        of: [extreme, 1 + share],
      })
      expectSame(
        rows(
          fast.refusals.map(({ market, signal, reason, share }) =>
            toRow(index(market), signal.bar, signal.extreme, reason, share),
          ),
        ),
        rows(slow.refusals.map(({ m, signal, reason, share }) => toRow(m, signal.bar, signal.extreme, reason, share))),
      )
      expect([...fast.time]).toEqual([...slow.equity.keys()])
      for (const [k, time] of fast.time.entries()) {
        expect(Math.abs(fast.equity[k]! / slow.equity.get(time)! - 1)).toBeLessThan(1e-9)
        expect(Math.abs(fast.exposure.gross[k]! - slow.gross.get(time)!)).toBeLessThan(1e-9)
      }
      trades += fast.trades.length
      for (const { reason, share } of fast.refusals) {
        const name = share > 0 ? 'reduced' : reason
        seen[name] = (seen[name] ?? 0) + 1
      }
    }
    // The comparison says something of every rule.
    expect(trades).toBeGreaterThan(1000)
    for (const reason of [
      'reduced',
      'gap',
      'stop',
      'maxPerMarket',
      'maxPositions',
      'maxPerSide',
      'maxCorrelated',
      'end',
    ])
      expect(seen[reason], reason).toBeGreaterThan(10)
  })

  it('of one market has the bits of its backtest', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.record({
          maxOpen: fc.constantFrom(1, 2, 6),
          maxPerSide: fc.constantFrom(1, 3),
          entry: fc.constantFrom('open', 'limit'),
          latency: fc.constantFrom(0, 1),
          equity: fc.constantFrom(100_000, 2500),
          leverage: fc.constantFrom(undefined, 5),
          size: fc.constantFrom({ notional: 10_000 }, { fraction: 0.3, lot: 0.01 }, { risk: 0.02, maxFraction: 2 }),
        }),
        (seed, { equity, ...options }) => {
          const market = simulateMarket({ seed, bars: 500, volatility: 1.5 })
          const signals = detectSfp(market, pivotLevels(market, 4), { minMove: 0, minSweepDepth: 0 })
          const alone = backtest(market, signals, { ...options, equity } as BacktestOptions)
          const whole = tradeTogether([{ market, signals, options: options as BacktestOptions }], { equity })
          expect(whole.trades.map(({ market: _, ...trade }) => trade)).toEqual(alone.trades)
          expect(whole.equity).toEqual(alone.equity)
          expect(whole.ruined).toBe(alone.ruined)
          const counts = (reasons: string[]) => whole.refusals.filter(({ reason }) => reasons.includes(reason)).length
          expect(counts(['maxPerMarket', 'maxPerSide'])).toBe(alone.skipped)
          for (const [reason, count] of Object.entries(alone.rejected)) expect(counts([reason]), reason).toBe(count)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('ends each signal as one trade or as one refusal', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const markets = randomMarkets(seed, 4)
      const { market: options, portfolio } = randomRules(seed)
      const entry = seed % 2 ? 'open' : 'limit'
      const result = tradeTogether(
        markets.map(each => ({ ...each, options: { ...options, entry } })),
        { ...portfolio, equity: seed % 5 ? 50_000 : 300 },
      )
      const ended = [
        ...result.trades.map(({ signal }) => signal),
        ...result.refusals.filter(({ share }) => share === 0).map(({ signal }) => signal),
      ]
      const all = markets.flatMap(({ signals }) => signals)
      expect(ended.length).toBe(all.length)
      expect(new Set(ended)).toEqual(new Set(all))
    }
  })

  it('says the same of the past when the data of all markets goes on (prefix invariance)', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const markets = randomMarkets(seed, 4)
      const { market: options, portfolio } = randomRules(seed)
      const entry = seed % 2 ? 'open' : 'limit'
      const run = (list: typeof markets) =>
        tradeTogether(
          list.map(each => ({ ...each, options: { ...options, entry } })),
          portfolio,
        )
      const whole = run(markets)
      const cut = START + (80 + ((seed * 37) % 180)) * HOUR
      const parts = markets.map(({ market, signals }) => {
        const part = until(market, cut)
        return { market: part, signals: signals.filter(({ bar }) => bar < part.length) }
      })
      const part = run(parts)
      // From the last bar of a market on, its data ends in the part.
      const ends = Math.min(
        ...parts.map(({ market }, m) => {
          const { length, time, barMs } = market
          return length === markets[m]!.market.length ? Infinity : time[length - 1]! + barMs
        }),
      )
      const known = part.time.filter(time => time < ends).length
      expect(known).toBeGreaterThan(20)
      expect(part.equity.slice(0, known)).toEqual(whole.equity.slice(0, known))
      expect(part.exposure.net.slice(0, known)).toEqual(whole.exposure.net.slice(0, known))
      const refused = (result: typeof whole) =>
        result.refusals.filter(({ time, reason }) => time < ends && reason !== 'end')
      expect(refused(part)).toEqual(refused(whole))
      const entered = (result: typeof whole) =>
        result.trades
          .filter(({ market, entryBar }) => {
            const { time, barMs } = markets.find(each => each.market.symbol === market)!.market
            return time[entryBar]! + barMs < ends
          })
          .map(({ market, entryBar, entry: price, size, target }) => ({ market, entryBar, price, size, target }))
      expect(entered(part)).toEqual(entered(whole))
    }
  })

  describe('at placebos', () => {
    const detect = { minMove: 0, minSweepDepth: 0 }
    const studiesOf = (markets: readonly { market: Market }[], options: BacktestOptions) =>
      markets.map(({ market }) => sfp(market, { levels: 'pivots', leftBars: 3, ...detect }).backtest(options))

    it('agrees with the slow calculation on the signals at random levels', () => {
      let trades = 0
      for (let seed = 1; seed <= 3; seed++) {
        const markets = randomMarkets(seed, 1 + (seed % 4))
        const { rules: drawn, market: options, portfolio } = randomRules(seed)
        const rules = { ...drawn, maxPositions: 2 }
        const { placebo } = tradeTogether(studiesOf(markets, options), { ...portfolio, maxPositions: 2 })
        const results = [1, 2, 3, 4, 5].flatMap(random => {
          const signals = markets.map(({ market }) => ({
            market,
            signals: detectSfp(market, randomLevels(market, pivotLevels(market, 3), random), detect),
          }))
          return slowPortfolio(signals, rules).trades.map(({ sign, size, price, stop, paid, exit }) => {
            const costs = rules.fee * price * size + exit!.fee + paid
            return (sign * (exit!.price - price) * size - costs) / (Math.abs(price - stop) * size)
          })
        })
        expect(placebo!.placeboTrades).toBe(results.length)
        const mean = results.reduce((sum, r) => sum + r, 0) / results.length
        expect(placebo!.placeboMeanR).toBeCloseTo(mean, 9)
        trades += results.length
      }
      expect(trades).toBeGreaterThan(200)
    })

    it('says the same of the past when the data of all markets goes on (prefix invariance)', () => {
      const { market: options, portfolio } = randomRules(3)
      const cut = START + 200 * HOUR
      const markets = randomMarkets(3, 3)
      const parts = markets.map(({ market }) => ({ market: until(market, cut) }))
      const enteredIn = (list: readonly { market: Market }[]) =>
        placeboPortfolios(resolveMarkets(studiesOf(list, options)), resolvePortfolio(portfolio))!.map(({ trades }) =>
          trades
            .filter(({ market, entryBar }) => {
              const { time, barMs } = markets.find(each => each.market.symbol === market)!.market
              return time[entryBar]! + 2 * barMs < cut
            })
            .map(({ market, entryBar, entry, size }) => ({ market, entryBar, entry, size })),
        )
      const known = enteredIn(parts)
      expect(known.flat().length).toBeGreaterThan(50)
      expect(known).toEqual(enteredIn(markets))
    })
  })
})
