import { describe, expect, it } from 'vitest'
import { expectLinear } from './growth.ts'

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i)

describe('a check of growth', () => {
  it('accepts linear work', () => {
    expectLinear(numbers, list => new Set(list).size)
  })

  it('accepts a step of linear work', () => {
    let first = 0
    expectLinear(
      n => {
        first ||= n
        return n
      },
      n => spin(n > 2 * first ? 8 * n : n),
    )
  })

  it('refuses quadratic work', () => {
    expect(() => expectLinear(numbers, list => list.reduce((sum, i) => sum + list.indexOf(i), 0))).toThrow(
      /4 and again 4 times the input/,
    )
  })
})

/** Work of n steps. */
function spin(n: number): number {
  let sum = 0
  for (let i = 0; i < 1000 * n; i++) sum += Math.sqrt(i)
  return sum
}
