/** `liq.alerts`: the table, and what is printed, notified and posted. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { publishTask } from '../../src/common/host.ts'
import { postJson } from '../../src/data/webhook.ts'
import { type AlertsOptions, liq, type Market } from '../../src/liqnb.ts'
import { marketOf, prefix } from '../market/fixtures.ts'

/** Positions open in the first bar alone, at 100 with 10x: longs are liquidated near 90.4. The low of bar 3 is in them. */
const ROWS = [
  [100, 100, 100, 100, 1000],
  [100, 100, 100, 100, 0],
  [100, 100, 92, 92, 0],
  [92, 92, 90.3, 92, 0],
]
let count = 0
/** Of a symbol of its own, as what was told is remembered. */
const newMarket = (): Market => marketOf(ROWS, {}, `TEST${++count}`)
const options: AlertsOptions = { brightness: 1, near: { percent: 2 }, deliver: 'always' }
const alertsOf = (market: Market, more: AlertsOptions = {}) =>
  liq.alerts(liq.heatmap(market, { leverage: { 10: 1 }, halfLife: Infinity }), { ...options, ...more })

let log = vi.spyOn(console, 'log')
let warn = vi.spyOn(console, 'warn')
beforeEach(() => {
  log = vi.spyOn(console, 'log').mockImplementation(() => {})
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => vi.restoreAllMocks())
const printed = () => log.mock.calls.map(([line]) => String(line))

describe('liq.alerts', () => {
  it('is a table of the last close, and of any other', () => {
    const market = newMarket()
    const alerts = alertsOf(market, { deliver: 'never' })
    expect(alerts.list.map(({ kind }) => kind)).toEqual(['sweep', 'reclaim'])
    expect(alerts.numRows()).toBe(2)
    expect(alerts.table().array('kind')).toEqual(['sweep', 'reclaim'])
    expect(alerts.get('closedAt', 0)).toEqual(new Date(market.time[3]! + market.barMs))
    expect(alertsOf(market, { at: 2 }).array('kind')).toEqual(['near'])
    expect(alertsOf(market, { at: 'all' }).numRows()).toBe(3)
    expect(printed()).toEqual([])
  })

  it('prints and notifies each alert once, also those of bars that were passed over', () => {
    const market = newMarket()
    const notified: string[] = []
    const end = publishTask(globalThis, () => ({
      signal: new AbortController().signal,
      progress() {},
      notify: text => void notified.push(text),
    }))
    try {
      alertsOf(prefix(market, 2))
      expect(printed()).toEqual([])
      alertsOf(market)
      alertsOf(market)
    } finally {
      end()
    }
    expect(notified.map(text => /near|swept|back/.exec(text)?.[0])).toEqual(['near', 'swept', 'back'])
    expect(printed()).toHaveLength(3)
    expect(printed()[0]).toMatch(/^Alert 2024-01-01 03:00 UTC {2}TEST\d+ 1h: price 92/)
  })

  it('is silent over old data, and tells what has just closed', () => {
    const market = newMarket()
    alertsOf(market, { deliver: 'live' })
    expect(printed()).toEqual([])
    const offset = Date.now() - market.time[3]! - market.barMs - 60_000
    const recent = liq.createMarket({ ...market, time: market.time.map(time => time + offset) }, market)
    alertsOf(recent, { deliver: 'live' })
    expect(printed()).toHaveLength(2)
  })

  it.each(['http://example.com/x', 'ftp://localhost', 'https://user:secret@example.com', 'secret', 5])(
    'refuses the webhook %s without quoting it',
    webhook => {
      const call = () => alertsOf(newMarket(), { webhook: webhook as string })
      expect(call).toThrow(/liq\.alerts: webhook: .*expected an https address/)
      expect(call).not.toThrow(/secret|\/x/)
    },
  )
})

describe('a webhook', () => {
  const requests: Record<string, unknown>[] = []
  let statuses: (number | 'silent')[] = []
  let server: Server
  let address = ''
  beforeEach(async () => {
    requests.length = 0
    server = createServer((request, response) => {
      let body = ''
      request.on('data', part => {
        body += part
      })
      request.on('end', () => {
        requests.push(JSON.parse(body))
        const status = statuses.shift() ?? 200
        if (status === 'silent') return
        response.writeHead(status, status === 302 ? { location: 'http://example.com' } : {}).end('ok')
      })
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret`
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })

  it('gets each alert once as JSON', async () => {
    statuses = []
    const market = newMarket()
    expect(await alertsOf(market, { webhook: address }).delivered).toEqual([])
    expect(await alertsOf(market, { webhook: address }).delivered).toEqual([])
    expect(requests).toHaveLength(2)
    expect(requests.map(({ kind }) => kind).sort()).toEqual(['reclaim', 'sweep'])
    expect(requests[0]).toMatchObject({
      symbol: market.symbol,
      timeframe: '1h',
      time: '2024-01-01T04:00:00.000Z',
      side: 'long',
      unit: 'relative',
      price: 92,
      text: expect.stringContaining(market.symbol),
    })
    expect(alertsOf(newMarket(), { at: 3, webhook: address }).numRows()).toBe(2)
    expect(requests).toHaveLength(2)
  })

  it('is tried once more after a failure that may pass; the rest is a note without the address', async () => {
    statuses = [500, 500]
    expect(await alertsOf(newMarket(), { webhook: address }).delivered).toEqual([])
    expect(requests).toHaveLength(4)
    statuses = [404, 404]
    const notes = await alertsOf(newMarket(), { webhook: address }).delivered
    expect(requests).toHaveLength(6)
    expect(notes).toEqual([expect.stringMatching(/^liq\.alerts: 127\.0\.0\.1:\d+ did not take the alert: status 404$/)])
    expect(warn.mock.calls.flat()).toEqual(notes)
    statuses = [302]
    expect(await postJson(address, {}, { signal: new AbortController().signal })).toBe('status 302')
  })

  it('that does not answer is given up', async () => {
    statuses = ['silent', 'silent']
    const signal = new AbortController().signal
    expect(await postJson(address, {}, { signal, timeoutMs: 50 })).toBe('no answer within 0.05 s')
    statuses = ['silent']
    expect(await postJson(address, {}, { signal: AbortSignal.timeout(50) })).toBe('the cell was interrupted')
    server.close()
    server.closeAllConnections()
    expect(await postJson(address, {}, { signal })).toBe('ECONNREFUSED')
  })
})
