/** The detector's options: what counts as a sweep, and what as coming back. */
import { defineOptions, numberThat, oneOf, option, trueOrFalse, wholeNumber } from '../common/options.ts'

export interface DetectOptions {
  /** The close must be back on the inner side in the bar of the sweep (0) or within so many bars after it. Default 1. */
  reclaimWithin?: number
  /** Least move of the sweeping bar, from the close before it to its extreme, in ATR. Default 1. */
  minMove?: number
  /** Least share of the zone's width that the extreme went through, 0…1. Default 0.5. */
  minSweepDepth?: number
  /** Least share of the cluster's USD that the extreme went through, 0…1; a line is taken whole. Default 0. */
  minConsumed?: number
  /** Least and most depth of the sweep beyond the inner edge, in ATR. Default 0 and any. */
  minDepth?: number
  maxDepth?: number
  /** Least depth of the sweep beyond the inner edge, in % of it. Default 0. */
  minDepthPct?: number
  /** The sweeping bar opens on the inner side. Default true. */
  openInside?: boolean
  /** The close must be back by at least so many ATR inside of the inner edge. Default 0. */
  minReclaim?: number
  /**
   * Where in its range the bar that comes back closes: 0 at the end of the sweep, 1 at the other end. Default 0: anywhere.
   */
  closePosition?: number
  /** Wait up to so many bars for a close beyond that of the bar that came back, in the direction of the trade. Default 0. */
  confirmation?: number
  /**
   * Volume traded beyond the level from the sweep to the signal, in multiples of the mean bar's: least and most. A bar's
   * volume is taken to be spread evenly over its range. Default 0 and any.
   */
  minVolumeOutside?: number
  maxVolumeOutside?: number
  /** Bars over which the mean volume is taken, all before the sweep. Default 20. */
  volumePeriod?: number
  /** Only trades `with` or `against` the trend: the last close before the sweep above or below its moving average. Default `any`. */
  trend?: 'any' | 'with' | 'against'
  /** Bars of that moving average. Default 200. */
  trendPeriod?: number
  /** A close this far beyond the outer edge, in ATR, is a trend and no sweep any more. Default 1. */
  invalidation?: number
  /** A bar that closes beyond the inner edge with a body of so many ATR is an impulse and ends the sweep. Default: none does. */
  impulse?: number
  /** Two signals in one bar, one each way: take none (default), or the short or long one. */
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
  minMove: option(1, inAtr),
  minSweepDepth: option(0.5, share),
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
