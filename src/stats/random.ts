/** Seeded random numbers. */
import { ln } from './ln.ts'

/** A seeded stream of random numbers. The same seed gives the same numbers on every platform, to the last bit. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number
  /** Standard normal. */
  normal(): number
  /** Exponential with mean 1. */
  exponential(): number
  /** Whole number in [0, n). */
  integer(n: number): number
}

/**
 * Small fast counting generator sfc32 (C. Doty-Humphrey, PractRand): 128 bits of state of which 32 count, so no short
 * cycle. The first 12 outputs are discarded, as its author advises for simple seeds.
 *
 * @param stream number of an independent stream of the same seed
 */
export function random(seed: number, stream = 0): Random {
  let a = stream | 0
  let b = seed | 0
  let c = Math.floor(seed / 2 ** 32) | 0
  let counter = 1
  const next = () => {
    const out = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + out) | 0
    return out >>> 0
  }
  for (let i = 0; i < 12; i++) next()
  const uniform = () => next() / 2 ** 32
  let spare = Number.NaN
  return {
    uniform,
    // Marsaglia's polar method (1964): no sine or cosine, which engines compute differently.
    normal() {
      if (!Number.isNaN(spare)) {
        const out = spare
        spare = Number.NaN
        return out
      }
      for (;;) {
        const x = (next() * 2 + 1) / 2 ** 32 - 1
        const y = (next() * 2 + 1) / 2 ** 32 - 1
        const s = x * x + y * y
        if (s >= 1) continue
        const factor = Math.sqrt((-2 * ln(s)) / s)
        spare = y * factor
        return x * factor
      }
    },
    // The middle of the interval that the 32 bits represent is never 0.
    exponential: () => -ln((next() + 0.5) / 2 ** 32),
    integer: n => Math.floor(uniform() * n),
  }
}
