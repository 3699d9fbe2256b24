import type { Market } from '../../market/market.ts'
import { LevelPacker, type LevelSource, levelSource } from './columns.ts'

/**
 * The last pivot high and pivot low: bar j is a pivot high when its high is the maximum of bars j − leftBars … j + rightBars,
 * which is known at the close of bar j + rightBars. A newer pivot replaces the older one of its kind.
 *
 * @throws RangeError unless `leftBars` and `rightBars` are whole numbers above 0
 */
export function pivotLevels(market: Market, leftBars = 10, rightBars = leftBars): LevelSource {
  for (const [name, bars] of Object.entries({ leftBars, rightBars }))
    if (!(Number.isInteger(bars) && bars > 0))
      throw new RangeError(`${name}: ${bars}, but expected a whole number above 0`)
  const bars = leftBars === rightBars ? `${leftBars} bars each side` : `${leftBars} bars before, ${rightBars} after`
  return levelSource(`last swing high and low (${bars})`, market, () => {
    const { high, low, length } = market
    const packer = new LevelPacker(length)
    let lastHigh = -1
    let lastLow = -1
    for (let t = 0; t < length; t++) {
      const j = t - rightBars
      if (j >= leftBars) {
        let isHigh = true
        let isLow = true
        for (let i = j - leftBars; i <= t && (isHigh || isLow); i++) {
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
