/** `liq.levels`, and what the option `levels` of `liq.sfp` and `liq.sweep` accepts. */
import { OptionError } from '../common/errors.ts'
import {
  assertKnownOptions,
  defineOptions,
  didYouMean,
  invalidOption,
  numberThat,
  oneOf,
  option,
  optional,
  required,
  wholeNumber,
} from '../common/options.ts'
import { assertMap, type LiquidationMap } from '../liquidation/map.ts'
import { assertMarket, describeMarket, type Market } from '../market/market.ts'
import { asOf } from '../sfp/levels/as-of.ts'
import { type ClusterLevelOptions, clusterLevelOptions, clusterLevels } from '../sfp/levels/clusters.ts'
import type { LevelSource } from '../sfp/levels/level-source.ts'
import { type PivotOptions, pivotLevels, pivotOptions } from '../sfp/levels/pivots.ts'
import { combinedLevels, mirroredLevels, randomLevels, shiftedLevels } from '../sfp/levels/placebo.ts'
import { previousDayLevels, previousWeekLevels } from '../sfp/levels/previous.ts'
import { type RoundOptions, roundLevels, roundOptions } from '../sfp/levels/round.ts'
import { cachedTimeframeMaps, type TimeframeLevels } from '../sfp/levels/timeframe-clusters.ts'

/** Level sources by name, each a function of the market to trade. */
export const levels = {
  /**
   * Clusters of a map of this market, or of its longer bars.
   * @example liq.levels.clusters(btc, map, { brightest: 3 })
   */
  clusters: forMarket('clusters', (market: Market, map: LiquidationMap, options?: ClusterLevelOptions): LevelSource => {
    assertMap(map, 'liq.levels.clusters')
    return clusterLevels(map, options, market)
  }),
  /**
   * The last pivot high and low: `leftBars` before and `rightBars` after it are no higher (lower). Default 10 and `leftBars`.
   * @example liq.levels.pivots(btc, 10)
   */
  pivots: forMarket('pivots', pivotLevels),
  /**
   * High and low of the previous UTC day.
   * @example liq.levels.previousDay(btc)
   */
  previousDay: forMarket('previousDay', previousDayLevels),
  /**
   * High and low of the previous week, from Monday.
   * @example liq.levels.previousWeek(btc)
   */
  previousWeek: forMarket('previousWeek', previousWeekLevels),
  /**
   * Round numbers around the price.
   * @example liq.levels.round(btc)
   */
  round: forMarket('round', roundLevels),
  /**
   * Placebo: each level at the same ln(price) distance on the other side of the price.
   * @example liq.levels.mirrored(btc, liq.levels.clusters(btc, map))
   */
  mirrored: forSource('mirrored', mirroredLevels),
  /**
   * Placebo: each level moved away from the price by `byAtr` ATR.
   * @example liq.levels.shifted(btc, liq.levels.clusters(btc, map), 2)
   */
  shifted: forSource('shifted', shiftedLevels),
  /**
   * Placebo: each level at a random distance, from a seed.
   * @example liq.levels.random(btc, liq.levels.clusters(btc, map), 1)
   */
  random: forSource('random', randomLevels),
  /**
   * The levels of several sources together.
   * @example liq.levels.combined(btc, [liq.levels.pivots(btc), liq.levels.round(btc)])
   */
  combined: forMarket('combined', (market: Market, sources: readonly LevelSource[]): LevelSource => {
    if (!Array.isArray(sources))
      throw invalidOption('liq.levels.combined', 'sources', sources, 'a list of level sources')
    for (const source of sources) assertLevelSource(source, 'liq.levels.combined')
    return combinedLevels(market, sources)
  }),
  /**
   * Levels of longer bars, as known at each close of the market.
   * @example liq.levels.asOf(btc, daily, liq.levels.pivots(daily))
   */
  asOf: forMarket('asOf', (market: Market, longer: Market, source: LevelSource): LevelSource => {
    assertMarket(longer, 'liq.levels.asOf')
    assertLevelSource(source, 'liq.levels.asOf')
    return asOf(market, longer, source)
  }),
}

/** The function, with a check of its first argument. */
function forMarket<Args extends unknown[]>(
  name: string,
  create: (market: Market, ...args: Args) => LevelSource,
): (market: Market, ...args: Args) => LevelSource {
  return (market, ...args) => {
    assertMarket(market, `liq.levels.${name}`)
    return create(market, ...args)
  }
}

/** The function, with a check of its first two arguments. */
function forSource<Args extends unknown[]>(
  name: string,
  create: (market: Market, source: LevelSource, ...args: Args) => LevelSource,
): (market: Market, source: LevelSource, ...args: Args) => LevelSource {
  return forMarket(name, (market, source, ...args) => {
    assertLevelSource(source, `liq.levels.${name}`)
    return create(market, source, ...args)
  })
}

function assertLevelSource(value: unknown, caller: string): asserts value is LevelSource {
  if (typeof (value as Partial<LevelSource> | null | undefined)?.forEachBar !== 'function')
    throw invalidOption(caller, 'source', value, 'a level source, e.g. liq.levels.pivots(market)')
}

/** A control for levels: their mirror image, or other prices in their place, to show whether their position matters. */
export interface Placebo {
  placebo: 'mirrored' | 'shifted' | 'random'
  of: Levels
  /** For `shifted`: ATR away from the price. Default 2. */
  byAtr?: number
  /** For `random`. Default 1. */
  seed?: number
}

