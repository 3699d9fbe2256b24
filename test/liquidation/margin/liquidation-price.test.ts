/** Liquidation and bankruptcy prices of single positions. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bracketTable } from '../../../src/liquidation/margin/brackets.ts'
import {
  bankruptcyPrice,
  type CrossPosition,
  type IsolatedPosition,
  liquidationPrice,
  type Position,
} from '../../../src/liquidation/margin/liquidation-price.ts'
import { binanceMargin, hyperliquidMargin, type MarginModel } from '../../../src/liquidation/margin/margin-models.ts'
import { existing } from '../helpers.ts'
import { cross, grossMargin, isolated, label, MODELS, notionalOf } from './models.ts'

/** Independent of the engine: equity of the account at a price. */
function equityAt(price: number, position: Position): number {
  const { side, entry, size, margin } = position
  const gross =
    position.balance === undefined
      ? grossMargin(position)
      : position.balance - (position.otherMaintenance ?? 0) + (position.otherUnrealised ?? 0)
  const gain =
    margin.contract === 'linear' ? size * (price - entry) : size * margin.contractSize * (1 / entry - 1 / price)
  return gross + (side === 'long' ? gain : -gain)
}

/** Independent of the engine: maintenance that the venue requires at a price. */
function requirementAt(price: number, position: Position): number {
  const { entry, size, margin } = position
  const notional = notionalOf(margin, size, margin.maintenanceOn === 'entry' ? entry : price)
  const measure = margin.maintenanceOn === 'size' ? size : notional
  const bracket = existing(margin.brackets.find(({ cap }) => measure <= cap) ?? margin.brackets.at(-1))
  const amount = margin.maintenanceOn === 'size' ? 0 : bracket.maintenanceAmount
  const feePrice = margin.closingFeeAt === 'mark' ? price : bankruptcyPrice(position)
  return bracket.maintenanceRate * notional - amount + closingFeeAt(feePrice, position)
}

function closingFeeAt(price: number, { margin, size }: Position): number {
  // At a price of 0 (linear long) or Infinity (inverse short) there is no notional to pay a fee on.
  return margin.closingFee === 0 ? 0 : margin.closingFee * notionalOf(margin, size, price)
}

const unreachable = (price: number) => price === 0 || price === Infinity

function expectSolved(position: Position): void {
  const price = liquidationPrice(position)
  const entryNotional = notionalOf(position.margin, position.size, position.entry)
  if (unreachable(price)) {
    // Never closed: the equity covers even the largest possible loss.
    const worst = position.margin.contract === 'linear' ? equityAt(0, position) : equityAt(Infinity, position)
    expect(worst).toBeGreaterThanOrEqual(-1e-9 * entryNotional)
    return
  }
  const notional = Math.max(entryNotional, notionalOf(position.margin, position.size, price))
  expect(Math.abs(equityAt(price, position) - requirementAt(price, position))).toBeLessThan(1e-9 * notional)
}

/** Positive when `a` is farther from the entry on the losing side than `b`. */
const farther = (side: 'long' | 'short', a: number, b: number) => (side === 'long' ? b - a : a - b)

