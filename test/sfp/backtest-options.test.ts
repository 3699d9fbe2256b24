import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bankruptcyPrice, liquidationPrice } from '../../src/liquidation/margin/liquidation-price.ts'
import { binanceMargin } from '../../src/liquidation/margin/margin-models.ts'
import { createMarket, type Market } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'
import { backtest } from '../../src/sfp/backtest.ts'
import type { BacktestOptions } from '../../src/sfp/backtest-options.ts'
import { detectSfp, type Signal } from '../../src/sfp/detect.ts'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { orderTable } from '../../src/sfp/tables.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf, prefix } from '../market/fixtures.ts'

const free: BacktestOptions = { takerFee: 0, slippageBps: 0, stopBuffer: 0, trendExit: false, equity: 10_000 }

/** A long signal at a bar after a sweep of the level 98 down to 95. */
const signal = (bar = 0, more: Partial<Signal> = {}): Signal => ({
  bar,
  side: 'long',
  sweepBar: bar,
  level: { kind: 'low', inner: 98, outer: 98, strength: 1, convergence: 0, since: 0 },
  extreme: 95,
  move: 1,
  sweepDepth: 1,
  consumed: 1,
  depth: 1,
  depthPct: 3,
  volumeOutside: 1,
  opposite: Number.NaN,
  ...more,
})
const start = [99, 101, 95, 100]

/** Stop 95, entry at the open of 100. */
function run(rows: number[][], options: BacktestOptions = {}, signals = [signal()]) {
  return backtest(marketOf([start, ...rows]), signals, { ...free, ...options })
}
const flat = [100, 101, 99, 100]