const placeboOptions = defineOptions<Omit<Placebo, 'of'>, 'seed'>('liq.sfp', {
  placebo: required(oneOf('mirrored', 'shifted', 'random')),
  byAtr: option(
    2,
    numberThat('a number of ATR other than 0', x => Number.isFinite(x) && x !== 0),
  ),
  seed: optional(wholeNumber()),
})

/**
 * A heatmap (its clusters), `{ timeframes, map }` (the clusters of the market's own longer bars, known at the close of each), a named
 * source, a placebo of any of them, a list of them, or a level source.
 */
export type Levels =
  | LiquidationMap
  | TimeframeLevels
  | 'pivots'
  | 'previousDay'
  | 'previousWeek'
  | 'round'
  | Placebo
  | readonly Levels[]
  | LevelSource

export interface NamedLevelOptions extends ClusterLevelOptions, PivotOptions, Pick<RoundOptions, 'digits'> {}

export const LEVEL_OPTIONS = [
  ...clusterLevelOptions.names,
  ...pivotOptions.names,
  'digits',
] as const satisfies readonly (keyof NamedLevelOptions)[]

const NAMED_LEVELS = ['pivots', 'previousDay', 'previousWeek', 'round']
const EXPECTED_LEVELS = `a heatmap, ${NAMED_LEVELS.join(', ')}, { timeframes }, { placebo, of }, a list of them, or a level source`

/** Levels and the assumptions behind them, one line each. */
export interface ResolvedLevels {
  source: LevelSource
  assumptions: readonly string[]
}

/**
 * The source that `levels` names.
 * @param caller the public function
 * @throws OptionError for any other value, and for a heatmap of another market
 */
export function resolveLevels(
  market: Market,
  levels: Levels | undefined,
  options: NamedLevelOptions,
  caller = 'liq.sfp',
): ResolvedLevels {
  const clusterRule = clusterLevelOptions.pick(options)
  clusterLevelOptions.resolve(clusterRule, caller)
  const { leftBars, rightBars } = pivotOptions.resolve(pivotOptions.pick(options), caller)
  const digits = roundOptions.resolve(roundOptions.pick(options), caller).digits

  const resolve = (value: Levels | undefined, name: string, parents: readonly Levels[] = []): ResolvedLevels => {
    const fromMarket = (source: LevelSource) => ({ source, assumptions: [describeMarket(market)] })
    if (value === 'pivots') return fromMarket(pivotLevels(market, leftBars, rightBars))
    if (value === 'previousDay') return fromMarket(previousDayLevels(market))
    if (value === 'previousWeek') return fromMarket(previousWeekLevels(market))
    if (value === 'round') return fromMarket(roundLevels(market, { digits }))
    if (value === undefined) throw invalidOption(caller, name, value, EXPECTED_LEVELS)
    if (parents.includes(value)) throw invalidOption(caller, name, value, 'levels that do not contain themselves')
    if (isList(value)) {
      const parts = value.map((part, index) => resolve(part, `${name}[${index}]`, [...parents, value]))
      const source = combinedLevels(
        market,
        parts.map(part => part.source),
      )
      return { source, assumptions: [...new Set(parts.flatMap(part => part.assumptions))] }
    }
    if (typeof value === 'object' && value !== null) {
      if ('placebo' in value) {
        const real = resolve(value.of, `${name}.of`, [...parents, value])
        return { ...real, source: createPlacebo(market, value, real.source, `${caller}: ${name}`) }
      }
      if ('timeframes' in value) {
        assertKnownOptions(value, ['timeframes', 'map'], `${caller}: ${name}`)
        return resolve(cachedTimeframeMaps(market, value, `${caller}: ${name}`), name, parents)
      }
      if ('flow' in value) {
        assertSameMarket(market, value.market, `${caller}: ${name}`)
        return { source: clusterLevels(value, clusterRule, market), assumptions: value.assumptions }
      }
      if ('forEachBar' in value) return fromMarket(value)
    }
    const hint = typeof value === 'string' ? didYouMean(value, NAMED_LEVELS) : ''
    throw invalidOption(caller, name, value, EXPECTED_LEVELS + hint)
  }
  return resolve(levels, 'levels')
}

function createPlacebo(market: Market, options: Placebo, source: LevelSource, caller: string): LevelSource {
  assertKnownOptions(options, ['of', ...placeboOptions.names], caller)
  const { placebo, byAtr, seed } = placeboOptions.resolve(placeboOptions.pick(options), caller)
  switch (placebo) {
    case 'mirrored':
      return mirroredLevels(market, source)
    case 'shifted':
      return shiftedLevels(market, source, byAtr)
    case 'random':
      return randomLevels(market, source, seed)
  }
}

/** A map of longer bars of the same symbol may be of another market object; one of the same bars must be the same. */
function assertSameMarket(market: Market, mapped: Market, caller: string): void {
  if (mapped.time === market.time || (mapped.barMs > market.barMs && mapped.symbol === market.symbol)) return
  throw new OptionError(
    `${caller}: a heatmap of another market (${mapped.symbol} ${mapped.timeframe}), but expected one of the market to trade (${market.symbol} ${market.timeframe})`,
  )
}

function isList(value: Levels): value is readonly Levels[] {
  return Array.isArray(value)
}
