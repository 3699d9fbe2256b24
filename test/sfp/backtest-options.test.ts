import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bankruptcyPrice, liquidationPrice } from '../../src/liquidation/margin/liquidation-price.ts'
import { binanceMargin } from '../../src/liquidation/margin/margin-models.ts'
import { createMarket, type Market } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'
import { backtest } from '../../src/sfp/backtest.ts'
import type { BacktestOptions } from '../../src/sfp/backtest-options.ts'
import { detectSfp } from '../../src/sfp/detect.ts'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { positionSize } from '../../src/sfp/sizing.ts'
import { orderTable } from '../../src/sfp/tables.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf, prefix } from '../market/fixtures.ts'
import { createLevel, createSignal, FREE, filterBars, QUIET, SWEEP, tradeSignals } from './helpers.ts'

describe('targets', () => {
  it('close a share each, and the other exits close the remainder', () => {
    const target = [
      { r: 1, share: 0.5 },
      { r: 2, share: 0.25 },
    ]
    const rows = [QUIET, [100, 106, 99, 104], [104, 111, 103, 108], [108, 109, 94, 95]]
    const [trade] = tradeSignals(rows, { target }).trades
    expect(trade!.exits.map(({ bar, price, size, reason }) => [bar, price, size, reason])).toEqual([
      [2, 105, 50, 'target'],
      [3, 110, 25, 'target'],
      [4, 95, 25, 'stop'],
    ])
    expect(trade).toMatchObject({ exitBar: 4, reason: 'stop', target: 110 })
    expect(trade!.net).toBeCloseTo(50 * 5 + 25 * 10 - 25 * 5, 9)
    expect(trade!.exit).toBeCloseTo((50 * 105 + 25 * 110 + 25 * 95) / 100, 9)
    expect(trade!.r).toBeCloseTo(trade!.net / 500, 9)
  })

  it('that add up to all of it but for rounding leave nothing open, whatever the size', () => {
    for (const notional of [1e-3, 1e4, 1e12])
      for (const target of [
        [{ r: 1 }, { r: 2 }, { r: 3 }],
        [
          { r: 1, share: 0.1 },
          { r: 2, share: 0.2 },
          { r: 3, share: 0.7 },
        ],
      ]) {
        const options = { target, size: { notional }, equity: 1e15 }
        const [trade] = tradeSignals([QUIET, [100, 120, 99, 119], QUIET, QUIET], options).trades
        expect(trade!.exits.map(({ reason }) => reason)).toEqual(['target', 'target', 'target'])
        expect(trade!.exitBar).toBe(2)
      }
  })

  it('have equal shares by default, and one bar may reach all of them', () => {
    const target = [{ r: 3 }, { r: 1 }, { r: 2 }]
    const [trade] = tradeSignals([QUIET, [100, 120, 99, 119]], { target }).trades
    expect(trade!.exits.map(({ price }) => price)).toEqual([105, 110, 115])
    expect(trade!.exits.at(-1)!.size).toBeCloseTo(100 / 3, 9)
    expect(trade).toMatchObject({ exitBar: 2, reason: 'target' })
  })

  it('may be a percentage, the nearest opposite level, or none', () => {
    const far = [QUIET, [100, 130, 99, 120]]
    expect(tradeSignals(far, { target: { percent: 3 } }).trades[0]!.exit).toBeCloseTo(103, 9)
    const opposite = [createSignal(0, { opposite: 107 })]
    expect(tradeSignals(far, { target: { opposite: true } }, opposite).trades[0]!.exit).toBe(107)
    expect(tradeSignals(far, { target: { opposite: true, minR: 2, elseR: 3 } }, opposite).trades[0]!.exit).toBe(115)
    expect(tradeSignals(far, { target: { opposite: true } }).trades[0]!.exit).toBe(110)
    const [none] = tradeSignals(far, { target: false }).trades
    expect(none).toMatchObject({ reason: 'end', exit: 120, target: Number.NaN })
  })
})

