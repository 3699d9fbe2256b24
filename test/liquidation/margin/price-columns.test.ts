import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type IsolatedPosition, liquidationPrice } from '../../../src/liquidation/margin/liquidation-price.ts'
import { liquidationPrices, type PositionColumns } from '../../../src/liquidation/margin/price-columns.ts'
import { isolated, label, MODELS } from './models.ts'

function columns(side: 'long' | 'short', positions: readonly IsolatedPosition[]): PositionColumns {
  const column = (field: (p: IsolatedPosition) => number) => Float64Array.from(positions, field)
  return {
    side,
    entry: column(p => p.entry),
    size: column(p => p.size),
    leverage: column(p => p.leverage),
    extraMargin: column(p => p.extraMargin ?? 0),
    margin: positions[0]!.margin,
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

  const [model] = MODELS
  const two: PositionColumns = {
    side: 'long',
    entry: Float64Array.of(100, 200),
    size: Float64Array.of(1, 1),
    leverage: Float64Array.of(10, 20),
    margin: model!,
  }

  it('writes into an array that is given, without extra margin by default', () => {
    const out = new Float64Array(2)
    expect(liquidationPrices(two, out)).toBe(out)
    expect(out[0]).toBeCloseTo(90 / 0.996, 10)
    expect(out[1]).toBeCloseTo(190 / 0.996, 10)
  })

  it('takes no rows', () => {
    const none = new Float64Array()
    expect(liquidationPrices({ ...two, entry: none, size: none, leverage: none })).toEqual(none)
  })

  const bad: [string, Partial<Record<keyof PositionColumns, unknown>>, RegExp][] = [
    ['columns of different length', { size: Float64Array.of(1) }, /^size: 1 rows, but entry has 2/],
    ['a price of 0', { entry: Float64Array.of(100, 0) }, /^entry\[1\]: 0, but expected a price above 0/],
    ['a NaN size', { size: Float64Array.of(1, Number.NaN) }, /^size\[1\]: NaN/],
    ['a leverage of 0', { leverage: Float64Array.of(0, 1) }, /^leverage\[0\]: 0, but expected 1 or more/],
    ['a leverage of 1000', { leverage: Float64Array.of(1, 1000) }, /^leverage\[1\]: 1000x, but a notional of 200/],
    ['a size above all brackets', { size: Float64Array.of(1, 1e9) }, /^size\[1\]: a notional of 200000000000 is above/],
    ['negative extra margin', { extraMargin: Float64Array.of(0, -1) }, /^extraMargin\[1\]: -1/],
    ['another side', { side: 'buy' }, /^side: buy/],
    ['no margin model', { margin: undefined }, /^margin: undefined/],
  ]
  it.each(bad)('refuses %s', (_, change, message) => {
    expect(() => liquidationPrices({ ...two, ...change } as PositionColumns)).toThrow(message)
  })

  it('refuses an output of another length', () => {
    expect(() => liquidationPrices(two, new Float64Array(3))).toThrow(/^out: 3 rows, but entry has 2/)
  })
})
