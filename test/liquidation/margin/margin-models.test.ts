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
import { coins, contracts, usd } from './models.ts'

describe('margin models', () => {
  it('are plain data that survives JSON, but for a last cap of Infinity', () => {
    for (const model of [binanceMargin('BTC'), bybitMargin(usd), okxMargin(contracts, { contractSize: 0.01 })])
      expect(JSON.parse(JSON.stringify(model))).toEqual(model)
  })

  it('say whose rule and table they are', () => {
    expect(binanceMargin('ETHUSDT').name).toBe('Binance ETHUSDT, October 2024')
    expect(binanceMargin('WIFUSDT').name).toBe('Binance BTCUSDT, October 2024')
    expect(binanceMargin(usd).name).toBe('Binance, given brackets')
    expect(hyperliquidMargin(40).name).toBe('Hyperliquid 40x')
  })

  it('Binance takes the bundled brackets of the symbol', () => {
    expect(binanceMargin('SOL/USDT:USDT').brackets).toEqual(binanceBrackets('SOL').brackets)
  })

  it('OKX counts tiers in contracts, sizes in coins', () => {
    const { brackets } = okxMargin(contracts, { contractSize: 0.01 })
    expect(brackets.map(({ cap }) => cap)).toEqual([5, 20, 100, 300])
    expect(brackets.every(({ maintenanceAmount }) => maintenanceAmount === 0)).toBe(true)
  })

  const bad: [string, () => unknown, RegExp][] = [
    [
      'a coin-margined symbol at Binance USD-M',
      () => binanceMargin('BTC/USD:BTC'),
      /^symbol: BTC\/USD:BTC is coin-margined/,
    ],
    ['a COIN-M id at Binance USD-M', () => binanceMargin('BTCUSD_PERP'), /coin-margined/],
    ['no brackets', () => binanceMargin([]), /^brackets: the table is empty/],
    ['no brackets at Bybit', () => bybitMargin([]), /^brackets: the table is empty/],
    ['no brackets at all', () => bybitInverseMargin(undefined as never), /^brackets: the table is empty/],
    ['no tiers at OKX', () => okxMargin([], { contractSize: 1 }), /^brackets: the table is empty/],
    ['a contract of nothing', () => okxMargin(contracts, { contractSize: 0 }), /^contractSize: 0/],
    ['a contract of nothing, inverse', () => okxInverseMargin(contracts, { contractSize: -1 }), /^contractSize: -1/],
    [
      'a contract of nothing, COIN-M',
      () => binanceCoinMargin(coins, { contractSize: Number.NaN }),
      /^contractSize: NaN/,
    ],
    ['a fee in percent', () => bybitMargin(usd, { takerFee: 0.5 }), /^takerFee: 0.5, but expected a share/],
    ['a rebate', () => okxMargin(contracts, { contractSize: 1, takerFee: -0.0001 }), /^takerFee: -0.0001/],
    [
      'another notional',
      () => bybitMargin(usd, { maintenanceOn: 'last' } as unknown as BybitOptions),
      /^maintenanceOn: last/,
    ],
    ['a maximum leverage below 1', () => hyperliquidMargin(0.5), /^maxLeverage: 0.5/],
  ]
  it.each(bad)('refuse %s', (_, make, message) => {
    expect(make).toThrow(message)
  })
})
