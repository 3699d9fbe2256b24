import { describe, expect, it } from 'vitest'
import { liquidationMap } from '../../../src/liquidation/map.ts'
import { defaultMargin } from '../../../src/liquidation/margin/default-margin.ts'
import type { LeverageTier } from '../../../src/market/leverage-tier.ts'
import { createMarket, type Market } from '../../../src/market/market.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'

const TIERS: LeverageTier[] = [
  { tier: 1, minNotional: 0, maxNotional: 50_000, maintenanceMarginRate: 0.01, maxLeverage: 50 },
  { tier: 2, minNotional: 50_000, maxNotional: 1_000_000, maintenanceMarginRate: 0.02, maxLeverage: 20 },
]

function from(source: string, leverageTiers?: readonly LeverageTier[]): Market {
  const made = simulateMarket({ seed: 1, bars: 50 })
  return createMarket(made, { symbol: 'BTC/USDT:USDT', source, barMs: made.barMs, leverageTiers })
}

describe('the margin rule of a market', () => {
  it('is that of the tiers its exchange served', () => {
    const { brackets, maintenanceOn } = defaultMargin(from('binanceusdm', TIERS))
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
    expect(defaultMargin(from('bybit', TIERS)).maintenanceOn).toBe('entry')
    expect(defaultMargin(from('okx', TIERS)).name).toContain('okx')
  })

  it('is Binance’s with the bundled brackets of the coin where none were served', () => {
    expect(defaultMargin(from('bybit')).name).toBe(defaultMargin(from('binanceusdm')).name)
    expect(defaultMargin(from('binanceusdm')).brackets.length).toBeGreaterThan(5)
  })

  it('caps the leverage of a map', () => {
    const tiers = liquidationMap(from('binanceusdm', TIERS), { leverage: { 10: 0.5, 100: 0.5 } }).positionCohorts
    expect(tiers.capped).toBeCloseTo(0.5, 12)
    expect(() => defaultMargin(from('binanceusdm', [{ ...TIERS[0]!, maintenanceMarginRate: Number.NaN }]))).toThrow(
      /maintenanceMarginRate/,
    )
  })
})
