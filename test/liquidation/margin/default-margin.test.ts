/** The margin rule of a market without the option `margin`. */
import { describe, expect, it } from 'vitest'
import { liquidationMap } from '../../../src/liquidation/map.ts'
import { defaultMargin } from '../../../src/liquidation/margin/default-margin.ts'
import type { LeverageTier } from '../../../src/market/leverage-tier.ts'
import { createMarket, type Market } from '../../../src/market/market.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'

const TIERS = [
  { tier: 1, minNotional: 0, maxNotional: 50_000, maintenanceMarginRate: 0.01, maxLeverage: 50 },
  { tier: 2, minNotional: 50_000, maxNotional: 1_000_000, maintenanceMarginRate: 0.02, maxLeverage: 20 },
] as const satisfies LeverageTier[]

function marketFrom(source: string, leverageTiers?: readonly LeverageTier[]): Market {
  const market = simulateMarket({ seed: 1, bars: 50 })
  const meta = { symbol: 'BTC/USDT:USDT', source, barMs: market.barMs }
  return createMarket(market, { ...meta, ...(leverageTiers && { leverageTiers }) })
}

describe('defaultMargin', () => {
  it('uses the tiers that the exchange served', () => {
    const { brackets, maintenanceOn } = defaultMargin(marketFrom('binanceusdm', TIERS))
    expect(maintenanceOn).toBe('mark')
    expect(
      brackets.map(({ floor, maintenanceRate, maintenanceAmount, maxLeverage }) => [
        floor,
        maintenanceRate,
        maintenanceAmount,
        maxLeverage,
      ]),
    ).toEqual([
      [0, 0.01, 0, 50],
      [50_000, 0.02, 500, 20],
    ])
    expect(defaultMargin(marketFrom('bybit', TIERS)).maintenanceOn).toBe('entry')
    expect(defaultMargin(marketFrom('binanceusdm', TIERS)).name).toBe('Binance, brackets from the exchange')
    expect(defaultMargin(marketFrom('okx', TIERS)).name).toBe('Binance’s rule, tiers from okx')
  })

  it('uses served tiers of an inverse contract as they are, in coins', () => {
    const bars = simulateMarket({ seed: 1, bars: 50 })
    const leverageTiers = [{ ...TIERS[0], maxNotional: 150 }]
    const of = (source: string) =>
      defaultMargin(createMarket(bars, { symbol: 'BTC/USD:BTC', source, barMs: bars.barMs, leverageTiers }))
    for (const [source, name] of [
      ['bybit', 'Bybit inverse, tiers from bybit'],
      ['binancecoinm', 'Binance’s rule of inverse contracts, tiers from binancecoinm'],
    ] as const) {
      expect(of(source)).toMatchObject({ name, contract: 'inverse' })
      expect(of(source).brackets).toMatchObject([{ floor: 0, cap: 150, maintenanceRate: 0.01, maxLeverage: 50 }])
    }
  })

  it('falls back to Binance’s rule with the bundled brackets of the coin', () => {
    expect(defaultMargin(marketFrom('bybit')).name).toBe(defaultMargin(marketFrom('binanceusdm')).name)
    expect(defaultMargin(marketFrom('binanceusdm')).brackets.length).toBeGreaterThan(5)
  })

  it('follows the contract of the market', () => {
    const bars = simulateMarket({ seed: 1, bars: 50 })
    const of = (symbol: string, source = 'file.csv') =>
      defaultMargin(createMarket(bars, { symbol, source, barMs: bars.barMs }))
    expect(of('BTC/USD:BTC')).toMatchObject({ contract: 'inverse', maintenanceOn: 'mark' })
    // Brackets in coins, at the first close.
    expect(of('BTC/USD:BTC').brackets[1]!.floor).toBeCloseTo(50_000 / bars.close[0]!, 12)
    expect(of('BTC/USD:BTC', 'bybit')).toMatchObject({ contract: 'inverse', maintenanceOn: 'entry' })
    expect(of('BTC/USD:BTC-240628').contract).toBe('inverse')
    expect(of('BTC/USDT:USDT-240628').contract).toBe('linear')
    expect(of('ETH/USDT:USDT').name).toBe('Binance ETHUSDT, October 2024')
    expect(of('WIF/USDT:USDT').name).toBe('Binance BTCUSDT, October 2024, as WIF’s own are not bundled')
    expect(of('ETH/USDT').name).toBe('Binance ETHUSDT, October 2024, as if this spot market were a linear perpetual')
    expect(of('candles').name).toBe(
      'Binance BTCUSDT, October 2024, assuming a linear contract: which one it is, is not known',
    )
  })

  it('does not ask which contract a synthetic market is', () => {
    const bars = simulateMarket({ seed: 1, bars: 50 })
    const walk = createMarket(bars, { symbol: 'walk', source: 'a walk', barMs: bars.barMs, synthetic: true })
    expect(defaultMargin(walk).name).toBe('Binance BTCUSDT, October 2024')
  })

  it('caps the leverage of a map', () => {
    const cohorts = liquidationMap(marketFrom('binanceusdm', TIERS), {
      leverage: { 10: 0.5, 100: 0.5 },
    }).positionCohorts
    expect(cohorts.capped).toBeCloseTo(0.5, 12)
    expect(() =>
      defaultMargin(marketFrom('binanceusdm', [{ ...TIERS[0], maintenanceMarginRate: Number.NaN }])),
    ).toThrow(/maintenanceMarginRate/)
  })
})
