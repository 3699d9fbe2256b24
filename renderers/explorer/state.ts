/** What the reader chose in the explorer: the state that is saved in the notebook. */

import { isRecord } from '../../src/common/json.ts'
import type { Range } from '../plot/scales.ts'
import { columnAt, type Model } from './model.ts'

export type SideChoice = 'both' | 'long' | 'short'
export type Tool = 'pan' | 'box' | 'measure'

export interface ViewState {
  /** Shares 0 … 1 of the notional by tier, and which tiers are on. */
  weights: number[]
  on: boolean[]
  side: SideChoice
  /** Own colours for each side. */
  twoPalettes: boolean
  /** Only cells with at least {@link CONVERGING_TIERS} tiers. */
  converging: boolean
  clusters: boolean
  candles: boolean
  logColour: boolean
  /** USD of the brightest colour; null: automatic, see {@link AUTO_SHARE}. */
  max: number | null
  /** Position on the colour scale below which nothing is painted, 0 … 1. */
  threshold: number
  logPrice: boolean
  /** null: all of the map. */
  range: Range | null
  /** Column up to which the map is shown; null: the last. */
  asOf: number | null
}

/** Tiers that a cell of the convergence view needs. */
export const CONVERGING_TIERS = 3
/** Decades of a logarithmic colour scale. */
export const DECADES = 2
/** The automatic maximum is this quantile of the filled cells. */
export const AUTO_SHARE = 0.998

export function initialState(model: Model): ViewState {
  const { tiers, grid } = model.header
  return {
    weights: tiers.map(tier => tier.weight),
    on: tiers.map(() => true),
    side: 'both',
    twoPalettes: false,
    converging: false,
    clusters: true,
    candles: true,
    // Linear shows ten times as much as ten times as much; logarithmic shows faint parts too.
    logColour: false,
    max: null,
    threshold: 0,
    // Wide price ranges are read in ratios, narrow ones in prices.
    logPrice: grid.high / grid.low > 4,
    range: null,
    asOf: null,
  }
}

/** Adapts a state to a map that was rebuilt: tiers are matched by leverage, the moment by time. */
export function carryState(before: Model, state: ViewState, model: Model): ViewState {
  const tiersBefore = before.header.tiers
  const untouched = tiersBefore.every((tier, i) => tier.weight === state.weights[i])
  const indexOf = (leverage: number) => tiersBefore.findIndex(tier => tier.leverage === leverage)
  const weights = model.header.tiers.map(({ leverage, weight }) => {
    const i = indexOf(leverage)
    return untouched ? weight : (state.weights[i] ?? weight)
  })
  const on = model.header.tiers.map(({ leverage }) => state.on[indexOf(leverage)] ?? true)
  const column = state.asOf === null ? -1 : columnAt(model, before.edges[state.asOf]!)
  return { ...state, weights, on, asOf: column >= 0 && column < model.columns - 1 ? column : null }
}

/** Weights with 0 for tiers that are off. */
export const effectiveWeights = ({ weights, on }: ViewState): number[] =>
  weights.map((weight, tier) => (on[tier] ? weight : 0))

/** A saved state; what does not fit the map has its initial value. */
export function restoreState(model: Model, saved: unknown): ViewState {
  const state = initialState(model)
  if (!isRecord(saved)) return state
  const tiers = model.header.tiers.length
  const { weights, on, side, max, threshold, range, asOf } = saved
  if (Array.isArray(weights) && weights.length === tiers && weights.every(isShare)) state.weights = [...weights]
  if (Array.isArray(on) && on.length === tiers && on.every(value => typeof value === 'boolean')) state.on = [...on]
  if (side === 'both' || side === 'long' || side === 'short') state.side = side
  for (const name of ['twoPalettes', 'converging', 'clusters', 'candles', 'logColour', 'logPrice'] as const)
    if (typeof saved[name] === 'boolean') state[name] = saved[name]
  if (isMaxUsd(max)) state.max = max
  if (isShare(threshold)) state.threshold = threshold
  if (Number.isInteger(asOf) && (asOf as number) >= 0 && (asOf as number) < model.columns) state.asOf = asOf as number
  if (isRecord(range)) {
    const { timeFrom, timeTo, low, high } = range
    if (isNumber(timeFrom) && isNumber(timeTo) && isNumber(low) && isNumber(high))
      if (timeTo > timeFrom && low > 0 && high > low) state.range = { timeFrom, timeTo, low, high }
  }
  return state
}

/** Whether a value can be the maximum of the colour scale, in USD; outside these limits there are no ticks. */
export const isMaxUsd = (value: unknown): value is number =>
  typeof value === 'number' && value >= 1e-30 && value <= 1e30
const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
