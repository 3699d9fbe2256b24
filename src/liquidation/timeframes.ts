import type { ColumnTable } from 'arquero'
import { durationMs } from '../market/duration.ts'
import type { Market } from '../market/market.ts'
import { resample } from '../market/resample.ts'
import { type ClusterOptions, clusterTable } from './clusters.ts'
import { type LiquidationMap, liquidationMap, type MapOptions } from './map.ts'

/**
 * Maps of one market in several timeframes, from the finest data: `15m`, `1h`, `4h`, `1d`, … Each coarser bar is known at
 * its own close only.
 *
 * @throws DataError when a timeframe is not a whole multiple of the market's
 */
export function timeframeMaps(
  market: Market,
  timeframes: readonly string[],
  options: MapOptions = {},
): LiquidationMap[] {
  if (timeframes.length === 0) throw new RangeError('timeframes: the list is empty')
  return timeframes.map(timeframe => liquidationMap(resample(market, durationMs(timeframe, 'timeframe')), options))
}

/** The clusters of several maps in one table; its column `timeframe` tells them apart. */
export function timeframeClusters(maps: readonly LiquidationMap[], options: ClusterOptions = {}): ColumnTable {
  const [first, ...others] = maps.map(map => clusterTable(map, options))
  if (!first) throw new RangeError('maps: the list is empty')
  return others.length > 0 ? first.concat(others) : first
}