describe('targets in one place', () => {
  it('keep their order, and what is left beyond rounding is no target', () => {
    const short = createSignal(0, { side: 'short', extreme: 105, level: createLevel('high', 102) })
    // One risk of 5 and 5 % of 100 are both 95.
    const target = [
      { r: 1, share: 0.25 },
      { percent: 5, share: 0.75 },
    ]
    const [trade] = tradeSignals([QUIET, [100, 101, 90, 95]], { target }, [short]).trades
    expect(trade!.exits.map(({ price, size }) => [price, size])).toEqual([
      [95, 25],
      [95, 75],
    ])
    const rest = [
      { r: 1, share: 1 - 1e-10 },
      { r: 2, share: 1e-10 },
    ]
    expect(tradeSignals([QUIET, [100, 120, 99, 119]], { target: rest }).trades[0]!.exits.length).toBe(1)
  })

  it('counted from the close of the signal are taken at an open beyond them', () => {
    // Half of the 5 from 100 down to the stop: 102.5, and the bar opens at 104.
    const [trade] = tradeSignals([[104, 105, 103, 104]], { target: { r: 0.5, from: 'signal' } }).trades
    expect(trade).toMatchObject({ entry: 104, target: 102.5, exit: 104, exitBar: 1, reason: 'target' })
  })
})

describe('stops', () => {
  it('lie behind the extreme by a buffer in its share', () => {
    const short = createSignal(0, { side: 'short', extreme: 105, level: createLevel('high', 102) })
    expect(tradeSignals([QUIET], { stopBuffer: 0.01 }).trades[0]!.stop).toBeCloseTo(95 * 0.99, 9)
    expect(tradeSignals([QUIET], { stopBuffer: 0.01 }, [short]).trades[0]!.stop).toBeCloseTo(105 * 1.01, 9)
  })

  it('follow the best close as a trailing stop, and never move back', () => {
    const rows = [QUIET, [100, 112, 100, 110], [110, 111, 106, 107], [107, 108, 104, 105]]
    const trailingStop = { r: 1 }
    const [trade] = tradeSignals(rows, { target: false, trailingStop }).trades
    // The best close is 110; from the next bar on the stop is 5 below it.
    expect(trade).toMatchObject({ reason: 'trailing stop', exitBar: 4, exit: 105, stop: 95 })
    expect(tradeSignals(rows, { target: false, trailingStop: { r: 1, after: 3 } }).trades[0]).toMatchObject({
      reason: 'end',
    })
    const byAtr = tradeSignals([QUIET, [100, 112, 100, 110], [110, 111, 90, 95]], {
      target: false,
      trailingStop: { atr: 1 },
    }).trades[0]!
    // The ATR is the mean of the true ranges 6, 2 and 12.
    expect(byAtr.exit).toBeCloseTo(110 - 20 / 3, 9)
  })

  it('may lie behind the sweep by a buffer in ATR', () => {
    expect(tradeSignals([QUIET], { stopBufferAtr: 0.5 }).trades[0]!.stop).toBeCloseTo(95 - 3, 9)
  })

  it('exit on a trend only with an impulse, if one is required', () => {
    const rows = [
      [100, 101, 95.5, 95.6],
      [96, 97, 95.5, 96],
    ]
    expect(tradeSignals(rows, { trendExit: { beyond: 0.25, impulse: 0.5 } }).trades[0]).toMatchObject({
      reason: 'trend',
      exitBar: 2,
    })
    expect(tradeSignals(rows, { trendExit: { beyond: 0.25, impulse: 2 } }).trades[0]).toMatchObject({ reason: 'end' })
  })
})

