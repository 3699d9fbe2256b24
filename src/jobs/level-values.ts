/** Levels of a sweep as options that any machine can build them from. */
import { formatDuration } from '../common/duration.ts'
import { OptionError } from '../common/errors.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import type { Market } from '../market/market.ts'
import { resample } from '../market/resample.ts'
import type { Levels } from '../sfp/levels/resolve-levels.ts'
import type { TimeframeLevels } from '../sfp/levels/timeframe-clusters.ts'
import { marketHash } from './market-file.ts'

/**
 * The levels without objects of this process: a heatmap becomes the options that it was built by.
 * @param path names the value in errors
 * @throws OptionError for levels that options do not describe, with the reason
 */
export function portableLevels(levels: Levels, markets: readonly Market[], path: string): Levels {
  if (Array.isArray(levels)) {
    const list = levels as readonly Levels[]
    return list.map((part, index) => portableLevels(part, markets, `${path}[${index}]`))
  }
  if (typeof levels !== 'object' || levels === null) return levels
  if ('of' in levels) return { ...levels, of: portableLevels(levels.of, markets, `${path}.of`) }
  if ('flow' in levels && 'parts' in levels) return recipeOf(levels, markets, path)
  if ('forEachBar' in levels)
    throw new OptionError(
      `${path}: a level source, which is a function, but a plan holds options only, no code: name it instead, e.g. 'pivots' with leftBars, or { map: options }`,
    )
  return levels
}

/** What a heatmap is built by. */
function recipeOf(map: LiquidationMap, markets: readonly Market[], path: string): TimeframeLevels {
  const fail = (problem: string): never => {
    throw new OptionError(`${path}: ${problem}; give what it is built by instead: { map: options, timeframes: ['4h'] }`)
  }
  if (map.isObserved) fail('a map of observed positions, which no options build')
  if (map.parts.some(part => part.market !== map.market)) fail('a sum of several maps')
  if (map.parts.length !== expectedParts(map)) fail('a sum of several maps')
  const [market, ...others] = markets
  if (!market || others.length > 0) fail(`a heatmap of one market, but there are ${markets.length}`)
  const { barMs } = map.market
  const isLonger = barMs > market!.barMs && barMs % market!.barMs === 0
  const bars = isLonger ? resample(market!, barMs) : market!
  if (marketHash(bars) !== marketHash(map.market))
    fail(
      `a heatmap of other bars (${map.market.symbol} ${map.market.timeframe}) than those of the market, or of liq.resample`,
    )
  return { map: map.inputOptions, ...(isLonger && { timeframes: [formatDuration(barMs)] }) }
}

/** A map of both layers with stops at prices of their own is the sum of two by itself. */
function expectedParts({ options: { layer, stops } }: LiquidationMap): number {
  return layer === 'both' && stops.at !== 'survival' ? 2 : 1
}
