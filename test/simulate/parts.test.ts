import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Triggers } from '../../src/simulate/triggers.ts'
import { Volatility } from '../../src/simulate/volatility.ts'
import { ln } from '../../src/stats/ln.ts'
import { random } from '../../src/stats/random.ts'
import { mean } from './facts.ts'

describe('ln', () => {
  it('is the logarithm, to some 1e-15', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), x => {
        const exact = Math.log(x)
        expect(Math.abs(ln(x) - exact)).toBeLessThanOrEqual(1e-15 * Math.max(1, Math.abs(exact)))
      }),
      { numRuns: 2000 },
    )
    expect(ln(1)).toBe(0)
  })

  it('gives these bits', () => {
    expect([3, 0.3, 60_000, 1e-9].map(ln)).toEqual([
      1.0986122886681096, -1.2039728043259361, 11.002099841204238, -20.72326583694641,
    ])
  })
})

describe('random numbers', () => {
  const many = <T>(draw: () => T) => Array.from({ length: 40_000 }, draw)

  it('are uniform, normal and exponential', () => {
    const rng = random(3)
    const uniform = many(rng.uniform)
    const normal = many(rng.normal)
    const exponential = many(rng.exponential)
    expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan(0.006)
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...uniform)).toBeLessThan(1)
    expect(Math.abs(mean(normal))).toBeLessThan(0.02)
    expect(Math.abs(mean(normal.map(z => z ** 2)) - 1)).toBeLessThan(0.03)
    expect(Math.abs(mean(normal.map(z => z ** 4)) - 3)).toBeLessThan(0.25)
    expect(mean(normal.map(z => (Math.abs(z) > 1.959964 ? 1 : 0)))).toBeCloseTo(0.05, 2)
    expect(Math.abs(mean(exponential) - 1)).toBeLessThan(0.02)
    expect(Math.abs(mean(exponential.map(x => x * x)) - 2)).toBeLessThan(0.12)
    expect(Math.min(...exponential)).toBeGreaterThan(0)
  })

  it('of one seed in another stream have nothing in common', () => {
    const [a, b] = [random(3), random(3, 1)]
    const products = many(() => (a.uniform() - 0.5) * (b.uniform() - 0.5))
    expect(Math.abs(mean(products) * 12)).toBeLessThan(0.02)
  })
})

it('triggers come up in the order in which a price reaches them, without those that were swept', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { maxLength: 60 }),
      fc.constantFrom(1 as const, -1 as const),
      fc.integer({ min: 1, max: 5 }),
      (prices, sign, each) => {
        const triggers = new Triggers(sign)
        for (const [id, price] of prices.entries()) triggers.push(price, id)
        triggers.sweep(id => id % each !== 0)
        const left = prices.filter((_, id) => id % each !== 0).sort((a, b) => sign * (b - a))
        const popped: number[] = []
        while (triggers.length > 0) {
          const top = triggers.top
          expect(prices[triggers.pop()]).toBe(top)
          popped.push(top)
        }
        expect(popped).toEqual(left)
        expect(triggers.top).toBe(sign > 0 ? -Infinity : Infinity)
      },
    ),
  )
})

it('the volatility has mean square 1 and moves on all scales', () => {
  const squares: number[] = []
  for (let seed = 0; seed < 60; seed++) {
    const volatility = new Volatility(random(seed), 1)
    for (let t = 0; t < 4000; t++) {
      volatility.advance(1)
      if (t % 8 === 0) squares.push(volatility.level ** 2)
    }
  }
  expect(mean(squares)).toBeGreaterThan(0.85)
  expect(mean(squares)).toBeLessThan(1.15)
  expect(new Set(squares).size).toBeGreaterThan(6)
})
