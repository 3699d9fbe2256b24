/** High and low of the previous day or week as levels. */
import { barOpen, DAY, WEEK } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import type { Market } from '../../market/market.ts'
import { createLevelSource, LevelPacker, type LevelSource } from './level-source.ts'

/** High and low of the last complete UTC day. @throws DataError when a bar is longer than a day */
export function previousDayLevels(market: Market): LevelSource {
  return previousLevels(market, DAY, 'previous day’s high and low (UTC)')
}

/** High and low of the last complete week (from Monday, UTC). @throws DataError when a bar is longer than a week */
export function previousWeekLevels(market: Market): LevelSource {
  return previousLevels(market, WEEK, 'previous week’s high and low (UTC, from Monday)')
}

/**
 * A period counts when the data begins at or before its start. It ends with the bar that closes at its end; where that bar
 * is missing, its levels are known only at the close of the next bar.
 */
function previousLevels(market: Market, periodMs: number, name: string): LevelSource {
  if (market.barMs > periodMs)
    throw new DataError(`levels: ${name} need shorter bars, but the market has bars of ${market.timeframe}`)
  return createLevelSource(name, market, () => {
    const { time, high, low, barMs, length } = market
    const packer = new LevelPacker(length)
    let lastHigh = -1
    let lastLow = -1
    let periodStart = barOpen(time[0]!, periodMs)
    let complete = time[0] === periodStart
    let highest = -Infinity
    let lowest = Infinity
    const endPeriod = (t: number) => {
      if (complete && highest > 0) {
        lastHigh = packer.addLine('high', highest, t)
        lastLow = packer.addLine('low', lowest, t)
      }
      complete = true
      highest = -Infinity
      lowest = Infinity
    }
    for (let t = 0; t < length; t++) {
      const start = barOpen(time[t]!, periodMs)
      if (start !== periodStart) {
        if (highest > 0) endPeriod(t)
        periodStart = start
      }
      if (high[t]! > highest) highest = high[t]!
      if (low[t]! < lowest) lowest = low[t]!
      if (time[t]! + barMs >= periodStart + periodMs) endPeriod(t)
      if (lastHigh >= 0) {
        packer.markKnown(lastHigh)
        packer.markKnown(lastLow)
      }
      packer.closeBar()
    }
    return packer.columns()
  })
}
