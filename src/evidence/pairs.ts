import type { Scope } from './scope.ts'
import { type Settings, WARM_UP } from './settings.ts'
import { streamOf } from './streams.ts'

/** A level and the price at the same distance, in ln(price), on the other side. */
export interface Pair {
  /** Bar at whose close the pair is formed. */
  bar: number
  sign: 1 | -1
  /** In usual moves over the horizon. */
  distance: number
  /** Relative to what is usual, see {@link Scope}. */
  brightness: number
  convergence: number
  /** Return of the last one and the last four horizons towards the level, each in usual moves over its span. */
  momentum: number
  trend: number
  /** Price reached the level, and its mirror image, within the horizon. */
  touched: boolean
  mirrorTouched: boolean
}

export interface Pairs {
  pairs: Pair[]
  /** Levels that came within reach. */
  levels: number
  /** Levels left out because the other side held one as bright at the same distance. */
  rivalled: number
}

/**
 * Each level once in its life: at the first close at which it lies within reach and no level at least as bright lies where
 * its mirror image is. All of that is known at that close, so for a price without memory both halves of a pair are equally
 * likely to be touched.
 */
export function levelPairs(scope: Scope, settings: Settings): Pairs {
  const { market, record, sigma, brightness } = scope
  const { horizon, reach } = settings
  const { offset, sign, inner, outer, strength, life, convergence, spent } = record
  const used = new Uint8Array(record.lives)
  const seen = new Uint8Array(record.lives)
  const pairs: Pair[] = []
  for (let t = firstBar(settings); t + horizon < market.length; t++) {
    const at = Math.log(market.close[t]!)
    const unit = sigma[t]! * Math.sqrt(horizon)
    if (!(unit > 0)) continue
    for (let i = offset[t]!; i < offset[t + 1]!; i++) {
      const distance = Math.abs(inner[i]! - at) / unit
      if (spent[i] || used[life[i]!] || !(distance >= reach[0] && distance <= reach[1])) continue
      seen[life[i]!] = 1
      if (rivalled(i, at, t)) continue
      used[life[i]!] = 1
      pairs.push({
        ...outcome(scope, settings, t, inner[i]!),
        brightness: brightness[i]!,
        convergence: convergence[i]!,
      })
    }
  }
  const levels = seen.reduce((sum, value) => sum + value, 0)
  return { pairs, levels, rivalled: levels - pairs.length }

  function rivalled(i: number, at: number, t: number): boolean {
    const [a, b] = [2 * at - inner[i]!, 2 * at - outer[i]!]
    for (let j = offset[t]!; j < offset[t + 1]!; j++) {
      if (spent[j] || sign[j] === sign[i] || strength[j]! < strength[i]!) continue
      if (Math.min(inner[j]!, outer[j]!) <= Math.max(a, b) && Math.max(inner[j]!, outer[j]!) >= Math.min(a, b))
        return true
    }
    return false
  }
}

/** How often placebo pairs are formed, in bars: nearer ones would tell the same again. */
const PLACEBO_STEP = 4

/**
 * Pairs of prices where no level is known: at every few closes one above and one below, at a distance drawn from those of
 * the real pairs. What is asked of them is what real pairs in the same state do. The mirror image is clear as well, as that of
 * a real pair holds no level as bright: else a level there would draw price away from the placebo.
 */
export function placeboPairs(scope: Scope, settings: Settings, like: readonly Pair[]): Pair[] {
  const { market, record, sigma } = scope
  const { horizon } = settings
  const { offset, sign, inner, outer } = record
  const rng = streamOf(settings.seed, 'placeboPairs', scope.index)
  const pairs: Pair[] = []
  if (like.length === 0) return pairs
  for (let t = firstBar(settings); t + horizon < market.length; t += PLACEBO_STEP) {
    const at = Math.log(market.close[t]!)
    const unit = sigma[t]! * Math.sqrt(horizon)
    if (!(unit > 0)) continue
    for (const side of [1, -1] as const) {
      const { distance } = like[rng.integer(like.length)]!
      const away = side * distance * unit
      const price = at + away
      if (clear(t, side, price, unit) && clear(t, -side, at - away, unit))
        pairs.push({ ...outcome(scope, settings, t, price), brightness: Number.NaN, convergence: 0 })
    }
  }
  return pairs

  function clear(t: number, side: number, price: number, unit: number): boolean {
    const margin = CLEAR * unit
    for (let i = offset[t]!; i < offset[t + 1]!; i++) {
      if (sign[i] !== side) continue
      if (price >= Math.min(inner[i]!, outer[i]!) - margin && price <= Math.max(inner[i]!, outer[i]!) + margin)
        return false
    }
    return true
  }
}

/** A placebo lies at least so far from any level of its side, in usual moves over the horizon. */
const CLEAR = 0.1

function firstBar({ horizon }: Settings): number {
  return Math.max(WARM_UP, TREND * horizon)
}

/** Horizons over which the trend before a pair is measured. */
const TREND = 4

/** @param price of the level, as ln: a bar that reaches it to the tick has touched it, whatever is rounded on the way */
function outcome(
  { market, sigma }: Scope,
  { horizon }: Settings,
  bar: number,
  price: number,
): Omit<Pair, 'brightness' | 'convergence'> {
  const { high, low, close } = market
  const unit = sigma[bar]! * Math.sqrt(horizon)
  const at = Math.log(close[bar]!)
  const sign = price > at ? 1 : -1
  const mirror = 2 * at - price
  const upper = Math.max(price, mirror)
  const lower = Math.min(price, mirror)
  let above = false
  let below = false
  for (let k = bar + 1; k <= bar + horizon && !(above && below); k++) {
    above ||= Math.log(high[k]!) >= upper
    below ||= Math.log(low[k]!) <= lower
  }
  const past = (horizons: number) =>
    (sign * (at - Math.log(close[bar - horizons * horizon]!))) / (unit * Math.sqrt(horizons))
  return {
    bar,
    sign,
    distance: Math.abs(price - at) / unit,
    momentum: past(1),
    trend: past(TREND),
    touched: sign > 0 ? above : below,
    mirrorTouched: sign > 0 ? below : above,
  }
}
