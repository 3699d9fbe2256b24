/** Liquidation prices against the venues' published examples and formulas. */
import { describe, expect, it } from 'vitest'
import { bracketTable } from '../../../src/liquidation/margin/brackets.ts'
import { bankruptcyPrice, liquidationPrice } from '../../../src/liquidation/margin/liquidation-price.ts'
import {
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
import { coins } from './models.ts'

const cents = (price: number) => Math.round(price * 100) / 100

describe('Binance USD-M: the calculation example of its FAQ, with the brackets of its time', () => {
  // Wallet balance, sizes and results of the example; brackets of 2021, whose amounts the example uses.
  const btc = bracketTable([
    [50_000, 0.004, 125],
    [250_000, 0.005, 100],
    [1_000_000, 0.01, 50],
    [10_000_000, 0.025, 20],
    [20_000_000, 0.05, 10],
  ])
  const eth = bracketTable([
    [10_000, 0.005, 100],
    [100_000, 0.0065, 75],
    [500_000, 0.01, 50],
    [1_000_000, 0.02, 25],
    [2_000_000, 0.05, 10],
    [10_000_000, 0.1, 5],
  ])
  const balance = 1_535_443.01
  const longBtc = {
    side: 'long' as const,
    entry: 32_481.98,
    size: 109.488,
    balance,
    margin: binanceMargin(btc),
  }
  const longEth = { side: 'long' as const, entry: 1456.84, size: 3683.979, balance, margin: binanceMargin(eth) }

  it('has the amounts of the example: 16,300 at 2.5 % and 135,365 at 10 %', () => {
    expect(btc[3]?.maintenanceAmount).toBeCloseTo(16_300, 6)
    expect(eth[5]?.maintenanceAmount).toBeCloseTo(135_365, 6)
  })

  it('matches one position backed only by the balance', () => {
    expect(cents(liquidationPrice(longBtc))).toBe(18_778.73)
    expect(cents(liquidationPrice(longEth))).toBe(1114.78)
  })

  it('matches cross positions, each with the maintenance and unrealised PnL of the other', () => {
    expect(cents(liquidationPrice({ ...longBtc, otherMaintenance: 356_512.508, otherUnrealised: -448_192.89 }))).toBe(
      26_316.89,
    )
    expect(cents(liquidationPrice({ ...longEth, otherMaintenance: 71_200.81144, otherUnrealised: -56_354.57 }))).toBe(
      1153.26,
    )
  })
})

describe('Binance COIN-M', () => {
  // BTCUSD brackets of 2021 in BTC; the FAQ gives 12.5 % and an amount of 11.605 BTC for a position of 300 BTC.
  const margin = binanceCoinMargin(coins, { contractSize: 100 })

  it('has the amount that the FAQ publishes', () => {
    expect(margin.brackets[6]?.maintenanceAmount).toBeCloseTo(11.605, 9)
  })

  it('the exchange’s calculator: 101 BTC, long 100,000 contracts at 45,000, cross', () => {
    // https://dev.binance.vision/t/6292 reports the calculator's 33,599.4; the contract's tick is 0.1.
    const price = liquidationPrice({ side: 'long', entry: 45_000, size: 100_000, balance: 101, margin })
    expect(price.toFixed(1)).toBe('33599.4')
  })

  it('isolated, by the FAQ’s formula: (size·mmr + side·size) / ((balance + amount)/face + side·size/entry)', () => {
    const [size, entry, leverage] = [1000, 40_000, 10]
    const balance = (size * 100) / entry / leverage
    const price = (side: 1 | -1) => (size * 0.004 + side * size) / (balance / 100 + (side * size) / entry)
    const at = (side: 'long' | 'short') => liquidationPrice({ side, entry, size, leverage, margin })
    expect(at('long')).toBeCloseTo(price(1), 8)
    expect(at('short')).toBeCloseTo(price(-1), 8)
  })
})

describe('Bybit', () => {
  const brackets = bracketTable([
    [2_000_000, 0.005, 100],
    [10_000_000, 0.01, 50],
  ])
  const margin = bybitMargin(brackets)

  it('help center, "Liquidation Price (USDT Contract)", example 1: 1 BTC at 20,000, 50x, 0.5 %: 19,700', () => {
    expect(liquidationPrice({ side: 'long', entry: 20_000, size: 1, leverage: 50, margin })).toBeCloseTo(19_700, 9)
  })

  it('its formula for shorts with extra margin: entry + (initial − maintenance)/size + extra/size', () => {
    const short = { side: 'short' as const, entry: 20_000, size: 1, leverage: 50, extraMargin: 3000, margin }
    expect(liquidationPrice(short)).toBeCloseTo(20_000 + (400 - 100) + 3000, 9)
  })

  it('help center, "Bankruptcy Price (USDT Contract)": long at 10,000, 50x: 9,800', () => {
    const long = { side: 'long' as const, entry: 10_000, size: 1, leverage: 50 }
    expect(bankruptcyPrice({ ...long, margin })).toBeCloseTo(9800, 9)
    expect(bankruptcyPrice({ ...long, margin: bybitMargin(brackets, { takerFee: 0.00055 }) })).toBeCloseTo(9800, 9)
  })

  it('maintenance on the notional at entry: deduction of the bracket there, by hand', () => {
    // 3,000,000 USDT: maintenance 1 % less 10,000 = 20,000; initial 150,000.
    const long = { side: 'long' as const, entry: 30_000, size: 100, leverage: 20, margin }
    expect(liquidationPrice(long)).toBeCloseTo(30_000 - (150_000 - 20_000) / 100, 9)
  })

  const inverseBrackets = bracketTable([
    [150, 0.005, 100],
    [300, 0.01, 50],
  ])

  it('help center, inverse contract, cross: 10,000 USD at 8,000 with 0.5 BTC: bankruptcy 5718.57, liquidation 5739.50', () => {
    const long = {
      side: 'long' as const,
      entry: 8000,
      size: 10_000,
      balance: 0.5,
      margin: bybitInverseMargin(inverseBrackets, { takerFee: 0.00075 }),
    }
    expect(cents(bankruptcyPrice(long))).toBe(5718.57)
    // The page rounds up to the contract's tick of 0.5 USD.
    expect(Math.ceil(liquidationPrice(long) * 2) / 2).toBe(5739.5)
  })

  it('help center, inverse contract, isolated: quantity / (value ± (initial − maintenance))', () => {
    // 60,000 USD at 50,000: value 1.2 BTC, initial 0.12, maintenance 0.006.
    const position = { entry: 50_000, size: 60_000, leverage: 10, margin: bybitInverseMargin(inverseBrackets) }
    expect(liquidationPrice({ side: 'long', ...position })).toBeCloseTo(60_000 / (1.2 + 0.114), 8)
    expect(liquidationPrice({ side: 'short', ...position })).toBeCloseTo(60_000 / (1.2 - 0.114), 8)
  })

  it('help center of May 2026, inverse contract: maintenance on the mark value, extra margin less the closing fee', () => {
    const [size, entry, leverage, rate, fee, extra] = [8_000_000, 50_000, 10, 0.01, 0.00055, 2]
    const deduction = 150 * 0.005
    const value = size / entry
    const long = (size * (rate + 1)) / (value + value / leverage + extra / (1 + fee) + deduction)
    const short = (size * (1 - rate)) / (value - value / leverage - extra / (1 - fee) - deduction)
    const margin = bybitInverseMargin(inverseBrackets, { maintenanceOn: 'mark', takerFee: fee })
    const position = { entry, size, leverage, extraMargin: extra, margin }
    expect(liquidationPrice({ side: 'long', ...position })).toBeCloseTo(long, 8)
    // The page's formula has one rate. The short's 160 BTC shrink below 150 by then, so the first bracket's rate applies.
    const shrunk = (size * (1 - 0.005)) / (value - value / leverage - extra / (1 - fee))
    expect(size / short).toBeLessThan(150)
    expect(liquidationPrice({ side: 'short', ...position })).toBeCloseTo(shrunk, 8)
  })
})

describe('OKX: margin ratio (margin + result) / (face · contracts · mark · (tier rate + fee)) = 1', () => {
  const tiers = bracketTable([
    [500, 0.004, 100],
    [2000, 0.0075, 75],
    [10_000, 0.02, 25],
  ])
  const ratio = (price: number, equity: number, size: number, rate: number) => equity / (size * price * (rate + 0.0005))

  it('linear, by hand: 10 BTC are 1,000 contracts of 0.01, in the second tier, whose rate applies to all of them', () => {
    const margin = okxMargin(tiers, { contractSize: 0.01 })
    const [entry, size, leverage] = [50_000, 10, 20]
    const long = liquidationPrice({ side: 'long', entry, size, leverage, margin })
    expect(long).toBeCloseTo((500_000 - 25_000) / (10 * (1 - 0.008)), 8)
    expect(ratio(long, 25_000 + size * (long - entry), size, 0.0075)).toBeCloseTo(1, 10)
    const short = liquidationPrice({ side: 'short', entry, size, leverage, margin })
    expect(ratio(short, 25_000 - size * (short - entry), size, 0.0075)).toBeCloseTo(1, 10)
  })

  it('inverse, by hand: 1,000 contracts of 100 USD', () => {
    const margin = okxInverseMargin(tiers, { contractSize: 100 })
    const long = liquidationPrice({ side: 'long', entry: 50_000, size: 1000, leverage: 20, margin })
    // 2 BTC, margin 0.1: 0.1 + 100,000·(1/50,000 − 1/P) = 0.008·100,000/P.
    expect(long).toBeCloseTo((100_000 * 1.008) / 2.1, 8)
  })

  it('steps where the size crosses into the next tier, as in the venue’s rule', () => {
    const margin = okxMargin(tiers, { contractSize: 0.01 })
    const at = (size: number) => liquidationPrice({ side: 'long', entry: 50_000, size, leverage: 20, margin })
    expect(at(5.01) / at(5)).toBeCloseTo((1 - 0.0045) / (1 - 0.008), 12)
  })

  it('uses the given fee', () => {
    const margin = okxMargin(tiers, { contractSize: 0.01, takerFee: 0.0002 })
    expect(liquidationPrice({ side: 'long', entry: 100, size: 1, leverage: 20, margin })).toBeCloseTo(95 / 0.9958, 10)
  })
})

describe('Hyperliquid', () => {
  it('half of the initial margin at the maximum leverage, 1/80 at 40x', () => {
    const short = { side: 'short' as const, entry: 91_300, size: 26.05968, leverage: 8 }
    const expected = (91_300 * 1.125) / (1 + 1 / 80)
    expect(liquidationPrice({ ...short, margin: hyperliquidMargin(40) })).toBeCloseTo(expected, 8)
    expect(liquidationPrice({ ...short, margin: hyperliquidMargin('BTC') })).toBeCloseTo(expected, 8)
  })

  it('margin tiers: above 150 million USD of BTC 2.5 % with the deduction of continuity', () => {
    // 200 million at 10x: maintenance 2.5 % less 150 M · 1.25 % = 1.875 M.
    const margin = hyperliquidMargin('BTC')
    const price = liquidationPrice({ side: 'short', entry: 100_000, size: 2000, leverage: 10, margin })
    expect(price).toBeCloseTo((220e6 + 1.875e6) / (2000 * 1.025), 7)
  })
})

describe('Gate', () => {
  const brackets = bracketTable([
    [1_000_000, 0.004, 125],
    [2_000_000, 0.0045, 100],
  ])

  it('its formula: (entry ∓ margin / size) / (1 ∓ (maintenance rate + taker fee))', () => {
    const margin = gateMargin(brackets)
    const position = { entry: 50_000, size: 2, leverage: 20, margin }
    expect(liquidationPrice({ side: 'long', ...position })).toBeCloseTo(
      (50_000 - 5000 / 2) / (1 - (0.004 + 0.00075)),
      8,
    )
    expect(liquidationPrice({ side: 'short', ...position })).toBeCloseTo(
      (50_000 + 5000 / 2) / (1 + (0.004 + 0.00075)),
      8,
    )
  })

  it('the notice of July 2025: 1.2 million USDT require 4,900 USDT', () => {
    const [, second] = gateMargin(brackets).brackets
    expect(1_200_000 * second!.maintenanceRate - second!.maintenanceAmount).toBeCloseTo(4900, 9)
  })
})

describe('Bitget', () => {
  it('its formula: (margin − d·size·entry) / (size · (rate + fee − d))', () => {
    const margin = bitgetMargin(bracketTable([[150_000, 0.004, 125]]), { takerFee: 0.0006 })
    const position = { entry: 50_000, size: 2, leverage: 20, margin }
    const price = (d: 1 | -1) => (5000 - 2 * 50_000 * d) / (2 * (0.004 + 0.0006 - d))
    expect(liquidationPrice({ side: 'long', ...position })).toBeCloseTo(price(1), 8)
    expect(liquidationPrice({ side: 'short', ...position })).toBeCloseTo(price(-1), 8)
  })
})

describe('MEXC', () => {
  const margin = mexcMargin(
    bracketTable([
      [100_000, 0.004, 200],
      [1_000_000, 0.01, 50],
    ]),
  )

  it('the example of its blog: 0.1 BTC long at 50,000, 25x, 0.4 %: 48,200', () => {
    expect(liquidationPrice({ side: 'long', entry: 50_000, size: 0.1, leverage: 25, margin })).toBeCloseTo(48_200, 9)
  })

  it('the rate of the tier applies to the whole position, by hand', () => {
    // 500,000 USDT: maintenance 5,000, margin 20,000.
    expect(liquidationPrice({ side: 'short', entry: 50_000, size: 10, leverage: 25, margin })).toBeCloseTo(51_500, 9)
  })
})

describe('BitMEX', () => {
  it('example one of its page: 20 ETH long at 1,000 with 10,000 USDT, cross: bankruptcy 500, liquidation 510', () => {
    const margin = bitmexMargin(bracketTable([[1_000_000, 0.01, 50]]))
    const long = { side: 'long' as const, entry: 1000, size: 20, balance: 10_000, margin }
    expect(bankruptcyPrice(long)).toBeCloseTo(500, 9)
    expect(liquidationPrice(long)).toBeCloseTo(510, 9)
  })
})
