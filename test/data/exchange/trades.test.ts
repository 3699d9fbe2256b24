import { describe, expect, it } from 'vitest'
import { currentTask } from '../../../src/common/task.ts'
import { exchangeTrades } from '../../../src/data/exchange/trades.ts'
import type { TradeChunk } from '../../../src/market/trade-flow/trade-chunk.ts'
import type { Fault, LocalExchange, VenueId } from '../../exchange-server/server.ts'
import { DAY, download, HOUR, inCell, localExchange, MINUTE, QUICK } from './helpers.ts'

const NOON = Date.UTC(2026, 5, 1, 12)
const VENUES: VenueId[] = ['binanceusdm', 'okx']

async function collect(exchange: LocalExchange, since: number, until?: number): Promise<TradeChunk[]> {
  const { venue, symbol, ccxt } = exchange
  const chunks: TradeChunk[] = []
  for await (const chunk of exchangeTrades({ exchange: venue, symbol, since, until, ccxt }, currentTask(), QUICK))
    chunks.push(chunk)
  return chunks
}

/** Each trade of the exchange's market once, in order. */
function expectAll(chunks: TradeChunk[], exchange: LocalExchange, since: number, until: number) {
  const truth = exchange.market.trades(since, until)
  const all = (field: 'time' | 'price' | 'amount' | 'buy') => chunks.flatMap(chunk => [...chunk[field]])
  expect(all('time')).toEqual(truth.map(({ time }) => time))
  expect(all('price')).toEqual(truth.map(({ price }) => price))
  expect(all('buy')).toEqual(truth.map(({ buy }) => Number(buy)))
  expect(all('amount').every((amount, i) => Math.abs(amount - truth[i]!.amount) < 1e-9)).toBe(true)
}

describe.each(VENUES)('%s', venue => {
  /** Two pages and a bit. */
  const span = venue === 'okx' ? HOUR : 9 * HOUR
  const at = (faults: Fault[] = [], listed = 0) => localExchange({ venue, now: () => NOON, faults, market: { listed } })

  it('gives every trade once, in pages', async () => {
    const exchange = await at()
    const chunks = await collect(exchange, NOON - 6 * HOUR, NOON - HOUR)
    expectAll(chunks, exchange, NOON - 6 * HOUR, NOON - HOUR)
    expect(chunks.length).toBeGreaterThan(1)
  })
  it('goes on to now', async () => {
    const exchange = await at()
    expectAll(await collect(exchange, NOON - 2 * HOUR), exchange, NOON - 2 * HOUR, NOON)
  })
  const faults: [string, Fault['fault']][] = [
    ['a refused page', { kind: 'status', status: 429 }],
    ['a cut connection', { kind: 'cut' }],
    ['an empty page', { kind: 'empty' }],
    ['a page with a hole', { kind: 'missing', from: 10, to: 30 }],
    ['trades that come twice', { kind: 'duplicate' }],
    ['trades in disorder', { kind: 'reorder' }],
  ]
  it.each(faults)('loses nothing to %s', async (_, fault) => {
    const exchange = await at([{ on: 'trades', at: 1, fault }])
    expectAll(await collect(exchange, NOON - span, NOON), exchange, NOON - span, NOON)
  })
  it('begins with the first trade there is', async () => {
    const exchange = await at([], NOON - 2 * HOUR)
    expectAll(await collect(exchange, NOON - 4 * HOUR, NOON), exchange, NOON - 2 * HOUR, NOON)
  })
  it('refuses a time that the exchange has no trades of any more', async () => {
    await expect(collect(await at(), NOON - 400 * DAY)).rejects.toThrow(
      /trades of the last \d+ days only, not from 2025/,
    )
  })
})

it('trades give the taker volume that the candles do not carry', async () => {
  const exchange = await localExchange({ venue: 'okx', now: () => NOON + MINUTE })
  const market = await download(exchange, 6, { with: ['trades'] })
  const truth = exchange.market.candles(market.time[0]!, market.time.at(-1)!, HOUR, NOON)
  for (const [i, { takerBuyVolume }] of truth.entries())
    expect(market.takerBuyVolume![i]).toBeCloseTo(takerBuyVolume, 6)
})

it('ends at once when it is cancelled', async () => {
  const exchange = await localExchange({ now: () => NOON, faults: [{ on: 'trades', at: 2, fault: { kind: 'stall' } }] })
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('stopped by the user')), 100)
  const work = () => collect(exchange, NOON - 10 * HOUR, NOON)
  await inCell({ signal: controller.signal }, () => expect(work()).rejects.toThrow('stopped by the user'))
})
