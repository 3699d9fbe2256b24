/** Margin models of the venues. */
import { describe, expect, it } from 'vitest'
import { binanceBrackets } from '../../../src/liquidation/margin/bracket-tables.ts'
import {
  type BybitOptions,
  binanceCoinMargin,
  binanceMargin,
  bybitInverseMargin,
  bybitMargin,
  hyperliquidMargin,
  okxInverseMargin,
  okxMargin,
} from '../../../src/liquidation/margin/margin-models.ts'
import {
  bitgetMargin,
  bitmexMargin,
  gateMargin,
  mexcMargin,
} from '../../../src/liquidation/margin/more-margin-models.ts'
import { coins, contracts, usd } from './models.ts'

describe('margin models', () => {
  it('are plain data that survives JSON, except a last cap of Infinity', () => {
    for (const model of [binanceMargin('BTC'), bybitMargin(usd), okxMargin(contracts, { contractSize: 0.01 })])
      expect(JSON.parse(JSON.stringify(model))).toEqual(model)
  })

  it('are named after their rule and table', () => {
    expect(binanceMargin('ETHUSDT').name).toBe('Binance ETHUSDT, October 2024')
    expect(binanceMargin('WIFUSDT').name).toBe('Binance BTCUSDT, October 2024')
    expect(binanceMargin(usd).name).toBe('Binance, custom brackets')
    expect(hyperliquidMargin(40).name).toBe('Hyperliquid 40x')
    expect(hyperliquidMargin('BTC').name).toBe('Hyperliquid BTC, margin tiers of 2025')
  })

  it('use the bundled brackets of a symbol on Binance', () => {
    expect(binanceMargin('SOL/USDT:USDT').brackets).toEqual(binanceBrackets('SOL').brackets)
  })

  it('convert OKX’s tiers from contracts to coins', () => {
    const { brackets } = okxMargin(contracts, { contractSize: 0.01 })
    expect(brackets.map(({ floor, cap }) => [floor, cap])).toEqual([
      [0, 5],
      [5, 20],
      [20, 100],
      [100, 300],
    ])
    expect(brackets.every(({ maintenanceAmount }) => maintenanceAmount === 0)).toBe(true)
  })

  it('of Binance USD-M take futures with an expiry, of its quote currencies', () => {
    for (const symbol of ['BTCUSDT_240628', 'BTCBUSD_210129', 'BTC/USDT:USDT-240628'])
      expect(binanceMargin(symbol)).toMatchObject({ name: 'Binance BTCUSDT, October 2024', contract: 'linear' })
  })

  const bad: [string, () => unknown, RegExp][] = [
    [
      'a coin-margined symbol at Binance USD-M',
      () => binanceMargin('BTC/USD:BTC'),
      /^liq.margin.binance: market: "BTC\/USD:BTC", .* for coin-margined ones/,
    ],
    ['a COIN-M id at Binance USD-M', () => binanceMargin('BTCUSD_PERP'), /coin-margined/],
    ['a COIN-M id with an expiry at Binance USD-M', () => binanceMargin('BTCUSD_240628'), /coin-margined/],
    ['a COIN-M id whose coin ends in B', () => binanceMargin('BNBUSD_240628'), /coin-margined/],
    ['a coin-margined future in ccxt’s symbols', () => binanceMargin('BTC/USD:BTC-240628'), /coin-margined/],
    ['no brackets', () => binanceMargin([]), /^liq.margin.binance: brackets: \[\], but expected at least one row/],
    ['no brackets at Bybit', () => bybitMargin([]), /^liq.margin.bybit: brackets: \[\]/],
    [
      'no brackets at all',
      () => bybitInverseMargin(undefined as never),
      /^liq.margin.bybitInverse: brackets: undefined/,
    ],
    ['no brackets at Gate', () => gateMargin([]), /^liq.margin.gate: brackets: \[\]/],
    ['no brackets at Bitget', () => bitgetMargin([]), /^liq.margin.bitget: brackets: \[\]/],
    ['no tiers at MEXC', () => mexcMargin([]), /^liq.margin.mexc: tiers: \[\], but expected at least one row/],
    [
      'no risk limits at BitMEX',
      () => bitmexMargin([]),
      /^liq.margin.bitmex: tiers: \[\], but expected at least one row/,
    ],
    ['no tiers at OKX', () => okxMargin([], { contractSize: 1 }), /^liq.margin.okx: tiers: \[\]/],
    ['a contract size of 0', () => okxMargin(contracts, { contractSize: 0 }), /^liq.margin.okx: contractSize: 0/],
    [
      'a negative contract size, inverse',
      () => okxInverseMargin(contracts, { contractSize: -1 }),
      /^liq.margin.okxInverse: contractSize: -1/,
    ],
    [
      'a NaN contract size, COIN-M',
      () => binanceCoinMargin(coins, { contractSize: Number.NaN }),
      /^liq.margin.binanceCoin: contractSize: NaN/,
    ],
    [
      'an infinite contract size',
      () => okxMargin(contracts, { contractSize: Infinity }),
      /^liq.margin.okx: contractSize: Infinity, but expected the face value of one contract, above 0/,
    ],
    [
      'a fee of 10 %',
      () => bybitMargin(usd, { takerFee: 0.1 }),
      /^liq.margin.bybit: takerFee: 0.1, but expected a rate/,
    ],
    [
      'a fee in percent',
      () => bybitMargin(usd, { takerFee: 0.5 }),
      /^liq.margin.bybit: takerFee: 0.5, but expected a rate/,
    ],
    [
      'a negative fee',
      () => okxMargin(contracts, { contractSize: 1, takerFee: -0.0001 }),
      /^liq.margin.okx: takerFee: -0.0001/,
    ],
    [
      'an unknown maintenance notional',
      () => bybitMargin(usd, { maintenanceOn: 'last' } as unknown as BybitOptions),
      /^liq.margin.bybit: maintenanceOn: "last"/,
    ],
    ['a maximum leverage below 1', () => hyperliquidMargin(0.5), /^liq.margin.hyperliquid: market: 0.5/],
  ]
  it.each(bad)('refuse %s', (_, make, message) => {
    expect(make).toThrow(message)
  })
})
