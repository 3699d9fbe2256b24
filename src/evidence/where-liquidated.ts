/** Scores levels as a forecast of where recorded liquidations happen. */
import type { Market } from '../market/market.ts'
import type { EvidenceSettings } from './evidence-options.ts'
import { emptyObservations, type Observations } from './observations.ts'
import type { Scope } from './scope.ts'
import { createStream } from './streams.ts'
import { firstTestedBar, pastReturn, TREND_HORIZONS } from './tested-bars.ts'

/** A range of distances from a close in ln(price), on one side. */
export type Range = readonly [from: number, to: number]

/** The liquidations of one side over the bars after a close that went farther than any bar before them. */
export interface Reach {
  /** The distances that each of the bars was the first to reach; together they begin at 0 and have no gap. */
  steps: readonly Range[]
  /** Share of the liquidated USD by bar. */
  shares: readonly number[]
}

/**
 * The forecast: in levels, liquidations are this many times as dense as outside of them. Clusters are made of bins of at least
 * twice the mean.
 */
export const DENSITY = 2
/** A line counts as a zone of this width in ln(price), a bin of a heatmap. */
const LINE_WIDTH = 0.001

/**
 * The steps of the price away from the close of bar t, and what was liquidated in each: longs below it, shorts above. What is
 * liquidated in a bar that goes nowhere new is of no level that was known at the close.
 *
 * @returns null without a record of each bar, and where fewer than two bars with a liquidation tell nothing about where it was
 */
export function reachAfter(market: Market, t: number, sign: 1 | -1, horizon: number): Reach | null {
  const record = sign < 0 ? market.longLiquidations : market.shortLiquidations
  if (!record) return null
  const close = Math.log(market.close[t]!)
  const steps: Range[] = []
  const usd: number[] = []
  let reached = 0
  let total = 0
  for (let u = t + 1; u <= t + horizon; u++) {
    const coins = record[u]!
    if (!(coins >= 0)) return null
    const extreme = sign * (Math.log(sign > 0 ? market.high[u]! : market.low[u]!) - close)
    if (!(extreme > reached)) continue
    steps.push([reached, extreme])
    usd.push(coins * market.close[u]!)
    total += usd.at(-1)!
    reached = extreme
  }
  return steps.length < 2 || !(total > 0) ? null : { steps, shares: usd.map(value => value / total) }
}

