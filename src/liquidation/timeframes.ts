import type { ColumnTable } from 'arquero'
import { durationMs } from '../common/duration.ts'
import { DataError, quoteValue } from '../common/errors.ts'
import { assertKnownOptions } from '../common/options.ts'
import { lastOverBy } from '../market/as-of.ts'
import type { Market } from '../market/market.ts'
import { resample } from '../market/resample.ts'
import { barOf, CLUSTER_OPTIONS, type ClusterOptions, clusterTable } from './clusters.ts'
import { type LiquidationMap, liquidationMap, type MapOptions, requireMaps } from './map.ts'

/**
 * Maps of one market in several timeframes, from the finest data: `15m`, `1h`, `4h`, `1d`, … Each coarser bar is known at
 * its own close only.
 *
 * @throws DataError for what is no list, or when a timeframe is not a whole multiple of the market's
 */
export function timeframeMaps(
  market: Market,
  timeframes: readonly string[],
  options: MapOptions = {},
): LiquidationMap[] {
  if (!Array.isArray(timeframes))
    throw new DataError(`timeframes: ${quoteValue(timeframes)}, but expected a list, e.g. ['1h', '4h']`)
  if (timeframes.length === 0) throw new RangeError('timeframes: the list is empty')
  return timeframes.map(timeframe => liquidationMap(resample(market, durationMs(timeframe, 'timeframe')), options))
}

/**
 * The clusters of several maps in one table; its column `timeframe` tells them apart. All are as known at one moment: the close of
 * the bar that `at` names in the map of the shortest bars, by default its last. A longer bar that is not over then does not count;
 * its `time` is the open of the last one that is. With `all` they are those of every bar.
 *
 * @throws DataError for what is no list of maps, or when `at` is not in the map of the shortest bars
 */
export function timeframeClusters(maps: readonly LiquidationMap[], options: ClusterOptions = {}): ColumnTable {
  requireMaps(maps, 'liq.timeframeClusters')
  assertKnownOptions(options, CLUSTER_OPTIONS, 'timeframeClusters')
  if (maps.length === 0) throw new RangeError('maps: the list is empty')
  const [first, ...others] = maps.flatMap(map => {
    const at = options.at === 'all' ? 'all' : lastOverBy(map.market, momentOf(maps, options.at))
    return at === -1 ? [] : [clusterTable(map, { ...options, at })]
  })
  return others.length > 0 ? first!.concat(others) : first!
}

/** Close of the bar that `at` names in the map of the shortest bars. */
function momentOf(maps: readonly LiquidationMap[], at?: number | Date | string): number {
  const finest = maps.reduce((least, map) => (map.market.barMs < least.market.barMs ? map : least))
  const { time, barMs, length } = finest.market
  return time[barOf(finest, at ?? length - 1)]! + barMs
}
