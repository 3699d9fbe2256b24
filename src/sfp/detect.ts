/** Detects swing failure patterns: a level is swept, and price closes back on its inner side. */
import type { Market } from '../market/market.ts'
import { cachedAtr, prefixSums } from './cached-series.ts'
import { type DetectOptions, type DetectRule, detectOptions } from './detect-options.ts'
import { type Level, type LevelColumns, type LevelSource, toLevel, toLevelColumns } from './levels/level-source.ts'
import { type FailedCondition, failedConditions, measureSweep, type SweepMeasure } from './sweep-measure.ts'

/** A swept level that price closed back from: trade the other way at the next open. */
export interface Signal extends SweepMeasure {
  /** The bar at whose close the signal is known. */
  bar: number
  side: 'long' | 'short'
  /** The bar that went through the level. */
  sweepBar: number
  level: Level
  /** Farthest price from the sweep to the signal. */
  extreme: number
  /** Volume beyond the level from the sweep to the signal, in multiples of the mean bar's. NaN before there is a mean. */
  volumeOutside: number
  /** Inner edge of the nearest opposite level that is known at the signal; NaN where there is none. */
  opposite: number
}

/** A sweep that failed exactly one condition. */
export interface NearMiss extends FailedCondition {
  /** The bar at which the condition failed. */
  bar: number
  side: 'long' | 'short'
  sweepBar: number
  level: Level
}

interface Sweep extends SweepMeasure {
  id: number
  sweepBar: number
  extreme: number
  volumeOutside: number
}

/** A sweep that price closed back from. */
interface ReclaimedSweep extends Sweep {
  /** The bar that closed back. */
  reclaimBar: number
}

/**
 * Swing failure patterns. At bar t, a level known at the close of t−1 is swept: the extreme goes past its inner edge, through at
 * least `minSweepDepth` of its width, in a move of at least `minMove` ATR. Then price closes back on the inner side, in the same
 * bar or within `reclaimWithin` bars. Of several levels swept in one bar the strongest counts. Everything about bar t is known
 * at its close; the ATR used for the sweep is that of the bar before.
 *
 * @param onMiss called for each near miss: a level entered from its inner side with exactly one failed condition
 * @throws OptionError naming the option that is out of range, or when the levels belong to another market
 */
export function detectSfp(
  market: Market,
  source: LevelSource,
  options: DetectOptions = {},
  onMiss?: (miss: NearMiss) => void,
): Signal[] {
  return new Detector(market, toLevelColumns(source, market), detectOptions.resolve(options), onMiss).run()
}

/** The near misses of a detector, in order of bars. @throws OptionError naming the option that is out of range */
export function nearMisses(market: Market, source: LevelSource, options: DetectOptions = {}): NearMiss[] {
  const misses: NearMiss[] = []
  detectSfp(market, source, options, miss => misses.push(miss))
  return misses
}

/** One run through a market. A bar costs a pass over the levels known before it, and more only where one of them is swept. */
class Detector {
  readonly #signals: Signal[] = []
  /** Sweeps that price has not closed back from yet, by kind: lows, highs. */
  readonly #pending: (Sweep | null)[] = [null, null]
  /** Sweeps that await confirmation, by kind. */
  readonly #unconfirmed: (ReclaimedSweep | null)[] = [null, null]
  readonly #atr: Float64Array
  readonly #volumeSums: Float64Array
  readonly #closeSums: Float64Array
  readonly #market: Market
  readonly #levels: LevelColumns
  readonly #rule: DetectRule
  readonly #onMiss: ((miss: NearMiss) => void) | undefined

  constructor(market: Market, levels: LevelColumns, rule: DetectRule, onMiss: ((miss: NearMiss) => void) | undefined) {
    this.#market = market
    this.#levels = levels
    this.#rule = rule
    this.#onMiss = onMiss
    this.#atr = cachedAtr(market, rule.atrPeriod)
    this.#volumeSums = prefixSums(market, 'volume')
    this.#closeSums = prefixSums(market, 'close')
  }

  run(): Signal[] {
    // Before the first bar no level is known.
    for (let t = 1; t < this.#market.length; t++) {
      const short = this.#isQuiet(t, 1) ? null : this.#bar(t, 1)
      const long = this.#isQuiet(t, 0) ? null : this.#bar(t, 0)
      if (short && long) this.#resolveBoth(short, long)
      else if (short) this.#signals.push(short)
      else if (long) this.#signals.push(long)
    }
    return this.#signals
  }