/** Zones without overlap, from the nearest. */
export function mergeZones(zones: readonly Range[]): Range[] {
  const merged: [number, number][] = []
  for (const [from, to] of zones.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

/**
 * Logarithmic score of a forecast of the step in which each liquidated USD falls, in bits more than that of a forecast by the length
 * of the steps alone: Σ qₖ log₂ (mₖ/lₖ) − log₂ (Σ m / Σ l), with qₖ the step's share of the liquidations, lₖ its length, and mₖ
 * the length plus that of its part within levels. It is proper: no other forecast of these steps expects more if this one is true
 * (Good 1952, JRSS B 14, 107–114). From −1 to 1.
 *
 * @param zones without overlap
 */
export function logScore({ steps, shares }: Reach, zones: readonly Range[]): number {
  let length = 0
  let mass = 0
  let score = 0
  for (const [k, [from, to]] of steps.entries()) {
    let within = 0
    for (const [low, high] of zones) within += Math.max(0, Math.min(to, high) - Math.max(from, low))
    const stepMass = to - from + (DENSITY - 1) * within
    length += to - from
    mass += stepMass
    if (shares[k]! > 0) score += shares[k]! * Math.log2(stepMass / (to - from))
  }
  return score - Math.log2(mass / length)
}

/** The levels of one side known at the close of bar t, as distances from it. */
function zonesAt({ market, record }: Scope, t: number, sign: 1 | -1): Range[] {
  const close = Math.log(market.close[t]!)
  const zones: Range[] = []
  for (let i = record.offset[t]!; i < record.offset[t + 1]!; i++) {
    if (record.consumed[i] || record.sign[i] !== sign) continue
    const inner = sign * (record.inner[i]! - close)
    zones.push([inner, Math.max(sign * (record.outer[i]! - close), inner + LINE_WIDTH)])
  }
  return mergeZones(zones)
}

/** Levels compared at a close: the real ones, and what they are held against. */
type Rivals = (t: number, sign: 1 | -1) => readonly (readonly Range[])[]

/**
 * Against mirrored levels: those of the other side, at the same distances. Where price and liquidations do not know the levels, the
 * two forecasts of both sides together are equally good.
 */
export function forecastAgainstMirror(scope: Scope, settings: EvidenceSettings): Observations {
  return compareForecasts(scope, settings, (t, sign) => [zonesAt(scope, t, sign === 1 ? -1 : 1)])
}

/** Draws of the levels of other times for each close: more of them add less noise. */
const DRAWS = 4
/** Horizons after which the levels of a close may stand in for others: by then they are others. */
const MIN_AGE_HORIZONS = 10
/** Past returns towards a side, in σ, between which closes are alike. */
const STATE_EDGES = [-1, -0.3, 0.3, 1]

/**
 * Against placebo levels: those of the same side at earlier closes after the same momentum and trend, at the same distances in σ.
 */
export function forecastAgainstPlacebo(scope: Scope, settings: EvidenceSettings): Observations {
  const { market, sigma, index } = scope
  const { horizon, seed } = settings
  const rng = createStream(seed, 'placeboForecast', index)
  const closesLike = new Map<string, number[]>()
  const unit = (t: number) => sigma[t]! * Math.sqrt(horizon)
  const stateOf = (t: number, sign: 1 | -1) => {
    const cells = [1, TREND_HORIZONS].map(horizons => {
      const past = sign * pastReturn(market, sigma, t, horizons * horizon)
      return STATE_EDGES.filter(edge => past > edge).length
    })
    return [sign, ...cells].join(' ')
  }
  return compareForecasts(scope, settings, (t, sign) => {
    const state = stateOf(t, sign)
    const closes = closesLike.get(state) ?? []
    closesLike.set(state, closes)
    const old = closes.findLastIndex(other => other <= t - MIN_AGE_HORIZONS * horizon) + 1
    closes.push(t)
    if (old === 0) return []
    return Array.from({ length: DRAWS }, () => {
      const other = closes[rng.integer(old)]!
      const factor = unit(t) / unit(other)
      return zonesAt(scope, other, sign).map(([from, to]): Range => [from * factor, to * factor])
    })
  })
}

/** One observation per side and close, a sixth of the horizon apart: the score of the levels less the mean score of their rivals. */
function compareForecasts(scope: Scope, settings: EvidenceSettings, rivalsAt: Rivals): Observations {
  const out = emptyObservations()
  const { market, sigma } = scope
  const { horizon } = settings
  const sides = { 1: market.shortLiquidations, [-1]: market.longLiquidations }
  if (!sides[1] && !sides[-1])
    return {
      ...out,
      incomparable: `${market.symbol} has no record of liquidations: it needs the columns longLiquidations and shortLiquidations, by bar`,
    }
  const step = Math.max(1, Math.floor(horizon / 6))
  const stratum = (side: 'high' | 'low') => out.sample.addStratum({ family: '', market: scope.index, side, sign: 1 })
  const strata = { 1: stratum('high'), [-1]: stratum('low') }
  const bars = Math.min(market.length - horizon, scope.record.lastBar + 1)
  for (let t = firstTestedBar(scope, settings); t < bars; t += step) {
    if (!(sigma[t]! > 0)) continue
    for (const sign of [1, -1] as const) {
      const rivals = rivalsAt(t, sign)
      const reach = reachAfter(market, t, sign, horizon)
      if (!reach || rivals.length === 0) continue
      const levels = zonesAt(scope, t, sign)
      const end = reach.steps.at(-1)![1]
      // Where no level was reached, all forecasts are the same.
      if (![levels, ...rivals].some(zones => zones.some(([from]) => from < end))) continue
      out.events++
      const rival = rivals.reduce((sum, zones) => sum + logScore(reach, zones), 0) / rivals.length
      const gain = logScore(reach, levels) - rival
      const time = market.time[t]! + market.barMs
      out.sample.add(strata[sign]!, time, gain, 1, 0, Number(gain > 0), Number(gain < 0))
    }
  }
  return out
}
