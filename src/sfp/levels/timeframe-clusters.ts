/** Clusters of maps that are built of a market and its own longer bars, as levels. */
import { exactKey } from '../../common/cache-key.ts'
import { durationMs } from '../../common/duration.ts'
import { invalidOption } from '../../common/options.ts'
import type { LiquidationMap, MapOptions } from '../../liquidation/map.ts'
import { timeframeMaps } from '../../liquidation/timeframes.ts'
import type { Market } from '../../market/market.ts'

/** Clusters of maps of the same market, also in longer bars, which are resampled from it. One of the two must be set. */
export interface TimeframeLevels {
  /** E.g. `['4h', '1d']`: multiples of the market's bars, or these themselves. Default: these themselves. */
  timeframes?: readonly string[]
  /** Options of the maps, as of `liq.heatmap`. */
  map?: MapOptions
}

/** A map takes seconds on years of bars, and a sweep asks for the same ones for every variant. */
const CACHE = new WeakMap<Market, Map<string, readonly LiquidationMap[]>>()
const MAX_CACHED = 8

/**
 * The maps of a market and its longer bars, made once for the same options.
 *
 * @throws OptionError naming a timeframe that is shorter than the market's or no multiple of it, or the map's option
 */
export function cachedTimeframeMaps(
  market: Market,
  { timeframes = [market.timeframe], map = {} }: TimeframeLevels,
  caller: string,
): readonly LiquidationMap[] {
  const cached = CACHE.get(market) ?? new Map<string, readonly LiquidationMap[]>()
  CACHE.set(market, cached)
  const key = exactKey({ timeframes, map })
  let maps = cached.get(key)
  if (!maps) {
    maps = timeframeMaps(market, timeframes, map, caller)
    const [oldest] = cached.keys()
    if (oldest !== undefined && cached.size >= MAX_CACHED) cached.delete(oldest)
    cached.set(key, maps)
  }
  return maps
}

/**
 * Those of the timeframes whose bars the market's fill.
 * @throws OptionError when there is none
 */
export function fittingTimeframes(market: Market, timeframes: readonly string[], caller: string): string[] {
  const fitting = timeframes.filter(timeframe => durationMs(timeframe, caller) % market.barMs === 0)
  if (fitting.length > 0) return fitting
  throw invalidOption(caller, 'market', market.timeframe, `bars that divide ${timeframes.at(-1)}`)
}