describe('several positions', () => {
  const rows = [QUIET, QUIET, QUIET, QUIET]
  const three = [createSignal(0), createSignal(1), createSignal(2, { side: 'short', extreme: 110 })]

  it('are limited in total and per side', () => {
    expect(tradeSignals(rows, {}, three)).toMatchObject({ skipped: 2, trades: { length: 1 } })
    expect(tradeSignals(rows, { maxOpen: 3 }, three)).toMatchObject({ skipped: 0, trades: { length: 3 } })
    const perSide = tradeSignals(rows, { maxOpen: 3, maxPerSide: 1 }, three)
    expect(perSide.trades.map(trade => trade.side)).toEqual(['long', 'short'])
    expect(perSide.skipped).toBe(1)
    // Two of one bar count each other.
    const twins = [createSignal(0), createSignal(0)]
    expect(tradeSignals(rows, { maxOpen: 3, maxPerSide: 1 }, twins)).toMatchObject({
      skipped: 1,
      trades: { length: 1 },
    })
    expect(tradeSignals(rows, { maxOpen: 3, maxPerSide: 2 }, twins)).toMatchObject({
      skipped: 0,
      trades: { length: 2 },
    })
    expect(tradeSignals(rows, { maxOpen: 1 }, twins)).toMatchObject({ skipped: 1, trades: { length: 1 } })
  })

  it('are marked to the close, and the equity ends at the sum of all trades', () => {
    const { equity, trades } = tradeSignals([QUIET, [100, 104, 99, 103], QUIET, QUIET], { maxOpen: 2 }, [
      createSignal(0),
      createSignal(1),
    ])
    expect(equity[2]).toBeCloseTo(10_000 + 2 * 300, 9)
    expect(equity.at(-1)! - 10_000).toBeCloseTo(
      trades.reduce((sum, trade) => sum + trade.net, 0),
      9,
    )
  })

  it('end the equity at the sum of all trades, whatever the options (property)', () => {
    const options = fc.record({
      maxOpen: fc.integer({ min: 1, max: 4 }),
      target: fc.constantFrom<NonNullable<BacktestOptions['target']>>(false, { r: 1 }, [{ r: 1 }, { r: 3 }], {
        opposite: true,
      }),
      trailingStop: fc.constantFrom<NonNullable<BacktestOptions['trailingStop']>>(
        false,
        { atr: 2 },
        { r: 1, after: 1 },
      ),
      size: fc.constantFrom<NonNullable<BacktestOptions['size']>>(
        { fraction: 0.3 },
        { risk: 0.01 },
        { notional: 5000 },
      ),
      intrabar: fc.constantFrom<'pessimistic' | 'optimistic'>('pessimistic', 'optimistic'),
      maxBars: fc.constantFrom(5, 50),
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), options, fc.integer({ min: 60, max: 399 }), (seed, rule, cut) => {
        const market = simulateMarket({ seed, bars: 400, timeframe: '1h', volatility: 1.5 })
        const tradePivots = (traded: Market) =>
          backtest(traded, detectSfp(traded, pivotLevels(traded, 4), { minMove: 0 }), rule)
        const { trades, equity } = tradePivots(market)
        const net = trades.reduce((sum, trade) => sum + trade.net, 0)
        expect(equity.at(-1)).toBeCloseTo(100_000 + net, 4)
        for (const { exits, size, mae, mfe, entryBar, exitBar } of trades) {
          expect(exits.reduce((sum, fill) => sum + fill.size, 0)).toBeCloseTo(size, 9)
          expect(Math.min(mae, mfe, exitBar - entryBar)).toBeGreaterThanOrEqual(0)
        }
        // Trades that end before the cut, and the equity up to there, are the same.
        const part = tradePivots(prefix(market, cut))
        expect(part.equity.slice(0, cut - 1)).toEqual(equity.slice(0, cut - 1))
        const ended = part.trades.filter(({ reason }) => reason !== 'end')
        for (const trade of ended) expect(trades).toContainEqual(trade)
      }),
      { numRuns: 25 },
    )
  })
})

describe('sizes', () => {
  const rows = [QUIET, [100, 111, 99, 110]]
  it('include the fee in a fraction of the equity, lose the risk at the stop, and round down to whole lots', () => {
    expect(tradeSignals(rows, { size: { fraction: 0.5 } }).trades[0]!.size).toBeCloseTo(50, 9)
    expect(tradeSignals(rows, { size: { fraction: 0.5 }, takerFee: 0.01 }).trades[0]!.size).toBeCloseTo(5000 / 101, 9)
    expect(tradeSignals(rows, { size: { risk: 0.01 } }).trades[0]!.size).toBeCloseTo(20, 9)
    expect(tradeSignals(rows, { size: { risk: 0.1 } }).trades[0]!.size).toBeCloseTo(100, 9)
    expect(tradeSignals(rows, { size: { risk: 0.1, maxFraction: 3 } }).trades[0]!.size).toBeCloseTo(200, 9)
    expect(tradeSignals(rows, { size: { notional: 950, lot: 2 } }).trades[0]!.size).toBe(8)
    expect(tradeSignals(rows, { size: { notional: 950, lot: 10 } })).toMatchObject({
      trades: [],
      rejected: { size: 1, gap: 0 },
    })
  })

  it('by risk leave room for the fee below the maximum, and for what is open', () => {
    const size = (notional: number) =>
      positionSize({ risk: 1, maxFraction: 0.5 }, { equity: 1000, notional, margin: 0 }, 100, 1, 1, 0.01)
    expect(size(0)).toBeCloseTo(500 / 101, 12)
    expect(size(200)).toBeCloseTo(300 / 101, 12)
    expect(size(500)).toBe(0)
  })

  it('grow and shrink with the equity', () => {
    const twice = tradeSignals([...rows, ...rows], { size: { fraction: 0.5 } }, [createSignal(0), createSignal(2)])
    expect(twice.trades[1]!.size).toBeCloseTo((0.5 * (10_000 + twice.trades[0]!.net)) / twice.trades[1]!.entry, 9)
  })
})

