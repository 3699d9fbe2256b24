import { readdir, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { HOUR } from '../../../src/common/duration.ts'
import { dropUndefined } from '../../../src/common/options.ts'
import { downloadMarket, type ExchangeSource } from '../../../src/data/exchange/download-market.ts'
import { fetchSeries } from '../../../src/data/exchange/fetch-series.ts'
import type { FetchSeries } from '../../../src/data/exchange/series.ts'
import { loadMarket } from '../../../src/data/load-market.ts'
import { verifyStore } from '../../../src/data/store/manage.ts'
import type { SeriesKey } from '../../../src/data/store/series-key.ts'
import { Store } from '../../../src/data/store/store.ts'
import { type StoreOptions, withStore } from '../../../src/data/store/store-options.ts'
import type { Market } from '../../../src/market/market.ts'
import { inCell } from '../../common/in-cell.ts'
import type { startExchange } from '../../exchange-server/server.ts'
import { FAST_RETRIES, localExchange } from '../exchange/helpers.ts'
import { at, useFolder } from './helpers.ts'

const folder = useFolder()
const SINCE = at('2026-01-20')
const UNTIL = at('2026-03-10')
type Exchange = Awaited<ReturnType<typeof startExchange>>

type Source = ExchangeSource & StoreOptions

/** Loads from a local exchange through the store in the test's folder. */
function load(
  exchange: Exchange,
  options: { [Name in keyof Source]?: Source[Name] | undefined } = {},
): Promise<Market> {
  const { venue, symbol, ccxt } = exchange
  const source = dropUndefined({
    exchange: venue,
    symbol,
    timeframe: '1h',
    since: SINCE,
    until: UNTIL,
    ccxt,
    store: folder.path as boolean | string,
    ...options,
  })
  const download: FetchSeries = (request, onChunk, task) => fetchSeries(request, onChunk, task, FAST_RETRIES)
  const fetch = withStore(download, source, 'liq.market')
  return downloadMarket(source, { fetch, retryPolicy: FAST_RETRIES })
}
const keyOf = (exchange: Exchange): SeriesKey => ({
  series: 'candles',
  exchange: exchange.venue,
  symbol: exchange.symbol,
  timeframe: '1h',
})
const columnsOf = ({ time, open, high, low, close, volume, takerBuyVolume }: Market) => ({
  time,
  open,
  high,
  low,
  close,
  volume,
  takerBuyVolume,
})
/** Notes without those on clocks, which are wrong in these tests on purpose. */
const notesOf = ({ notes }: Market) => notes.filter(note => !note.includes('clock'))
const local = (now = at('2026-03-12T10:20')) => localExchange({ now: () => now })

describe('a market that was loaded before', () => {
  it('is the same to the last bit, without any request', async () => {
    const exchange = await local()
    const direct = await load(exchange, { store: false })
    const first = await load(exchange)
    exchange.requests.length = 0
    const second = await load(exchange)
    expect(columnsOf(first)).toEqual(columnsOf(direct))
    expect(columnsOf(second)).toEqual(columnsOf(direct))
    expect(exchange.requests).toEqual([])
    expect(notesOf(second)).toEqual([])
  })

  it('is requested only where something is missing', async () => {
    const exchange = await local()
    await load(exchange, { since: at('2026-02-01'), until: at('2026-02-10') })
    await load(exchange, { since: at('2026-02-20'), until: at('2026-03-01') })
    exchange.requests.length = 0
    const market = await load(exchange)
    expect(market.length).toBe((UNTIL - SINCE) / HOUR)
    const starts = exchange.requestsTo('candles').map(({ query }) => Number(query.startTime))
    // The last stored bar before a missing range is requested again.
    expect(starts).toEqual([SINCE, at('2026-02-10') - HOUR, at('2026-03-01') - HOUR])
  })

  it('grows by the bars that closed since', async () => {
    const exchange = await local(at('2026-03-12T10:20'))
    expect((await load(exchange, { until: undefined })).time.at(-1)).toBe(at('2026-03-12T09:00'))
    exchange.now = () => at('2026-03-12T13:05')
    exchange.requests.length = 0
    // Clocks are cached for a while, by the object that configures ccxt.
    const later = { until: undefined, ccxt: { ...exchange.ccxt } }
    expect((await load(exchange, later)).time.at(-1)).toBe(at('2026-03-12T12:00'))
    expect(exchange.requestsTo('candles').map(({ query }) => Number(query.startTime))).toEqual([at('2026-03-12T09:00')])
    const { records, coverage } = await new Store(folder.path).load(keyOf(exchange), [0, Infinity])
    expect(coverage).toEqual([[SINCE, at('2026-03-12T13:00')]])
    expect(records.time.at(-1)).toBe(at('2026-03-12T12:00'))
  })

  it('is not requested again where the exchange has nothing', async () => {
    const outage = [at('2026-02-14'), at('2026-02-16')] as const
    const exchange = await localExchange({
      now: () => at('2026-03-12'),
      market: { outages: [outage], listed: at('2026-01-25') },
    })
    const first = await load(exchange)
    exchange.requests.length = 0
    const second = await load(exchange)
    expect(exchange.requests).toEqual([])
    expect(second.length).toBe((UNTIL - at('2026-01-25')) / HOUR - 48)
    expect(columnsOf(second)).toEqual(columnsOf(first))
    expect(notesOf(second)).toEqual([
      '120 bars are missing at the start: binanceusdm has none before 2026-01-25 00:00',
      expect.stringMatching(/^48 bars are missing in 1 gap/),
    ])
  })

  it('gets a last bar that was revised since, with a note', async () => {
    const exchange = await local()
    await load(exchange, { until: at('2026-02-10') })
    const store = new Store(folder.path)
    const last = at('2026-02-10') - HOUR
    const { records } = await store.load(keyOf(exchange), [last, last + HOUR])
    const revised = { time: records.time, columns: { ...records.columns, volume: Float64Array.of(-1) } }
    await store.write(keyOf(exchange), revised, [last, last + HOUR])
    const market = await load(exchange)
    expect(notesOf(market)).toEqual([
      '1 stored record was revised by binanceusdm since (binanceusdm BTC/USDT:USDT 1h candles); the new values are stored now',
    ])
    expect(columnsOf(market)).toEqual(columnsOf(await load(exchange, { store: false })))
  })

  it('is downloaded again where the file is damaged, with a note', async () => {
    const exchange = await local()
    await load(exchange)
    const file = join(new Store(folder.path).folder(keyOf(exchange)), '2026-02.parquet')
    await truncate(file, 5000)
    exchange.requests.length = 0
    const market = await load(exchange)
    expect(notesOf(market)[0]).toMatch(/^The stored 2026-02 of .* cannot be used: it is cut off or not a Parquet file/)
    expect(market.length).toBe((UNTIL - SINCE) / HOUR)
    expect(Number(exchange.requestsTo('candles')[0]?.query.startTime)).toBe(at('2026-02-01') - HOUR)
    expect(await verifyStore(folder.path)).toEqual([])
  })

  it('includes the series beside the candles', async () => {
    const exchange = await local(at('2026-03-12T10:20'))
    const options = {
      since: at('2026-02-20'),
      until: undefined,
      with: ['openInterest', 'funding', 'longShortRatio', 'taker'],
    } as const
    const direct = await load(exchange, { ...options, store: false })
    await load(exchange, options)
    exchange.requests.length = 0
    const stored = await load(exchange, { ...options, offline: true })
    expect(exchange.requests).toEqual([])
    for (const field of ['openInterest', 'fundingRate', 'longShortRatio', 'takerBuyVolume'] as const)
      expect(stored[field], field).toEqual(direct[field])
  })
})

it('keeps what was downloaded before an interruption, compressed', async () => {
  const exchange = await local()
  exchange.faults = [{ at: 1, fault: { kind: 'stall' } }]
  const stop = new AbortController()
  const loading = inCell({ signal: stop.signal }, () => load(exchange))
  while (exchange.requestsTo('candles').length < 2) await new Promise(resolve => setTimeout(resolve, 1))
  stop.abort(new Error('stopped by the user'))
  await expect(loading).rejects.toThrow('stopped by the user')
  const { records, drafts, coverage } = await new Store(folder.path).load(keyOf(exchange), [0, Infinity])
  expect(records.time.length).toBeGreaterThan(500)
  expect(coverage).toEqual([[SINCE, SINCE + records.time.length * HOUR]])
  expect(drafts).toEqual([])
  exchange.faults = []
  exchange.requests.length = 0
  expect((await load(exchange)).length).toBe((UNTIL - SINCE) / HOUR)
  expect(Number(exchange.requestsTo('candles')[0]?.query.startTime)).toBe(SINCE + (records.time.length - 1) * HOUR)
})

describe('offline', () => {
  it('gives what is stored, up to its end', async () => {
    const exchange = await local()
    await load(exchange)
    await exchange.close()
    expect((await load(exchange, { offline: true })).length).toBe((UNTIL - SINCE) / HOUR)
    const open = await load(exchange, { offline: true, since: at('2026-02-01'), until: undefined })
    expect([open.time[0], open.time.at(-1)]).toEqual([at('2026-02-01'), UNTIL - HOUR])
  })

  it('names the missing range, and what is stored', async () => {
    const exchange = await local()
    await load(exchange, { since: at('2026-02-01'), until: at('2026-02-10') })
    await exchange.close()
    await expect(load(exchange, { offline: true })).rejects.toThrow(
      'binanceusdm BTC/USDT:USDT 1h candles: 2026-01-20 00:00 to 2026-02-01 00:00 (UTC) is not stored, nor 1 later range, and offline nothing is downloaded. Stored of the requested time: 2026-02-01 00:00 to 2026-02-10 00:00, in ',
    )
    await expect(load(exchange, { offline: true, until: undefined })).rejects.toThrow(
      /1h candles: 2026-01-20 00:00 and later \(UTC\) is not stored, and offline nothing is downloaded/,
    )
    await expect(load(exchange, { offline: true, symbol: 'ETH/USDT:USDT' })).rejects.toThrow(
      /requested time: nothing, in /,
    )
  })

  it('is turned on by LIQNB_OFFLINE, for the store that LIQNB_STORE names', async () => {
    vi.stubEnv('LIQNB_OFFLINE', '1')
    vi.stubEnv('LIQNB_STORE', folder.path)
    try {
      const source = { exchange: 'okx', symbol: 'BTC/USDT:USDT', timeframe: '1h', since: SINCE, until: UNTIL }
      await expect(loadMarket(source)).rejects.toThrow(
        `offline nothing is downloaded. Stored of the requested time: nothing, in ${folder.path}`,
      )
      await expect(loadMarket({ ...source, with: ['brackets'] })).rejects.toThrow(
        'liq.market: with: ["brackets"], but expected only series in time while offline',
      )
      await expect(loadMarket({ ...source, store: false })).rejects.toThrow(
        'liq.market: store: false, but expected a store, because offline there is no other data',
      )
    } finally {
      vi.unstubAllEnvs()
    }
  })
})

describe('a store', () => {
  it('does not hold data of a test server', async () => {
    const exchange = await local()
    const before = process.env.LIQNB_STORE
    process.env.LIQNB_STORE = folder.path
    try {
      await load(exchange, { store: undefined })
      expect(await readdir(folder.path)).toEqual([])
    } finally {
      if (before === undefined) delete process.env.LIQNB_STORE
      else process.env.LIQNB_STORE = before
    }
  })
  it.each([
    ['data', /^liq.market: store: "data", but expected true, false or the absolute path of a folder/],
    [7, /^liq.market: store: 7, but/],
  ])('is not %j', async (store, message) => {
    const exchange = await local()
    await expect(async () => load(exchange, { store: store as string })).rejects.toThrow(message)
  })
})
