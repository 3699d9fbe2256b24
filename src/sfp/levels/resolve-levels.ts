/** What the option `levels` of `liq.sfp` and `liq.sweep` accepts, and the level source that it names. */
import { OptionError } from '../../common/errors.ts'
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
} from '../../common/options.ts'
import type { LiquidationMap } from '../../liquidation/map.ts'
import { describeMarket, type Market } from '../../market/market.ts'
import { type ClusterLevelOptions, clusterLevelOptions, clusterLevels } from './clusters.ts'
import type { LevelSource } from './level-source.ts'
import { type PivotOptions, pivotLevels, pivotOptions } from './pivots.ts'
import { combinedLevels, mirroredLevels, randomLevels, shiftedLevels } from './placebo.ts'
import { previousDayLevels, previousWeekLevels } from './previous.ts'
import { type RoundOptions, roundLevels, roundOptions } from './round.ts'
import { cachedTimeframeMaps, type TimeframeLevels } from './timeframe-clusters.ts'

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
 * A heatmap (its clusters), `{ map }` (the clusters of the heatmap with these options), `{ timeframes, map }` (those of the market's own
 * longer bars, known at the close of each), a named source, a placebo of any of them, a list of them, or a level source.
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
const EXPECTED_LEVELS = `a heatmap, ${NAMED_LEVELS.join(', ')}, { map }, { timeframes }, { placebo, of }, a list of them, or a level source`

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
      if ('timeframes' in value || 'map' in value) {
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
