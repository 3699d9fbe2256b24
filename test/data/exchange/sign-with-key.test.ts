/** What Binance serves only with a key, with the key of the user's host. */
import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { KeyAnswer, KeyRequest } from '../../../src/common/exchange-key.ts'
import { publishTask, type Task } from '../../../src/common/host.ts'
import type { LocalExchange } from '../../exchange-server/server.ts'
import { download, localExchange } from './helpers.ts'

const KEY = { apiKey: 'api-key-of-the-user', secret: 'secret-of-the-user' }
const EXTRAS = { with: ['brackets'] as 'brackets'[] }

afterEach(() => vi.unstubAllEnvs())

/** Runs a download in a host that answers requests for keys. */
async function downloadIn(exchange: LocalExchange, answer: KeyAnswer, changes: object = {}) {
  const asked: KeyRequest[] = []
  const hidden: string[] = []
  const task: Task = {
    signal: new AbortController().signal,
    progress() {},
    async exchangeKey(request) {
      asked.push(request)
      return answer
    },
    hide: secret => hidden.push(secret),
  }
  const stop = publishTask(globalThis, () => task)
  try {
    return { market: await download(exchange, 24, { ...EXTRAS, ...changes }), asked, hidden }
  } finally {
    stop()
  }
}

/** The one request for brackets, with its signature checked as the venue does. */
function signedRequest(exchange: LocalExchange, { apiKey, secret } = KEY) {
  const request = exchange.requestsTo('brackets').at(-1)!
  const [signed, signature] = request.queryText.split('&signature=')
  expect(request.headers['x-mbx-apikey']).toBe(apiKey)
  expect(signature).toBe(createHmac('sha256', secret).update(signed!).digest('hex'))
  return request
}

describe('brackets of Binance', () => {
  it('are requested with the key that the host gives, by its name and with the server that is not the exchange', async () => {
    const exchange = await localExchange()
    const { market, asked } = await downloadIn(exchange, { key: KEY })
    expect(market.leverageTiers).toHaveLength(4)
    expect(asked).toEqual([{ name: 'binance', server: new URL(exchange.url).host }])
    signedRequest(exchange)
  })

  it('ask again, so that a key that has been replaced is used', async () => {
    const exchange = await localExchange()
    await downloadIn(exchange, { key: KEY })
    const other = { apiKey: 'another-api-key', secret: 'another-secret' }
    await downloadIn(exchange, { key: other })
    signedRequest(exchange, other)
  })

  it('are refused with the reason of the host', async () => {
    const exchange = await localExchange()
    const refused = downloadIn(exchange, { refusal: 'you did not give it' })
    await expect(refused).rejects.toThrow(
      /with: "brackets", but expected a key, .*: you did not give it; liq\.brackets/,
    )
    expect(exchange.requestsTo('brackets')).toEqual([])
  })

  it("are requested with the cell's own key, which the host is told to hide", async () => {
    const exchange = await localExchange()
    const own = { apiKey: 'own-api-key', secret: 'own-secret' }
    const { asked, hidden } = await downloadIn(exchange, { key: KEY }, { ccxt: { ...exchange.ccxt, ...own } })
    expect(asked).toEqual([])
    expect(hidden).toEqual(expect.arrayContaining([own.apiKey, own.secret]))
    signedRequest(exchange, own)
  })

  it('are requested with the key of the environment where there is no host', async () => {
    vi.stubEnv('LIQNB_BINANCE_API_KEY', KEY.apiKey)
    vi.stubEnv('LIQNB_BINANCE_SECRET', KEY.secret)
    const exchange = await localExchange()
    await download(exchange, 24, EXTRAS)
    signedRequest(exchange)
  })

  it.each([
    [{}, /set the environment variables LIQNB_BINANCE_API_KEY and LIQNB_BINANCE_SECRET/],
    [{ LIQNB_BINANCE_API_KEY: KEY.apiKey }, /set the environment variable LIQNB_BINANCE_SECRET;/],
    [
      { LIQNB_BINANCE_API_KEY: KEY.apiKey, LIQNB_BINANCE_SECRET: 'abc' },
      /the environment variable LIQNB_BINANCE_SECRET is too short for a key: expected at least 6 characters/,
    ],
  ])('name the variables that are missing or wrong: %o', async (variables, message) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
    await expect(download(await localExchange(), 24, EXTRAS)).rejects.toThrow(message)
  })
})
