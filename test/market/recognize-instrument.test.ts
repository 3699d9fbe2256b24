/** The spellings of instruments in columns, names and paths of files. */
import { describe, expect, it } from 'vitest'
import { describeInstrument, isInverse, unifiedSymbol } from '../../src/market/instrument.ts'
import { recognizeInstrument } from '../../src/market/recognize-instrument.ts'

/** A path or a symbol, and what it names: unified symbol or pair, kind, venue. */
const PATHS: readonly [path: string, symbol: string | undefined, kind: string, venue?: string][] = [
  // Binance: https://github.com/binance/binance-public-data#where-do-i-access-it
  ['BTCUSD_PERP-1h-2024-06.csv', 'BTC/USD:BTC', 'inverse', 'binance'],
  ['ETHUSD_240628-1h-2024-06.zip', 'ETH/USD:ETH-240628', 'future', 'binance'],
  ['BTCUSDT_240628-1h-2024-06.zip', 'BTC/USDT:USDT-240628', 'future', 'binance'],
  ['data/futures/um/monthly/klines/ETHUSDT/1h/ETHUSDT-1h-2024-06.zip', 'ETH/USDT:USDT', 'linear'],
  ['data/futures/cm/daily/klines/BTCUSD_PERP/1h/BTCUSD_PERP-1h-2024-06-01.zip', 'BTC/USD:BTC', 'inverse', 'binance'],
  ['data/spot/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2024-06.zip', 'BTC/USDT', 'spot'],
  ['BTCUSDT-1h-2024-06.csv', undefined, 'unknown'],
  // Bybit: https://public.bybit.com
  ['public.bybit.com/trading/BTCUSD/BTCUSD2024-06-01.csv.gz', 'BTC/USD:BTC', 'inverse', 'bybit'],
  ['public.bybit.com/trading/ETHUSDT/ETHUSDT2024-06-01.csv.gz', 'ETH/USDT:USDT', 'linear', 'bybit'],
  ['public.bybit.com/trading/BTCPERP/BTCPERP2024-06-01.csv.gz', 'BTC/USDC:USDC', 'linear', 'bybit'],
  ['public.bybit.com/trading/BTCUSDM24/BTCUSDM242024-06-01.csv.gz', 'BTC/USD:BTC-M24', 'future', 'bybit'],
  ['public.bybit.com/spot/BTCUSDT/BTCUSDT_2024-06-01.csv.gz', 'BTC/USDT', 'spot', 'bybit'],
  ['BTCUSDT-28JUN24.csv', 'BTC/USDT:USDT-28JUN24', 'future', 'bybit'],
  // OKX: https://www.okx.com/historical-data
  ['BTC-USDT-SWAP-trades-2024-06-01.zip', 'BTC/USDT:USDT', 'linear', 'okx'],
  ['BTC-USD-SWAP-candlesticks-2024-06-01.csv', 'BTC/USD:BTC', 'inverse', 'okx'],
  ['BTC-USD-240628-aggtrades-2024-06-01.zip', 'BTC/USD:BTC-240628', 'future', 'okx'],
  ['okx/ETH-USDT-trades-2024-06-01.zip', 'ETH/USDT', 'spot', 'okx'],
  // Bitget
  ['BTCUSDT_UMCBL-1h.csv', 'BTC/USDT:USDT', 'linear', 'bitget'],
  ['BTCUSD_DMCBL-1h.csv', 'BTC/USD:BTC', 'inverse', 'bitget'],
  ['ETHUSDT_SPBL_1H.csv', 'ETH/USDT', 'spot', 'bitget'],
  // Kraken
  ['PI_XBTUSD-1h.json', 'BTC/USD:BTC', 'inverse', 'kraken'],
  ['PF_ETHUSD_1h.csv', 'ETH/USD:USD', 'linear', 'kraken'],
  ['FI_XBTUSD_240628.csv', 'BTC/USD:BTC-240628', 'future', 'kraken'],
  ['XXBTZUSD.csv', 'BTC/USD', 'spot', 'kraken'],
  ['XBTUSD_60.csv', undefined, 'unknown'],
  // BitMEX
  ['bitmex/XBTUSD-1h.csv', 'BTC/USD:BTC', 'inverse', 'bitmex'],
  ['bitmex_XBTUSDT_1h.csv', 'BTC/USDT:USDT', 'linear', 'bitmex'],
  ['bitmex_ETHUSD_1h.csv', undefined, 'unknown', 'bitmex'],
  // TradingView
  ['BINANCE_BTCUSDT.P, 60.csv', 'BTC/USDT:USDT', 'linear', 'binance'],
  ['BINANCE_BTCUSD.P, 60.csv', 'BTC/USD:BTC', 'inverse', 'binance'],
  ['BYBIT_ETHUSD.P, 240_1a2b3.csv', 'ETH/USD:ETH', 'inverse', 'bybit'],
  ['BINANCE_BTCUSDT, 60.csv', 'BTC/USDT', 'spot', 'binance'],
  ['COINBASE_BTCUSD, 1D.csv', 'BTC/USD', 'spot', 'coinbase'],
  ['BITMEX_XBTUSD.P, 60.csv', 'BTC/USD:BTC', 'inverse', 'bitmex'],
  // CryptoDataDownload
  ['Bitstamp_ETHUSD_1h.csv', 'ETH/USD', 'spot', 'bitstamp'],
  ['BTCUSDT_Binance_futures_UM_hour.csv', 'BTC/USDT:USDT', 'linear', 'binance'],
  // freqtrade
  ['user_data/data/binance/futures/ETH_USDT_USDT-1h-futures.feather', 'ETH/USDT:USDT', 'linear', 'binance'],
  ['BTC_USD_BTC-1h-futures.json', 'BTC/USD:BTC', 'inverse'],
  ['user_data/data/binance/BTC_USDT-1h.feather', 'BTC/USDT', 'spot', 'binance'],
  // Tardis: https://docs.tardis.dev/downloadable-csv-files
  ['binance-futures_trades_2020-02-01_BTCUSDT.csv.gz', 'BTC/USDT:USDT', 'linear', 'binance'],
  ['deribit_liquidations_2021-09-01_BTC-PERPETUAL.csv.gz', 'BTC/USD:BTC', 'inverse', 'deribit'],
  ['notes.csv', undefined, 'unknown'],
]

