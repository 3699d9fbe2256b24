/** How many maps of a board are in a row. */
import type { SmallMap } from './model.ts'

/** A narrower map has no room for its tags. */
const MIN_TILE_PX = 290

/** As many as fit; the timeframes of a symbol stay together in a row where that is possible. */
export function gridColumns(width: number, maps: readonly SmallMap[]): number {
  const fitting = Math.max(1, Math.floor(width / MIN_TILE_PX))
  const frames = new Set(maps.map(({ header }) => header.timeframe)).size
  const columns = fitting >= frames ? fitting - (fitting % Math.max(1, frames)) : fitting
  return Math.max(1, Math.min(columns, maps.length))
}
