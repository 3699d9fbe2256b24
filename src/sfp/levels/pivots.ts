/** Swing highs and lows as levels. */
import { countText } from '../../common/number-text.ts'
import { defineOptions, dropUndefined, option, optional, wholeNumber } from '../../common/options.ts'
import type { Market } from '../../market/market.ts'
import { swingAt } from '../../market/swings.ts'
import { createLevelSource, LevelPacker, type LevelSource } from './level-source.ts'

export interface PivotOptions {
  /** Bars before a pivot that must not exceed it. Default 10. */
  leftBars?: number
  /** Bars after it: a pivot is known this many bars later. Default: `leftBars`. */
  rightBars?: number
}

export const pivotOptions = defineOptions<PivotOptions, 'rightBars'>('liq.levels.pivots', {
  leftBars: option(10, wholeNumber(1)),
  rightBars: optional(wholeNumber(1)),
})

/**
 * The last pivot high and pivot low: bar j is a pivot high when its high is the maximum of bars j − leftBars … j + rightBars,
 * which is known at the close of bar j + rightBars. A newer pivot replaces the older one of its kind.
 *
 * @param leftBars default 10
 * @param rightBars default `leftBars`
 * @throws OptionError unless both are whole numbers above 0
 */
export function pivotLevels(market: Market, leftBars?: number, rightBars?: number): LevelSource {
  const options = pivotOptions.resolve(dropUndefined({ leftBars, rightBars }))
  const left = options.leftBars
  const right = options.rightBars ?? left
  const bars =
    left === right ? `${countText(left, 'bar')} each side` : `${countText(left, 'bar')} before, ${right} after`
  return createLevelSource(`last swing high and low (${bars})`, market, () => {
    const { high, low, length } = market
    const packer = new LevelPacker(length)
    let lastHigh = -1
    let lastLow = -1
    for (let t = 0; t < length; t++) {
      const j = t - right
      if (j >= left) {
        const { isHigh, isLow } = swingAt(market, j, j - left, t)
        if (isHigh) lastHigh = packer.addLine('high', high[j]!, t)
        if (isLow) lastLow = packer.addLine('low', low[j]!, t)
      }
      if (lastHigh >= 0) packer.markKnown(lastHigh)
      if (lastLow >= 0) packer.markKnown(lastLow)
      packer.closeBar()
    }
    return packer.columns()
  })
}
