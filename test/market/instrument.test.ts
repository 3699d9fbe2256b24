/** Instruments in words and symbols, and where two of them contradict each other. */
import { describe, expect, it } from 'vitest'
import {
  describeInstrument,
  type Instrument,
  instrumentConflicts,
  isInverse,
  unifiedSymbol,
} from '../../src/market/instrument.ts'
import { priceOf, venueOf } from '../../src/market/instrument-words.ts'
import { contradictoryNames, recognizeInstrument } from '../../src/market/recognize-instrument.ts'

const PAIR = { base: 'BTC', quote: 'USD' }

/** An instrument, its unified symbol as ccxt writes it, whether results are paid in the coin, and its words. */
const INSTRUMENTS: readonly [Instrument, string | undefined, boolean | undefined, string][] = [
  [{ kind: 'spot', ...PAIR }, 'BTC/USD', false, 'BTC/USD, spot'],
  [{ kind: 'linear', ...PAIR, venue: 'kraken' }, 'BTC/USD:USD', false, 'BTC/USD:USD, linear perpetual, kraken'],
  [{ kind: 'linear', ...PAIR, settle: 'USDC' }, 'BTC/USD:USDC', false, 'BTC/USD:USDC, linear perpetual'],
  [{ kind: 'inverse', ...PAIR }, 'BTC/USD:BTC', true, 'BTC/USD:BTC, inverse perpetual'],
  [
    { kind: 'future', ...PAIR, settle: 'BTC', expiry: '240628' },
    'BTC/USD:BTC-240628',
    true,
    'BTC/USD:BTC-240628, dated future, inverse',
  ],
  [
    { kind: 'future', ...PAIR, settle: 'USD', expiry: '240628', price: 'mark' },
    'BTC/USD:USD-240628',
    false,
    'BTC/USD:USD-240628, dated future, linear, mark price',
  ],
  [{ kind: 'future', ...PAIR }, 'BTC/USD:USD', undefined, 'BTC/USD:USD, dated future'],
  [{ kind: 'future', settle: 'BTC' }, undefined, undefined, 'dated future'],
  [{ kind: 'inverse', ...PAIR, expiry: '240628' }, 'BTC/USD:BTC', true, 'BTC/USD:BTC, inverse perpetual'],
  [{ kind: 'unknown', ...PAIR }, undefined, undefined, 'BTC/USD, contract unknown'],
  [{ kind: 'unknown', base: 'BTC', symbol: 'X' }, undefined, undefined, 'BTC, contract unknown'],
  [{ kind: 'linear', base: 'BTC' }, undefined, false, 'BTC, linear perpetual'],
  [{ kind: 'unknown', symbol: 'X' }, undefined, undefined, 'X, contract unknown'],
]

describe('an instrument', () => {
  it.each(INSTRUMENTS)('%j', (instrument, symbol, inverse, words) => {
    expect([unifiedSymbol(instrument), isInverse(instrument), describeInstrument(instrument)]).toEqual([
      symbol,
      inverse,
      words,
    ])
  })

  it('contradicts another in what both state', () => {
    const linear: Instrument = { kind: 'linear', base: 'BTC', quote: 'USDT', venue: 'okx' }
    expect(instrumentConflicts(linear, linear)).toEqual([])
    expect(instrumentConflicts(linear, { kind: 'unknown' })).toEqual([])
    expect(instrumentConflicts({ kind: 'unknown' }, linear)).toEqual([])
    expect(instrumentConflicts(linear, { ...linear, kind: 'spot', venue: 'bybit', timeframe: '1h' })).toEqual([
      'kind',
      'venue',
    ])
    expect(instrumentConflicts(linear, { kind: 'linear', base: 'ETH', quote: 'USD' })).toEqual(['base', 'quote'])
    const future: Instrument = { kind: 'future', expiry: '240628' }
    expect(instrumentConflicts(future, { ...future, expiry: '240927' })).toEqual(['expiry'])
    expect(instrumentConflicts(future, { kind: 'future' })).toEqual([])
  })
})

