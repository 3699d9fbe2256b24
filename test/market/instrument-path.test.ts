/** What each part of a path says. */
import { describe, expect, it } from 'vitest'
import { readPath } from '../../src/market/instrument-path.ts'

const parts = (path: string) => {
  const { names, ...others } = readPath(path)
  return others
}

describe('a path', () => {
  it('is read without its ending, also where it is packed, with either separator', () => {
    for (const path of ['BTCUSDT.csv', './BTCUSDT.csv.gz', 'x\\BTCUSDT.json.zip', 'x//BTCUSDT.PARQUET', 'BTCUSDT'])
      expect(readPath(path).names).toContain('BTCUSDT')
    expect(readPath('BTCUSDT.csv.bak').names[0]).toBe('BTCUSDT.csv.bak')
    expect(readPath('')).toEqual({ names: [] })
  })

  it('names symbols, the longest run of its words first', () => {
    expect(readPath('a-BTC_USDT.csv').names).toEqual(['a-BTC_USDT', 'a-BTC', 'BTC_USDT', 'a', 'BTC', 'USDT'])
    expect(readPath('BTC-USDT-SWAP.csv').names.slice(0, 2)).toEqual(['BTC-USDT-SWAP', 'BTC-USDT'])
    // At most four words and the three separators between them.
    expect(readPath('a-b-c-d-e.csv').names).not.toContain('a-b-c-d-e')
    expect(readPath('a-b-c-d-e.csv').names.slice(0, 2)).toEqual(['a-b-c-d', 'b-c-d-e'])
  })

  it('names the symbol of a folder in capitals, the nearest first', () => {
    expect(readPath('ETHUSDT/x/BTC_USDT/1h.csv').names.slice(-2)).toEqual(['BTC_USDT', 'ETHUSDT'])
  })

  it('ends six folders above the file', () => {
    expect(parts('okx/1/2/3/4/5/x.csv').venue).toBe('okx')
    expect(parts('okx/1/2/3/4/5/6/x.csv').venue).toBeUndefined()
  })

  it('of freqtrade names contract, timeframe and kind of price', () => {
    expect(readPath('BTC_USD_BTC-4h-mark.json')).toMatchObject({ timeframe: '4h', price: 'mark' })
    expect(readPath('BTC_USD_BTC-4h-mark.json').names[0]).toBe('BTC/USD:BTC')
    expect(readPath('BTC_USDT_USDT-8h-premiumIndex.feather').price).toBe('premium')
    expect(readPath('BTC_USDT_USDT-8h-index.feather').price).toBe('index')
    expect(parts('BTC_USDT_USDT-1h-futures.feather').price).toBeUndefined()
    expect(readPath('BTC_USDT_USDT-8h-funding_rate.feather').names[0]).toBe('BTC/USDT:USDT')
    expect(readPath('BTC_USDT-5m.feather').names[0]).toBe('BTC/USDT')
    expect(readPath('B_USDT-5m.feather').names[0]).toBe('B_USDT-5m')
  })

  it('of TradingView and CryptoDataDownload names venue and symbol', () => {
    for (const name of ['BYBIT_ETHUSD.P, 240', 'BYBIT_ETHUSD.P, 240_1a2b3', 'BYBIT_ETHUSD.P,240', 'BYBIT_ETHUSD.P (1)'])
      expect(readPath(`${name}.csv`).names[0]).toBe('BYBIT:ETHUSD.P')
    for (const end of ['d', 'h', '1h', '4h', '1d', 'minute', 'hour', 'day'])
      expect(readPath(`Bitstamp_BTCUSD_${end}.csv`).names[0]).toBe('Bitstamp:BTCUSD')
    expect(readPath('Nobody_BTCUSD_1h.csv').names).not.toContain('Nobody:BTCUSD')
    expect(readPath('Bitstamp_BTCUSD_x.csv').names).not.toContain('Bitstamp:BTCUSD')
  })

  it('of Bybit’s archive has its date without a separator', () => {
    expect(readPath('BTCUSD2024-06-01.csv.gz').names[0]).toBe('BTCUSD')
    expect(readPath('BTCUSDM242024-06-01.csv').names).toContain('BTCUSDM242024')
  })

  it('states venue, market, timeframe and kind of price by its words', () => {
    expect(parts('binance/futures/um/x.csv')).toEqual({ venue: 'binance', market: 'linear' })
    expect(parts('futures/cm/x.csv')).toEqual({ market: 'inverse' })
    expect(parts('spot/x.csv')).toEqual({ market: 'spot' })
    expect(parts('um/x.csv')).toEqual({})
    expect(parts('x-perp-15m.csv')).toEqual({ market: 'perpetual', timeframe: '15m' })
    expect(parts('x-15x.csv')).toEqual({})
    expect(parts('okx/bybit-1h-4h.csv')).toEqual({ venue: 'bybit', timeframe: '1h' })
    expect(parts('markPriceKlines/x.csv')).toEqual({ price: 'mark' })
    expect(parts('mark/index/premium/x.csv')).toEqual({})
    expect(parts('x-mark.csv')).toEqual({ price: 'mark' })
    expect(parts('x-index-mark.csv')).toEqual({ price: 'index' })
    // The more specific word counts, wherever it is.
    expect(parts('x-futures-um.csv').market).toBe('linear')
    expect(parts('x-um-futures.csv').market).toBe('linear')
  })

  it('of Tardis states the market by the id of the exchange', () => {
    expect(parts('binance-futures_trades_2020-02-01_BTCUSDT.csv')).toMatchObject({ venue: 'binance', market: 'linear' })
    expect(parts('binance-delivery_trades_2020-02-01_X.csv')).toMatchObject({ market: 'inverse' })
    expect(parts('binance_trades.csv').market).toBeUndefined()
    expect(parts('okex-swap.csv').market).toBe('perpetual')
  })

  it('of Bybit’s archive is of contracts where its folder is that of trading', () => {
    expect(parts('public.bybit.com/trading/X/x.csv')).toMatchObject({ venue: 'bybit', market: 'perpetual' })
    expect(parts('public.bybit.com/spot/X/x.csv')).toMatchObject({ venue: 'bybit', market: 'spot' })
    expect(parts('okx/trading/x.csv')).toEqual({ venue: 'okx' })
    expect(parts('okx/public.bybit.com/x.csv')).toEqual({ venue: 'bybit' })
  })
})