  /** No sweep is under way and the bar's move is too small for one: true of most bars. */
  #isQuiet(t: number, kind: 0 | 1): boolean {
    if (this.#pending[kind] || this.#unconfirmed[kind] || this.#onMiss) return false
    const closeBefore = this.#market.close[t - 1]!
    const move = kind === 1 ? this.#market.high[t]! - closeBefore : closeBefore - this.#market.low[t]!
    return !(move >= this.#rule.minMove * this.#atr[t - 1]!)
  }

  /** Highs (1) or lows (0) at bar t: the signal that is known at its close. */
  #bar(t: number, kind: 0 | 1): Signal | null {
    const { high, low } = this.#market
    const sign = kind === 1 ? 1 : -1
    const extreme = kind === 1 ? high[t]! : low[t]!
    const pending = this.#pending[kind] ?? null
    if (pending && sign * (extreme - pending.extreme) > 0) pending.extreme = extreme
    const sweep = this.#sweepAt(t, kind, sign, extreme) ?? pending
    const unconfirmed = this.#unconfirmed[kind]
    const confirmed = unconfirmed ? this.#confirm(t, kind, sign, extreme, unconfirmed) : null
    if (!sweep) return confirmed
    this.#addVolume(t, sign, sweep)
    this.#pending[kind] = sweep
    const reclaimed = this.#reclaim(t, kind, sign, sweep)
    return reclaimed ?? confirmed
  }

