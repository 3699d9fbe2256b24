import type { Market } from '../market/market.ts'
import { cachedAtr, prefixSums } from './cached-series.ts'
import { type DetectOptions, type DetectRule, detectOptions } from './detect-options.ts'
import { columnsOf, type Level, type LevelColumns, type LevelSource, levelOf } from './levels/columns.ts'
import { type FailedCondition, measureSweep, type SweepMeasure, sweepFaults } from './measure.ts'

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
  /** Inner edge of the nearest level on the other side that is known at the signal; NaN where there is none. */
  opposite: number
}

/** A sweep that all conditions but one would have made a signal. */
export interface Miss extends FailedCondition {
  /** The bar at which the condition failed. */
  bar: number
  side: 'long' | 'short'
  sweepBar: number
  level: Level
}

interface Pending extends SweepMeasure {
  id: number
  sweepBar: number
  extreme: number
  volumeOutside: number
  /** The bar that closed back, once there is one that waits for its confirmation; else −1. */
  reclaimBar: number
}

/**
 * Swing failure patterns: at bar t a level known at the close of t−1 is swept (the extreme goes past its inner edge, by
 * at least `minSweepDepth` of its width, in a move of at least `minMove` ATR) and price closes back on the inner side in the same
 * bar or within `reclaimWithin` bars. Of several levels swept in one bar the strongest counts. Everything at bar t is known
 * at its close; the ATR used for the sweep is that of the bar before.
 *
 * @param onMiss called for each near miss: a level that was gone into from its inner side, and one condition that failed
 * @throws RangeError naming the option that is out of range, or when the levels are another market's
 */
export function detectSfp(
  market: Market,
  source: LevelSource,
  options: DetectOptions = {},
  onMiss?: (miss: Miss) => void,
): Signal[] {
  return new Detector(market, columnsOf(source, market), detectOptions.resolve(options), onMiss).run()
}

/** The near misses of a detector, in order of bars. @throws RangeError naming the option that is out of range */
export function nearMisses(market: Market, source: LevelSource, options: DetectOptions = {}): Miss[] {
  const misses: Miss[] = []
  detectSfp(market, source, options, miss => misses.push(miss))
  return misses
}

/** One run through a market. A bar costs a look at the levels known before it, and more only where one of them is swept. */
class Detector {
  readonly #signals: Signal[] = []
  /** By kind: lows, highs. */
  readonly #pending: (Pending | null)[] = [null, null]
  readonly #waiting: (Pending | null)[] = [null, null]
  readonly #ranges: Float64Array
  readonly #volumes: Float64Array
  readonly #closes: Float64Array
  readonly #market: Market
  readonly #levels: LevelColumns
  readonly #rule: DetectRule
  readonly #onMiss: ((miss: Miss) => void) | undefined

  constructor(market: Market, levels: LevelColumns, rule: DetectRule, onMiss: ((miss: Miss) => void) | undefined) {
    this.#market = market
    this.#levels = levels
    this.#rule = rule
    this.#onMiss = onMiss
    this.#ranges = cachedAtr(market, rule.atrPeriod)
    this.#volumes = prefixSums(market, 'volume')
    this.#closes = prefixSums(market, 'close')
  }

  run(): Signal[] {
    for (let t = 0; t < this.#market.length; t++) {
      const short = this.#isQuiet(t, 1) ? null : this.#bar(t, 1)
      const long = this.#isQuiet(t, 0) ? null : this.#bar(t, 0)
      if (short && long) this.#settleBoth(short, long)
      else if (short) this.#signals.push(short)
      else if (long) this.#signals.push(long)
    }
    return this.#signals
  }

