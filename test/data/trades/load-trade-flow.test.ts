import { expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../../src/common/duration.ts'
import { OptionError } from '../../../src/common/errors.ts'
import { loadTradeFlow, type TradeFlowSource } from '../../../src/data/trades/load-trade-flow.ts'
import { localExchange } from '../exchange/helpers.ts'

const NOON = Date.UTC(2026, 5, 1, 12)

it('sums the trades of an exchange', async () => {
  const exchange = await localExchange({ venue: 'binanceusdm', now: () => NOON })
  const since = NOON - 3 * HOUR
  const { symbol, ccxt } = exchange
  const flow = await loadTradeFlow({ exchange: 'binanceusdm', symbol, ccxt, since, until: NOON, timeframe: '30m' })
  const truth = exchange.market.trades(since, NOON)
  expect(flow.count.reduce((sum, count) => sum + count, 0)).toBe(truth.length)
  for (const [t, time] of flow.time.entries()) {
    const inBar = truth.filter(trade => trade.time >= time && trade.time < time + 30 * MINUTE)
    expect([flow.open[t], flow.close[t]]).toEqual([inBar[0]?.price, inBar.at(-1)?.price])
    const usd = inBar.filter(({ buy }) => buy).reduce((sum, { price, amount }) => sum + price * amount, 0)
    const bought = flow.buyUsd.slice(flow.starts[t], flow.starts[t + 1]).reduce((sum, value) => sum + value, 0)
    expect(bought).toBeCloseTo(usd, 3)
  }
  expect([flow.symbol, flow.source]).toEqual([symbol, 'binanceusdm'])
})

it.each<[what: string, source: object, message: string]>([
  [
    'no source',
    { timeframe: '1h' },
    'liq.tradeFlow: no source, but expected exactly one of file, exchange, trades or clickhouse',
  ],
  [
    'two sources',
    { file: 'a', trades: [], timeframe: '1h' },
    'liq.tradeFlow: file and trades, but expected exactly one',
  ],
  ['no timeframe', { trades: [] }, 'liq.tradeFlow: timeframe: undefined, but expected'],
  [
    'an unknown option',
    { trades: [], tiemframe: '1h' },
    'tiemframe is not one of its options (did you mean timeframe?)',
  ],
  ['an option of files for chunks', { trades: [], timeframe: '1h', zone: 'UTC' }, 'zone is not one of its options'],
  [
    'an unreadable date',
    { trades: [], timeframe: '1h', since: 'soon' },
    'liq.tradeFlow: since: "soon", but expected a date',
  ],
  [
    'an unknown option of a file',
    { file: { file: 'a', zones: '' }, timeframe: '1h' },
    'liq.tradeFlow: zones is not one',
  ],
])('refuses %s', async (_, source, message) => {
  const loading = loadTradeFlow(source as TradeFlowSource)
  await expect(loading).rejects.toThrow(OptionError)
  await expect(loading).rejects.toThrow(message)
})
