/** Pairs of a level and its mirror image, and placebo pairs without a level. */

import type { EvidenceSettings } from './evidence-options.ts'
import type { Scope } from './scope.ts'
import { createStream } from './streams.ts'
import { firstTestedBar, pastReturn, TREND_HORIZONS } from './tested-bars.ts'

/** A level and its mirror image: the price at the same distance in ln(price) on the other side. */
export interface LevelPair {
  /** Bar at whose close the pair is formed. */
  bar: number
  sign: 1 | -1
  /** From the close to the level, in σ over the horizon. */
  distance: number
  /** See {@link Scope.brightness}; NaN for a placebo. */
  brightness: number
  convergence: number
  /** Return towards the level over the last horizon and the last {@link TREND_HORIZONS}, in σ over that span. */
  momentum: number
  trend: number
  /** Whether price reached the level, and its mirror image, within the horizon. */
  touched: boolean
  mirrorTouched: boolean
}

interface LevelPairs {
  pairs: LevelPair[]
  /** Number of levels that came within reach. */
  levels: number
  /** Number of those without a pair, because the other side always had a level as bright at the mirror image. */
  unpaired: number
}

/**
 * One pair per level: at the first close at which it is within reach and no level at least as bright overlaps its mirror image.
 * All of that is known at the close, so for a price without memory both halves of a pair are equally likely to be touched.
 */
export function levelPairs(scope: Scope, settings: EvidenceSettings): LevelPairs {
  const { market, record, sigma, brightness } = scope
  const { horizon, reach } = settings
  const { offset, sign, inner, outer, strength, levelId, convergence, consumed } = record
  const paired = new Uint8Array(record.levelCount)
  const inReach = new Uint8Array(record.levelCount)
  const pairs: LevelPair[] = []
  for (let t = firstTestedBar(scope, settings); t + horizon < market.length; t++) {
    const close = Math.log(market.close[t]!)
    const unit = sigma[t]! * Math.sqrt(horizon)
    if (!(unit > 0)) continue
    for (let i = offset[t]!; i < offset[t + 1]!; i++) {
      const distance = Math.abs(inner[i]! - close) / unit
      if (consumed[i] || paired[levelId[i]!] || !(distance >= reach[0] && distance <= reach[1])) continue
      inReach[levelId[i]!] = 1
      if (hasRival(i, close, t)) continue
      paired[levelId[i]!] = 1
      pairs.push({
        ...outcome(scope, settings, t, inner[i]!),
        brightness: brightness[i]!,
        convergence: convergence[i]!,
      })
    }
  }
  const levels = inReach.reduce((sum, value) => sum + value, 0)
  return { pairs, levels, unpaired: levels - pairs.length }

  /** Whether a level at least as bright overlaps the mirror image of row i. */
  function hasRival(i: number, close: number, t: number): boolean {
    const mirrorInner = 2 * close - inner[i]!
    const mirrorOuter = 2 * close - outer[i]!
    for (let j = offset[t]!; j < offset[t + 1]!; j++) {
      if (consumed[j] || sign[j] === sign[i] || strength[j]! < strength[i]!) continue
      if (
        Math.min(inner[j]!, outer[j]!) <= Math.max(mirrorInner, mirrorOuter) &&
        Math.max(inner[j]!, outer[j]!) >= Math.min(mirrorInner, mirrorOuter)
      )
        return true
    }
    return false
  }
}

/** Bars between placebo pairs; closer ones would be redundant. */
const PLACEBO_STEP = 4

/**
 * Pairs of prices without a level, as controls for real pairs in the same state: at every {@link PLACEBO_STEP}th close one above
 * and one below, at distances drawn from those of the real pairs. The mirror image must be clear too, like that of a real pair:
 * a level there would draw price away from the placebo.
 */
export function placeboPairs(scope: Scope, settings: EvidenceSettings, realPairs: readonly LevelPair[]): LevelPair[] {
  const { market, record, sigma } = scope
  const { horizon } = settings
  const { offset, sign, inner, outer } = record
  const rng = createStream(settings.seed, 'placeboPairs', scope.index)
  const pairs: LevelPair[] = []
  if (realPairs.length === 0) return pairs
  const end = Math.min(market.length - horizon, record.lastBar + 1)
  for (let t = firstTestedBar(scope, settings); t < end; t += PLACEBO_STEP) {
    const close = Math.log(market.close[t]!)
    const unit = sigma[t]! * Math.sqrt(horizon)
    if (!(unit > 0)) continue
    for (const side of [1, -1] as const) {
      const { distance } = realPairs[rng.integer(realPairs.length)]!
      const signedDistance = side * distance * unit
      const price = close + signedDistance
      if (isClear(t, side, price, unit) && isClear(t, -side, close - signedDistance, unit))
        pairs.push({ ...outcome(scope, settings, t, price), brightness: Number.NaN, convergence: 0 })
    }
  }
  return pairs

  function isClear(t: number, side: number, price: number, unit: number): boolean {
    const margin = MIN_CLEARANCE * unit
    for (let i = offset[t]!; i < offset[t + 1]!; i++) {
      if (sign[i] !== side) continue
      if (price >= Math.min(inner[i]!, outer[i]!) - margin && price <= Math.max(inner[i]!, outer[i]!) + margin)
        return false
    }
    return true
  }
}

/** Distance of a placebo from any level of its side, in σ over the horizon. */
const MIN_CLEARANCE = 0.1

/** @param price ln of the level's price. Compared with ln of highs and lows, so that a touch to the exact tick counts. */
function outcome(
  { market, sigma }: Scope,
  { horizon }: EvidenceSettings,
  bar: number,
  price: number,
): Omit<LevelPair, 'brightness' | 'convergence'> {
  const { high, low, close } = market
  const unit = sigma[bar]! * Math.sqrt(horizon)
  const from = Math.log(close[bar]!)
  const sign = price > from ? 1 : -1
  const mirror = 2 * from - price
  const upper = Math.max(price, mirror)
  const lower = Math.min(price, mirror)
  let touchedUpper = false
  let touchedLower = false
  for (let k = bar + 1; k <= bar + horizon && !(touchedUpper && touchedLower); k++) {
    touchedUpper ||= Math.log(high[k]!) >= upper
    touchedLower ||= Math.log(low[k]!) <= lower
  }
  return {
    bar,
    sign,
    distance: Math.abs(price - from) / unit,
    momentum: sign * pastReturn(market, sigma, bar, horizon),
    trend: sign * pastReturn(market, sigma, bar, TREND_HORIZONS * horizon),
    touched: sign > 0 ? touchedUpper : touchedLower,
    mirrorTouched: sign > 0 ? touchedLower : touchedUpper,
  }
}