  /** Nothing is under way and the bar's move is too small for a sweep: so it is of most bars. */
  #isQuiet(t: number, kind: 0 | 1): boolean {
    if (this.#pending[kind] || this.#waiting[kind] || this.#onMiss) return false
    if (t === 0) return true
    const before = this.#market.close[t - 1]!
    const move = kind === 1 ? this.#market.high[t]! - before : before - this.#market.low[t]!
    return !(move >= this.#rule.minMove * this.#ranges[t - 1]!)
  }

  /** Highs (1) or lows (0) at bar t: the signal that is known at its close. */
  #bar(t: number, kind: 0 | 1): Signal | null {
    const { high, low } = this.#market
    const sign = kind === 1 ? 1 : -1
    const extreme = kind === 1 ? high[t]! : low[t]!
    const older = this.#pending[kind]!
    if (older && sign * (extreme - older.extreme) > 0) older.extreme = extreme
    const sweep = (t > 0 && this.#sweepAt(t, kind, sign, extreme)) || older
    const confirmed = this.#waiting[kind] ? this.#confirm(t, kind, sign, extreme) : null
    if (!sweep) return confirmed
    this.#addVolume(t, sign, sweep)
    this.#pending[kind] = sweep
    const reclaimed = this.#reclaim(t, kind, sign, sweep)
    return reclaimed ?? confirmed
  }

  /** The strongest level that bar t sweeps. */
  #sweepAt(t: number, kind: 0 | 1, sign: number, extreme: number): Pending | null {
    const market = this.#market
    const levels = this.#levels
    const rule = this.#rule
    const onMiss = this.#onMiss
    const { starts, ids, high, inner, strength } = levels
    const before = market.close[t - 1]!
    const open = market.open[t]!
    const range = this.#ranges[t - 1]!
    let sweep: Pending | null = null
    for (let k = starts[t - 1]!; k < starts[t]!; k++) {
      const id = ids[k]!
      if (high[id] !== kind || sign * (extreme - inner[id]!) <= 0) continue
      const outside = rule.openInside && sign * (open - inner[id]!) >= 0
      if (outside && !onMiss) continue
      if (sweep && strength[id]! <= strength[sweep.id]! && !onMiss) continue
      const measure = measureSweep(levels, id, extreme, before, range)
      const faults = sweepFaults(measure, rule)
      if (outside) faults.unshift({ condition: 'openInside', value: Math.abs(open - inner[id]!) / range, needed: 0 })
      if (faults.length === 1 && onMiss && sign * (before - inner[id]!) < 0) this.#miss(faults[0]!, t, kind, t, id)
      if (faults.length > 0 || (sweep && strength[id]! <= strength[sweep.id]!)) continue
      sweep = { id, sweepBar: t, extreme, volumeOutside: 0, reclaimBar: -1, ...measure }
    }
    return sweep
  }

