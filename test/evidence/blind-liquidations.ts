/** Records of liquidations that know of no levels. */
import type { Market } from '../../src/market/market.ts'
import { random } from '../../src/stats/random.ts'

/** The market with recorded liquidations that only grow with the move and the volume of a bar, and are noisy. */
export function withBlindLiquidations(market: Market, seed: number): Market {
  const rng = random(seed, 77)
  const record = (sign: 1 | -1) =>
    market.time.map((_, t) => {
      const noise = Math.exp(rng.normal())
      if (t === 0) return 0
      const extreme = sign > 0 ? market.high[t]! : market.low[t]!
      return market.volume[t]! * noise * Math.max(0, sign * Math.log(extreme / market.close[t - 1]!)) ** 1.5
    })
  return { ...market, longLiquidations: record(-1), shortLiquidations: record(1) }
}
