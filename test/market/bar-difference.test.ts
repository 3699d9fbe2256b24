import { expect, it } from 'vitest'
import { type Bars, describeBarDifference } from '../../src/market/bar-difference.ts'
import { marketOf } from './fixtures.ts'

const ROW = [100, 101, 99, 100]
const market = marketOf([ROW, ROW, ROW])
const differs = (change: Partial<Bars>) => describeBarDifference(market, { ...market, ...change })

it('says in what the bars of two markets differ first', () => {
  expect(differs({ symbol: 'ETH/USDT:USDT' })).toBe('BTC/USDT:USDT, but this market is ETH/USDT:USDT')
  expect(differs({ timeframe: '4h' })).toBe('1h bars, but this market has bars of 4h')
  expect(describeBarDifference(market, marketOf([ROW, ROW]))).toBe('a market of 3 bars, but this one has 2')
  const time = market.time.slice()
  time[1]! += 60_000
  expect(differs({ time })).toBe(
    'bars at other times: bar 1 is at 2024-01-01 01:00 there, and at 2024-01-01 01:01 here',
  )
  const close = market.close.slice()
  close[0] = 100.5
  expect(differs({ close })).toBe('other prices: the close at 2024-01-01 00:00 is 100 there, and 100.5 here')
  close[0] = 100
  close[2] = 99.5
  expect(differs({ close })).toBe('other prices: the close at 2024-01-01 02:00 is 100 there, and 99.5 here')
})

it('finds none between equal bars, whatever else differs', () => {
  expect(describeBarDifference(market, market)).toBeUndefined()
  expect(describeBarDifference(market, marketOf([ROW, ROW, [...ROW, 77]]))).toBeUndefined()
})