describe('targets', () => {
  it('several close a share each, and what they leave goes on', () => {
    const target = [
      { r: 1, share: 0.5 },
      { r: 2, share: 0.25 },
    ]
    const rows = [flat, [100, 106, 99, 104], [104, 111, 103, 108], [108, 109, 94, 95]]
    const [trade] = run(rows, { target }).trades
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

  it('the shares are equal unless said, and a far bar takes all', () => {
    const target = [{ r: 3 }, { r: 1 }, { r: 2 }]
    const [trade] = run([flat, [100, 120, 99, 119]], { target }).trades
    expect(trade!.exits.map(({ price }) => price)).toEqual([105, 110, 115])
    expect(trade!.exits.at(-1)!.size).toBeCloseTo(100 / 3, 9)
    expect(trade).toMatchObject({ exitBar: 2, reason: 'target' })
  })

  it('in percent, at the next level on the other side, or none', () => {
    const far = [flat, [100, 130, 99, 120]]
    expect(run(far, { target: { percent: 3 } }).trades[0]!.exit).toBeCloseTo(103, 9)
    const opposite = [signal(0, { opposite: 107 })]
    expect(run(far, { target: { opposite: true } }, opposite).trades[0]!.exit).toBe(107)
    expect(run(far, { target: { opposite: true, minR: 2, elseR: 3 } }, opposite).trades[0]!.exit).toBe(115)
    expect(run(far, { target: { opposite: true } }).trades[0]!.exit).toBe(110)
    const [none] = run(far, { target: false }).trades
    expect(none).toMatchObject({ reason: 'end', exit: 120, target: Number.NaN })
  })
})

describe('stops', () => {
  it('a trailing stop follows the best close and never falls back', () => {
    const rows = [flat, [100, 112, 100, 110], [110, 111, 106, 107], [107, 108, 104, 105]]
    const trailingStop = { r: 1 }
    const [trade] = run(rows, { target: false, trailingStop }).trades
    // The best close is 110: 5 below it from the bar after on.
    expect(trade).toMatchObject({ reason: 'trailing stop', exitBar: 4, exit: 105, stop: 95 })
    expect(run(rows, { target: false, trailingStop: { r: 1, after: 3 } }).trades[0]).toMatchObject({ reason: 'end' })
    const byAtr = run([flat, [100, 112, 100, 110], [110, 111, 90, 95]], { target: false, trailingStop: { atr: 1 } })
      .trades[0]!
    // True ranges 6, 2 and 12 in the bars before: their mean.
    expect(byAtr.exit).toBeCloseTo(110 - 20 / 3, 9)
  })

  it('lie behind the sweep by a buffer in ATR as well', () => {
    expect(run([flat], { stopBufferAtr: 0.5 }).trades[0]!.stop).toBeCloseTo(95 - 3, 9)
  })

  it('a trend needs an impulse when asked to', () => {
    const rows = [
      [100, 101, 95.5, 95.6],
      [96, 97, 95.5, 96],
    ]
    expect(run(rows, { trendExit: { beyond: 0.25, impulse: 0.5 } }).trades[0]).toMatchObject({
      reason: 'trend',
      exitBar: 2,
    })
    expect(run(rows, { trendExit: { beyond: 0.25, impulse: 2 } }).trades[0]).toMatchObject({ reason: 'end' })
  })
})

describe('several positions', () => {
  const rows = [flat, flat, flat, flat]
  const three = [signal(0), signal(1), signal(2, { side: 'short', extreme: 110 })]

  it('are limited in all and on each side', () => {
    expect(run(rows, {}, three)).toMatchObject({ skipped: 2, trades: { length: 1 } })
    expect(run(rows, { maxOpen: 3 }, three)).toMatchObject({ skipped: 0, trades: { length: 3 } })
    const perSide = run(rows, { maxOpen: 3, maxPerSide: 1 }, three)
    expect(perSide.trades.map(trade => trade.side)).toEqual(['long', 'short'])
    expect(perSide.skipped).toBe(1)
  })

  it('are all marked to the close, and the equity ends at the sum of all', () => {
    const { equity, trades } = run([flat, [100, 104, 99, 103], flat, flat], { maxOpen: 2 }, [signal(0), signal(1)])
    expect(equity[2]).toBeCloseTo(10_000 + 2 * 300, 9)
    expect(equity.at(-1)! - 10_000).toBeCloseTo(
      trades.reduce((sum, trade) => sum + trade.net, 0),
      9,
    )
  })

  it('the equity ends at the sum of all trades whatever the options (property)', () => {
    const options = fc.record({
      maxOpen: fc.integer({ min: 1, max: 4 }),
      target: fc.constantFrom<BacktestOptions['target']>(false, { r: 1 }, [{ r: 1 }, { r: 3 }], { opposite: true }),
      trailingStop: fc.constantFrom<BacktestOptions['trailingStop']>(false, { atr: 2 }, { r: 1, after: 1 }),
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
        const trade = (of: Market) => backtest(of, detectSfp(of, pivotLevels(of, 4), { minMove: 0 }), rule)
        const { trades, equity } = trade(market)
        const net = trades.reduce((sum, { net: own }) => sum + own, 0)
        expect(equity.at(-1)).toBeCloseTo(100_000 + net, 4)
        for (const { exits, size, mae, mfe, entryBar, exitBar } of trades) {
          expect(exits.reduce((sum, fill) => sum + fill.size, 0)).toBeCloseTo(size, 9)
          expect(Math.min(mae, mfe, exitBar - entryBar)).toBeGreaterThanOrEqual(0)
        }
        // What ended before the data was cut, and the equity up to there, is the same.
        const part = trade(prefix(market, cut))
        expect(part.equity.slice(0, cut - 1)).toEqual(equity.slice(0, cut - 1))
        const ended = part.trades.filter(({ reason }) => reason !== 'end')
        for (const own of ended) expect(trades).toContainEqual(own)
      }),
      { numRuns: 25 },
    )
  })
})

describe('sizes', () => {
  const rows = [flat, [100, 111, 99, 110]]
  it('a fraction of the equity pays its own fee; a risk is lost at the stop; lots are whole', () => {
    expect(run(rows, { size: { fraction: 0.5 } }).trades[0]!.size).toBeCloseTo(50, 9)
    expect(run(rows, { size: { fraction: 0.5 }, takerFee: 0.01 }).trades[0]!.size).toBeCloseTo(5000 / 101, 9)
    expect(run(rows, { size: { risk: 0.01 } }).trades[0]!.size).toBeCloseTo(20, 9)
    expect(run(rows, { size: { risk: 0.1 } }).trades[0]!.size).toBeCloseTo(100, 9)
    expect(run(rows, { size: { risk: 0.1, maxFraction: 3 } }).trades[0]!.size).toBeCloseTo(200, 9)
    expect(run(rows, { size: { notional: 950, lot: 2 } }).trades[0]!.size).toBe(8)
    expect(run(rows, { size: { notional: 950, lot: 10 } })).toMatchObject({ trades: [], rejected: { size: 1, gap: 0 } })
  })

  it('grow and shrink with the equity', () => {
    const twice = run([...rows, ...rows], { size: { fraction: 0.5 } }, [signal(0), signal(2)])
    expect(twice.trades[1]!.size).toBeCloseTo((0.5 * (10_000 + twice.trades[0]!.net)) / twice.trades[1]!.entry, 9)
  })
})

describe('costs', () => {
  it('a target pays the maker fee, everything else the taker fee', () => {
    const fees = { takerFee: 0.001, makerFee: 0.0002 }
    const [won] = run([flat, [100, 111, 99, 110]], fees).trades
    expect(won!.fees).toBeCloseTo(10 + 110 * 100 * 0.0002, 9)
    const [lost] = run([flat, [100, 101, 94, 95]], fees).trades
    expect(lost!.fees).toBeCloseTo(10 + 95 * 100 * 0.001, 9)
  })

  it('funding is due on what is still open, and can be left out', () => {
    const rows = [start, flat, [100, 106, 99, 104], [100, 101, 99, 100]]
    const market = marketOf(rows, { fundingRate: Float64Array.from([0, 0, 0, 0.001]) })
    const target = [{ r: 1, share: 0.5 }]
    const [trade] = backtest(market, [signal()], { ...free, target }).trades
    expect(trade!.funding).toBeCloseTo(0.001 * 50 * 100, 9)
    expect(backtest(market, [signal()], { ...free, target, funding: false }).trades[0]!.funding).toBe(0)
  })

  it('the orders of a trade add up to it', () => {
    const market = marketOf([start, flat, [100, 106, 99, 104], [104, 111, 103, 108]])
    const { trades } = backtest(market, [signal()], { ...free, takerFee: 0.001, target: [{ r: 1 }, { r: 2 }] })
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
  /** Minutes whose hours are the bars; minute 10 of hour 1 reaches the target, minute 40 the stop. */
  function minutes(first: 'target' | 'stop' | 'both') {
    const rows = Array.from({ length: 180 }, (_, i) => {
      if (i < 60) return i === 30 ? [99, 101, 95, 100] : [99, 100, 98, 99]
      if (first === 'both' && i === 70) return [100, 112, 94, 100]
      if (i === 70) return first === 'target' ? [100, 112, 99, 100] : [100, 101, 94, 100]
      if (i === 100) return first === 'target' ? [100, 101, 94, 100] : [100, 112, 99, 100]
      return i === 60 ? [100, 101, 99, 100] : [100, 100.5, 99.5, 100]
    })
    const of = marketOf(rows)
    return createMarket({ ...of, time: of.time.map((_, i) => of.time[0]! + i * 60_000) }, { ...of, barMs: 60_000 })
  }

  it('shorter bars tell whether the stop or the target came first', () => {
    for (const first of ['target', 'stop'] as const) {
      const lowerTimeframe = minutes(first)
      const hours = resample(lowerTimeframe, 3_600_000)
      for (const intrabar of ['pessimistic', 'optimistic'] as const) {
        const told = backtest(hours, [signal()], { ...free, intrabar, lowerTimeframe })
        expect(told.trades[0]).toMatchObject({ reason: first, exitBar: 1, ambiguous: false })
        expect(told.resolved).toBe(1)
        const assumed = backtest(hours, [signal()], { ...free, intrabar })
        expect(assumed.trades[0]).toMatchObject({
          reason: intrabar === 'optimistic' ? 'target' : 'stop',
          ambiguous: true,
        })
      }
    }
  })

  it('where a shorter bar holds both, or there are none, it stays assumed', () => {
    const detail = minutes('both')
    const hours = resample(detail, 3_600_000)
    expect(backtest(hours, [signal()], { ...free, lowerTimeframe: detail })).toMatchObject({
      trades: [{ reason: 'stop', ambiguous: true }],
      resolved: 0,
    })
    const early = prefix(minutes('target'), 30)
    expect(backtest(hours, [signal()], { ...free, lowerTimeframe: early }).trades[0]).toMatchObject({ ambiguous: true })
    expect(() => backtest(hours, [], { lowerTimeframe: hours })).toThrow(
      /its 1h bars are not shorter than the market's 1h bars/,
    )
  })

  it('bars that are cut in two by the market’s, or of another symbol, are refused by name', () => {
    const detail = minutes('target')
    const hours = resample(detail, 3_600_000)
    const every = (barMs: number, from = 0, symbol = detail.symbol) => {
      const rows = Array.from({ length: 5 }, () => [100, 101, 99, 100])
      const of = marketOf(rows)
      return createMarket(
        { ...of, time: of.time.map((_, i) => of.time[0]! + from + i * barMs) },
        { ...of, barMs, symbol },
      )
    }
    const use = (shorter: Market) => () => backtest(hours, [], { lowerTimeframe: shorter })
    expect(use(every(25 * 60_000))).toThrow(/^lowerTimeframe: its 25m bars do not divide the market's 1h bars$/)
    expect(use(every(15 * 60_000, 5 * 60_000))).toThrow(
      /^lowerTimeframe: its 15m bars .* 00:05, but the market's 1h bars .* 00:00, which would cut some of them in two$/,
    )
    expect(use(every(15 * 60_000, 0, 'ETH/USDT:USDT'))).toThrow(
      /^lowerTimeframe: it is ETH\/USDT:USDT, but the market is BTC/,
    )
    expect(use(every(15 * 60_000, 30 * 60_000))).not.toThrow()
    expect(use(every(15 * 60_000, -3 * 60 * 60_000))).not.toThrow()
  })
})

describe('leverage', () => {
  it('a position is closed at its liquidation price, nearer than the stop, and loses its margin', () => {
    const margin = binanceMargin('BTC/USDT:USDT')
    const own = { side: 'long' as const, entry: 100, size: 100, leverage: 50, margin }
    expect(liquidationPrice(own)).toBeGreaterThan(98)
    const [trade] = run([flat, [100, 101, 98.3, 99]], { leverage: 50 }).trades
    expect(trade).toMatchObject({ reason: 'liquidation', exitBar: 2 })
    expect(trade!.exit).toBeCloseTo(bankruptcyPrice(own), 9)
    expect(trade!.net).toBeCloseTo(-10_000 / 50, 6)
    expect(run([flat, [100, 101, 98.3, 99]], { leverage: 5 }).trades[0]!.reason).toBe('end')
    expect(run([flat, [100, 101, 94, 99]], { leverage: 5 }).trades[0]!.reason).toBe('stop')
  })

  it('an open beyond it loses no more than the margin', () => {
    const [trade] = run([flat, [80, 81, 79, 80]], { leverage: 50 }).trades
    expect(trade!.net).toBeCloseTo(-200, 6)
  })

  it('more than the bracket allows is refused', () => {
    expect(() => run([flat], { leverage: 500 })).toThrow(/leverage: 500x/)
  })
})

it('a signal before a gap in the data is not traded: its next open is not near', () => {
  const all = marketOf([start, flat, flat, flat])
  const keep = (_: unknown, t: number) => t !== 1
  const columns = Object.fromEntries(
    ['time', 'open', 'high', 'low', 'close', 'volume'].map(name => [name, all[name as 'time'].filter(keep)]),
  )
  const market = createMarket(columns as Parameters<typeof createMarket>[0], { ...all, notes: [] })
  expect(backtest(market, [signal()], free)).toMatchObject({ trades: [], rejected: { gap: 1, size: 0 } })
})

it('farthest prices against and in favour, in R', () => {
  const rows = [flat, [100, 104, 97, 103], [103, 103, 94, 95]]
  const [trade] = run(rows).trades
  // Down to the stop; up to 104, 4 of a risk of 5.
  expect(trade!.mae).toBeCloseTo(1, 9)
  expect(trade!.mfe).toBeCloseTo(0.8, 9)
})

it('refuses options that are out of range', () => {
  for (const [options, message] of [
    [
      {
        target: [
          { r: 1, share: 0.7 },
          { r: 2, share: 0.7 },
        ],
      },
      /target: shares of 1.4/,
    ],
    [{ target: {} as { r: number } }, /target: {}/],
    [{ target: [{ r: 1 }, { percent: -1 }] }, /target\[1\].percent: -1/],
    [{ trailingStop: {} }, /trailingStop: .*either atr or r/],
    [{ size: { risk: 2 } }, /size.risk: 2/],
    [{ size: { notional: 5, lot: 0 } }, /size.lot: 0/],
    [{ size: { notional: 5 }, notional: 5 }, /notional and size: both/],
    [{ maxOpen: 0 }, /maxOpen: 0/],
    [{ leverage: 0.5 }, /leverage: 0.5/],
    [{ trendExit: { beyond: -1, impulse: 0 } }, /trendExit: -1/],
  ] as [BacktestOptions, RegExp][])
    expect(() => run([], options)).toThrow(message)
})
