/** Liquidation prices by column. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type IsolatedPosition, liquidationPrice } from '../../../src/liquidation/margin/liquidation-price.ts'
import { liquidationPrices, type PositionColumns } from '../../../src/liquidation/margin/price-columns.ts'
import { existing } from '../helpers.ts'
import { isolated, label, MODELS } from './models.ts'

function columns(side: 'long' | 'short', positions: readonly IsolatedPosition[]): PositionColumns {
  const column = (field: (p: IsolatedPosition) => number) => Float64Array.from(positions, field)
  return {
    side,
    entry: column(p => p.entry),
    size: column(p => p.size),
    leverage: column(p => p.leverage),
    extraMargin: column(p => p.extraMargin ?? 0),
    margin: existing(positions[0]).margin,
  }
}

describe('liquidationPrices', () => {
  it.each(MODELS.map(model => ({ name: label(model), model })))('agrees bit for bit: $name', ({ model }) => {
    fc.assert(
      fc.property(fc.constantFrom('long', 'short'), fc.array(isolated(model), { minLength: 1 }), (side, positions) => {
        const together = liquidationPrices(columns(side, positions))
        const alone = positions.map(position => liquidationPrice({ ...position, side }))
        expect(together).toEqual(Float64Array.from(alone))
      }),
    )
  })

  const two: PositionColumns = {
    side: 'long',
    entry: Float64Array.of(100, 200),
    size: Float64Array.of(1, 1),
    leverage: Float64Array.of(10, 20),
    margin: existing(MODELS[0]),
  }

  it('writes into a given array, without extra margin by default', () => {
    const out = new Float64Array(2)
    expect(liquidationPrices(two, out)).toBe(out)
    expect(out[0]).toBeCloseTo(90 / 0.996, 10)
    expect(out[1]).toBeCloseTo(190 / 0.996, 10)
  })

  it('accepts columns without rows', () => {
    const none = new Float64Array()
    expect(liquidationPrices({ ...two, entry: none, size: none, leverage: none })).toEqual(none)
  })

  const bad: [string, Partial<Record<keyof PositionColumns, unknown>>, RegExp][] = [
    [
      'columns of different length',
      { size: Float64Array.of(1) },
      /^liq.liquidationPrices: size.length: 1, but expected 2, the length of entry/,
    ],
    [
      'a price of 0',
      { entry: Float64Array.of(100, 0) },
      /^liq.liquidationPrices: entry\[1\]: 0, but expected a price above 0/,
    ],
    ['a NaN size', { size: Float64Array.of(1, Number.NaN) }, /^liq.liquidationPrices: size\[1\]: NaN/],
    [
      'a leverage of 0',
      { leverage: Float64Array.of(0, 1) },
      /^liq.liquidationPrices: leverage\[0\]: 0, but expected 1 or more/,
    ],
    [
      'a leverage of 1000',
      { leverage: Float64Array.of(1, 1000) },
      /^liq.liquidationPrices: leverage\[1\]: 1000, but expected at most 125x for a notional of 200/,
    ],
    [
      'a size above all brackets',
      { size: Float64Array.of(1, 1e9) },
      /^liq.liquidationPrices: size\[1\]: 1000000000, .*, not a notional of 200000000000/,
    ],
    ['negative extra margin', { extraMargin: Float64Array.of(0, -1) }, /^liq.liquidationPrices: extraMargin\[1\]: -1/],
    ['another side', { side: 'buy' }, /^liq.liquidationPrices: side: "buy"/],
    ['no margin model', { margin: undefined }, /^liq.liquidationPrices: margin: undefined/],
  ]
  it.each(bad)('refuses %s', (_, change, message) => {
    expect(() => liquidationPrices({ ...two, ...change } as PositionColumns)).toThrow(message)
  })

  it('refuses an output of another length', () => {
    expect(() => liquidationPrices(two, new Float64Array(3))).toThrow(
      /^liq.liquidationPrices: out.length: 3, but expected 2/,
    )
  })
})
