import { expect, it } from 'vitest'
import { loadTradeFlow } from '../../../src/data/trades/load-trade-flow.ts'
import { HOUR, localExchange, MINUTE } from '../exchange/helpers.ts'

const NOON = Date.UTC(2026, 5, 1, 12)

it('trades of an exchange add up to what the exchange traded', async () => {
  const exchange = await localExchange({ venue: 'binanceusdm', now: () => NOON })
  const since = NOON - 3 * HOUR
  const { symbol, ccxt } = exchange
  const flow = await loadTradeFlow({ exchange: 'binanceusdm', symbol, ccxt, since, until: NOON, timeframe: '30m' })
  const truth = exchange.market.trades(since, NOON)
  expect(flow.count.reduce((sum, count) => sum + count, 0)).toBe(truth.length)
  for (const [t, time] of flow.time.entries()) {
    const here = truth.filter(trade => trade.time >= time && trade.time < time + 30 * MINUTE)
    expect([flow.open[t], flow.close[t]]).toEqual([here[0]!.price, here.at(-1)!.price])
    const usd = here.filter(({ buy }) => buy).reduce((sum, { price, amount }) => sum + price * amount, 0)
    const bought = flow.buyUsd.slice(flow.starts[t], flow.starts[t + 1]).reduce((sum, value) => sum + value, 0)
    expect(bought).toBeCloseTo(usd, 3)
  }
  expect([flow.symbol, flow.source]).toEqual([symbol, 'binanceusdm'])
})
