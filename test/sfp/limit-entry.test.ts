/** Limit entries at the reclaimed level, and the stop at the entry after the first target. */
import { describe, expect, it } from 'vitest'
import { liq, type Market, type Signal, type Trade } from '../../src/liqnb.ts'
import { backtest } from '../../src/sfp/backtest.ts'
import type { BacktestOptions } from '../../src/sfp/backtest-options.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { marketOf, prefix } from '../market/fixtures.ts'
import { createLevel, createSignal, FREE, QUIET, SWEEP, tradeSignals } from './helpers.ts'

const SIGNAL = createSignal()

// The signal of the helpers: a long after a sweep of the low at 98 down to 95, closed at 100.
const LIMIT: BacktestOptions = { entry: 'limit', target: { r: 2 }, makerFee: 0.001, takerFee: 0.002, slippageBps: 10 }
const trade = (rows: number[][], options: BacktestOptions = {}) => tradeSignals(rows, { ...LIMIT, ...options })

describe('a limit entry', () => {
  it('fills at the level when price comes back to it, without slippage and at the maker fee', () => {
    const { trades } = trade([QUIET, [100, 101, 97.5, 99], [99, 105, 98.5, 104.5]])
    // Risk 98 − 95 = 3, target 104.
    expect(trades[0]).toMatchObject({ entryBar: 2, entry: 98, stop: 95, target: 104, reason: 'target', exitBar: 3 })
    expect(trades[0]!.fees).toBeCloseTo(0.001 * (98 + 104) * trades[0]!.size, 9)
  })

  it('waits for limitBars bars, and not longer', () => {
    const rows = [QUIET, QUIET, [100, 101, 97.5, 99], QUIET]
    expect(trade(rows, { limitBars: 3 }).trades[0]).toMatchObject({ entryBar: 3, entry: 98 })
    expect(trade(rows, { limitBars: 2 })).toMatchObject({ trades: [], rejected: { unfilled: 1, stop: 0 } })
  })

  it('fills at a touch, or only when price goes through', () => {
    const rows = [[100, 101, 98, 99], QUIET]
    expect(trade(rows).trades.length).toBe(1)
    expect(trade(rows, { fill: 'through' })).toMatchObject({ trades: [] })
    expect(trade([[100, 101, 97.9, 99], QUIET], { fill: 'through' }).trades[0]).toMatchObject({ entry: 98 })
    // Its size moves no price, as others come to it.
    expect(trade(rows, { impact: { depth: 1e6 } }).trades[0]!.entry).toBe(98)
  })

  it('fills at an open beyond it: at once as a taker, later as a resting order', () => {
    const [first] = trade([[97, 99, 96.5, 98], QUIET]).trades
    expect(first).toMatchObject({ entryBar: 1 })
    expect(first!.entry).toBeCloseTo(97 * 1.001, 10)
    const [later] = trade([QUIET, [97, 99, 96.5, 98], QUIET]).trades
    expect(later).toMatchObject({ entryBar: 2, entry: 97 })
    expect(trade([QUIET, [94, 96, 93, 95], QUIET])).toMatchObject({ trades: [], rejected: { stop: 1 } })
  })

  it('is stopped in its own bar, but takes no target there unless the order within bars is optimistic', () => {
    expect(trade([[100, 101, 94, 96], QUIET]).trades[0]).toMatchObject({ entryBar: 1, exitBar: 1, reason: 'stop' })
    const both = [[100, 105, 97, 104], QUIET]
    expect(trade(both).trades[0]).toMatchObject({ exitBar: 2, reason: 'end' })
    expect(trade(both, { intrabar: 'optimistic' }).trades[0]).toMatchObject({ exitBar: 1, reason: 'target', exit: 104 })
    // What came before the fill does not count as a favourable excursion: only its close is known to come after.
    const [held] = trade([
      [100, 105, 97, 99],
      [99, 99.5, 98.6, 99],
      [99, 99.1, 98.9, 99],
    ]).trades
    expect(held!.mfe).toBeCloseTo((99.5 - 98) / 3, 10)
    // Its close where that is above the entry, and nothing where it is below.
    const mfe = (close: number) =>
      trade([
        [100, 105, 97, close],
        [close, close, 96, 96.5],
      ]).trades[0]!.mfe
    expect(mfe(99)).toBeCloseTo((99 - 98) / 3, 10)
    expect(mfe(97.5)).toBe(0)
  })

  it('waits while the limit of open positions is reached', () => {
    const rows = [QUIET, [100, 101, 97.9, 99], QUIET, [100, 101, 97.9, 99], QUIET]
    const signal = (bar: number) => ({ ...SIGNAL, bar, sweepBar: bar })
    const options = { ...LIMIT, target: false, limitBars: 10 } as BacktestOptions
    expect(tradeSignals(rows, options, [signal(0), signal(1)])).toMatchObject({ trades: [{ entryBar: 2 }], skipped: 1 })
    expect(tradeSignals(rows, { ...options, maxOpen: 2 }, [signal(0), signal(1)]).trades.length).toBe(2)
  })

  it('waits for its own side where that is limited', () => {
    const short = createSignal(0, { side: 'short', extreme: 105, level: createLevel('high', 102) })
    const limits: BacktestOptions = { ...LIMIT, target: false, maxOpen: 9, maxPerSide: 1 }
    const { trades, skipped } = tradeSignals([[100, 102.5, 97.5, 100], QUIET], limits, [SIGNAL, SIGNAL, short])
    expect(trades.map(({ side, entry }) => [side, entry])).toEqual([
      ['long', 98],
      ['short', 102],
    ])
    expect(skipped).toBe(1)
  })

  it('is not filled, nor placed, once the equity is lost', () => {
    const order = (bar: number, inner: number, extreme: number) =>
      createSignal(bar, { level: createLevel('low', inner), extreme })
    // 102 coins bought at 98 lose 306 at the stop at 95, in bar 2. Then price comes to 90, but never to 50.
    const rows = [[100, 101, 97.5, 99], [99, 99, 94, 96], [96, 96, 89, 90], QUIET, QUIET, QUIET]
    const signals = [order(0, 98, 95), order(0, 90, 85), order(2, 50, 40)]
    const options: BacktestOptions = { entry: 'limit', target: false, limitBars: 3, maxOpen: 9 }
    expect(tradeSignals(rows, { ...options, equity: 300 }, signals)).toMatchObject({
      ruined: 2,
      trades: [{ entry: 98 }],
      rejected: { unfilled: 0 },
    })
    expect(tradeSignals(rows, options, signals)).toMatchObject({
      ruined: -1,
      trades: [{ entry: 98 }, { entry: 90 }],
      rejected: { unfilled: 1 },
    })
  })

  it('pays only the funding due after the middle of the bar that fills it', () => {
    const market = { ...marketOf([SWEEP, [100, 101, 97, 99], QUIET]) }
    const at = (minutes: number) => ({
      ...market,
      funding: { time: Float64Array.of(market.time[1]! + minutes * 60_000), rate: Float64Array.of(0.001) },
    })
    const paid = (minutes: number) =>
      backtest(at(minutes) as Market, [SIGNAL], { ...FREE, entry: 'limit', target: false }).trades[0]!.funding
    expect(paid(20)).toBe(0)
    expect(paid(40)).toBeGreaterThan(0)
  })
})

