import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../../src/common/duration.ts'
import { currentTask } from '../../../src/common/host.ts'
import { downloadMarket } from '../../../src/data/exchange/download-market.ts'
import { fetchSeries } from '../../../src/data/exchange/fetch-series.ts'
import type { SeriesKind } from '../../../src/data/exchange/series.ts'
import { inCell } from '../../common/in-cell.ts'
import type { LocalExchange, VenueId } from '../../exchange-server/server.ts'
import { FAST_RETRIES, localExchange } from './helpers.ts'

const NOON = Date.UTC(2026, 5, 1, 12)

const untilNow = (exchange: LocalExchange, since: number) =>
  downloadMarket(
    { exchange: exchange.venue, symbol: exchange.symbol, timeframe: '1h', since, ccxt: exchange.ccxt },
    { retryPolicy: FAST_RETRIES },
  )

describe("the exchange's clock decides whether a bar is over", () => {
  it.each(['binanceusdm', 'bybit', 'okx', 'hyperliquid'] satisfies VenueId[])('%s', async venue => {
    // The exchange's clock is months away from this machine's.
    const exchange = await localExchange({ venue, now: () => NOON + 30 * MINUTE })
    const market = await untilNow(exchange, NOON - 5 * HOUR)
    expect(market.length).toBe(5)
    expect(market.time.at(-1)).toBe(NOON - HOUR)
    expect(market.notes).toContain('The last bar is still open and was dropped')
    expect(market.notes.join()).toMatch(
      new RegExp(`This machine's clock is \\d+ s .* the clock of ${venue}, which is used instead`),
    )
  })
  it('includes a bar that has closed there when the clock of this machine is behind', async () => {
    const exchange = await localExchange({ clockSkewMs: 2 * HOUR })
    const since = Math.floor(Date.now() / HOUR) * HOUR
    const market = await untilNow(exchange, since)
    expect([...market.time]).toEqual([since, since + HOUR])
  })
})

it('leaves out the last bar, which changes from response to response, until it is over', async () => {
  let now = NOON + 10 * MINUTE
  const exchange = await localExchange({ now: () => now })
  const first = await untilNow(exchange, NOON - 2 * HOUR)
  now = NOON + HOUR + MINUTE
  const second = await untilNow({ ...exchange, ccxt: { ...exchange.ccxt } }, NOON - 2 * HOUR)
  expect([...first.time]).toEqual([NOON - 2 * HOUR, NOON - HOUR])
  expect([...second.time]).toEqual([NOON - 2 * HOUR, NOON - HOUR, NOON])
  expect(second.close[2]).toBe(exchange.market.candles(NOON, NOON, HOUR, now)[0]!.close)
})

describe('finished ranges are complete', () => {
  const collect = async (exchange: LocalExchange, kind: SeriesKind, since: number, until: number) => {
    const ranges: [number, number][] = []
    const times: number[] = []
    const { venue, symbol, ccxt } = exchange
    const request = { exchange: venue, symbol, kind, timeframe: '1h', since, until, ccxt }
    const report = await fetchSeries(
      request,
      ({ time }, from, to) => {
        expect(time.every(at => at >= from && at < to)).toBe(true)
        ranges.push([from, to])
        times.push(...time)
      },
      currentTask(),
      FAST_RETRIES,
    )
    return { ranges, times, report }
  }
  it.each(['candles', 'openInterest', 'funding', 'longShortRatio'] satisfies SeriesKind[])('%s', async kind => {
    const exchange = await localExchange({ venue: 'bybit', now: () => NOON + 30 * MINUTE })
    const since = NOON - 50 * DAY
    const { ranges, times, report } = await collect(exchange, kind, since, Number.POSITIVE_INFINITY)
    expect(ranges[0]?.[0]).toBe(since)
    for (let i = 1; i < ranges.length; i++) expect(ranges[i]![0]).toBe(ranges[i - 1]![1])
    expect(report.until).toBe(ranges.at(-1)?.[1])
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(new Set(times).size).toBe(times.length)
    expect(times.length).toBe(kind === 'funding' ? 150 : kind === 'candles' ? 1200 : 1201)
  })
  it('end before a record that the exchange has not published yet', async () => {
    // Ten minutes past noon the open interest of noon is not published yet.
    const late = (rows: unknown[]) => rows.filter(row => Number((row as { timestamp: string }).timestamp) < NOON)
    const faults = [{ on: 'openInterest', fault: { kind: 'rows', change: late } }] as const
    const exchange = await localExchange({ venue: 'bybit', now: () => NOON + 10 * MINUTE, faults })
    const { report } = await collect(exchange, 'openInterest', NOON - DAY, Number.POSITIVE_INFINITY)
    expect(report.until).toBe(NOON)
  })
  it('do not end before a record that never came', async () => {
    const lost = (rows: unknown[]) => rows.filter(row => Number((row as { timestamp: string }).timestamp) < NOON)
    const faults = [{ on: 'openInterest', fault: { kind: 'rows', change: lost } }] as const
    const exchange = await localExchange({ venue: 'bybit', now: () => NOON + 40 * MINUTE, faults })
    const { report } = await collect(exchange, 'openInterest', NOON - DAY, Number.POSITIVE_INFINITY)
    expect(report.until).toBeGreaterThan(NOON)
  })
})

describe('cancelling ends a download at once', () => {
  const stuck: [string, Parameters<typeof localExchange>[0], number[]][] = [
    ['in a request without a response', { faults: [{ fault: { kind: 'stall' } }] }, [1]],
    ['in the middle of a response', { faults: [{ fault: { kind: 'stall', after: 'head' } }] }, [1]],
    ['while it waits for the next attempt', { faults: [{ fault: { kind: 'status', status: 429 } }] }, [60_000]],
    ['while it waits for Retry-After', { faults: [{ fault: { kind: 'status', status: 429, retryAfter: 60 } }] }, [1]],
    ['while it connects', { faults: [{ on: 'markets', fault: { kind: 'stall' } }] }, [1]],
  ]
  it.each(stuck)('%s', async (_, options, delaysMs) => {
    const exchange = await localExchange(options)
    const controller = new AbortController()
    setTimeout(() => controller.abort(new Error('stopped by the user')), 60)
    const { venue, symbol, ccxt } = exchange
    const source = { exchange: venue, symbol, timeframe: '1h', since: Date.now() - DAY, ccxt }
    const retryPolicy = { delaysMs, jitter: 0, maxRetryAfterMs: 100_000, timeoutMs: 60_000 }
    const start = Date.now()
    await inCell({ signal: controller.signal }, () =>
      expect(downloadMarket(source, { retryPolicy })).rejects.toThrow('stopped by the user'),
    )
    // Without the abort it would take a minute.
    expect(Date.now() - start).toBeLessThan(20_000)
  })
})