describe('words', () => {
  it('name venues by how they begin', () => {
    const names: readonly [string, string | undefined][] = [
      ['binance-futures', 'binance'],
      ['mybinance', undefined],
      ['okex', 'okx'],
      ['okx', 'okx'],
      ['cryptofacilities', 'kraken'],
      ['htx', 'huobi'],
      ['gate', 'gate'],
      ['gateio', 'gate'],
      ['gate-io-futures', 'gate'],
      ['gateway', undefined],
      ['gates', undefined],
      ['investigate', undefined],
      ['crypto-com', 'cryptocom'],
      ['cryptocom', 'cryptocom'],
      ['dydx', 'dydx'],
      ['nothing', undefined],
    ]
    for (const [word, venue] of names) expect([word, venueOf(word)]).toEqual([word, venue])
    const others =
      'bybit bitget bitmex kraken deribit hyperliquid coinbase bitstamp bitfinex gemini kucoin huobi mexc bingx phemex poloniex bitmart'
    for (const venue of others.split(' ')) {
      expect(venueOf(`${venue}-data`)).toBe(venue)
      expect(venueOf(`x${venue}`)).toBeUndefined()
    }
  })

  it('name prices that are not those of trades', () => {
    for (const [kind, short] of [
      ['mark', 'mark'],
      ['index', 'index'],
    ] as const)
      expect([short, `${short}price`, `${short}pricesx`, `a${short}`, `${short}priceklines`].map(priceOf)).toEqual([
        kind,
        kind,
        undefined,
        undefined,
        kind,
      ])
    expect(['premium', 'premiumindex', 'premiumindexklines', 'xpremium', 'premiums'].map(priceOf)).toEqual([
      'premium',
      'premium',
      'premium',
      undefined,
      undefined,
    ])
  })
})

describe('names of one file', () => {
  const contradictions = (symbol: string, path: string, more: object = {}) =>
    contradictoryNames({ symbols: [symbol], path, ...more })

  it('contradict each other in the coin', () => {
    expect(contradictions('ETHUSDT', 'BTCUSDT-1h.csv')).toEqual(['ETHUSDT', 'BTCUSDT'])
    expect(contradictions('ETHUSDT', 'ETHUSDT-1h.csv')).toBeNull()
    expect(contradictions('ETHUSDT', 'FOOUSDT-1h.csv')).toBeNull()
    expect(contradictions('ETHUSDT', 'FOO-USDT-SWAP.csv')).toEqual(['ETHUSDT', 'FOO-USDT-SWAP'])
    expect(contradictions('ETHUSDT', 'notes.csv')).toBeNull()
    expect(contradictions('nothing', 'BTCUSDT.csv')).toBeNull()
    expect(contradictoryNames({ path: 'BTCUSDT.csv' })).toBeNull()
    expect(contradictoryNames({})).toBeNull()
  })

  it('contradict each other in the contract, where both state one', () => {
    expect(contradictions('BTC/USDT:USDT', 'BTCUSD_PERP-1h.csv')).toEqual(['BTC/USDT:USDT', 'BTCUSD_PERP'])
    expect(contradictions('BTC/USD:BTC', 'BTCUSD_PERP-1h.csv')).toBeNull()
    expect(contradictions('BTCUSDT', 'BTCUSD_PERP-1h.csv')).toBeNull()
    expect(contradictions('BTC-USD-240628', 'BTC-USD-240927-trades.csv')).toEqual(['BTC-USD-240628', 'BTC-USD-240927'])
    expect(contradictions('BTC-USD-240628', 'BTC-USD-240628-trades.csv')).toBeNull()
  })

  it('are read as their venue writes them', () => {
    // BTCUSD is a contract at Bybit alone.
    const path = 'BTCUSD.csv'
    expect(contradictions('BTC/USDT:USDT', path)).toBeNull()
    for (const more of [{ exchange: ' Bybit ' }, { venue: 'bybit' }])
      expect(contradictions('BTC/USDT:USDT', path, more)).toEqual(['BTC/USDT:USDT', 'BTCUSD'])
    expect(contradictions('BTC/USDT:USDT', `bybit/${path}`, { venue: 'binance' })).toEqual(['BTC/USDT:USDT', 'BTCUSD'])
    expect(contradictions('BTC/USDT:USDT', `bybit/${path}`, { exchange: 'binance' })).toBeNull()
  })
})

