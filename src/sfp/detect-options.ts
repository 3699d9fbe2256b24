/** The detector's options: what counts as a sweep, and what as a reclaim. */
import { defineOptions, numberThat, oneOf, option, trueOrFalse, wholeNumber } from '../common/options.ts'

export interface DetectOptions {
  /** Bars after the sweep within which the close must be back on the inner side; 0: in the sweep's own bar. Default 1. */
  reclaimWithin?: number
  /** Minimum move of the sweeping bar, from the close before it to its extreme, in ATR. Default 0.75. */
  minMove?: number
  /** Minimum share of the zone's width that the extreme goes through, 0…1. Default 0.1. */
  minSweepDepth?: number
  /** Minimum share of the cluster's USD that the extreme goes through, 0…1; a line counts as wholly consumed. Default 0. */
  minConsumed?: number
  /** Minimum depth of the sweep beyond the inner edge, in ATR. Default 0. */
  minDepth?: number
  /** Maximum depth of the sweep beyond the inner edge, in ATR. Default: any. */
  maxDepth?: number
  /** Minimum depth of the sweep beyond the inner edge, in % of it. Default 0. */
  minDepthPct?: number
  /** The sweeping bar opens on the inner side. Default true. */
  openInside?: boolean
  /** Minimum distance of the reclaiming close from the inner edge, on the inner side, in ATR. Default 0. */
  minReclaim?: number
  /**
   * Minimum position of the reclaiming close in its bar's range: 0 at the end of the sweep, 1 at the other end. Default 0.
   */
  closePosition?: number
  /** Bars to wait for a close beyond that of the reclaiming bar, in the direction of the trade. Default 0: none is needed. */
  confirmation?: number
  /**
   * Minimum volume traded beyond the level from the sweep to the signal, in multiples of the mean bar's volume. A bar's volume is
   * assumed to be spread evenly over its range. Default 0.
   */
  minVolumeOutside?: number
  /** Maximum of that volume. Default: any. */
  maxVolumeOutside?: number
  /** Bars before the sweep over which the mean volume is taken. Default 20. */
  volumePeriod?: number
  /** Only trades `with` or `against` the trend: the last close before the sweep above or below its moving average. Default `any`. */
  trend?: 'any' | 'with' | 'against'
  /** Bars of that moving average. Default 200. */
  trendPeriod?: number
  /** A close this far beyond the outer edge, in ATR, is a trend and ends the sweep. Default 1. */
  invalidation?: number
  /** A bar that closes beyond the inner edge with a body of at least this many ATR is an impulse and ends the sweep. Default: none does. */
  impulse?: number
  /** Which signal counts when one bar gives a short and a long one. Default `none`. */
  both?: 'none' | 'short' | 'long'
  /** Period of the ATR. Default 14. */
  atrPeriod?: number
}

/** The options with their defaults. */
export type DetectRule = Required<DetectOptions>

const inAtr = numberThat('0 or more ATR', x => x >= 0)
const share = numberThat('0 to 1', x => x >= 0 && x <= 1)
const inMeanVolumes = numberThat('0 or more mean volumes', x => x >= 0)

export const detectOptions = defineOptions<DetectOptions>('liq.sfp', {
  reclaimWithin: option(1, wholeNumber(0)),
  minMove: option(0.75, inAtr),
  minSweepDepth: option(0.1, share),
  minConsumed: option(0, share),
  minDepth: option(0, inAtr),
  maxDepth: option(Infinity, inAtr),
  minDepthPct: option(
    0,
    numberThat('0 to 100 %', x => x >= 0 && x < 100),
  ),
  openInside: option(true, trueOrFalse),
  minReclaim: option(0, inAtr),
  closePosition: option(0, share),
  confirmation: option(0, wholeNumber(0)),
  minVolumeOutside: option(0, inMeanVolumes),
  maxVolumeOutside: option(Infinity, inMeanVolumes),
  volumePeriod: option(20, wholeNumber(1)),
  trend: option('any', oneOf('any', 'with', 'against')),
  trendPeriod: option(200, wholeNumber(1)),
  invalidation: option(1, inAtr),
  impulse: option(Infinity, inAtr),
  both: option('none', oneOf('none', 'short', 'long')),
  atrPeriod: option(14, wholeNumber(1)),
})
