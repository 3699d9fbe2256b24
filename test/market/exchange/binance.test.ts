import { afterEach, expect, it } from 'vitest'
import { downloadMarket } from '../../../src/market/exchange.ts'
import { type Fault, type Kline, type LocalExchange, startExchange } from './server.ts'

const HOUR = 3_600_000
const SINCE = Date.UTC(2024, 0, 1)

let exchange: LocalExchange
afterEach(() => exchange.close())

const kline = (time: number, close = 100): Kline => [
  time,
  '100.0',
  '120.0',
  '90.0',
  close.toFixed(1),
  '12.5',
  time + HOUR - 1,
  '1250.0',
  42,
  '6.5',
  '650.0',
  '0',
]
const klines = (bars: number, from = SINCE) =>
  Array.from({ length: bars }, (_, i) => kline(from + i * HOUR, 95 + (i % 20)))

async function download(rows: Kline[], fault?: Fault, options: Record<string, unknown> = {}) {
  exchange = await startExchange(rows, fault)
  return downloadMarket({
    exchange: 'binanceusdm',
    symbol: 'BTC/USDT:USDT',
    timeframe: '1h',
    since: SINCE,
    until: SINCE + rows.length * HOUR,
    ccxt: { urls: { api: exchange.api }, rateLimit: 1 },
    ...options,
  })
}

it('loads candles page by page through the real ccxt', async () => {
  const market = await download(klines(1234))
  expect(market.length).toBe(1234)
  expect([market.time[0], market.open[0], market.high[0], market.low[0], market.close[1], market.volume[0]]).toEqual([
    SINCE,
    100,
    120,
    90,
    96,
    12.5,
  ])
  expect(market.notes).toEqual([])
  expect(exchange.requests.filter(url => url.pathname.endsWith('klines')).length).toBe(3)
})

it('tries again after a server error and after HTML instead of JSON', async () => {
  const market = await download(klines(10), (request, response) => {
    if (request > 1) return false
    response.writeHead(503, { 'content-type': 'text/html' }).end('<html><body>maintenance</body></html>')
    return true
  })
  expect(market.length).toBe(10)
})

it('leaves out a bar that is not over yet, and says so', async () => {
  const now = Date.now()
  const current = Math.floor(now / HOUR) * HOUR
  exchange = await startExchange(klines(5, current - 4 * HOUR))
  const market = await downloadMarket({
    exchange: 'binanceusdm',
    symbol: 'BTC/USDT:USDT',
    timeframe: '1h',
    since: current - 4 * HOUR,
    ccxt: { urls: { api: exchange.api }, rateLimit: 1 },
  })
  expect(market.length).toBe(4)
  expect(market.notes).toEqual(['The last bar is not over yet and was left out'])
})

it('sorts what comes out of order and keeps gaps as gaps', async () => {
  const rows = klines(20).filter((_, i) => i !== 7)
  const market = await download(klines(20), (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify([...rows].reverse()))
    return true
  })
  expect(market.length).toBe(19)
  expect(market.notes.join('\n')).toMatch(/1 bar is missing in 1 gap/)
})

const bad: [string, Record<string, unknown>, RegExp][] = [
  ['an exchange that ccxt does not know', { exchange: 'nowhere' }, /exchange: "nowhere" is not a ccxt id/],
  [
    'a symbol that is not listed, naming near ones',
    { symbol: 'BTC/EUR:EUR' },
    /has no "BTC\/EUR:EUR"\. Near ones: BTC\/USDT:USDT/,
  ],
  ['a timeframe that the exchange does not serve', { timeframe: '7m' }, /binanceusdm has no "7m", but .*1h/],
  ['an end before the start', { until: SINCE - 1 }, /until: .* is not after since/],
  ['a date that is none', { since: 'yesterday' }, /since: "yesterday"/],
]
for (const [what, options, message] of bad) {
  it(`refuses ${what}`, async () => {
    await expect(download(klines(3), undefined, options)).rejects.toThrow(message)
  })
}

it('stops when the task is cancelled', async () => {
  const key = Symbol.for('liqnb.task')
  const controller = new AbortController()
  const shown: string[] = []
  Object.assign(globalThis, {
    [key]: { signal: controller.signal, progress: (message: string) => shown.push(message) },
  })
  try {
    const stuck = download(klines(10), () => {
      controller.abort(new Error('stopped by the user'))
      return true
    })
    await expect(stuck).rejects.toThrow('stopped by the user')
    expect(shown[0]).toBe('binanceusdm: connecting')
  } finally {
    Reflect.deleteProperty(globalThis, key)
  }
})
