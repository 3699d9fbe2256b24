import { type Random, random } from '../stats/random.ts'

/**
 * What chance decides here, each from a stream of random numbers of its own. Those of a simulated market (0, 1, 2) are not
 * among them: with the same seed the numbers that made the price would choose what it is compared with.
 */
const STREAMS = { bootstrap: 1 << 8, placeboPairs: 1 << 16, placeboLevels: 1 << 17 }

/** @param market number of the market among those that are pooled, so that not all of them are compared with the same luck */
export function streamOf(seed: number, what: keyof typeof STREAMS, market = 0): Random {
  return random(seed, STREAMS[what] + market)
}