describe('the path of a file names', () => {
  for (const [path, symbol, kind, venue] of PATHS) {
    it(`${path} → ${symbol ?? 'no contract'}`, () => {
      const instrument = recognizeInstrument({ path })
      expect([unifiedSymbol(instrument), instrument.kind]).toEqual([symbol, kind])
      if (venue !== undefined) expect(instrument.venue).toBe(venue)
    })
  }

  it('the coin, even if not the contract', () => {
    expect(recognizeInstrument({ path: 'BTCUSDT-1h.csv' })).toMatchObject({
      base: 'BTC',
      quote: 'USDT',
      timeframe: '1h',
    })
    expect(recognizeInstrument({ path: 'eth.csv' })).toMatchObject({ base: 'ETH', kind: 'unknown' })
    expect(recognizeInstrument({ path: '/tmp/liqnb-import-aBcUSd/file-1.csv' })).toEqual({ kind: 'unknown' })
  })

  it('no coin by a word beside one, or by a folder of somebody', () => {
    const base = (path: string) => recognizeInstrument({ path }).base
    expect(base('candles-btc-1h.csv')).toBe('BTC')
    expect(base('candles-btc-usdt.csv')).toBe('BTC')
    expect(base('OHLC_BTC.csv')).toBe('BTC')
    expect(base('eth-btc.csv')).toBe('ETH')
    expect(base('renderusdt-1h.csv')).toBe('RENDER')
    expect(base('test-usd.csv')).toBeUndefined()
    expect(recognizeInstrument({ path: '/home/mark/um/BTCUSDT.csv' })).toMatchObject({ base: 'BTC', kind: 'unknown' })
    expect(recognizeInstrument({ path: '/home/mark/um/BTCUSDT.csv' }).price).toBeUndefined()
  })

  it('prices that are not those of trades', () => {
    const price = (path: string) => recognizeInstrument({ path }).price
    expect(price('BTC_USDT_USDT-8h-mark.feather')).toBe('mark')
    expect(price('data/futures/um/daily/markPriceKlines/BTCUSDT/1h/BTCUSDT-1h-2024-06-01.zip')).toBe('mark')
    expect(price('data/futures/um/daily/premiumIndexKlines/BTCUSDT/1h/BTCUSDT-1h-2024-06-01.zip')).toBe('premium')
    expect(price('BTC_USDT_USDT-1h-futures.feather')).toBeUndefined()
  })
})

describe('a symbol', () => {
  const named = (symbol: string, exchange?: string) =>
    describeInstrument(recognizeInstrument({ symbols: [symbol], ...(exchange && { exchange }) }))

  it('counts before the path', () => {
    const path = 'data/futures/um/BTCUSDT-1h.csv'
    expect(recognizeInstrument({ symbols: ['ETHUSDT'], path })).toMatchObject({ base: 'ETH', kind: 'linear' })
    expect(recognizeInstrument({ symbols: ['ETH/USD:ETH'], path })).toMatchObject({ base: 'ETH', kind: 'inverse' })
  })

  it('is read as its venue writes it', () => {
    expect(named('BTC/USD:BTC')).toBe('BTC/USD:BTC, inverse perpetual')
    expect(named('BTC/USDT:USDT', 'okx')).toBe('BTC/USDT:USDT, linear perpetual, okx')
    expect(named('BTCUSDT_PERP.A')).toBe('BTC/USDT:USDT, linear perpetual')
    expect(named('BTCUSD_PERP.A')).toBe('BTC/USD:BTC, inverse perpetual')
    expect(named('XBTUSD', 'bitmex')).toBe('BTC/USD:BTC, inverse perpetual, bitmex')
    expect(named('BTC', 'hyperliquid')).toBe('BTC/USD:USDC, linear perpetual, hyperliquid')
    expect(named('BTCUSDT', 'binance-futures')).toBe('BTC/USDT:USDT, linear perpetual, binance')
    expect(named('btcusd_perp', 'bw')).toBe('BTC/USD:BTC, inverse perpetual, binance')
    expect(named('XBTUSD')).toBe('BTC/USD, contract unknown')
    expect(named('BNBUSD')).toBe('BNB/USD, contract unknown')
    expect(named('ETHTUSD')).toBe('ETH/TUSD, contract unknown')
    expect(named('1000PEPEUSDT')).toBe('1000PEPE/USDT, contract unknown')
    expect(named('nothing like it')).toBe('contract unknown')
  })

  it('of a dated future says in what it is settled', () => {
    expect(isInverse(recognizeInstrument({ symbols: ['BTC-USD-240628'] }))).toBe(true)
    expect(isInverse(recognizeInstrument({ symbols: ['BTC-USDT-240628'] }))).toBe(false)
    expect(isInverse(recognizeInstrument({ symbols: ['BTCUSDT'] }))).toBeUndefined()
  })
})
