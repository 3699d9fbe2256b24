import { barOpen, DAY, WEEK } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import type { Market } from '../../market/market.ts'
import { LevelPacker, type LevelSource, levelSource } from './columns.ts'

/** High and low of the last UTC day that has ended. @throws DataError when a bar is longer than a day */
export function previousDayLevels(market: Market): LevelSource {
  return previousLevels(market, DAY, 'previous day’s high and low (UTC)')
}

/** High and low of the last week (from Monday, UTC) that has ended. @throws DataError when a bar is longer than a week */
export function previousWeekLevels(market: Market): LevelSource {
  return previousLevels(market, WEEK, 'previous week’s high and low (UTC, from Monday)')
}

/**
 * A period counts when the data begins at or before its start. It ends with the bar that closes at its end; where that bar
 * is missing, it is known only at the close of the next bar there is.
 */
function previousLevels(market: Market, periodMs: number, name: string): LevelSource {
  if (market.barMs > periodMs) throw new DataError(`levels: ${name} cannot be told from bars of ${market.timeframe}`)
  return levelSource(name, market, () => {
    const { time, high, low, barMs, length } = market
    const packer = new LevelPacker(length)
    let lastHigh = -1
    let lastLow = -1
    let start = barOpen(time[0]!, periodMs)
    let complete = time[0] === start
    let highest = -Infinity
    let lowest = Infinity
    const end = (t: number) => {
      if (complete && highest > 0) {
        lastHigh = packer.line('high', highest, t)
        lastLow = packer.line('low', lowest, t)
      }
      complete = true
      highest = -Infinity
      lowest = Infinity
    }
    for (let t = 0; t < length; t++) {
      const opened = barOpen(time[t]!, periodMs)
      if (opened !== start) {
        if (highest > 0) end(t)
        start = opened
      }
      if (high[t]! > highest) highest = high[t]!
      if (low[t]! < lowest) lowest = low[t]!
      if (time[t]! + barMs >= start + periodMs) end(t)
      if (lastHigh >= 0) {
        packer.add(lastHigh)
        packer.add(lastLow)
      }
      packer.closeBar()
    }
    return packer.columns()
  })
}
