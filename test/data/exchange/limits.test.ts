/** Responses without end, packed or not, and numbers that are none. */
import { describe, expect, it } from 'vitest'
import { connect } from '../../../src/data/exchange/connect.ts'
import { hideSecrets } from '../../../src/data/exchange/http.ts'
import { venueNumber } from '../../../src/data/exchange/venue-number.ts'
import type { FaultKind } from '../../exchange-server/faults.ts'
import { download, FAST_RETRIES, localExchange, SHORT_TIMEOUT } from './helpers.ts'

const LIMITED = { ...FAST_RETRIES, maxResponseBytes: 2 ** 20 }

describe('a response without end', () => {
  const endless: [string, FaultKind][] = [
    ['plain', { kind: 'endless' }],
    ['packed', { kind: 'endless', packed: true }],
  ]
  it.each(endless)('is refused at the limit, naming the address: %s', async (_, fault) => {
    const exchange = await localExchange({ faults: [{ fault }] })
    await expect(download(exchange, 10, {}, LIMITED)).rejects.toThrow(
      /^binanceusdm: candles of BTC\/USDT:USDT from .*: http:\/\/127\.0\.0\.1:\d+\/fapi\/v1\/klines sent more than 1 MB/,
    )
    // Trying again would not help.
    expect(exchange.requestsTo('candles').length).toBe(1)
  })

  it('is refused for the list of markets, whose limit is higher', async () => {
    const exchange = await localExchange({ faults: [{ on: 'markets', fault: { kind: 'endless' } }] })
    await expect(download(exchange, 10, {}, LIMITED)).rejects.toThrow(/list of markets: .* sent more than 128 MB/)
  })

  it('ends at the timeout when it comes slowly', async () => {
    const exchange = await localExchange({ faults: [{ at: 0, fault: { kind: 'endless', everyMs: 20 } }] })
    const market = await download(exchange, 10, {}, SHORT_TIMEOUT)
    expect(market.length).toBe(10)
  })
})

describe('pages without end', () => {
  it('end where one repeats the page before', async () => {
    let first: unknown[] | undefined
    const change = (rows: unknown[]) => {
      first ??= rows
      return first
    }
    const exchange = await localExchange({
      venue: 'bitget',
      faults: [{ on: 'funding', fault: { kind: 'rows', change } }],
    })
    const market = await download(exchange, 24 * 100, { with: ['funding'] })
    expect(exchange.requestsTo('funding').length).toBeLessThan(10)
    expect(market.notes.join()).toMatch(/funding rates are missing at the start: bitget has none before/)
  })

  it('end at the limit of requests of one call', async () => {
    const exchange = await localExchange()
    const connection = await connect(
      { exchange: exchange.venue, symbol: exchange.symbol, ccxt: { ...exchange.ccxt, enableRateLimit: false } },
      { signal: new AbortController().signal, progress() {} },
      FAST_RETRIES,
    )
    const forever = async () => {
      for (;;) await connection.exchange.fetchTime()
    }
    await expect(connection.request(forever, 'clock')).rejects.toThrow(
      /binanceusdm: clock: .*\/fapi\/v1\/time has still more pages after 1000/,
    )
  })
})

it('a number is one in decimal or exponent notation', () => {
  const texts = ['12', '-0.5', '.5', '5.', '1e3', '1E-8', '+1', '0012']
  expect(texts.map(venueNumber)).toEqual([12, -0.5, 0.5, 5, 1000, 1e-8, 1, 12])
  expect(venueNumber(12.5)).toBe(12.5)
  const others = ['0x64', '0b1', '0o7', '', ' ', ' 12 ', '12 ', '1_000', '1,5', '1e', 'e5', 'Infinity', '-Infinity']
  for (const value of [
    ...others,
    'NaN',
    'true',
    '1e999',
    '--1',
    '1.2.3',
    true,
    null,
    undefined,
    [5],
    {},
    5n,
    Infinity,
    NaN,
  ])
    expect(venueNumber(value), String(value)).toBeNaN()
})

describe('0x64 is not 100', () => {
  it.each(['binanceusdm', 'bybit', 'okx', 'hyperliquid', 'bitget', 'krakenfutures'] as const)(
    'in candles of %s',
    async venue => {
      const change = (rows: unknown[]) =>
        rows.map((row, i) => {
          if (i !== 3) return row
          if (Array.isArray(row)) return row.with(4, '0x64')
          return { ...(row as object), c: '0x64', close: '0x64' }
        })
      const exchange = await localExchange({ venue, faults: [{ fault: { kind: 'rows', change } }] })
      await expect(download(exchange, 10)).rejects.toThrow(
        /row \d+ of a response, (close|c): ("0x64"|undefined), but expected a number/,
      )
    },
  )

  it('nor in open interest, funding and ratios', async () => {
    const change = (rows: unknown[]) =>
      rows.map(row => ({ ...(row as object), openInterest: '0x64', fundingRate: '0x64', buyRatio: '0x64' }))
    for (const [extra, on] of [
      ['openInterest', 'openInterest'],
      ['funding', 'funding'],
      ['longShortRatio', 'longShortRatio'],
    ] as const) {
      const exchange = await localExchange({ venue: 'bybit', faults: [{ on, fault: { kind: 'rows', change } }] })
      await expect(download(exchange, 24, { with: [extra] }), extra).rejects.toThrow(/but expected a number/)
    }
  })
})

it('an address in a message has no signature and no key', () => {
  const url = 'https://api.example/v1/brackets?symbol=BTC&timestamp=5&apiKey=K&signature=abc&recvWindow=9'
  expect(hideSecrets(`failed: ${url}`)).toBe(
    'failed: https://api.example/v1/brackets?symbol=BTC&timestamp=5&apiKey=…&signature=…&recvWindow=9',
  )
})

it('a signed request that fails shows no signature', async () => {
  const exchange = await localExchange({ faults: [{ on: 'brackets', fault: { kind: 'status', status: 400 } }] })
  const ccxt = { ...exchange.ccxt, apiKey: 'KEY', secret: 'SECRET' }
  const error = (await download(exchange, 5, { ccxt, with: ['brackets'] }).catch(error => error)) as Error
  expect(error.name).toBe('DataError')
  expect(error.message).toMatch(/binanceusdm: leverage tiers of BTC\/USDT:USDT: .*400/)
  expect(error.message).not.toMatch(/signature=[0-9a-f]/)
})

it('a symbol of any length or form is refused in one line', async () => {
  const exchange = await localExchange()
  const task = { signal: new AbortController().signal, progress() {} }
  for (const symbol of ['x'.repeat(1e5), 'BTC\n/USDT', '\u2028'.repeat(1000)]) {
    const { message } = (await connect(
      { exchange: exchange.venue, symbol, ccxt: exchange.ccxt },
      task,
      FAST_RETRIES,
    ).catch(error => error)) as Error
    expect(message).not.toMatch(/[\n\r\u2028]/)
    expect(message.length).toBeLessThan(400)
  }
})