describe('a limit entry on a simulated market', () => {
  const market = simulateMarket({ seed: 31, bars: 3000, timeframe: '1h' })
  const { signals } = liq.sfp(market, { levels: 'pivots', minMove: 0.3 })
  const options: BacktestOptions = {
    ...FREE,
    entry: 'limit',
    limitBars: 5,
    target: { r: 1.5 },
    maxOpen: 1e9,
    minRisk: 0,
    equity: 1e9,
    funding: false,
  }

  it('gives the trades of a slow loop over each signal by itself', () => {
    const slow = signals.flatMap(signal => slowTrade(market, signal, 5, 1.5) ?? [])
    const { trades } = backtest(market, signals, options)
    expect(slow.length).toBeGreaterThan(50)
    const key = ({
      signal,
      entryBar,
      exitBar,
      entry,
      exit,
    }: Pick<Trade, 'signal' | 'entryBar' | 'exitBar' | 'entry' | 'exit'>) =>
      [signal.bar, entryBar, exitBar, entry.toFixed(6), exit.toFixed(6)].join()
    expect(trades.map(key).sort()).toEqual(slow.map(key).sort())
  })

  it('says the same of closed trades when the data ends earlier', () => {
    const until = 2000
    const early = backtest(
      prefix(market, until),
      signals.filter(({ bar }) => bar < until),
      options,
    )
    const closed = (trades: readonly Trade[]) =>
      trades.filter(({ exitBar, reason }) => exitBar < until - 1 && reason !== 'end')
    expect(closed(early.trades)).toEqual(closed(backtest(market, signals, options).trades))
    expect(closed(early.trades).length).toBeGreaterThan(30)
  })
})

