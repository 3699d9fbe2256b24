import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../../src/common/duration.ts'
import { currentTask } from '../../../src/common/host.ts'
import { exchangeTrades } from '../../../src/data/exchange/trades.ts'
import type { TradeChunk } from '../../../src/market/trade-flow/trade-chunk.ts'
import { inCell } from '../../common/in-cell.ts'
import type { Fault } from '../../exchange-server/faults.ts'
import type { LocalExchange, VenueId } from '../../exchange-server/server.ts'
import { download, FAST_RETRIES, localExchange } from './helpers.ts'

const NOON = Date.UTC(2026, 5, 1, 12)
const VENUES: VenueId[] = ['binanceusdm', 'okx']

async function collect(exchange: LocalExchange, since: number, until?: number): Promise<TradeChunk[]> {
  const { venue, symbol, ccxt } = exchange
  const chunks: TradeChunk[] = []
  const source = { exchange: venue, symbol, since, ccxt, ...(until !== undefined && { until }) }
  for await (const chunk of exchangeTrades(source, currentTask(), FAST_RETRIES)) chunks.push(chunk)
  return chunks
}

/** Expects each trade of the exchange's market once, in order. */
function expectAll(chunks: TradeChunk[], exchange: LocalExchange, since: number, until: number) {
  const truth = exchange.market.trades(since, until)
  const all = (field: 'time' | 'price' | 'amount' | 'buy') => chunks.flatMap(chunk => [...chunk[field]])
  expect(all('time')).toEqual(truth.map(({ time }) => time))
  expect(all('price')).toEqual(truth.map(({ price }) => price))
  expect(all('buy')).toEqual(truth.map(({ buy }) => Number(buy)))
  expect(all('amount').every((amount, i) => Math.abs(amount - truth[i]!.amount) < 1e-9)).toBe(true)
}

describe.each(VENUES)('%s', venue => {
  /** More than two pages. */
  const span = venue === 'okx' ? HOUR : 9 * HOUR
  const start = (faults: Fault[] = [], listed = 0) =>
    localExchange({ venue, now: () => NOON, faults, market: { listed } })

  it('gives every trade once, in pages', async () => {
    const exchange = await start()
    const chunks = await collect(exchange, NOON - 6 * HOUR, NOON - HOUR)
    expectAll(chunks, exchange, NOON - 6 * HOUR, NOON - HOUR)
    expect(chunks.length).toBeGreaterThan(1)
  })
  it('continues up to now', async () => {
    const exchange = await start()
    expectAll(await collect(exchange, NOON - 2 * HOUR), exchange, NOON - 2 * HOUR, NOON)
  })
  const faults: [string, Fault['fault']][] = [
    ['a page that is refused once', { kind: 'status', status: 429 }],
    ['a cut connection', { kind: 'cut' }],
    ['an empty page', { kind: 'empty' }],
    ['a page with a hole', { kind: 'missing', from: 10, to: 30 }],
    ['trades that come twice', { kind: 'duplicate' }],
    ['trades in disorder', { kind: 'reorder' }],
  ]
  it.each(faults)('loses nothing to %s', async (_, fault) => {
    const exchange = await start([{ on: 'trades', at: 1, fault }])
    expectAll(await collect(exchange, NOON - span, NOON), exchange, NOON - span, NOON)
  })
  it('starts with the first trade after the listing', async () => {
    const exchange = await start([], NOON - 2 * HOUR)
    expectAll(await collect(exchange, NOON - 4 * HOUR, NOON), exchange, NOON - 2 * HOUR, NOON)
  })
  it("refuses a start before the venue's retention", async () => {
    await expect(collect(await start(), NOON - 400 * DAY)).rejects.toThrow(
      /liq\.tradeFlow: since: \d+, but expected a time in the last \d+ days/,
    )
  })
})

it('sums taker volume from trades if the candles do not hold it', async () => {
  const exchange = await localExchange({ venue: 'okx', now: () => NOON + MINUTE })
  const market = await download(exchange, 6, { with: ['trades'] })
  const truth = exchange.market.candles(market.time[0]!, market.time.at(-1)!, HOUR, NOON)
  for (const [i, { takerBuyVolume }] of truth.entries())
    expect(market.takerBuyVolume![i]).toBeCloseTo(takerBuyVolume, 6)
})

it('ends at once when cancelled', async () => {
  const exchange = await localExchange({ now: () => NOON, faults: [{ on: 'trades', at: 2, fault: { kind: 'stall' } }] })
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('stopped by the user')), 100)
  const collectTrades = () => collect(exchange, NOON - 10 * HOUR, NOON)
  await inCell({ signal: controller.signal }, () => expect(collectTrades()).rejects.toThrow('stopped by the user'))
})
