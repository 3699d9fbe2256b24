/** A seeded stream of random numbers. The same seed gives the same numbers on every platform. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number
  /** Standard normal. */
  normal(): number
  /** Whole number in [0, n). */
  integer(n: number): number
}

/**
 * Small fast counting generator sfc32 (C. Doty-Humphrey, PractRand): 128 bits of state of which 32 count, so no short
 * cycle. The first 12 outputs are thrown away, as its author advises for simple seeds.
 */
export function random(seed: number): Random {
  let a = 0
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
  return {
    uniform,
    // Box and Muller 1958; 1 − u keeps the logarithm finite.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer: n => Math.floor(uniform() * n),
  }
}