describe('the stop at the entry', () => {
  const targets = { target: [{ r: 1, share: 0.5 }, { r: 3 }], breakeven: true } as const satisfies BacktestOptions

  it('holds from the bar after the first target on', () => {
    // Entry 100, stop 95: half goes at 105, the rest at 100.
    const [won] = tradeSignals([[100, 106, 99, 105], [105, 106, 99, 101], QUIET], targets).trades
    expect(won!.exits).toMatchObject([
      { bar: 1, price: 105, reason: 'target' },
      { bar: 2, price: 100, reason: 'stop' },
    ])
    expect(won!.stop).toBe(95)
    // Not in the bar of the target itself.
    const [same] = tradeSignals([[100, 106, 99, 105], [105, 116, 104, 115], QUIET], targets).trades
    expect(same!.exits.map(({ price }) => price)).toEqual([105, 115])
  })

  it('is not there before a target, nor without the option', () => {
    const rows = [
      [100, 104, 99, 103],
      [103, 104, 96, 97],
      [97, 106, 97, 105],
      [105, 106, 94, 95],
    ]
    expect(tradeSignals(rows, targets).trades[0]!.exits.map(({ price }) => price)).toEqual([105, 100])
    expect(tradeSignals(rows, { ...targets, breakeven: false }).trades[0]!.exits.map(({ price }) => price)).toEqual([
      105, 95,
    ])
  })

  it('never moves a stop back', () => {
    const trailing = { ...targets, trailingStop: { r: 0.2 } } as const
    const [trade] = tradeSignals(
      [
        [100, 106, 99, 105.5],
        [105.5, 106, 103, 104],
      ],
      trailing,
    ).trades
    expect(trade!.exits.at(-1)!.price).toBeCloseTo(104.5, 10)
    // 105.5 less 0.2 of an ATR of (6 + 7) / 2; the next bar's wider ATR gives a lower stop, which does not count.
    const rows = [[100, 106, 99, 105.5], [105.5, 125, 104.3, 105.4], [105.4, 106, 103.5, 104], QUIET]
    const byAtr = { target: [{ r: 1, share: 0.5 }], breakeven: true, trailingStop: { atr: 0.2 } } as const
    expect(tradeSignals(rows, byAtr).trades[0]!.exits.at(-1)!.price).toBeCloseTo(104.2, 10)
  })
})

/** One signal by itself, without costs: a limit order at the level, a stop, a target, stop first. */
function slowTrade(market: Market, signal: Signal, bars: number, r: number) {
  const { open, high, low, close, length } = market
  const long = signal.side === 'long'
  const mirror = (price: number) => (long ? price : -price)
  const [o, h, l] = [open, long ? high : low, long ? low : high].map(column => Array.from(column, mirror)) as [
    number[],
    number[],
    number[],
  ]
  const stop = mirror(signal.extreme)
  const limit = mirror(signal.level.inner)
  for (let t = signal.bar + 1; t <= signal.bar + bars && t < length; t++) {
    if (l[t]! > limit) continue
    const within = o[t]! > limit
    const entry = within ? limit : o[t]!
    if (entry <= stop) return null
    const target = entry + r * (entry - stop)
    const done = (exitBar: number, price: number) => ({
      signal,
      entryBar: t,
      exitBar,
      entry: mirror(entry),
      exit: mirror(price),
    })
    for (let k = t; k < length; k++) {
      if (k > t && o[k]! <= stop) return done(k, o[k]!)
      if (k > t && o[k]! >= target) return done(k, o[k]!)
      if (l[k]! <= stop) return done(k, stop)
      if (h[k]! >= target && !(within && k === t)) return done(k, target)
    }
    return done(length - 1, mirror(close[length - 1]!))
  }
  return null
}
