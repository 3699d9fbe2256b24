/** Random streams of the tests. */
import { type Random, random } from '../stats/random.ts'

/**
 * Stream numbers by purpose. They exclude those of a simulated market (0, 1, 2): with the same seed, the numbers that made the
 * price would also choose its controls.
 */
const STREAMS = { bootstrap: 1 << 8, placeboPairs: 1 << 16, placeboLevels: 1 << 17, placeboForecast: 1 << 18 }

/** @param market index of the market among the pooled ones, so that each gets its own numbers */
export function createStream(seed: number, purpose: keyof typeof STREAMS, market = 0): Random {
  return random(seed, STREAMS[purpose] + market)
}
