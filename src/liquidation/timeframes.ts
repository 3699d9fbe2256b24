/** Maps of one market in several timeframes, and their clusters in one table. */
import type { ColumnTable } from 'arquero'
import { withFormatsOf } from '../common/column-format.ts'
import { durationMs } from '../common/duration.ts'
import { duration, invalidOption, listOf } from '../common/options.ts'
import { lastClosedBar } from '../market/as-of.ts'
import type { Market } from '../market/market.ts'
import { resample } from '../market/resample.ts'
import { type ClusterOptions, clusterOptions, clusterTable, findBar } from './clusters.ts'
import { assertMaps, type LiquidationMap, liquidationMap, type MapOptions } from './map.ts'

const timeframeList = listOf(duration(), "a list of timeframes, e.g. ['1h', '4h']")

/**
 * Maps of one market in several timeframes, from the finest data: `15m`, `1h`, `4h`, `1d`, … Each coarser bar is known at
 * its own close only.
 *
 * @param caller the public function
 * @throws OptionError unless the timeframes are a list of durations, each a whole multiple of the market's, or naming the
 *   option of the map that is out of range
 */
export function timeframeMaps(
  market: Market,
  timeframes: readonly string[],
  options: MapOptions = {},
  caller = 'liq.timeframes',
): LiquidationMap[] {
  const mismatch =
    timeframeList(timeframes) ?? (timeframes.length > 0 ? undefined : { expected: 'at least one timeframe' })
  if (mismatch) throw invalidOption(caller, 'timeframes', timeframes, mismatch)
  return timeframes.map(timeframe =>
    liquidationMap(resample(market, durationMs(timeframe, `${caller}: timeframes`), caller), options, caller),
  )
}

/**
 * The clusters of several maps in one table; its column `timeframe` tells them apart. All are as known at one moment: the
 * close of the bar that `at` names in the map with the shortest bars, by default its last. Longer bars still open then are
 * ignored: `time` is the open of the last closed one. With `all` they are those of every bar.
 *
 * @throws DataError unless the first argument is a list of maps
 * @throws OptionError when the list is empty, or naming the option that is out of range
 * @example liq.timeframeClusters(liq.timeframes(btc, ['1h', '4h']))
 */
export function timeframeClusters(maps: readonly LiquidationMap[], options: ClusterOptions = {}): ColumnTable {
  const caller = 'liq.timeframeClusters'
  assertMaps(maps, caller)
  const { at, ...rule } = clusterOptions.resolve(options, caller)
  const tables = maps.flatMap(map => {
    const bar = at === 'all' ? 'all' : lastClosedBar(map.market, closeTime(maps, at, caller))
    return bar === -1 ? [] : [clusterTable(map, { ...rule, at: bar }, caller)]
  })
  const [first, ...others] = tables
  if (!first) throw invalidOption(caller, 'maps', maps, 'at least one map')
  // A concatenation has new columns, without the marks of the old ones.
  return withFormatsOf(first.concat(others), first)
}

/** Close of the bar that `at` names in the map with the shortest bars. */
function closeTime(maps: readonly LiquidationMap[], at: number | Date | string | undefined, caller: string): number {
  const finest = maps.reduce((shortest, map) => (map.market.barMs < shortest.market.barMs ? map : shortest))
  const { time, barMs, length } = finest.market
  return time[findBar(finest, at ?? length - 1, caller)]! + barMs
}
