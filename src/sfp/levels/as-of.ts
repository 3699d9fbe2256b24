import { DataError } from '../../common/errors.ts'
import type { Market } from '../../market/market.ts'
import { columnsOf, LevelPacker, type LevelSource, levelOf, levelSource } from './columns.ts'

/**
 * Levels of a market with longer bars, as known at each close of one with shorter bars: those of the last long bar that has
 * closed by then. A level whose inner edge a shorter bar has gone through since is left out until the next long close: the
 * price is in it or beyond, so it is not the same level any more.
 *
 * @throws DataError when the bars of `longer` are shorter than those of `market`, or of another symbol
 */
export function asOf(market: Market, longer: Market, source: LevelSource): LevelSource {
  if (longer.barMs < market.barMs)
    throw new DataError(
      `levels: they come from ${longer.timeframe} bars, which tell more than the ${market.timeframe} bars to trade knew`,
    )
  if (longer.symbol !== market.symbol)
    throw new DataError(`levels: they come from bars of ${longer.symbol}, but the market to trade is ${market.symbol}`)
  return levelSource(source.name, market, () => {
    const from = columnsOf(source, longer)
    const packer = new LevelPacker(market.length)
    // Of the levels of the last closed long bar: their own ids, and those in `packer`; −1 once they are gone.
    let own = from.ids.subarray(0, 0)
    let here: number[] = []
    let closed = -1
    let known = new Map<number, number>()
    for (let t = 0; t < market.length; t++) {
      const now = market.time[t]! + market.barMs
      let next = closed
      while (next + 1 < longer.length && longer.time[next + 1]! + longer.barMs <= now) next++
      if (next > closed) {
        closed = next
        own = from.ids.subarray(from.starts[closed]!, from.starts[closed + 1]!)
        const before = known
        known = new Map()
        here = Array.from(own, id => {
          const at = before.get(id) ?? packer.level({ ...levelOf(from, id), since: t })
          known.set(id, at)
          return at
        })
      } else {
        for (let k = 0; k < here.length; k++) {
          const inner = from.inner[own[k]!]!
          if (from.high[own[k]!] ? market.high[t]! > inner : market.low[t]! < inner) here[k] = -1
        }
      }
      for (const id of here) if (id >= 0) packer.add(id)
      packer.closeBar()
    }
    return packer.columns()
  })
}
