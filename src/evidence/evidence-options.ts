/** Options of the tests of claims. */
import {
  type Check,
  defineOptions,
  duration,
  invalidOption,
  listOf,
  numberThat,
  option,
  optional,
  type ResolvedOptions,
  valueThat,
  wholeNumber,
} from '../common/options.ts'
import { type MapOptions, mapOptions } from '../liquidation/map.ts'
import type { Market } from '../market/market.ts'
import { type BacktestOptions, backtestOptions } from '../sfp/backtest-options.ts'
import { type DetectOptions, detectOptions } from '../sfp/detect-options.ts'
import { type ClusterLevelOptions, clusterLevelOptions } from '../sfp/levels/clusters.ts'
import type { LevelSource } from '../sfp/levels/level-source.ts'
import { MAX_RESAMPLES } from '../stats/bootstrap.ts'

/** Smallest effects that would matter to a trader, in the unit of each test. */
export interface EffectThresholds {
  /** Difference of two shares. Default 0.02, 2 percentage points. */
  share: number
  /** Return in σ over the horizon. Default 0.05. */
  move: number
  /** Multiples of the risk. Default 0.05. */
  r: number
  /** Bits by which a forecast is better, see {@link logScore}. Default 0.01. */
  bits: number
}

export interface EvidenceOptions {
  /** Levels other than the clusters of a heatmap: `market => liq.levels…`. */
  levels?: (market: Market) => LevelSource
  /** Options of the heatmap, if none is passed in. */
  map?: MapOptions
  /** Which clusters are tested. Default: as in `liq.sfp`, the 5 brightest of each side, of bins at least twice as bright as the mean. */
  clusters?: ClusterLevelOptions
  /** Bars over which an outcome is measured. Default 24. */
  horizon?: number
  /** Distance at which a level is tested as a magnet, in σ over the horizon. Default [0.5, 2.5]. */
  reach?: readonly [from: number, to: number]
  /** Timeframes to compare; the market needs the shortest or a shorter one. Default 15m, 1h, 4h, 1d. */
  timeframes?: readonly string[]
  /** The {@link timeframes} that are claimed to be stronger. Default 4h, 1d. */
  stronger?: readonly string[]
  /**
   * Tiers that must all take part for a cluster to count as converging, or how many of any tiers. Default [25, 50, 100]; of these the
   * ones that the map has, as other levels know only how many tiers meet.
   */
  converging?: readonly number[] | number
  /**
   * Options of the map of stops, beside those of the heatmap. Default: half of the positions end by a stop beyond the last swing point,
   * `{ survival: { 0.5: 0.5 }, stops: { at: 'swings' } }`.
   */
  stops?: MapOptions
  /** Detector of the SFP claim. */
  detect?: DetectOptions
  /** Trading rules of the SFP claim. */
  trade?: BacktestOptions
  /** Smallest effects that would matter. */
  matters?: Partial<EffectThresholds>
  /** Family-wise error rate over all tests of the session. Default 0.05. */
  alpha?: number
  /** Bootstrap samples. Default 2000. */
  resamples?: number
  /** Seed of the random numbers. Default 1. */
  seed?: number
}

/** The options with their defaults. */
export interface EvidenceSettings extends Omit<ResolvedOptions<EvidenceOptions, 'levels' | 'map'>, 'matters'> {
  matters: EffectThresholds
}

/** Bars at the start of a market that are not tested, as volatility and levels build up. */
export const WARM_UP = 100

export const EVIDENCE_CALLER = 'liq.evidence'

const threshold = numberThat('a number above 0', x => x > 0)

const thresholdOptions = defineOptions<Partial<EffectThresholds>>(EVIDENCE_CALLER, {
  share: option(0.02, threshold),
  move: option(0.05, threshold),
  r: option(0.05, threshold),
  bits: option(0.01, threshold),
})

/** The tiers that proponents name. */
export const DEFAULT_CONVERGING: readonly number[] = [25, 50, 100]

const tierCount = wholeNumber(2)
const tierList = listOf(
  numberThat('a leverage', x => x >= 1),
  'a list of leverages, e.g. [25, 50, 100]',
)

function checkConverging(value: unknown): ReturnType<Check> {
  if (!Array.isArray(value))
    return tierCount(value) && { expected: 'leverages, e.g. [25, 50, 100], or a number of tiers from 2 on' }
  const mismatch = tierList(value)
  if (mismatch) return mismatch
  return new Set(value).size >= 2 ? undefined : { expected: 'at least two leverages' }
}

const timeframeList = listOf(duration(), 'a list such as ["1h", "4h"]')

const evidenceOptions = defineOptions<EvidenceOptions, 'levels' | 'map'>(EVIDENCE_CALLER, {
  levels: optional(valueThat('a function, market => liq.levels…', value => typeof value === 'function')),
  map: optional(mapOptions.check),
  clusters: option({}, clusterLevelOptions.check),
  horizon: option(24, wholeNumber(1)),
  reach: option(
    [0.5, 2.5],
    valueThat('two distances, 0 < from < to', value => {
      if (!Array.isArray(value) || value.length !== 2) return false
      const [from, to] = value
      return typeof from === 'number' && typeof to === 'number' && from > 0 && to > from
    }),
  ),
  timeframes: option(['15m', '1h', '4h', '1d'], timeframeList),
  stronger: option(['4h', '1d'], timeframeList),
  converging: option(DEFAULT_CONVERGING, checkConverging),
  stops: option({}, mapOptions.check),
  detect: option({}, detectOptions.check),
  trade: option({}, backtestOptions.check),
  matters: option({}, thresholdOptions.check),
  alpha: option(
    0.05,
    numberThat('a probability between 0 and 1', x => x > 0 && x < 1),
  ),
  resamples: option(2000, wholeNumber(200, MAX_RESAMPLES)),
  seed: option(1, wholeNumber()),
})

/** The options of the map of stops, from those of the heatmap. */
export function stopOptions(map: MapOptions, given: MapOptions): MapOptions {
  const stops = { at: 'swings', ...map.stops, ...given.stops } as const
  return { survival: { 0.5: 0.5 }, ...map, ...given, stops, layer: 'stops' }
}

/** @throws OptionError for a value that is not allowed */
export function resolveEvidence(options: EvidenceOptions): EvidenceSettings {
  const resolved = evidenceOptions.resolve(options)
  const { stronger, timeframes } = resolved
  const unknown = stronger.filter(timeframe => !timeframes.includes(timeframe))
  if (unknown.length > 0)
    throw invalidOption(EVIDENCE_CALLER, 'stronger', unknown, `some of the timeframes ${timeframes.join(', ')}`)
  return {
    ...resolved,
    clusters: { brightness: clusterLevelOptions.defaults.brightness, ...clusterLevelOptions.pick(resolved.clusters) },
    matters: thresholdOptions.resolve(resolved.matters),
  }
}
