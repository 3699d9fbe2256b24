import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../../src/common/duration.ts'
import { currentTask } from '../../../src/common/host.ts'
import { describeMissing } from '../../../src/data/exchange/missing-records.ts'
import { exchangeTrades } from '../../../src/data/exchange/trades.ts'
import { loadMarket } from '../../../src/data/load-market.ts'
import { download, FAST_RETRIES, localExchange } from './helpers.ts'

const T = Date.UTC(2026, 5, 1)
const hours = (...at: number[]) => Float64Array.from(at, hour => T + hour * HOUR)
const received = { exchange: 'x', since: T, until: T + 10 * HOUR, stepMs: HOUR }
const all = hours(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)

describe('a complete series has no note', () => {
  it.each(['candles', 'openInterest', 'longShortRatio'] as const)('%s', kind => {
    expect(describeMissing({ ...received, kind, time: all })).toEqual([])
    // From the middle of a bar on, and up to one.
    expect(describeMissing({ ...received, kind, time: all.subarray(1), since: T + MINUTE })).toEqual([])
    expect(describeMissing({ ...received, kind, time: all, until: T + 9 * HOUR + MINUTE })).toEqual([])
  })
  it('funding, also when its interval changes', () => {
    const time = hours(0, 8, 16, 20, 24, 32, 40)
    const funding = { ...received, kind: 'funding', stepMs: null } as const
    expect(describeMissing({ ...funding, time, since: T - 7 * HOUR, until: T + 47 * HOUR })).toEqual([])
  })
})

describe('missing records are told', () => {
  it('at the start and at the end', () => {
    expect(describeMissing({ ...received, kind: 'candles', time: hours(2, 3) })).toEqual([
      '2 bars are missing at the start: x has none before 2026-06-01 02:00',
      '6 bars are missing at the end: x has none after 2026-06-01 03:00',
    ])
    expect(describeMissing({ ...received, kind: 'openInterest', time: all.subarray(0, 9) })).toEqual([
      '1 record of open interest is missing at the end: x has none after 2026-06-01 08:00',
    ])
  })
  it('between, except bars, whose gaps the market notes', () => {
    const time = hours(0, 1, 4, 5, 7, 8, 9)
    expect(describeMissing({ ...received, kind: 'candles', time })).toEqual([])
    expect(describeMissing({ ...received, kind: 'longShortRatio', time })).toEqual([
      '3 records of long/short ratios are missing, the first after 2026-06-01 01:00',
    ])
  })
  it('of funding', () => {
    const funding = { ...received, kind: 'funding', stepMs: null, since: T, until: T + 48 * HOUR } as const
    expect(describeMissing({ ...funding, time: hours(16, 24) })).toEqual([
      'funding rates are missing at the start: x has none before 2026-06-01 16:00',
      'funding rates are missing at the end: x has none after 2026-06-02 00:00',
    ])
    expect(describeMissing({ ...funding, time: hours(0, 8, 16, 32, 40) })).toEqual([
      'funding rates are missing, the first after 2026-06-01 16:00',
    ])
  })
  it('when there is none at all', () => {
    expect(describeMissing({ ...received, kind: 'openInterest', time: hours() })).toEqual([
      'x has no open interest from 2026-06-01 00:00 to 2026-06-01 10:00',
    ])
  })
})

/** Sends the same two records whatever was requested. */
const repeatTwo = () => {
  let first: unknown[] | undefined
  return (rows: unknown[]) => {
    first ??= rows.slice(0, 2)
    return first
  }
}

describe('an exchange that repeats its first records', () => {
  it.each(['binanceusdm', 'bybit', 'okx', 'hyperliquid'] as const)('gives a note on the bars: %s', async venue => {
    const exchange = await localExchange({ venue, faults: [{ fault: { kind: 'rows', change: repeatTwo() } }] })
    const market = await download(exchange, 48)
    expect(market.length).toBe(2)
    expect(market.notes.join('; ')).toMatch(/46 bars are missing at the (end|start): \w+ has none (after|before) 20/)
  })

  it('gives a note on each series', async () => {
    const extras = ['openInterest', 'longShortRatio', 'funding'] as const
    const faults = extras.map(on => ({ on, fault: { kind: 'rows', change: repeatTwo() } as const }))
    const exchange = await localExchange({ faults })
    const market = await download(exchange, 48, { with: extras })
    const notes = market.notes.join('; ')
    expect(notes).toMatch(/\d+ records of open interest are missing at the (start|end)/)
    expect(notes).toMatch(/\d+ records of long\/short ratios are missing at the (start|end)/)
    expect(notes).toMatch(/funding rates are missing at the (start|end)/)
  })

  it('gives the same note from the store', async () => {
    const exchange = await localExchange({ faults: [{ fault: { kind: 'rows', change: repeatTwo() } }] })
    const until = Math.floor(exchange.now() / HOUR) * HOUR - 5 * HOUR
    const source = {
      exchange: exchange.venue,
      symbol: exchange.symbol,
      timeframe: '1h',
      since: until - 48 * HOUR,
      until,
      ccxt: exchange.ccxt,
      store: (await import('node:fs')).mkdtempSync(`${(await import('node:os')).tmpdir()}/liqnb-missing-`),
    }
    const first = await loadMarket(source)
    const requests = exchange.requestsTo('candles').length
    const second = await loadMarket(source)
    expect(exchange.requestsTo('candles').length).toBe(requests)
    expect(second.notes).toEqual(first.notes.filter(note => /missing/.test(note)))
    expect(second.notes.join()).toMatch(/46 bars are missing at the end/)
  })
})

it('trades that are missing by their numbers are told', async () => {
  const noon = Date.UTC(2026, 5, 1, 12)
  const change = (rows: unknown[]) => rows.filter(row => Number((row as { a: number }).a) % 50 !== 7)
  const exchange = await localExchange({
    now: () => noon,
    faults: [{ on: 'trades', fault: { kind: 'rows', change } }],
  })
  const notes: string[] = []
  const { venue, symbol, ccxt } = exchange
  let count = 0
  const source = { exchange: venue, symbol, since: noon - 6 * HOUR, until: noon - HOUR, ccxt }
  for await (const { time } of exchangeTrades(source, currentTask(), FAST_RETRIES, 'liq.tradeFlow', note =>
    notes.push(note),
  ))
    count += time.length
  const missing = exchange.market.trades(noon - 6 * HOUR, noon - HOUR).length - count
  expect(missing).toBeGreaterThan(5)
  expect(notes.join()).toMatch(
    /^\d+ trades of BTC\/USDT:USDT are missing by their numbers at binanceusdm, the first after 20/,
  )
})
