/** Funding in a backtest: each payment at its own time, in bars of any length. */
import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../src/common/duration.ts'
import { createMarket, type Market, type MarketColumns } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'
import { backtest } from '../../src/sfp/backtest.ts'
import { createLevel, createSignal, FREE, SWEEP } from './helpers.ts'

const T = Date.UTC(2024, 0, 1)

function market(rows: number[][], barMs: number, funding?: [hours: number, rate: number][]): Market {
  const column = (index: number) => Float64Array.from(rows, row => row[index]!)
  const columns: MarketColumns = {
    time: Float64Array.from(rows, (_, i) => T + i * barMs),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: new Float64Array(rows.length).fill(1),
  }
  return createMarket(columns, {
    symbol: 'BTC/USDT:USDT',
    source: 'test',
    barMs,
    ...(funding && {
      funding: {
        time: Float64Array.from(funding, ([hours]) => T + hours * HOUR),
        rate: Float64Array.from(funding, ([, rate]) => rate),
      },
    }),
  })
}

/** Three payments a day. */
const daily = (days: number, rate = 0.001): [number, number][] =>
  Array.from({ length: 3 * days }, (_, i) => [8 * i, rate])

describe('funding in bars of a day', () => {
  const flat = [100, 101, 99, 100]

  it('is paid from the entry on, and not for the payment at the entry itself', () => {
    // Entry at the open of day 1, end at the close of day 2: 08:00 and 16:00 of day 1, all three of day 2.
    const [trade] = backtest(market([SWEEP, flat, flat], DAY, daily(3)), [createSignal()], FREE).trades
    expect([trade!.entryBar, trade!.exitBar, trade!.reason]).toEqual([1, 2, 'end'])
    expect(trade!.funding).toBeCloseTo(5 * 0.001 * 100 * 100, 9)
  })

  it('is paid as often as it is due, also twice at one time', () => {
    const twice: [number, number][] = [
      [48, 0.001],
      [48, 0.002],
    ]
    const [trade] = backtest(market([SWEEP, flat, flat], DAY, twice), [createSignal()], FREE).trades
    expect(trade!.funding).toBeCloseTo(0.003 * 100 * 100, 9)
  })

  it('of the bar of the exit is what is due until its middle', () => {
    const stopped = [100, 101, 90, 95]
    const [trade] = backtest(market([SWEEP, flat, stopped, flat], DAY, daily(4)), [createSignal()], FREE).trades
    expect([trade!.exitBar, trade!.reason]).toEqual([2, 'stop'])
    // 08:00 and 16:00 of day 1, then 00:00 and 08:00 of day 2, the last a third of the way from 100 to 95.
    const paid = 0.001 * 100 * (3 * 100 + 100 - 5 / 3)
    expect(trade!.funding).toBeCloseTo(paid, 9)
    const [once] = backtest(market([SWEEP, stopped, flat], DAY, daily(3)), [createSignal()], FREE).trades
    expect([once!.entryBar, once!.exitBar]).toEqual([1, 1])
    expect(once!.funding).toBeCloseTo(0.001 * 100 * (100 - 5 / 3), 9)
  })

  it('in the middle of a bar is paid once, also where the trade ends in it', () => {
    const noon = (rows: number[][]) =>
      backtest(market(rows, DAY, [[36, 0.001]]), [createSignal()], { ...FREE, target: false }).trades[0]!
    // On the line from 100 to 104 at noon: 102.
    expect(noon([SWEEP, [100, 105, 99, 104], flat]).funding).toBeCloseTo(0.001 * 100 * 102, 9)
    const stopped = noon([SWEEP, [100, 101, 90, 96], flat])
    expect(stopped).toMatchObject({ reason: 'stop', exitBar: 1 })
    expect(stopped.funding).toBeCloseTo(0.001 * 100 * 98, 9)
  })

  it('of a short is received where longs pay', () => {
    const signal = createSignal(0, { side: 'short', extreme: 105, level: createLevel('high', 102) })
    const [trade] = backtest(market([SWEEP, flat, flat], DAY, daily(3)), [signal], FREE).trades
    expect(trade!.side).toBe('short')
    expect(trade!.funding).toBeCloseTo(-5 * 0.001 * 100 * 100, 9)
    expect(trade!.net).toBeCloseTo(trade!.gross + 50, 9)
  })

  it('is on the price of its own time, on the line of the bar', () => {
    const rising = [100, 109, 100, 109]
    const [trade] = backtest(market([SWEEP, rising], DAY, [[32, 0.01]]), [createSignal()], FREE).trades
    expect(trade!.funding).toBeCloseTo(0.01 * 100 * 103, 9)
  })

  it('is the same in hours and in days made of them', () => {
    const hours = Array.from({ length: 72 }, (_, i) => (i < 24 ? SWEEP : flat))
    const rates = new Float64Array(72).map((_, i) => (i % 8 === 0 ? 0.001 : 0))
    const fine = createMarket({ ...market(hours, HOUR), fundingRate: rates }, { symbol: 'X', source: 'test' })
    const days = resample(fine, DAY)
    const paid = (bars: Market, bar: number) => backtest(bars, [createSignal(bar)], FREE).trades[0]!.funding
    expect(paid(days, 0)).toBeCloseTo(500 * 0.001 * 100, 9)
    expect(paid(days, 0)).toBeCloseTo(paid(fine, 23), 9)
  })

  it('of later bars changes nothing before', () => {
    const long = backtest(market([SWEEP, flat, flat, flat], DAY, daily(4)), [createSignal()], FREE).equity
    const short = backtest(market([SWEEP, flat, flat], DAY, daily(3)), [createSignal()], FREE).equity
    expect([...long.slice(0, 2)]).toEqual([...short.slice(0, 2)])
  })
})

it('a leveraged position in an inverse contract is liquidated where inverse contracts are', () => {
  const rows = [SWEEP, [100, 101, 99, 100], [100, 101, 64, 70]]
  const trade = (symbol: string) => {
    const bars = createMarket(market(rows, HOUR), { symbol, source: 'test', barMs: HOUR })
    const signals = [createSignal(0, { extreme: 10 })]
    return backtest(bars, signals, { ...FREE, leverage: 2, target: false }).trades[0]!
  }
  expect(trade('BTC/USDT:USDT').reason).toBe('end')
  // The margin of 0.5 is lost at 100 / 1.5, and the position closed before.
  expect(trade('BTC/USD:BTC')).toMatchObject({ reason: 'liquidation', exit: 100 / 1.5 })
})
