import { expect, it } from 'vitest'
import { MultifractalVolatility } from '../../src/simulate/multifractal-volatility.ts'
import { random } from '../../src/stats/random.ts'
import { mean } from './facts.ts'

it('the volatility has mean square 1 and varies', () => {
  const squares: number[] = []
  for (let seed = 0; seed < 60; seed++) {
    const volatility = new MultifractalVolatility(random(seed), 1)
    for (let t = 0; t < 4000; t++) {
      volatility.advance(1)
      if (t % 8 === 0) squares.push(volatility.level ** 2)
    }
  }
  expect(mean(squares)).toBeGreaterThan(0.85)
  expect(mean(squares)).toBeLessThan(1.15)
  expect(new Set(squares).size).toBeGreaterThan(6)
})