describe.each(MODELS.map(model => ({ name: label(model), model })))('liquidationPrice: $name', ({ model }) => {
  it('isolated: equity at the price is the requirement there, to 1e-9 of the notional', () => {
    fc.assert(fc.property(isolated(model), expectSolved), { numRuns: 1000 })
  })

  it('cross: the same with a balance, and maintenance and unrealised PnL of other positions', () => {
    fc.assert(fc.property(cross(model), expectSolved), { numRuns: 1000 })
  })

  it('cross with the isolated margin as balance equals the isolated price', () => {
    fc.assert(
      fc.property(isolated(model), position => {
        const { side, entry, size, margin } = position
        const asCross: CrossPosition = { side, entry, size, margin, balance: grossMargin(position) }
        const expected = liquidationPrice(position)
        const price = liquidationPrice(asCross)
        // Near 0 and Infinity a price is the ratio of the notional to a difference of rounded amounts.
        const scale = model.contract === 'linear' ? position.entry : (expected / position.entry) * expected
        if (unreachable(expected) || unreachable(price)) return
        expect(Math.abs(price - expected)).toBeLessThan(1e-9 * Math.max(scale, expected))
      }),
    )
  })

  it('bankruptcy: no margin remains at that price, after the closing fee if the rule counts it there', () => {
    fc.assert(
      fc.property(isolated(model), position => {
        const price = bankruptcyPrice(position)
        if (unreachable(price)) return
        const fee = model.closingFeeAt === 'bankruptcy' ? closingFeeAt(price, position) : 0
        const notional = Math.max(...[position.entry, price].map(p => notionalOf(model, position.size, p)))
        expect(Math.abs(equityAt(price, position) - fee)).toBeLessThan(1e-9 * notional)
      }),
    )
  })

  it('is nearer to the entry than bankruptcy, and farther with extra margin', () => {
    fc.assert(
      fc.property(isolated(model), position => {
        const price = liquidationPrice(position)
        const bankruptcy = bankruptcyPrice(position)
        const bare = liquidationPrice({ ...position, extraMargin: 0 })
        // Both Infinity for an inverse short out of reach.
        if (price === bankruptcy || price === bare) return
        const slack = 1e-9 * Math.max(position.entry, price < Infinity ? price : 0)
        expect(farther(position.side, bankruptcy, price)).toBeGreaterThanOrEqual(-slack)
        expect(farther(position.side, price, bare)).toBeGreaterThanOrEqual(-slack)
      }),
    )
  })

  it('is nearer to the entry with more leverage', () => {
    fc.assert(
      fc.property(isolated(model), fc.double({ min: 0, max: 0.999, noNaN: true }), (position, share) => {
        const less = liquidationPrice({ ...position, leverage: 1 + (position.leverage - 1) * share })
        const more = liquidationPrice(position)
        if (position.side === 'long') expect(more).toBeGreaterThanOrEqual(less)
        else expect(more).toBeLessThanOrEqual(less)
      }),
    )
  })

  const steady = model.maintenanceOn !== 'size' && model.brackets.length > 1
  it.runIf(steady)('has no step where the notional crosses from one bracket into the next', () => {
    const largest = largestSize(model)
    let crossings = 0
    for (const side of ['long', 'short'] as const)
      for (const { cap } of model.brackets.slice(0, -1)) {
        const at = (size: number) => liquidationPrice({ side, entry: 100, size, leverage: 1.5, margin: model })
        // The notional that selects the bracket: at the liquidation price, or at entry.
        const bracketNotional = (size: number) =>
          notionalOf(model, size, model.maintenanceOn === 'entry' ? 100 : at(size))
        let low = largest * 1e-9
        let high = largest
        if (bracketNotional(high) < cap) continue
        for (let i = 0; i < 200; i++) {
          const middle = Math.sqrt(low * high)
          if (bracketNotional(middle) < cap) low = middle
          else high = middle
        }
        const [before, after] = [at(low * (1 - 1e-9)), at(Math.min(high * (1 + 1e-9), largest))]
        expect(Math.abs(after / before - 1)).toBeLessThan(1e-7)
        crossings++
      }
    expect(crossings).toBeGreaterThanOrEqual(model.brackets.length - 1)
  })
})

/** The largest size of an entry at 100 that allows 1.5x. */
function largestSize(model: MarginModel): number {
  const cap = Math.min(existing(model.brackets.findLast(({ maxLeverage }) => maxLeverage >= 1.5)).cap, 1e12)
  return (model.contract === 'linear' ? cap / 100 : (cap * 100) / model.contractSize) * (1 - 1e-12)
}