  /** Is the price back at the close of bar t? Then the sweep is over, whatever else it lacks; else it may go on. */
  #reclaim(t: number, kind: 0 | 1, sign: number, sweep: Pending): Signal | null {
    const market = this.#market
    const levels = this.#levels
    const rule = this.#rule
    const { open, close } = market
    const range = this.#ranges[t]!
    const inside = sign * (levels.inner[sweep.id]! - close[t]!)
    if (inside > 0 && inside >= rule.minReclaim * range) {
      this.#pending[kind] = null
      const fault = this.#faultAtReclaim(t, kind, sign, sweep)
      if (fault) this.#miss(fault, t, kind, sweep.sweepBar, sweep.id)
      else if (rule.confirmation === 0) return this.#signal(t, kind, sweep)
      else this.#waiting[kind] = { ...sweep, reclaimBar: t }
      return null
    }
    const beyond = sign * (close[t]! - levels.outer[sweep.id]!)
    const body = sign * (close[t]! - open[t]!)
    const over =
      beyond > rule.invalidation * range
        ? fault('invalidation', beyond / range, rule.invalidation)
        : inside < 0 && body >= rule.impulse * range
          ? fault('impulse', body / range, rule.impulse)
          : t - sweep.sweepBar >= rule.reclaimWithin
            ? inside > 0
              ? fault('minReclaim', inside / range, rule.minReclaim)
              : fault('reclaimWithin', -inside / range, 0)
            : null
    if (over) {
      this.#pending[kind] = null
      this.#miss(over, t, kind, sweep.sweepBar, sweep.id)
    }
    return null
  }

  #faultAtReclaim(t: number, kind: 0 | 1, sign: number, sweep: Pending): FailedCondition | null {
    const market = this.#market
    const rule = this.#rule
    const { high, low, close } = market
    const span = high[t]! - low[t]!
    const position = span > 0 ? (kind === 1 ? high[t]! - close[t]! : close[t]! - low[t]!) / span : 1
    if (position < rule.closePosition) return fault('closePosition', position, rule.closePosition)
    const volume = this.#volumeOutside(sweep)
    if (rule.minVolumeOutside > 0 && !(volume >= rule.minVolumeOutside))
      return fault('minVolumeOutside', volume, rule.minVolumeOutside)
    if (rule.maxVolumeOutside < Infinity && !(volume <= rule.maxVolumeOutside))
      return fault('maxVolumeOutside', volume, rule.maxVolumeOutside)
    if (rule.trend === 'any') return null
    // A short trades with the trend below the moving average; a long above it.
    const last = sweep.sweepBar - 1
    const mean = meanOf(this.#closes, last + 1, rule.trendPeriod)
    const trend = (-sign * (close[last]! - mean)) / this.#ranges[last]!
    const ok = rule.trend === 'with' ? trend > 0 : trend < 0
    return ok ? null : fault('trend', trend, 0)
  }

  /** Waits for a close beyond that of the bar that came back, and ends when the sweep's extreme is passed. */
  #confirm(t: number, kind: 0 | 1, sign: number, extreme: number): Signal | null {
    const sweep = this.#waiting[kind]!
    const { close } = this.#market
    const further = -sign * (close[t]! - close[sweep.reclaimBar]!)
    if (sign * (extreme - sweep.extreme) <= 0 && further > 0) {
      this.#waiting[kind] = null
      return this.#signal(t, kind, sweep)
    }
    if (sign * (extreme - sweep.extreme) > 0 || t - sweep.reclaimBar >= this.#rule.confirmation) {
      this.#waiting[kind] = null
      this.#miss(fault('confirmation', further / this.#ranges[t]!, 0), t, kind, sweep.sweepBar, sweep.id)
    }
    return null
  }

  /** The share of bar t's range that lies beyond the level, times its volume. */
  #addVolume(t: number, sign: number, sweep: Pending): void {
    const { high, low, volume } = this.#market
    const span = high[t]! - low[t]!
    const inner = this.#levels.inner[sweep.id]!
    const outside = sign > 0 ? high[t]! - Math.max(inner, low[t]!) : Math.min(inner, high[t]!) - low[t]!
    if (span > 0) sweep.volumeOutside += (volume[t]! * Math.max(0, outside)) / span
  }

  #volumeOutside({ volumeOutside, sweepBar }: Pending): number {
    return volumeOutside / meanOf(this.#volumes, sweepBar, this.#rule.volumePeriod)
  }

  #signal(t: number, kind: 0 | 1, sweep: Pending): Signal {
    const { move, sweepDepth, consumed, depth, depthPct, extreme, sweepBar, id } = sweep
    return {
      bar: t,
      side: kind === 1 ? 'short' : 'long',
      sweepBar,
      level: levelOf(this.#levels, id),
      extreme,
      move,
      sweepDepth,
      consumed,
      depth,
      depthPct,
      volumeOutside: this.#volumeOutside(sweep),
      opposite: this.#opposite(t, kind),
    }
  }

  #opposite(t: number, kind: 0 | 1): number {
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

  #settleBoth(short: Signal, long: Signal): void {
    const { both } = this.#rule
    if (both !== 'none') this.#signals.push(both === 'short' ? short : long)
    for (const left of [short, long]) {
      if (left.side === both) continue
      const { bar, side, sweepBar, level } = left
      this.#onMiss?.({ ...fault('both', 2, 1), bar, side, sweepBar, level })
    }
  }

  #miss(of: FailedCondition, bar: number, kind: 0 | 1, sweepBar: number, id: number): void {
    this.#onMiss?.({ ...of, bar, side: kind === 1 ? 'short' : 'long', sweepBar, level: levelOf(this.#levels, id) })
  }
}

function fault(condition: FailedCondition['condition'], value: number, needed: number): FailedCondition {
  return { condition, value, needed }
}

/** Mean of the `period` values before bar t, from their cumulative sums; NaN when there are fewer. */
function meanOf(sums: Float64Array, t: number, period: number): number {
  return t >= period ? (sums[t]! - sums[t - period]!) / period : Number.NaN
}
