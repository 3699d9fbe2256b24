import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bracket, binanceBrackets, bracketTable, hyperliquidBrackets } from '../../src/liquidation/brackets.ts'
import { bankruptcyPrice, liquidationPrice, type Position } from '../../src/liquidation/price.ts'

const { brackets } = binanceBrackets('BTC/USDT:USDT')

/** Written apart from the engine: what the exchange asks for at a notional. */
function requirement(notional: number, table: readonly Bracket[]): number {
  const bracket = table.find(({ cap }) => notional <= cap) ?? table.at(-1)!
  return bracket.maintenanceRate * notional - bracket.maintenanceAmount
}

function equityAt(price: number, { side, entry, size, leverage, extraMargin = 0 }: Position): number {
  return (entry * size) / leverage + extraMargin + size * (side === 'long' ? price - entry : entry - price)
}

const position = fc
  .record({
    side: fc.constantFrom('long' as const, 'short' as const),
    entry: fc.double({ min: 0.01, max: 200_000, noNaN: true }),
    notional: fc.double({ min: 1, max: 1.7e9, noNaN: true }),
    ease: fc.double({ min: 0, max: 1, noNaN: true }),
    extra: fc.double({ min: 0, max: 0.3, noNaN: true }),
  })
  .map(({ side, entry, notional, ease, extra }): Position => {
    const max = brackets.find(({ cap }) => notional <= cap)!.maxLeverage
    const leverage = 1 + ease * (max - 1)
    return { side, entry, size: notional / entry, leverage, extraMargin: extra * notional, brackets }
  })
  // The notional computed back may fall into the next bracket by a rounding.
  .filter(p => p.leverage <= brackets.find(({ cap }) => p.entry * p.size <= cap)!.maxLeverage)

