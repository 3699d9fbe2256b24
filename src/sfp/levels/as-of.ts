/** Levels of a higher timeframe, as known at each close of a lower one. */
import { OptionError } from '../../common/errors.ts'
import type { Market } from '../../market/market.ts'
import { createLevelSource, LevelPacker, type LevelSource, toLevel, toLevelColumns } from './level-source.ts'

/**
 * Levels of a market with longer bars, as known at each close of one with shorter bars: those of the last long bar that has
 * closed by then. Once a shorter bar goes beyond a level's inner edge, the level is dropped until the next long close: the
 * price is in it or beyond, so it is no longer the same level.
 *
 * @throws OptionError when the bars of `longer` are shorter than those of `market`, or of another symbol
 */
export function asOf(market: Market, longer: Market, source: LevelSource): LevelSource {
  if (longer.barMs < market.barMs)
    throw new OptionError(
      `levels: their ${longer.timeframe} bars are shorter than the ${market.timeframe} bars to trade, so they would look ahead`,
    )
  if (longer.symbol !== market.symbol)
    throw new OptionError(
      `levels: they come from bars of ${longer.symbol}, but the market to trade is ${market.symbol}`,
    )
  return createLevelSource(source.name, market, () => {
    const longColumns = toLevelColumns(source, longer)
    const packer = new LevelPacker(market.length)
    // The levels of the last closed long bar: their ids in `longColumns`, and those in `packer`; −1 once the price has passed one.
    let longIds = longColumns.ids.subarray(0, 0)
    let packedIds: number[] = []
    let lastClosed = -1
    let packedByLongId = new Map<number, number>()
    for (let t = 0; t < market.length; t++) {
      const now = market.time[t]! + market.barMs
      let closed = lastClosed
      while (closed + 1 < longer.length && longer.time[closed + 1]! + longer.barMs <= now) closed++
      if (closed > lastClosed) {
        lastClosed = closed
        longIds = longColumns.ids.subarray(longColumns.starts[closed]!, longColumns.starts[closed + 1]!)
        const before = packedByLongId
        packedByLongId = new Map()
        packedIds = Array.from(longIds, longId => {
          const id = before.get(longId) ?? packer.addLevel({ ...toLevel(longColumns, longId), since: t })
          packedByLongId.set(longId, id)
          return id
        })
      } else {
        for (let k = 0; k < packedIds.length; k++) {
          const inner = longColumns.inner[longIds[k]!]!
          if (longColumns.high[longIds[k]!] ? market.high[t]! > inner : market.low[t]! < inner) packedIds[k] = -1
        }
      }
      for (const id of packedIds) if (id >= 0) packer.markKnown(id)
      packer.closeBar()
    }
    return packer.columns()
  })
}
