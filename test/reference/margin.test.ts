import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { binanceBrackets } from '../../src/liquidation/margin/bracket-tables.ts'
import { liquidationPrice } from '../../src/liquidation/margin/liquidation-price.ts'
import { hyperliquidMargin } from '../../src/liquidation/margin/margin-models.ts'
import { referenceData } from './data.ts'

const read = (name: string): unknown => JSON.parse(readFileSync(join(referenceData!, name), 'utf8'))

describe.skipIf(referenceData === null)('with LIQNB_REFERENCE_DATA: margin rules against what venues published', () => {
  it('bundled Binance brackets are those of October 2024, to the cent', () => {
    type Row = Record<
      'minNotional' | 'maxNotional' | 'maintenanceMarginRate' | 'maintenanceAmount' | 'maxLeverage',
      number
    >
    const published = read('binance-leverage-brackets-2024-10.json') as Record<string, Row[]>
    expect(Object.keys(published)).toHaveLength(3)
    for (const [symbol, rows] of Object.entries(published)) {
      const { brackets, name } = binanceBrackets(symbol)
      expect(name).toContain(symbol.split('/')[0])
      expect(
        brackets.map(b => [
          b.floor,
          b.cap,
          b.maintenanceRate,
          Math.round(b.maintenanceAmount * 100) / 100,
          b.maxLeverage,
        ]),
      ).toEqual(
        rows.map(r => [r.minNotional, r.maxNotional, r.maintenanceMarginRate, r.maintenanceAmount, r.maxLeverage]),
      )
    }
  })

  it('8 real isolated positions: exact where the margin is the nominal one; the error of each is printed', () => {
    interface Real {
      side: 'long' | 'short'
      size: number
      entry: number
      leverage: number
      liquidationPrice: string
    }
    const margin = hyperliquidMargin(40)
    const rows = (read('hyperliquid-isolated-btc-positions.json') as Real[]).map(position => {
      const { side, entry, size, leverage } = position
      const real = Number(position.liquidationPrice)
      const computed = liquidationPrice({ side, entry, size, leverage, margin })
      const notional = entry * size
      // What the venue's own price implies: margin = requirement − result, at that price.
      const result = side === 'long' ? size * (real - entry) : size * (entry - real)
      const implied = (size * real) / 80 - result
      return {
        side,
        leverage,
        entry,
        real: +real.toFixed(2),
        computed: +computed.toFixed(2),
        errorBp: +((computed / real - 1) * 1e4).toFixed(2),
        marginToNominal: +(implied / (notional / leverage)).toFixed(4),
      }
    })
    console.table(rows)

    expect(rows).toHaveLength(8)
    // Two positions still have their nominal margin, to within funding paid (0.2 % of it); their prices must match.
    const nominal = rows.filter(({ marginToNominal }) => Math.abs(marginToNominal - 1) < 0.002)
    expect(nominal.map(({ side, leverage }) => `${side} ${leverage}x`).sort()).toEqual(['long 3x', 'short 8x'])
    for (const { errorBp } of nominal) expect(Math.abs(errorBp)).toBeLessThan(10)
    expect(Math.abs(nominal.find(({ leverage }) => leverage === 8)!.errorBp)).toBeLessThan(0.5)
  })
})