  /** The strongest level that bar t sweeps. */
  #sweepAt(t: number, kind: 0 | 1, sign: number, extreme: number): Sweep | null {
    const market = this.#market
    const levels = this.#levels
    const rule = this.#rule
    const onMiss = this.#onMiss
    const { starts, ids, high, inner, strength } = levels
    const closeBefore = market.close[t - 1]!
    const open = market.open[t]!
    const atr = this.#atr[t - 1]!
    let sweep: Sweep | null = null
    for (let k = starts[t - 1]!; k < starts[t]!; k++) {
      const id = ids[k]!
      if (high[id] !== kind || sign * (extreme - inner[id]!) <= 0) continue
      const outside = rule.openInside && sign * (open - inner[id]!) >= 0
      if (outside && !onMiss) continue
      if (sweep && strength[id]! <= strength[sweep.id]! && !onMiss) continue
      const measure = measureSweep(levels, id, extreme, closeBefore, atr)
      const failed = failedConditions(measure, rule)
      if (outside) failed.unshift(failure('openInside', Math.abs(open - inner[id]!) / atr, 0))
      const [first] = failed
      if (first && failed.length === 1 && onMiss && sign * (closeBefore - inner[id]!) < 0)
        this.#miss(first, t, kind, t, id)
      if (first || (sweep && strength[id]! <= strength[sweep.id]!)) continue
      sweep = { id, sweepBar: t, extreme, volumeOutside: 0, ...measure }
    }
    return sweep
  }

  /** Does bar t close back? Then the sweep is over, whether or not its other conditions hold; else it may go on. */
  #reclaim(t: number, kind: 0 | 1, sign: number, sweep: Sweep): Signal | null {
    const rule = this.#rule
    const close = this.#market.close[t]!
    const atr = this.#atr[t]!
    const inside = sign * (this.#levels.inner[sweep.id]! - close)
    if (inside > 0 && inside >= rule.minReclaim * atr) {
      this.#pending[kind] = null
      const failed = this.#failedAtReclaim(t, kind, sign, sweep)
      if (failed) this.#miss(failed, t, kind, sweep.sweepBar, sweep.id)
      else if (rule.confirmation === 0) return this.#signal(t, kind, sweep)
      else this.#unconfirmed[kind] = { ...sweep, reclaimBar: t }
      return null
    }
    const end = this.#endOfSweep(t, sign, sweep, inside)
    if (end) {
      this.#pending[kind] = null
      this.#miss(end, t, kind, sweep.sweepBar, sweep.id)
    }
    return null
  }

  /** The condition that ends a sweep at bar t, which does not close back; null while it may go on. */
  #endOfSweep(t: number, sign: number, sweep: Sweep, inside: number): FailedCondition | null {
    const rule = this.#rule
    const close = this.#market.close[t]!
    const atr = this.#atr[t]!
    const beyond = sign * (close - this.#levels.outer[sweep.id]!)
    if (beyond > rule.invalidation * atr) return failure('invalidation', beyond / atr, rule.invalidation)
    const body = sign * (close - this.#market.open[t]!)
    if (inside < 0 && body >= rule.impulse * atr) return failure('impulse', body / atr, rule.impulse)
    if (t - sweep.sweepBar < rule.reclaimWithin) return null
    return inside > 0
      ? failure('minReclaim', inside / atr, rule.minReclaim)
      : failure('reclaimWithin', -inside / atr, 0)
  }

  #failedAtReclaim(t: number, kind: 0 | 1, sign: number, sweep: Sweep): FailedCondition | null {
    const rule = this.#rule
    const { high, low, close } = this.#market
    // NaN, which is not too little, in a bar without a range.
    const position = (kind === 1 ? high[t]! - close[t]! : close[t]! - low[t]!) / (high[t]! - low[t]!)
    if (position < rule.closePosition) return failure('closePosition', position, rule.closePosition)
    const volume = this.#volumeOutside(sweep)
    if (rule.minVolumeOutside > 0 && !(volume >= rule.minVolumeOutside))
      return failure('minVolumeOutside', volume, rule.minVolumeOutside)
    if (rule.maxVolumeOutside < Infinity && !(volume <= rule.maxVolumeOutside))
      return failure('maxVolumeOutside', volume, rule.maxVolumeOutside)
    if (rule.trend === 'any') return null
    // A short trades with the trend below the moving average; a long above it.
    const barBefore = sweep.sweepBar - 1
    const average = movingAverage(this.#closeSums, barBefore + 1, rule.trendPeriod)
    const trend = (-sign * (close[barBefore]! - average)) / this.#atr[barBefore]!
    const ok = rule.trend === 'with' ? trend > 0 : trend < 0
    return ok ? null : failure('trend', trend, 0)
  }

  /** Waits for a close beyond that of the reclaiming bar; gives up when price passes the sweep's extreme. */
  #confirm(t: number, kind: 0 | 1, sign: number, extreme: number, sweep: ReclaimedSweep): Signal | null {
    const { close } = this.#market
    const progress = -sign * (close[t]! - close[sweep.reclaimBar]!)
    if (sign * (extreme - sweep.extreme) <= 0 && progress > 0) {
      this.#unconfirmed[kind] = null
      return this.#signal(t, kind, sweep)
    }
    if (sign * (extreme - sweep.extreme) > 0 || t - sweep.reclaimBar >= this.#rule.confirmation) {
      this.#unconfirmed[kind] = null
      this.#miss(failure('confirmation', progress / this.#atr[t]!, 0), t, kind, sweep.sweepBar, sweep.id)
    }
    return null
  }

  /** Adds bar t's volume times the share of its range that lies beyond the level. */
  #addVolume(t: number, sign: number, sweep: Sweep): void {
    const { high, low, volume } = this.#market
    const range = high[t]! - low[t]!
    const inner = this.#levels.inner[sweep.id]!
    const outside = sign > 0 ? high[t]! - Math.max(inner, low[t]!) : Math.min(inner, high[t]!) - low[t]!
    if (range > 0) sweep.volumeOutside += (volume[t]! * Math.max(0, outside)) / range
  }

  #volumeOutside({ volumeOutside, sweepBar }: Sweep): number {
    return volumeOutside / movingAverage(this.#volumeSums, sweepBar, this.#rule.volumePeriod)
  }

  #signal(t: number, kind: 0 | 1, sweep: Sweep): Signal {
    const { move, sweepDepth, consumed, depth, depthPct, extreme, sweepBar, id } = sweep
    return {
      bar: t,
      side: kind === 1 ? 'short' : 'long',
      sweepBar,
      level: toLevel(this.#levels, id),
      extreme,
      move,
      sweepDepth,
      consumed,
      depth,
      depthPct,
      volumeOutside: this.#volumeOutside(sweep),
      opposite: this.#nearestOpposite(t, kind),
    }
  }

  #nearestOpposite(t: number, kind: 0 | 1): number {
    const { starts, ids, high, inner } = this.#levels
    const close = this.#market.close[t]!
    const sign = kind === 1 ? -1 : 1
    let nearest = Number.NaN
    for (let k = starts[t]!; k < starts[t + 1]!; k++) {
      const price = inner[ids[k]!]!
      if (high[ids[k]!] !== kind && sign * (price - close) > 0 && !(sign * (price - nearest) >= 0)) nearest = price
    }
    return nearest
  }

  /** Two signals in one bar: `both` says which one counts. */
  #resolveBoth(short: Signal, long: Signal): void {
    const { both } = this.#rule
    if (both !== 'none') this.#signals.push(both === 'short' ? short : long)
    for (const signal of [short, long]) {
      if (signal.side === both) continue
      const { bar, side, sweepBar, level } = signal
      this.#onMiss?.({ ...failure('both', 2, 1), bar, side, sweepBar, level })
    }
  }

  #miss(failed: FailedCondition, bar: number, kind: 0 | 1, sweepBar: number, id: number): void {
    this.#onMiss?.({ ...failed, bar, side: kind === 1 ? 'short' : 'long', sweepBar, level: toLevel(this.#levels, id) })
  }
}

function failure(condition: FailedCondition['condition'], value: number, needed: number): FailedCondition {
  return { condition, value, needed }
}

/** Mean of the `period` values before bar t, from their prefix sums; NaN when there are fewer. */
function movingAverage(sums: Float64Array, t: number, period: number): number {
  return t >= period ? (sums[t]! - sums[t - period]!) / period : Number.NaN
}
