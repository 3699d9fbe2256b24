import { atr } from '../market/atr.ts'
import type { Market } from '../market/market.ts'
import type { Level, LevelSource } from './levels.ts'

export interface DetectOptions {
  /** The close must be back on the inner side in the bar of the sweep (0) or within so many bars after it. Default 1. */
  reclaimWithin?: number
  /** Least move of the sweeping bar, from the close before it to its extreme, in ATR. Default 1. */
  minMove?: number
  /** Least share of the zone's width that the extreme went through, 0…1. Default 0.5. */
  minTaken?: number
  /** The sweeping bar opens on the inner side. Default true. */
  openInside?: boolean
  /** A close this far beyond the outer edge, in ATR, is a trend and no sweep any more. Default 1. */
  invalidation?: number
  /** Two signals in one bar, one each way: take none (default), or the short or long one. */
  both?: 'none' | 'short' | 'long'
  /** Period of the ATR. Default 14. */
  atrPeriod?: number
}

export const DEFAULT_DETECT: Required<DetectOptions> = {
  reclaimWithin: 1,
  minMove: 1,
  minTaken: 0.5,
  openInside: true,
  invalidation: 1,
  both: 'none',
  atrPeriod: 14,
}

/** A swept level that price closed back from: trade the other way at the next open. */
export interface Signal {
  /** The bar at whose close the signal is known. */
  bar: number
  side: 'long' | 'short'
  /** The bar that went through the level. */
  sweepBar: number
  level: Level
  /** Farthest price from the sweep to the signal. */
  extreme: number
  /** Move of the sweeping bar in ATR, and share of the zone it went through. */
  move: number
  taken: number
}

interface Pending {
  level: Level
  sweepBar: number
  extreme: number
  move: number
  taken: number
}

/**
 * Swing failure patterns: at bar t a level known at the close of t−1 is swept (the extreme goes past its inner edge, by
 * at least `minTaken` of its width, in a move of at least `minMove` ATR) and price closes back on the inner side in the same
 * bar or within `reclaimWithin` bars. Of several levels swept in one bar the strongest counts. Everything at bar t is known
 * at its close; the ATR used for the sweep is that of the bar before.
 *
 * @throws RangeError naming the option that is out of range
 */
export function detectSfp(market: Market, source: LevelSource, options: DetectOptions = {}): Signal[] {
  const rule = resolve(options)
  const ranges = atr(market, rule.atrPeriod)
  const { open, high, low, close } = market
  const signals: Signal[] = []
  let known: readonly Level[] = []
  const pending: { high: Pending | null; low: Pending | null } = { high: null, low: null }

  source.replay((t, levels) => {
    const found: Signal[] = []
    for (const kind of ['high', 'low'] as const) {
      const sign = kind === 'high' ? 1 : -1
      const extreme = kind === 'high' ? high[t]! : low[t]!
      let sweep = pending[kind]
      if (sweep && sign * (extreme - sweep.extreme) > 0) sweep.extreme = extreme

      if (t > 0) {
        const move = (sign * (extreme - close[t - 1]!)) / ranges[t - 1]!
        for (const level of known) {
          if (level.kind !== kind || !(move >= rule.minMove)) continue
          if (sign * (extreme - level.inner) <= 0) continue
          if (rule.openInside && sign * (open[t]! - level.inner) >= 0) continue
          const width = Math.abs(level.outer - level.inner)
          const taken = width > 0 ? Math.min(1, Math.abs(extreme - level.inner) / width) : 1
          if (taken < rule.minTaken) continue
          // A fresh sweep replaces an older one of its kind; the strongest of this bar wins.
          if (!sweep || sweep.sweepBar < t || level.strength > sweep.level.strength)
            sweep = { level, sweepBar: t, extreme, move, taken }
        }
      }
      if (sweep) {
        const beyond = sign * (close[t]! - sweep.level.outer)
        if (sign * (close[t]! - sweep.level.inner) < 0) {
          found.push({ bar: t, side: kind === 'high' ? 'short' : 'long', ...sweep })
          sweep = null
        } else if (beyond > rule.invalidation * ranges[t]! || t - sweep.sweepBar >= rule.reclaimWithin) {
          sweep = null
        }
      }
      pending[kind] = sweep
    }
    if (found.length === 1) signals.push(found[0]!)
    else if (found.length === 2 && rule.both !== 'none') signals.push(found.find(signal => signal.side === rule.both)!)
    known = levels
  })
  return signals
}

function resolve(options: DetectOptions): Required<DetectOptions> {
  const rule = { ...DEFAULT_DETECT, ...options }
  const check = (name: keyof DetectOptions, ok: boolean, expected: string) => {
    if (!ok) throw new RangeError(`${name}: ${rule[name]}, but expected ${expected}`)
  }
  check('reclaimWithin', Number.isInteger(rule.reclaimWithin) && rule.reclaimWithin >= 0, 'a whole number of 0 or more')
  check('minMove', rule.minMove >= 0, '0 or more ATR')
  check('minTaken', rule.minTaken >= 0 && rule.minTaken <= 1, '0 to 1')
  check('invalidation', rule.invalidation >= 0, '0 or more ATR')
  check('both', ['none', 'short', 'long'].includes(rule.both), 'none, short or long')
  return rule
}
