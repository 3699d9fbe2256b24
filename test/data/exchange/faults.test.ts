import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../../src/common/duration.ts'
import type { Market } from '../../../src/market/market.ts'
import { inCell } from '../../common/in-cell.ts'
import type { Fault, FaultKind } from '../../exchange-server/faults.ts'
import type { LocalExchange, VenueId } from '../../exchange-server/server.ts'
import { download, FAST_RETRIES, localExchange, SHORT_TIMEOUT } from './helpers.ts'

const VENUES: VenueId[] = ['binanceusdm', 'bybit', 'okx', 'hyperliquid']
const BARS = 80

/** Expects every bar of the exchange's market once, with its own values. */
function expectComplete(market: Market, exchange: LocalExchange, bars = BARS) {
  expect(market.length).toBe(bars)
  const truth = exchange.market.candles(market.time[0]!, market.time.at(-1)!, HOUR, exchange.now())
  expect([...market.time]).toEqual(truth.map(({ time }) => time))
  expect([...market.close]).toEqual(truth.map(({ close }) => close))
  expect([...market.volume]).toEqual(truth.map(({ volume }) => volume))
}

/** Faults that pass: the progress that the cell shows meanwhile, and the notes of the market. */
const TRANSIENT: [string, FaultKind, progress: RegExp | null, notes: RegExp | null][] = [
  ['429', { kind: 'status', status: 429 }, /429.*trying again in/, null],
  ['429 with Retry-After', { kind: 'status', status: 429, retryAfter: 0.1 }, /trying again in 0\.1 s/, null],
  ['a short ban (418)', { kind: 'status', status: 418, retryAfter: 0.1 }, /418.*trying again in 0\.1 s/, null],
  ['500', { kind: 'status', status: 500 }, /500.*trying again/, null],
  ['502 with a web page', { kind: 'status', status: 502, html: true }, /502.*trying again/, null],
  ['504', { kind: 'status', status: 504 }, /504.*trying again/, null],
  ['maintenance', { kind: 'maintenance' }, /trying again/, null],
  ['a response that is slower than the timeout', { kind: 'slow', ms: 1000 }, /timed out.*trying again/, null],
  ['a missing response', { kind: 'stall' }, /timed out.*trying again/, null],
  ['a response that stops in the middle', { kind: 'stall', after: 'head' }, /timed out.*trying again/, null],
  ['a connection cut in the middle', { kind: 'cut' }, /NetworkError.*trying again/, null],
  ['truncated JSON', { kind: 'truncated' }, /UnreadableResponse.*with broken JSON.*trying again/, null],
  ['malformed JSON', { kind: 'malformed' }, /UnreadableResponse.*with broken JSON.*trying again/, null],
  ['a web page instead of JSON', { kind: 'html' }, /with a web page of .*trying again/, null],
  ['an empty page', { kind: 'empty' }, null, /80 records of candles were missing from a response/],
  ['a page with a hole', { kind: 'missing', from: 30, to: 40 }, null, /10 records of candles were missing/],
  ['a page that ends early', { kind: 'missing', from: 50, to: 9e9 }, null, /records of candles were missing/],
  ['rows that come twice', { kind: 'duplicate' }, null, /^80 records of candles came twice$/],
  ['rows in disorder', { kind: 'reorder' }, null, /records of candles came out of order and were sorted/],
]

const SLOW: string[] = ['slow', 'stall'] satisfies FaultKind['kind'][]

describe.each(VENUES)('%s', venue => {
  it.each(TRANSIENT)('loses nothing to %s', async (_, fault, expectedProgress, expectedNotes) => {
    const exchange = await localExchange({ venue, faults: [{ at: 0, fault }] })
    const messages: string[] = []
    const market = await inCell({ messages }, () =>
      download(exchange, BARS, {}, SLOW.includes(fault.kind) ? SHORT_TIMEOUT : FAST_RETRIES),
    )
    expectComplete(market, exchange)
    if (expectedProgress) expect(messages.join('\n')).toMatch(expectedProgress)
    else expect(messages.join('\n')).not.toContain('trying again')
    if (expectedNotes) expect(market.notes.join('\n')).toMatch(expectedNotes)
    else expect(market.notes).toEqual([])
  })
})

