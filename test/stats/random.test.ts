import { describe, expect, it } from 'vitest'
import { random } from '../../src/stats/random.ts'
import { mean } from '../simulate/facts.ts'

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

  it('of different streams are uncorrelated', () => {
    const [a, b] = [random(3), random(3, 1)]
    const products = many(() => (a.uniform() - 0.5) * (b.uniform() - 0.5))
    expect(Math.abs(mean(products) * 12)).toBeLessThan(0.02)
  })
})
