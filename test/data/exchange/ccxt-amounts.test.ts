/** What ccxt's unified methods count becomes coins. The rows pass through ccxt's own classes, as a venue sends them. */
import ccxt from 'ccxt'
import { describe, expect, it } from 'vitest'
import { coinsOf, interestInCoins } from '../../../src/data/exchange/ccxt-amounts.ts'
import type { Instrument } from '../../../src/data/exchange/connect.ts'
import { unifiedEndpoints } from '../../../src/data/exchange/venues/unified.ts'

const swap = (changes: Partial<Instrument> = {}) =>
  ({
    id: 'ETH_USDT',
    symbol: 'ETH/USDT:USDT',
    base: 'ETH',
    quote: 'USDT',
    settle: 'USDT',
    type: 'swap',
    spot: false,
    swap: true,
    contract: true,
    linear: true,
    inverse: false,
    contractSize: 0.01,
    ...changes,
  }) as unknown as Instrument
const inverse = (changes: Partial<Instrument> = {}) =>
  swap({
    symbol: 'BTC/USD:BTC',
    base: 'BTC',
    quote: 'USD',
    settle: 'BTC',
    linear: false,
    inverse: true,
    contractSize: 100,
    ...changes,
  })

describe('candles of ccxt', () => {
  it('of Gate: 23,503 contracts of 0.01 ETH are 235.03 ETH', async () => {
    const exchange = new ccxt.gate()
    const market = swap()
    // https://www.gate.com/docs/developers/apiv4/en/#get-futures-candlesticks: v counts contracts.
    const row = { t: 1_718_755_200, o: '3500', h: '3510', l: '3490', c: '3505', v: 23_503 }
    const parsed = exchange.parseOHLCV(row, market)
    exchange.fetchOHLCV = async () => [parsed]
    exchange.has.fetchOHLCV = true
    const { candles } = unifiedEndpoints(exchange)
    const [candle] = await candles!.fetchPage(
      { exchange, instrument: market, now: Date.now },
      { from: 0, to: 1, limit: 1, timeframe: '1h' },
    )
    expect(candles!.columns.volume!.read(candle)).toBeCloseTo(235.03, 10)
    expect(candles!.columns.close!.read(candle)).toBe(3505)
  })

  it('of inverse contracts at a venue that counts them: 7 of 100 USD at 50,000 are 0.014 coins', () => {
    expect(coinsOf('candles', 'kucoinfutures', inverse())?.(7, 50_000)).toBeCloseTo(0.014, 12)
    expect(coinsOf('candles', 'krakenfutures', inverse({ contractSize: 1 }))?.(500, 50_000)).toBeCloseTo(0.01, 12)
  })

  it('of HTX count both sides of each trade', () => {
    expect(coinsOf('candles', 'htx', swap())?.(10, 1)).toBe(5)
  })

  it.each([
    ['binanceusdm', swap()],
    ['bybit', swap()],
    ['bitget', inverse()],
    ['gate', swap({ contract: false, swap: false, spot: true })],
  ])('of %s are coins already', (id, instrument) => {
    expect(coinsOf('candles', id, instrument)).toBeNull()
  })

  it('asks where the size of a contract or what is counted is not known', () => {
    expect(() => coinsOf('candles', 'mexc', swap({ contractSize: undefined }))).toThrow(
      /mexc counts its candles in contracts.*contractSize/,
    )
    expect(() => coinsOf('candles', 'phemex', inverse())).toThrow(
      /whether phemex counts the candles of inverse contracts.*unit and contractSize/,
    )
  })

  it('passes what is no number on, to be refused with its row', () => {
    expect(coinsOf('candles', 'gate', swap())?.(null, 1)).toBeNull()
  })
})

describe('open interest of ccxt', () => {
  const rows = [{ timestamp: 1, openInterestAmount: 500, openInterestValue: 17_500 }]

  it('of venues that count contracts', () => {
    expect(interestInCoins('gate', swap(), rows)).toEqual([{ ...rows[0], openInterestAmount: 5 }])
    expect(interestInCoins('htx', swap(), rows)).toEqual([{ ...rows[0], openInterestAmount: 5 }])
    expect(interestInCoins('bybit', swap(), rows)).toBe(rows)
  })

  it('of inverse contracts is refused, as its coins depend on a price', () => {
    expect(() => interestInCoins('gate', inverse(), rows)).toThrow(/Load it from a file/)
    expect(() => interestInCoins('deribit', inverse(), rows)).toThrow(/is not known/)
  })
})