describe('costs', () => {
  it('are the maker fee for a target, the taker fee for every other fill', () => {
    const fees = { takerFee: 0.001, makerFee: 0.0002 }
    const [won] = tradeSignals([QUIET, [100, 111, 99, 110]], fees).trades
    expect(won!.fees).toBeCloseTo(10 + 110 * 100 * 0.0002, 9)
    const [lost] = tradeSignals([QUIET, [100, 101, 94, 95]], fees).trades
    expect(lost!.fees).toBeCloseTo(10 + 95 * 100 * 0.001, 9)
  })

  it('include funding on the open size, unless it is turned off', () => {
    const rows = [SWEEP, QUIET, [100, 106, 99, 104], [100, 101, 99, 100]]
    const market = marketOf(rows, { fundingRate: Float64Array.from([0, 0, 0, 0.001]) })
    const target = [{ r: 1, share: 0.5 }]
    const [trade] = backtest(market, [createSignal()], { ...FREE, target }).trades
    expect(trade!.funding).toBeCloseTo(0.001 * 50 * 100, 9)
    expect(backtest(market, [createSignal()], { ...FREE, target, funding: false }).trades[0]!.funding).toBe(0)
  })

  it('make the orders of a trade add up to its net result', () => {
    const market = marketOf([SWEEP, QUIET, [100, 106, 99, 104], [104, 111, 103, 108]])
    const { trades } = backtest(market, [createSignal()], { ...FREE, takerFee: 0.001, target: [{ r: 1 }, { r: 2 }] })
    const orders = orderTable(market, trades).objects() as {
      side: string
      order: string
      notional: number
      fee: number
    }[]
    expect(orders.map(({ side, order }) => `${side} ${order}`)).toEqual(['buy entry', 'sell target', 'sell target'])
    const cash = orders.reduce((sum, { side, notional, fee }) => sum + (side === 'buy' ? -notional : notional) - fee, 0)
    expect(cash).toBeCloseTo(trades[0]!.net, 9)
  })
})