it('survives faults of every kind of request, list of markets and clock included', async () => {
  const status = { kind: 'status', status: 503 } as const
  const faults: Fault[] = [
    { on: 'markets', at: 0, fault: status },
    { on: 'time', at: 0, fault: { kind: 'html' } },
    { on: 'openInterest', at: 0, fault: { kind: 'truncated' } },
    { on: 'funding', at: 0, fault: status },
    { on: 'longShortRatio', at: 0, fault: { kind: 'cut' } },
  ]
  const exchange = await localExchange({ faults })
  const market = await download(exchange, BARS, { with: ['openInterest', 'funding', 'longShortRatio'] })
  expectComplete(market, exchange)
  expect(market.openInterest!.every(Number.isFinite)).toBe(true)
})

it('drops and reports records that come again with the next page', async () => {
  const exchange = await localExchange({ faults: [{ at: 1, fault: { kind: 'overlap', rows: 5 } }] })
  const until = Math.floor(Date.now() / HOUR) * HOUR
  const market = await download(exchange, 0, { timeframe: '1m', since: until - 1100 * MINUTE, until })
  expect(market.length).toBe(1100)
  expect(market.notes).toEqual(['5 records of candles came twice'])
})

it('keeps the later of two values, and reports the revision', async () => {
  const revise = (rows: unknown[]) => [...rows, ...rows.slice(-1).map(row => (row as unknown[]).with(5, '999.000'))]
  const exchange = await localExchange({ faults: [{ at: 0, fault: { kind: 'rows', change: revise } }] })
  const market = await download(exchange, 10)
  expect(market.volume.at(-1)).toBe(999)
  expect(market.notes).toEqual([
    '1 record of candles came twice',
    '1 record of candles came again with other values; the later response was kept',
  ])
})

describe('ends with a clear error', () => {
  const downloadWith = (fault: FaultKind) =>
    localExchange({ faults: [{ fault }] }).then(exchange => download(exchange, 10))

  it('after the last attempt', async () => {
    await expect(downloadWith({ kind: 'status', status: 503 })).rejects.toThrow(
      /binanceusdm: candles of BTC\/USDT:USDT from .*: no usable response in 4 attempts over 0\.0 s\. The last one: .*503/,
    )
  })
  it('for a long ban, with the time at which it ends', async () => {
    await expect(downloadWith({ kind: 'status', status: 418, retryAfter: 7200 })).rejects.toThrow(
      /418.*accepts no requests until 20\d\d-.*Z; run it again then/,
    )
  })
  it('soon, if the exchange cannot be reached', async () => {
    const exchange = await localExchange()
    // RFC 6761 guarantees that this name never resolves.
    const ccxt = JSON.parse(JSON.stringify(exchange.ccxt).replaceAll('127.0.0.1', 'exchange.invalid'))
    const retryPolicy = { ...FAST_RETRIES, delaysMs: [2, 60_000] }
    await expect(download(exchange, 10, { ccxt }, retryPolicy)).rejects.toThrow(
      /list of markets: the exchange cannot be reached, this machine seems to be offline/,
    )
  })
  it('at once, if the exchange refuses the request', async () => {
    const exchange = await localExchange({ faults: [{ fault: { kind: 'status', status: 403 } }] })
    await expect(download(exchange, 10)).rejects.toThrow(/403/)
    expect(exchange.requestsTo('candles').length).toBe(1)
  })
  it('for a malformed row, naming venue, series, row, field and value', async () => {
    const change = (rows: unknown[]) => rows.map((row, i) => (i === 3 ? (row as unknown[]).with(2, 'n/a') : row))
    await expect(downloadWith({ kind: 'rows', change })).rejects.toThrow(
      'binanceusdm: candles of BTC/USDT:USDT, row 4 of a response, high: "n/a", but expected a number. The row: [',
    )
  })
})

it('reports real gaps after requesting them once more', async () => {
  const until = Math.floor(Date.now() / HOUR) * HOUR
  const outages = [[until - 20 * HOUR, until - 15 * HOUR]] as const
  const exchange = await localExchange({ market: { outages } })
  const market = await download(exchange, 100)
  expect(market.length).toBe(95)
  expect(market.notes.join()).toMatch(/^5 bars are missing in 1 gap/)
  expect(exchange.requestsTo('candles').length).toBe(2)
})