describe('liquidationPrice', () => {
  const margin = existing(MODELS[0])
  const base: IsolatedPosition = { side: 'long', entry: 60_000, size: 0.1, leverage: 20, margin }

  it('long at 20x in the first bracket, by hand: 60,000 · (1 − 1/20) / (1 − 0.004)', () => {
    expect(liquidationPrice(base)).toBeCloseTo(57_228.9156626506, 8)
  })

  it('short at 20x in the first bracket, by hand: 60,000 · (1 + 1/20) / (1 + 0.004)', () => {
    expect(liquidationPrice({ ...base, side: 'short' })).toBeCloseTo(62_749.00398406375, 8)
  })

  it('a larger long with the amount of its bracket, by hand: (1,200,000 − 60,000 − 950) / (20 · (1 − 0.0065))', () => {
    expect(liquidationPrice({ ...base, size: 20 })).toBeCloseTo(1_139_050 / 19.87, 8)
  })

  it('uses the bracket of the notional at the liquidation price, not at entry', () => {
    // 51,000 at entry is in the second bracket; the notional at the long's liquidation price is 46,137, in the first.
    const price = liquidationPrice({ ...base, entry: 51_000, size: 1, leverage: 10 })
    expect(price).toBeCloseTo(45_900 / 0.996, 8)
    expect(price).not.toBeCloseTo((45_900 - 50) / 0.995, 1)
  })

  it('takes a notional at a cap into the bracket that ends there, also where a served amount is rounded', () => {
    const [small, large] = bracketTable([
      [100, 0.25, 2],
      [200, 0.5, 2],
    ])
    const rounded = binanceMargin([existing(small), { ...existing(large), maintenanceAmount: 25.005 }])
    // (150 − 75) / (1 − 0.25); by the next bracket (150 − 75 − 25.005) / (1 − 0.5) = 99.99.
    expect(liquidationPrice({ side: 'long', entry: 150, size: 1, leverage: 2, margin: rounded })).toBe(100)
  })

  it('keeps the last bracket’s rule for a short that outgrows it, by hand', () => {
    const short = { ...base, side: 'short' as const, entry: 1, size: 1.8e9, leverage: 1 }
    expect(liquidationPrice(short)).toBeCloseTo((1.8e9 + 1.8e9 + 421_481_450) / (1.8e9 * 1.5), 9)
  })

  it('never liquidates a long at 1x or an inverse short at 1x', () => {
    expect(liquidationPrice({ ...base, leverage: 1 })).toBe(0)
    const inverse = existing(MODELS.find(({ contract }) => contract === 'inverse'))
    const short: IsolatedPosition = { side: 'short', entry: 100, size: 1, leverage: 1, margin: inverse }
    expect(liquidationPrice(short)).toBe(Infinity)
    expect(bankruptcyPrice(short)).toBe(Infinity)
  })

  it('is beyond the entry for a cross position that is already due', () => {
    expect(liquidationPrice({ side: 'long', entry: 100, size: 1, balance: 0, margin })).toBeCloseTo(100 / 0.996, 9)
    expect(liquidationPrice({ side: 'short', entry: 100, size: 1, balance: 0, margin })).toBeCloseTo(100 / 1.004, 9)
  })

  it('bankrupts an inverse long at 1x when the price halves', () => {
    const inverse = existing(MODELS.find(({ contract }) => contract === 'inverse'))
    expect(bankruptcyPrice({ side: 'long', entry: 100, size: 1, leverage: 1, margin: inverse })).toBe(50)
  })

  const bad: [string, object, RegExp][] = [
    ['a leverage of 0', { leverage: 0 }, /: leverage: 0, but expected 1 or more/],
    ['a leverage below 1', { leverage: 0.999 }, /: leverage: 0.999, but expected 1 or more/],
    ['a leverage without end', { leverage: Infinity }, /: leverage: Infinity, but expected 1 or more/],
    ['no leverage', { leverage: undefined }, /: leverage: undefined, but expected 1 or more \(or a cross balance\)/],
    ['a leverage of 1000', { leverage: 1000 }, /: leverage: 1000, but expected at most 125x for a notional of 6000/],
    [
      'a leverage above the bracket of its size',
      { size: 1e4, leverage: 50 },
      /: leverage: 50, .* at most 4x for a notional of 600000000/,
    ],
    [
      'a size above all brackets',
      { size: 1e10 },
      /: size: 10000000000, but expected a position within the largest bracket's cap 1800000000, not a notional of 600000000000000$/,
    ],
    [
      'a size above all tiers of contracts',
      { size: 300.1, leverage: 1, margin: existing(MODELS.find(({ maintenanceOn }) => maintenanceOn === 'size')) },
      /: size: 300.1, but expected a position within the largest bracket's cap 300, not a size of 300.1$/,
    ],
    ['a negative entry', { entry: -1 }, /: entry: -1/],
    ['an infinite entry', { entry: Infinity }, /: entry: Infinity/],
    ['a NaN size', { size: Number.NaN }, /: size: NaN/],
    ['a size of 0', { size: 0 }, /: size: 0, but expected a size above 0/],
    ['a negative size', { size: -1 }, /: size: -1, but expected a size above 0/],
    ['an infinite size', { size: Infinity }, /: size: Infinity, but expected a size above 0/],
    ['negative extra margin', { extraMargin: -5 }, /: extraMargin: -5/],
    ['infinite extra margin', { extraMargin: Infinity }, /: extraMargin: Infinity, but expected 0 or more/],
    ['another side', { side: 'buy' }, /: side: "buy", but expected long or short/],
    ['no margin model', { margin: undefined }, /: margin: undefined, but expected a margin model/],
    ['a NaN balance', { balance: Number.NaN }, /: balance: NaN/],
    [
      'extra margin of a cross position',
      { balance: 100, extraMargin: 1 },
      /: extraMargin: 1, .* add it to the balance/,
    ],
    ['negative maintenance of other positions', { balance: 100, otherMaintenance: -1 }, /: otherMaintenance: -1/],
    [
      'infinite maintenance of other positions',
      { balance: 100, otherMaintenance: Infinity },
      /: otherMaintenance: Infinity, but expected 0 or more/,
    ],
    ['a NaN PnL of other positions', { balance: 100, otherUnrealised: Number.NaN }, /: otherUnrealised: NaN/],
    ['a leverage above the bracket of a cross position', { balance: 100, leverage: 126 }, /: leverage: 126, /],
  ]
  it.each(bad)('refuses %s', (_, change, message) => {
    const position = { ...base, ...change } as Position
    for (const [name, price] of Object.entries({ liquidationPrice, bankruptcyPrice })) {
      expect(() => price(position)).toThrow(message)
      expect(() => price(position)).toThrow(`liq.${name}: `)
    }
  })

  it('agrees with Hyperliquid’s formula: price − side · margin_available / size / (1 − l · side)', () => {
    const model = hyperliquidMargin(40)
    fc.assert(
      fc.property(isolated(model), position => {
        const { side, entry, size, leverage, extraMargin = 0 } = position
        const sign = side === 'long' ? 1 : -1
        const l = 1 / 80
        const available = (entry * size) / leverage + extraMargin - entry * size * l
        const expected = Math.max(0, entry - (sign * available) / size / (1 - l * sign))
        expect(Math.abs(liquidationPrice(position) - expected)).toBeLessThan(1e-9 * entry)
      }),
    )
  })
})
