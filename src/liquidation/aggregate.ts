/** One map of several markets of one coin. */
import { invalidOption } from '../common/options.ts'
import { lastClosedBar } from '../market/as-of.ts'
import type { Market } from '../market/market.ts'
import { assertMaps, type LiquidationMap } from './map.ts'
import { replayParts } from './replay-parts.ts'

/**
 * One map of several markets of one coin: the levels of all, each consumed by its own market's lows and highs. Bars, candles and
 * the close that divides longs from shorts are those of the first map. A part counts as known at its own closes, so other
 * timeframes and later listings are allowed.
 *
 * @throws DataError unless the argument is a list of maps
 * @throws OptionError when the maps differ in price grid or tiers, or when their prices are not of one coin
 * @example liq.aggregate([liq.heatmap(binance), liq.heatmap(bybit)])
 */
export function aggregateMaps(maps: readonly LiquidationMap[]): LiquidationMap {
  assertMaps(maps, 'liq.aggregate')
  const [first, ...others] = maps
  if (!first) throw invalidOption('liq.aggregate', 'maps', maps, 'at least one map')
  for (const [index, map] of others.entries()) checkSameCoin(first, map, `map ${index + 2} (${map.market.symbol})`)
  const parts = maps.flatMap(map => map.parts)
  return {
    ...first,
    parts,
    assumptions: maps.flatMap(map => map.assumptions),
    replay: (visit, options) => replayParts(first.market, parts, first.options.tiers.length, visit, options),
  }
}

function checkSameCoin(first: LiquidationMap, map: LiquidationMap, name: string): void {
  const invalid = (property: string, value: unknown, expected: string) =>
    invalidOption('liq.aggregate', `${name}: ${property}`, value, expected)
  if (map.isObserved !== first.isObserved) {
    const kind = ({ isObserved }: LiquidationMap) => (isObserved ? 'observed positions' : 'an estimate')
    throw invalid('kind', kind(map), `${kind(first)}, as in the first map`)
  }
  const { binWidth } = first.options
  if (map.options.binWidth !== binWidth)
    throw invalid('binWidth', map.options.binWidth, `${binWidth}, as in the first map`)
  const [tiers, firstTiers] = [map, first].map(({ options }) => options.tiers.map(({ leverage }) => leverage).join())
  if (tiers !== firstTiers) throw invalid('tiers', tiers, `${firstTiers}, as in the first map`)
  const [price, firstPrice] = lastCommonCloses(map.market, first.market)
  if (Math.abs(Math.log(price / firstPrice)) > Math.log(MAX_PRICE_RATIO))
    throw invalid(
      'price',
      price,
      `about ${firstPrice}, the price of ${first.market.symbol} then: the maps must be of one coin in one currency`,
    )
}

/** Prices of one coin on two venues never differ by this factor, not even in a crash. */
const MAX_PRICE_RATIO = 2

/** The last closes by the time at which the first of the two markets ends; NaN of one that begins later. */
function lastCommonCloses(a: Market, b: Market): [number, number] {
  const end = Math.min(...[a, b].map(({ time, barMs, length }) => time[length - 1]! + barMs))
  const lastClose = (market: Market) => market.close[lastClosedBar(market, end)] ?? Number.NaN
  return [lastClose(a), lastClose(b)]
}
