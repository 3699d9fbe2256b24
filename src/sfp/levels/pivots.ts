import type { Market } from '../../market/market.ts'
import { LevelPacker, type LevelSource, levelSource } from './columns.ts'

/**
 * The last swing high and swing low: bar j is a swing high when its high is the maximum of bars j−wing … j+wing, which is
 * known at the close of bar j+wing. A newer swing replaces the older one of its kind.
 *
 * @throws RangeError unless `wing` is a whole number above 0
 */
export function pivotLevels(market: Market, wing = 10): LevelSource {
  if (!(Number.isInteger(wing) && wing > 0)) throw new RangeError(`wing: ${wing}, but expected a whole number above 0`)
  return levelSource(`last swing high and low (${wing} bars each side)`, market, () => {
    const { high, low, length } = market
    const packer = new LevelPacker(length)
    let lastHigh = -1
    let lastLow = -1
    for (let t = 0; t < length; t++) {
      const j = t - wing
      if (j >= wing) {
        let isHigh = true
        let isLow = true
        for (let i = j - wing; i <= t && (isHigh || isLow); i++) {
          if (high[i]! > high[j]!) isHigh = false
          if (low[i]! < low[j]!) isLow = false
        }
        if (isHigh) lastHigh = packer.line('high', high[j]!, t)
        if (isLow) lastLow = packer.line('low', low[j]!, t)
      }
      if (lastHigh >= 0) packer.add(lastHigh)
      if (lastLow >= 0) packer.add(lastLow)
      packer.closeBar()
    }
    return packer.columns()
  })
}