describe('what a market of a venue states', () => {
  const kind = (exchange: string, symbol = 'BTC-USDT') => {
    const { kind: one, settle } = recognizeInstrument({ symbols: [symbol], exchange })
    return settle === undefined ? one : `${one} ${settle}`
  }

  it('by the id of its exchange', () => {
    expect(kind('binance', 'BTCUSDT')).toBe('spot')
    expect(kind('binanceusdm', 'BTCUSDT')).toBe('linear USDT')
    expect(kind('binancecoinm', 'BTCUSD')).toBe('inverse BTC')
    expect(kind('kucoin-futures', 'BTCUSD')).toBe('inverse BTC')
    expect(kind('gate-io-futures', 'BTC_USDT')).toBe('linear USDT')
    expect(kind('bingx', 'BTC-USDT')).toBe('unknown')
    // Venues without contracts.
    for (const venue of ['coinbase', 'bitstamp', 'gemini']) expect(kind(`${venue}-data`, 'BTCUSD')).toBe('spot')
  })

  it('counts after what its symbol states, and the columns last', () => {
    expect(kind('binanceusdm', 'BTC/USD:BTC')).toBe('inverse BTC')
    const byColumns = { symbols: ['BTCUSDT'], venue: 'okx', market: 'perpetual' } as const
    expect(recognizeInstrument(byColumns)).toMatchObject({ kind: 'linear', venue: 'okx', settle: 'USDT' })
    expect(recognizeInstrument({ ...byColumns, exchange: 'binance' })).toMatchObject({ kind: 'spot', venue: 'binance' })
    expect(recognizeInstrument({ ...byColumns, path: 'bybit/spot/x.csv' })).toMatchObject({
      kind: 'spot',
      venue: 'bybit',
    })
    // A perpetual in USD is inverse at a venue that is known, and unknown elsewhere.
    expect(recognizeInstrument({ symbols: ['BTCUSD'], market: 'perpetual' }).kind).toBe('unknown')
    expect(recognizeInstrument({ symbols: ['BTCUSD'], venue: 'okx', market: 'perpetual' }).kind).toBe('inverse')
  })

  it('is completed by another name of the same pair', () => {
    const named = (symbols: string[], path = '') => recognizeInstrument({ symbols, path })
    expect(named(['BTCUSDT', 'BTC-USDT-SWAP'])).toMatchObject({ kind: 'linear', venue: 'okx', symbol: 'BTCUSDT' })
    expect(named(['BTCUSDT', 'ETH-USDT-SWAP'])).toMatchObject({ kind: 'unknown', base: 'BTC' })
    expect(named(['BTCUSDT', 'BTC-USD-SWAP'])).toMatchObject({ kind: 'unknown', quote: 'USDT' })
    expect(named(['BTCUSDT', 'BTC/USDT'])).toMatchObject({ kind: 'spot' })
    expect(named(['BTCUSDT'], 'BTC-USDT-SWAP-trades.csv')).toMatchObject({ kind: 'linear', symbol: 'BTCUSDT' })
    expect(named(['eth'])).toEqual({ kind: 'unknown', base: 'ETH', symbol: 'ETH' })
    expect(named(['?'], 'xbt.csv')).toEqual({ kind: 'unknown', base: 'BTC', symbol: 'XBT' })
  })
})
