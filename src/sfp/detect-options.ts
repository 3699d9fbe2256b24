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

export type DetectRule = Required<DetectOptions>

export const DEFAULT_DETECT: DetectRule = {
  reclaimWithin: 1,
  minMove: 1,
  minSweepDepth: 0.5,
  minConsumed: 0,
  minDepth: 0,
  maxDepth: Infinity,
  minDepthPct: 0,
  openInside: true,
  minReclaim: 0,
  closePosition: 0,
  confirmation: 0,
  minVolumeOutside: 0,
  maxVolumeOutside: Infinity,
  volumePeriod: 20,
  trend: 'any',
  trendPeriod: 200,
  invalidation: 1,
  impulse: Infinity,
  both: 'none',
  atrPeriod: 14,
}

/** The names of all options of the detector. */
export const DETECT_OPTIONS = Object.keys(DEFAULT_DETECT) as (keyof DetectOptions)[]

/** The rule with its defaults; other properties are left out. @throws RangeError naming the option that is out of range */
export function resolveDetect(options: DetectOptions): DetectRule {
  const given = Object.entries(options).filter(([name, value]) => name in DEFAULT_DETECT && value !== undefined)
  const rule: DetectRule = { ...DEFAULT_DETECT, ...Object.fromEntries(given) }
  const check = (names: (keyof DetectOptions)[], ok: (value: number) => boolean, expected: string) => {
    for (const name of names)
      if (!ok(rule[name] as number)) throw new RangeError(`${name}: ${rule[name]}, but expected ${expected}`)
  }
  const among = (name: keyof DetectOptions, values: readonly unknown[]) => {
    if (!values.includes(rule[name])) throw new RangeError(`${name}: ${rule[name]}, but expected ${values.join(', ')}`)
  }
  check(['reclaimWithin', 'confirmation'], x => Number.isInteger(x) && x >= 0, 'a whole number of 0 or more')
  check(['volumePeriod', 'trendPeriod', 'atrPeriod'], x => Number.isInteger(x) && x > 0, 'a whole number above 0')
  check(['minMove', 'minDepth', 'maxDepth', 'minReclaim', 'invalidation', 'impulse'], x => x >= 0, '0 or more ATR')
  check(['minSweepDepth', 'minConsumed', 'closePosition'], x => x >= 0 && x <= 1, '0 to 1')
  check(['minVolumeOutside', 'maxVolumeOutside'], x => x >= 0, '0 or more mean volumes')
  check(['minDepthPct'], x => x >= 0 && x < 100, '0 to 100 %')
  among('openInside', [true, false])
  among('trend', ['any', 'with', 'against'])
  among('both', ['none', 'short', 'long'])
  return rule
}
