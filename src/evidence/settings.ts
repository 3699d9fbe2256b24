import { durationMs } from '../common/duration.ts'
import { DataError } from '../common/errors.ts'
import { dropUndefined } from '../common/options.ts'
import type { MapOptions } from '../liquidation/map.ts'
import type { Market } from '../market/market.ts'
import type { BacktestOptions } from '../sfp/backtest-options.ts'
import type { DetectOptions } from '../sfp/detect-options.ts'
import type { ClusterLevelOptions } from '../sfp/levels/clusters.ts'
import type { LevelSource } from '../sfp/levels/columns.ts'

/** Smallest effects that would matter to somebody who trades on them, each in its test's unit. */
export interface Matters {
  /** Difference of two shares: 0.02 = 2 percentage points. */
  share: number
  /** Return in usual moves: 0.05 of the usual move over the horizon. */
  move: number
  /** Multiples of the risk. */
  r: number
}

export interface EvidenceOptions {
  /** Other levels than the clusters of a heatmap: `market => liq.levels…`. */
  levels?: (market: Market) => LevelSource
  /** Assumptions of the heatmap, where none is given. */
  map?: MapOptions
  /** Which clusters are tested. Default: the 5 brightest of each side, bins of twice the mean. */
  clusters?: ClusterLevelOptions
  /** Bars over which an outcome is measured. Default 24. */
  horizon?: number
  /** A cluster is tested for its pull where it first lies so far away, in usual moves over the horizon. Default [0.5, 2.5]. */
  reach?: readonly [from: number, to: number]
  /** Timeframes to compare, of which the market must have the finest or finer. Default 15m, 1h, 4h, 1d. */
  timeframes?: readonly string[]
  /** Those of {@link timeframes} that are claimed to be stronger. Default 4h, 1d. */
  stronger?: readonly string[]
  /** Tiers from which on a cluster counts as converging. Default 2. */
  converging?: number
  /** Detector and trading rules of the SFP claim. */
  detect?: DetectOptions
  trade?: BacktestOptions
  matters?: Partial<Matters>
  /** Chance of a false alarm over all tests made together. Default 0.05. */
  alpha?: number
  /** Bootstrap samples. Default 2000. */
  resamples?: number
  /** Default 1. */
  seed?: number
}

export interface Settings extends Required<Omit<EvidenceOptions, 'levels' | 'map' | 'matters'>> {
  levels?: (market: Market) => LevelSource
  map?: MapOptions
  matters: Matters
}

/** Bars at the start of a market that are not tested: volatility and levels have to build up first. */
export const WARM_UP = 100

/** @throws DataError naming the option that is out of range */
export function resolveSettings(options: EvidenceOptions): Settings {
  const settings: Settings = {
    horizon: 24,
    reach: [0.5, 2.5],
    timeframes: ['15m', '1h', '4h', '1d'],
    stronger: ['4h', '1d'],
    converging: 2,
    detect: {},
    trade: {},
    alpha: 0.05,
    resamples: 2000,
    seed: 1,
    ...dropUndefined(options),
    clusters: { brightest: 5, brightness: 2, ...dropUndefined(options.clusters ?? {}) },
    matters: { share: 0.02, move: 0.05, r: 0.05, ...dropUndefined(options.matters ?? {}) },
  }
  const check = (name: string, value: unknown, ok: boolean, expected: string) => {
    if (!ok) throw new DataError(`evidence, ${name}: ${value}, but expected ${expected}`)
  }
  const { horizon, reach, alpha, resamples, converging, stronger, timeframes, matters, seed, levels } = settings
  check('levels', levels, levels === undefined || typeof levels === 'function', 'market => liq.levels…')
  check('horizon', horizon, Number.isInteger(horizon) && horizon >= 1, 'a whole number of bars above 0')
  check('seed', seed, Number.isSafeInteger(seed), 'a whole number')
  check('reach', reach, reach.length === 2 && reach[0] > 0 && reach[1] > reach[0], 'two distances, 0 < from < to')
  check('alpha', alpha, alpha > 0 && alpha < 1, 'a chance between 0 and 1')
  check('resamples', resamples, Number.isInteger(resamples) && resamples >= 200, 'a whole number of at least 200')
  check('converging', converging, Number.isInteger(converging) && converging >= 2, 'a whole number of at least 2')
  for (const [name, list] of Object.entries({ timeframes, stronger })) {
    check(name, list, Array.isArray(list), 'a list such as ["1h", "4h"]')
    for (const timeframe of list) durationMs(timeframe, name)
  }
  const unknown = stronger.filter(timeframe => !timeframes.includes(timeframe))
  check('stronger', unknown.join(', '), unknown.length === 0, `some of the timeframes ${timeframes.join(', ')}`)
  for (const [name, value] of Object.entries(matters)) check(`matters.${name}`, value, value > 0, 'a number above 0')
  return settings
}