describe('inside a bar', () => {
  /** Minute bars of three hours: in hour 1, minute 10 reaches what is `first`, minute 40 the other. */
  function minutes(first: 'target' | 'stop' | 'both') {
    const rows = Array.from({ length: 180 }, (_, i) => {
      if (i < 60) return i === 30 ? [99, 101, 95, 100] : [99, 100, 98, 99]
      if (first === 'both' && i === 70) return [100, 112, 94, 100]
      if (i === 70) return first === 'target' ? [100, 112, 99, 100] : [100, 101, 94, 100]
      if (i === 100) return first === 'target' ? [100, 101, 94, 100] : [100, 112, 99, 100]
      return i === 60 ? [100, 101, 99, 100] : [100, 100.5, 99.5, 100]
    })
    const market = marketOf(rows)
    const time = market.time.map((_, i) => market.time[0]! + i * 60_000)
    return createMarket({ ...market, time }, { ...market, barMs: 60_000 })
  }

  it('a lower timeframe decides whether the stop or the target came first', () => {
    for (const first of ['target', 'stop'] as const) {
      const lowerTimeframe = minutes(first)
      const hours = resample(lowerTimeframe, 3_600_000)
      for (const intrabar of ['pessimistic', 'optimistic'] as const) {
        const decided = backtest(hours, [createSignal()], { ...FREE, intrabar, lowerTimeframe })
        expect(decided.trades[0]).toMatchObject({ reason: first, exitBar: 1, ambiguous: false })
        expect(decided.resolved).toBe(1)
        const assumed = backtest(hours, [createSignal()], { ...FREE, intrabar })
        expect(assumed.trades[0]).toMatchObject({
          reason: intrabar === 'optimistic' ? 'target' : 'stop',
          ambiguous: true,
        })
      }
    }
  })

  it('the order stays assumed where a shorter bar holds both, or shorter bars are missing', () => {
    const lowerTimeframe = minutes('both')
    const hours = resample(lowerTimeframe, 3_600_000)
    expect(backtest(hours, [createSignal()], { ...FREE, lowerTimeframe })).toMatchObject({
      trades: [{ reason: 'stop', ambiguous: true }],
      resolved: 0,
    })
    const early = prefix(minutes('target'), 30)
    expect(backtest(hours, [createSignal()], { ...FREE, lowerTimeframe: early })).toMatchObject({
      trades: [{ ambiguous: true }],
      resolved: 0,
    })
    expect(() => backtest(hours, [], { lowerTimeframe: hours })).toThrow(
      /^liq.backtest: lowerTimeframe: bars of 1h, but expected bars shorter than the market's 1h bars$/,
    )
  })

  /** Minute bars at these minutes. */
  const of = (rows: number[][], times: number[]) => {
    const { open, high, low, close, volume, time } = marketOf(rows)
    return createMarket(
      { open, high, low, close, volume, time: Float64Array.from(times, minute => time[0]! + minute * 60_000) },
      { symbol: 'BTC/USDT:USDT', source: 'test', barMs: 60_000 },
    )
  }

  it('a shorter bar that opens beyond the stop closes the position there, whatever it reaches later', () => {
    const hours = marketOf([SWEEP, [100, 112, 90, 100], [100, 101, 99, 100]])
    const gap = [94, 112, 93, 111]
    for (const lowerTimeframe of [of([gap], [70]), of([[100, 101, 99, 100], gap], [70, 71])]) {
      const { trades, resolved } = backtest(hours, [createSignal()], { ...FREE, lowerTimeframe })
      expect(trades[0]).toMatchObject({ reason: 'stop', exit: 94, ambiguous: false, exits: { length: 1 } })
      expect(resolved).toBe(1)
    }
  })

  it('is not looked into where only one of both is reached, nor in the bar of a limit order', () => {
    const hour = (row: number[], options: BacktestOptions) =>
      backtest(marketOf([SWEEP, row, [100, 101, 99, 100]]), [createSignal()], {
        ...FREE,
        lowerTimeframe: of(
          [
            [100, 112, 99, 111],
            [100, 101, 90, 95],
          ],
          [70, 71],
        ),
        ...options,
      })
    expect(hour([100, 101, 90, 95], {})).toMatchObject({ trades: [{ reason: 'stop' }], resolved: 0 })
    expect(hour([100, 112, 99, 111], {})).toMatchObject({ trades: [{ reason: 'target' }], resolved: 0 })
    const filled = { entry: 'limit', intrabar: 'optimistic' } as const
    expect(hour([100, 112, 90, 95], filled)).toMatchObject({ trades: [{ ambiguous: true }], resolved: 0 })
  })

  it('what happens in later bars, or after the exit, shows nothing', () => {
    const hours = marketOf([SWEEP, [100, 112, 90, 100], [100, 112, 99, 105]])
    const options = { ...FREE, intrabar: 'pessimistic' } as const
    // The minutes of the hour are missing; those of the next one reach the target first.
    const next = of(
      [
        [100, 112, 99, 105],
        [105, 106, 90, 95],
      ],
      [120, 121],
    )
    const assumed = backtest(hours, [createSignal()], { ...options, lowerTimeframe: next })
    expect(assumed).toMatchObject({ trades: [{ reason: 'stop', exitBar: 1, ambiguous: true }], resolved: 0 })
    // Target in minute 70, and minute 71 opens behind the stop: the position is closed once.
    const after = of(
      [
        [100, 112, 99, 111],
        [94, 95, 90, 91],
      ],
      [70, 71],
    )
    const decided = backtest(hours, [createSignal()], { ...options, lowerTimeframe: after })
    expect(decided).toMatchObject({ trades: [{ reason: 'target', exit: 110, exits: { length: 1 } }], resolved: 1 })
    // The last minute of the hour counts, the first of the next does not.
    const edge = (minute: number) =>
      backtest(hours, [createSignal()], { ...options, lowerTimeframe: of([[100, 112, 99, 111]], [minute]) }).resolved
    expect([edge(60), edge(119), edge(120)]).toEqual([1, 1, 0])
  })

  it('refuses a lower timeframe that does not divide the market’s bars, or is of another symbol', () => {
    const lower = minutes('target')
    const hours = resample(lower, 3_600_000)
    const every = (barMs: number, from = 0, symbol = lower.symbol) => {
      const rows = Array.from({ length: 5 }, () => [100, 101, 99, 100])
      const market = marketOf(rows)
      return createMarket(
        { ...market, time: market.time.map((_, i) => market.time[0]! + from + i * barMs) },
        { ...market, barMs, symbol },
      )
    }
    const tradeWith = (lowerTimeframe: Market) => () => backtest(hours, [], { lowerTimeframe })
    expect(tradeWith(every(25 * 60_000))).toThrow(/: bars of 25m, but expected bars that divide the market's 1h bars$/)
    expect(tradeWith(every(15 * 60_000, 5 * 60_000))).toThrow(
      /: bars of 15m from .* 00:05 on, but expected bars aligned with the market's 1h bars from .* 00:00 on$/,
    )
    expect(tradeWith(every(15 * 60_000, 0, 'ETH/USDT:USDT'))).toThrow(
      /: ETH\/USDT:USDT, but expected the symbol of the market, BTC/,
    )
    expect(tradeWith(every(15 * 60_000, 30 * 60_000))).not.toThrow()
    expect(tradeWith(every(15 * 60_000, -3 * 60 * 60_000))).not.toThrow()
    // Both may begin at any minute.
    const late = createMarket({ ...hours, time: hours.time.map(open => open + 5 * 60_000) }, { ...hours, notes: [] })
    expect(() => backtest(late, [], { lowerTimeframe: every(15 * 60_000, 5 * 60_000) })).not.toThrow()
  })
})

describe('leverage', () => {
  it('closes a position at its liquidation price, if that is nearer than the stop, and loses its margin', () => {
    const margin = binanceMargin('BTC/USDT:USDT')
    const position = { side: 'long' as const, entry: 100, size: 100, leverage: 50, margin }
    expect(liquidationPrice(position)).toBeGreaterThan(98)
    const [trade] = tradeSignals([QUIET, [100, 101, 98.3, 99]], { leverage: 50 }).trades
    expect(trade).toMatchObject({ reason: 'liquidation', exitBar: 2 })
    expect(trade!.exit).toBeCloseTo(bankruptcyPrice(position), 9)
    expect(trade!.net).toBeCloseTo(-10_000 / 50, 6)
    expect(tradeSignals([QUIET, [100, 101, 98.3, 99]], { leverage: 5 }).trades[0]!.reason).toBe('end')
    expect(tradeSignals([QUIET, [100, 101, 94, 99]], { leverage: 5 }).trades[0]!.reason).toBe('stop')
  })

  it('takes the liquidated position at its bankruptcy price, without slippage or a fee', () => {
    const options = { leverage: 50, takerFee: 0.001, slippageBps: 10 }
    const [trade] = tradeSignals([QUIET, [100, 101, 98, 99]], options).trades
    const margin = binanceMargin('BTC/USDT:USDT')
    const { entry, size, exits } = trade!
    expect(exits).toMatchObject([{ reason: 'liquidation', fee: 0 }])
    expect(exits[0]!.price).toBeCloseTo(bankruptcyPrice({ side: 'long', entry, size, leverage: 50, margin }), 9)
  })

  it('loses no more than the margin when a bar opens beyond the liquidation price', () => {
    const [trade] = tradeSignals([QUIET, [80, 81, 79, 80]], { leverage: 50 }).trades
    expect(trade!.net).toBeCloseTo(-200, 6)
  })

  it('refuses more than the bracket allows', () => {
    expect(() => tradeSignals([QUIET], { leverage: 500 })).toThrow(/^liq.backtest: leverage: 500, but expected/)
  })
})

it('does not trade a signal before a gap in the data', () => {
  const market = filterBars(marketOf([SWEEP, QUIET, QUIET, QUIET]), t => t !== 1)
  for (const entry of ['open', 'limit'] as const)
    expect(backtest(market, [createSignal()], { ...FREE, entry })).toMatchObject({
      trades: [],
      rejected: { gap: 1, size: 0 },
    })
})

it('trades signals in order of their bars, in whatever order they are given', () => {
  const rows = [QUIET, QUIET, QUIET, QUIET, QUIET]
  const entries = (...bars: number[]) =>
    tradeSignals(
      rows,
      { target: false, maxBars: 1 },
      bars.map(bar => createSignal(bar)),
    ).trades.map(({ entryBar }) => entryBar)
  expect(entries(0, 2, 4)).toEqual([1, 3, 5])
  expect(entries(4, 0, 2)).toEqual([1, 3, 5])
  expect(entries(0, 4, 2)).toEqual([1, 3, 5])
})

it('a position that is closed at once has the price of that fill as its exit, to the last bit', () => {
  for (const notional of [1000 / 3, 777.77, 12_345.678, 9_999.99, 54_321.09, 1e5 / 7])
    expect(tradeSignals([QUIET, [100, 101, 94, 95]], { notional, equity: 1e9 }).trades[0]!.exit).toBe(95)
})

it('measures the maximum adverse and favourable excursion in R', () => {
  const rows = [QUIET, [100, 104, 97, 103], [103, 103, 94, 95]]
  const [trade] = tradeSignals(rows).trades
  // Down to the stop; up to 104, 4 of a risk of 5.
  expect(trade!.mae).toBeCloseTo(1, 9)
  expect(trade!.mfe).toBeCloseTo(0.8, 9)
  // The worst and the best of all bars, not of the last one.
  const [won] = tradeSignals([QUIET, [100, 108, 97, 103], [103, 104, 99, 103], [103, 104, 102, 103]]).trades
  expect(won!.mae).toBeCloseTo(3 / 5, 9)
  expect(won!.mfe).toBeCloseTo(8 / 5, 9)
})

it('refuses options that are out of range or contradict each other', () => {
  for (const [options, message] of [
    [
      {
        target: [
          { r: 1, share: 0.7 },
          { r: 2, share: 0.7 },
        ],
      },
      /^liq.backtest: target: \[.*, but expected shares of at most 1 in all$/,
    ],
    [{ target: {} as { r: number } }, /target: {}, but expected { r }, { percent }, { opposite: true } or false/],
    [{ target: 2 }, /target: 2, but expected { r }, { percent }, { opposite: true } or false$/],
    [{ target: null }, /target: null, but expected { r }, { percent }, { opposite: true } or false$/],
    [{ target: { r: 1, percent: 2 } }, /target.percent: 2, but expected r, from or share/],
    [{ target: [{ r: 1 }, { percent: -1 }] }, /target\[1\].percent: -1/],
    [{ trailingStop: {} }, /trailingStop: .*either atr or r/],
    [{ size: { risk: 2 } }, /size.risk: 2/],
    [{ size: { notional: 5, lot: 0 } }, /size.lot: 0/],
    [{ size: { notional: 5 }, notional: 5 }, /size: {"notional":5}, but expected either size or notional, not both/],
    [{ maxOpen: 0 }, /maxOpen: 0/],
    [{ leverage: 0.5 }, /leverage: 0.5/],
    [{ trendExit: -1 }, /trendExit: -1, but expected 0 or more ATR, { beyond, impulse } or false$/],
    [{ trendExit: { beyond: -1, impulse: 0 } }, /trendExit.beyond: -1/],
    [{ trendExit: { beyond: 1 } }, /trendExit: {"beyond":1}, but expected both beyond and impulse/],
    [{ funding: 'no' }, /funding: "no", but expected true or false/],
    [{ leverage: null }, /leverage: null, but expected 1 or more/],
    [{ margin: {} }, /margin: {}, but expected a margin model/],
    [{ lowerTimeframe: {} }, /lowerTimeframe: {}, but expected a market of shorter bars/],
  ] as [BacktestOptions, RegExp][])
    expect(() => tradeSignals([], options)).toThrow(message)
})
