/** Options of `liq.sfp`, and the strategies that it knows by name. */
import { assertKnownOptions, dropUndefined, invalidOption, oneOf, pick } from '../common/options.ts'
import type { Market } from '../market/market.ts'
import { type BacktestOptions, backtestOptions } from './backtest-options.ts'
import { type DetectOptions, detectOptions } from './detect-options.ts'
import { LEVEL_OPTIONS, type Levels, type NamedLevelOptions } from './levels/resolve-levels.ts'
import { fittingTimeframes } from './levels/timeframe-clusters.ts'

export interface SfpOptions extends DetectOptions, NamedLevelOptions, Pick<BacktestOptions, 'target' | 'stopBuffer'> {
  /**
   * A heatmap (its clusters), `{ map }` to build one, `{ timeframes }`, `pivots`, `previousDay`, `previousWeek`, `round`, a placebo, a list of them, or a level
   * source. Can be left out with a preset that has its own.
   */
  levels?: Levels
  /** A strategy by name, see {@link PRESETS}. Options beside it, and those of the backtest, override it. */
  preset?: PresetName
}

/** A strategy: what it sets where nothing else is set. */
export interface Preset {
  /** In words. */
  readonly about: string
  /** Levels, clusters and detector. */
  readonly sfp: Readonly<Omit<SfpOptions, 'preset'>>
  /** Exits. */
  readonly backtest: Readonly<BacktestOptions>
}

export type PresetName = 'liquidity-sweep'

/**
 * Strategies by name, as data: `liq.presets['liquidity-sweep'].sfp` says what a preset sets.
 *
 * `liquidity-sweep`: the brightest cluster in sight (within 0.1 in ln(price)) of the 4h and of the 1d map, on either side, in which
 * 25x, 50x and 100x converge. Price moves into it by at least one ATR in one bar, and that bar or the next closes back inside. A body
 * of one ATR that closes beyond it is a trend: no entry, and an exit at the next open. Entry the other way at the next open, stop
 * 5 bp behind the wick, target 2 R.
 */
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  'liquidity-sweep': {
    about: 'sweep of the brightest 4h or 1d cluster of 25x, 50x and 100x; entry the other way, stop behind the wick',
    sfp: {
      levels: { timeframes: ['4h', '1d'] },
      brightest: 1,
      rankBy: 'brightest',
      maxDistance: 0.1,
      converging: [25, 50, 100],
      minConvergence: 3,
      minMove: 1,
      reclaimWithin: 1,
      impulse: 1,
      stopBuffer: 0.0005,
      target: { r: 2 },
    },
    backtest: { trendExit: { beyond: 0, impulse: 1 } },
  },
}

/** Options of the trade that `liq.sfp` takes as well. */
const TRADE_OPTIONS = ['target', 'stopBuffer'] as const

/** Names of the options of `liq.sfp`. */
export const SFP_OPTIONS: readonly string[] = [
  'levels',
  'preset',
  ...LEVEL_OPTIONS,
  ...detectOptions.names,
  ...TRADE_OPTIONS,
]

/** Options after their preset was added, if they name one. */
export interface WithPreset<Options> {
  options: Options
  /** Exits that the preset sets, and `target` and `stopBuffer`. */
  trade: BacktestOptions
  /** What a result says of the preset; empty without one. */
  assumptions: readonly string[]
}

const presetName = oneOf(...Object.keys(PRESETS))

/**
 * Adds what a preset sets to the options given beside it. Of its timeframes those are used that the market's bars divide.
 * @throws OptionError for an unknown preset, and for a market whose bars are longer than those of the preset's levels
 */
export function withPreset<Options extends Omit<SfpOptions, 'levels'> & { levels?: Levels }>(
  market: Market,
  given: Options,
  caller: string,
): WithPreset<Options> {
  const { preset } = given
  if (preset === undefined) return { options: given, trade: tradeOptions(given), assumptions: [] }
  const mismatch = presetName(preset)
  if (mismatch) throw invalidOption(caller, 'preset', preset, mismatch)
  const { sfp, backtest } = PRESETS[preset]
  const changed = Object.keys(sfp).filter(name => given[name as keyof Options] !== undefined)
  const options = { ...sfp, ...dropUndefined(given) } as Options
  if (given.levels === undefined && sfp.levels !== undefined) options.levels = fittingLevels(market, sfp.levels, caller)
  return {
    options,
    trade: { ...backtest, ...tradeOptions(options) },
    assumptions: [`preset ${preset}${changed.length > 0 ? `, but with other ${changed.join(', ')}` : ''}`],
  }
}

function tradeOptions(options: object): BacktestOptions {
  return pick(options as BacktestOptions, TRADE_OPTIONS)
}

function fittingLevels(market: Market, levels: Levels, caller: string): Levels {
  if (typeof levels !== 'object' || !('timeframes' in levels) || levels.timeframes === undefined) return levels
  return { ...levels, timeframes: fittingTimeframes(market, levels.timeframes, caller) }
}

/** Checks the names of the options of `liq.sfp` and the values of those of the trade. @throws OptionError */
export function assertSfpOptions(options: SfpOptions): void {
  assertKnownOptions(options, SFP_OPTIONS, 'liq.sfp')
  backtestOptions.resolve(tradeOptions(options), 'liq.sfp')
}
