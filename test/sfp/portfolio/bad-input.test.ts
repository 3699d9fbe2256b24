/** What a portfolio refuses, and what it says. */
import { describe, expect, it } from 'vitest'
import { portfolio } from '../../../src/api/portfolio.ts'
import { HOUR, marketOf, START } from '../../market/fixtures.ts'
import { createSignal, QUIET, SWEEP } from '../helpers.ts'

const rows = [SWEEP, QUIET, QUIET]
const btc = { market: marketOf(rows, {}, 'BTC/USDT:USDT'), signals: [createSignal()] }
const eth = { market: marketOf(rows, {}, 'ETH/USDT:USDT'), signals: [createSignal()] }
// biome-ignore lint/suspicious/noExplicitAny: what a cell may pass
const call = (markets: any, options: any = {}) => portfolio(markets, options)

describe('liq.portfolio refuses', () => {
  it.each<[string, unknown, RegExp]>([
    ['no list', btc, /^liq.portfolio: markets: .*, but expected a list of studies/],
    ['an empty list', [], /^liq.portfolio: markets: \[\], but expected a list of studies/],
    [
      'a symbol',
      ['BTC'],
      /^liq.portfolio: markets\[0\]: "BTC", but expected a study or \{ market, signals, options \}/,
    ],
    ['no market', [{ signals: [] }], /^liq.portfolio: markets\[0\].market expects a market/],
    ['a promise', [{ market: Promise.resolve(), signals: [] }], /a Promise: write `await liq.market/],
    [
      'no signals',
      [{ market: btc.market }],
      /^liq.portfolio: markets\[0\].signals: undefined, but expected a list of signals/,
    ],
    [
      'signals of a longer market',
      [eth, { ...btc, signals: [createSignal(0), createSignal(7)] }],
      /^liq.portfolio: markets\[1\].signals\[1\].bar: 7, but expected a bar of BTC\/USDT:USDT, 0 to 2$/,
    ],
    [
      'a misspelt property',
      [{ ...btc, signal: [] }],
      /^liq.portfolio: markets\[0\]: signal is not one of its options \(did you mean signals/,
    ],
    [
      'an option of a market',
      [{ ...btc, options: { takerfee: 1 } }],
      /^liq.portfolio: markets\[0\].options: takerfee is not one of its options \(did you mean takerFee/,
    ],
    [
      'an equity of one market',
      [{ ...btc, options: { equity: 5 } }],
      /^liq.portfolio: markets\[0\].options.equity: 5, but expected no equity of one market/,
    ],
    ['an empty name', [{ ...btc, name: '' }], /^liq.portfolio: markets\[0\].name: "", but expected a text$/],
    ['a name that is no text', [{ ...btc, name: 5 }], /^liq.portfolio: markets\[0\].name: 5, but expected a text$/],
    [
      'a market twice',
      [btc, eth, { ...btc }],
      /^liq.portfolio: markets\[2\]: "BTC\/USDT:USDT", but expected each market once, but it is markets\[0\] too/,
    ],
    ['a market twice, by another name', [btc, { ...btc, name: 'other' }], /each market once/],
    [
      'a symbol twice',
      [btc, { market: marketOf(rows, {}, 'BTC/USDT:USDT'), signals: [] }],
      /^liq.portfolio: markets\[1\]: "BTC\/USDT:USDT", but expected a name of its own, as markets\[0\] is called so too/,
    ],
    [
      'something else as a study',
      [{ study: btc, name: 'x' }],
      /^liq.portfolio: markets\[0\].study: .*, but expected a study/,
    ],
  ])('%s', (_, markets, message) => {
    expect(() => call(markets)).toThrow(message)
  })

  it('markets without a common time', () => {
    const later = marketOf(rows, {}, 'SOL/USDT:USDT')
    later.time.set(later.time.map(time => time + 3 * HOUR))
    const message =
      /^liq.portfolio expects markets that overlap in time, but SOL\/USDT:USDT begins at 2024-01-01 03:00, and all before it end by 2024-01-01 03:00$/
    expect(() => call([btc, { market: later, signals: [] }])).toThrow(message)
    // A third one in between holds them together.
    const between = marketOf([...rows, QUIET, QUIET], {}, 'XRP/USDT:USDT')
    expect(between.time[0]).toBe(START)
    expect(call([btc, { market: later, signals: [] }, { market: between, signals: [] }]).time.length).toBe(6)
    // So does one that lasts over all others, though those have no common time.
    const long = marketOf([...rows, ...rows, ...rows], {}, 'ADA/USDT:USDT')
    const [short, last] = ['DOGE/USDT:USDT', 'SOL/USDT:USDT'].map((name, k) => {
      const market = marketOf(rows, {}, name)
      market.time.set(market.time.map(time => time + (1 + 4 * k) * HOUR))
      return { market, signals: [] }
    })
    expect(call([{ market: long, signals: [] }, short, last]).time.length).toBe(9)
  })

  it('nothing that it completes: sizes by risk keep the exposure to the equity', () => {
    const exposure = (options: object) => call([btc, eth], options).options.maxExposure
    expect(exposure({})).toBe(Infinity)
    expect(exposure({ riskPerTrade: 0.01 })).toBe(1)
    expect(exposure({ riskPerTrade: 0.01, maxExposure: 3 })).toBe(3)
  })

  it('no correlation of up to 1', () => {
    for (const correlation of [1e-9, 1])
      expect(() => call([btc, eth], { maxCorrelated: { correlation } })).not.toThrow()
  })

  it.each<[object, RegExp]>([
    [{ equity: Number.NaN }, /^liq.portfolio: equity: NaN, but expected an amount above 0$/],
    [{ equity: 0 }, /equity: 0/],
    [{ riskPerTrade: 5 }, /riskPerTrade: 5, but expected above 0 and at most 1/],
    [{ maxPositions: 0 }, /maxPositions: 0, but expected 1 or more/],
    [{ maxPerMarket: Number.NaN }, /maxPerMarket: NaN/],
    [{ maxExposure: -1 }, /maxExposure: -1, but expected a multiple above 0/],
    [{ maxposition: 3 }, /maxposition is not one of its options \(did you mean maxPositions/],
    [{ maxCorrelated: true }, /maxCorrelated: true, but expected/],
    [{ maxCorrelated: { correlation: 1.5 } }, /maxCorrelated.correlation: 1.5, but expected above 0 and at most 1/],
    [{ maxCorrelated: { correlation: 0 } }, /maxCorrelated.correlation: 0, but expected above 0 and at most 1/],
    [{ maxCorrelated: { correlation: 1.001 } }, /maxCorrelated.correlation: 1.001/],
    [{ maxCorrelated: { window: '9h' } }, /maxCorrelated.window: .*, but expected at least 10 returns of 1h/],
    [{ maxCorrelated: { window: 'x' } }, /maxCorrelated.window: "x"/],
    [{ maxCorrelated: { correlations: 1 } }, /did you mean correlation/],
  ])('the options %j', (options, message) => {
    expect(() => call([btc, eth], options)).toThrow(message)
  })
})
