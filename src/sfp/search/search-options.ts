/** The options of `liq.sweep`, and the runs that they describe. */
import { dropUndefined, invalidOption, pick } from '../../common/options.ts'
import type { Market } from '../../market/market.ts'
import { type BacktestOptions, backtestOptions } from '../backtest-options.ts'
import { detectOptions } from '../detect-options.ts'
import { LEVEL_OPTIONS, type Levels, resolveLevels } from '../levels/resolve-levels.ts'
import { SFP_OPTIONS, type SfpOptions, withPreset } from '../sfp-options.ts'
import type { VariantSearch } from './sweep.ts'
import { pathsOf, type RandomSearch, type SearchSpace, type Variant, withValue } from './variants.ts'

export interface SearchOptions extends SfpOptions {
  /** Trading rules of all variants. */
  backtest?: BacktestOptions
  /** Values by option of the levels, the detector or the backtest, e.g. `{ minMove: [0.5, 1, 2], 'target.r': [1, 2, 3] }`. */
  grid: SearchSpace
  /** Draw some of the combinations; an option may then also be a range, `{ from, to, log }`. Default: all are run. */
  random?: RandomSearch
}

/** Names of the options that the levels of a variant depend on. */
export const LEVEL_NAMES = ['levels', ...LEVEL_OPTIONS] as const

export const SEARCH_OPTIONS: readonly string[] = [...SFP_OPTIONS, 'backtest', 'grid', 'random']

/**
 * How the variants of a search are run on a market.
 * @param onSource called with the name of each level source that is built
 * @throws OptionError naming an option of the backtest that is out of range, or an unknown preset
 */
export function variantSearch(
  market: Market,
  given: Omit<SearchOptions, 'grid' | 'random'>,
  caller: string,
  onSource: (name: string) => void = () => {},
): VariantSearch {
  const { options, trade } = withPreset(market, given, caller)
  const { levels, backtest = {} } = options
  const mismatch = backtestOptions.check(backtest)
  if (mismatch) throw invalidOption(caller, 'backtest', backtest, mismatch)
  return {
    detect: detectOptions.pick(options),
    backtest: { ...trade, ...dropUndefined(backtest) },
    levels: {
      names: LEVEL_NAMES,
      source(variant: Variant) {
        let chosen: Record<string, unknown> = { levels, ...pick(options, LEVEL_OPTIONS) }
        for (const path of pathsOf(Object.keys(variant), LEVEL_NAMES)) {
          const [name = path, ...parts] = path.split('.')
          chosen = withValue(chosen, name, parts, variant[path])
        }
        const { source } = resolveLevels(market, chosen.levels as Levels, chosen, caller)
        onSource(source.name)
        return source
      },
    },
  }
}