describe('liquidationPrice', () => {
  it('long at 20x in the first bracket, by hand: 60,000 · (1 − 1/20) / (1 − 0.004)', () => {
    expect(liquidationPrice({ side: 'long', entry: 60_000, size: 0.1, leverage: 20, brackets })).toBeCloseTo(
      57_228.9156626506,
      8,
    )
  })

  it('short at 20x in the first bracket, by hand: 60,000 · (1 + 1/20) / (1 + 0.004)', () => {
    expect(liquidationPrice({ side: 'short', entry: 60_000, size: 0.1, leverage: 20, brackets })).toBeCloseTo(
      62_749.00398406375,
      8,
    )
  })

  it('a larger long with the amount of its bracket, by hand: (1,200,000 − 60,000 − 950) / (20 · (1 − 0.0065))', () => {
    const price = liquidationPrice({ side: 'long', entry: 60_000, size: 20, leverage: 20, brackets })
    expect(price).toBeCloseTo(1_139_050 / 19.87, 8)
  })

  it('uses the bracket of the notional at the liquidation price, not at entry', () => {
    // 51,000 at entry lies in the second bracket; at the long's liquidation price 46,137 is left, in the first.
    const price = liquidationPrice({ side: 'long', entry: 51_000, size: 1, leverage: 10, brackets })
    expect(price).toBeCloseTo(45_900 / 0.996, 8)
    expect(price).not.toBeCloseTo((45_900 - 50) / 0.995, 1)
  })

  it('Hyperliquid: half of the initial margin at the maximum leverage, 1/80 at 40x', () => {
    const table = hyperliquidBrackets(40)
    expect(
      liquidationPrice({ side: 'short', entry: 91_300, size: 26.05968, leverage: 8, brackets: table }),
    ).toBeCloseTo(101_444.44444444445, 6)
  })

  it('equity at the price is the maintenance requirement there, to 1e-9 of the notional', () => {
    fc.assert(
      fc.property(position, p => {
        const price = liquidationPrice(p)
        if (price === 0) expect(equityAt(0, p)).toBeGreaterThanOrEqual(-1e-9 * p.entry * p.size)
        else
          expect(Math.abs(equityAt(price, p) - requirement(p.size * price, brackets))).toBeLessThan(
            1e-9 * p.size * Math.max(p.entry, price),
          )
      }),
      { numRuns: 2000 },
    )
  })

  it('lies nearer to the entry than bankruptcy, and on the losing side unless margin was added', () => {
    fc.assert(
      fc.property(position, p => {
        const price = liquidationPrice(p)
        const bankruptcy = bankruptcyPrice(p)
        const slack = 1e-9 * p.entry
        if (p.side === 'long') expect(price).toBeGreaterThanOrEqual(bankruptcy - slack)
        else expect(price).toBeLessThanOrEqual(bankruptcy + slack)
        const bare = liquidationPrice({ ...p, extraMargin: 0 })
        if (p.side === 'long') expect(price).toBeLessThanOrEqual(bare + slack)
        else expect(price).toBeGreaterThanOrEqual(bare - slack)
      }),
    )
  })

  it('comes nearer to the entry with more leverage', () => {
    fc.assert(
      fc.property(position, p => {
        fc.pre(p.leverage > 1.01)
        const less = liquidationPrice({ ...p, leverage: 1 + (p.leverage - 1) * 0.9 })
        const more = liquidationPrice(p)
        if (p.side === 'long') expect(more).toBeGreaterThanOrEqual(less)
        else expect(more).toBeLessThanOrEqual(less)
      }),
    )
  })

  it('has no step between brackets', () => {
    for (const { cap, maxLeverage } of brackets.slice(0, -1)) {
      const at = (notional: number) =>
        liquidationPrice({
          side: 'short',
          entry: 1,
          size: notional,
          leverage: Math.min(maxLeverage, 1.5) / 1.5,
          brackets,
        })
      expect(at(cap * (1 + 1e-9)) / at(cap)).toBeCloseTo(1, 7)
    }
  })

  it('a long at 1x cannot be liquidated', () => {
    expect(liquidationPrice({ side: 'long', entry: 100, size: 1, leverage: 1, brackets })).toBe(0)
  })

  const bad: [string, Partial<Position>, RegExp][] = [
    ['a leverage of 0', { leverage: 0 }, /leverage: 0, but expected 1 or more/],
    ['a leverage of 1000', { leverage: 1000 }, /leverage: 1000x, but a notional of 100 may have at most 125x/],
    [
      'a leverage above the bracket of its size',
      { size: 5e6, leverage: 50 },
      /leverage: 50x, but a notional of 500000000 may have at most 4x/,
    ],
    ['a size above all brackets', { size: 1e10 }, /size: a notional of .* is above the largest bracket/],
    ['a negative entry', { entry: -1 }, /entry: -1/],
    ['a NaN size', { size: Number.NaN }, /size: NaN/],
    ['negative extra margin', { extraMargin: -5 }, /extraMargin: -5/],
    ['no brackets', { brackets: [] }, /brackets: the table is empty/],
  ]
  for (const [what, change, message] of bad) {
    it(`refuses ${what}`, () => {
      expect(() => liquidationPrice({ side: 'long', entry: 100, size: 1, leverage: 10, brackets, ...change })).toThrow(
        message,
      )
    })
  }
})

describe('bracketTable', () => {
  it('derives the amounts that Binance publishes', () => {
    expect(brackets.map(bracket => Math.round(bracket.maintenanceAmount))).toEqual([
      0, 50, 950, 11_450, 131_450, 481_450, 2_981_450, 14_481_450, 26_481_450, 41_481_450, 121_481_450, 421_481_450,
    ])
  })

  it('has no step in the requirement', () => {
    for (const { cap } of brackets.slice(0, -1)) {
      const step = requirement(cap * (1 + 1e-12), brackets) - requirement(cap, brackets)
      expect(Math.abs(step)).toBeLessThan(1e-9 * cap)
    }
  })

  it('says whose table it is', () => {
    expect(binanceBrackets('ETH/USDT:USDT').name).toMatch(/ETHUSDT/)
    expect(binanceBrackets('WIF/USDT:USDT').name).toMatch(/BTCUSDT/)
    expect(binanceBrackets('BTCUSDT-perp').name).toMatch(/BTCUSDT/)
  })

  it('refuses caps that do not rise and rates that fall', () => {
    expect(() =>
      bracketTable([
        [10, 0.1, 5],
        [10, 0.2, 4],
      ]),
    ).toThrow(/brackets\[1\]\.cap: 10/)
    expect(() =>
      bracketTable([
        [10, 0.1, 5],
        [20, 0.05, 4],
      ]),
    ).toThrow(/brackets\[1\]\.maintenanceRate: 0.05/)
    expect(() => bracketTable([[10, 0.1, 0]])).toThrow(/brackets\[0\]\.maxLeverage: 0/)
    expect(() => bracketTable([])).toThrow(/empty/)
  })
})
