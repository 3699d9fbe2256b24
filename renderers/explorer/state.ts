/** What the reader has chosen: the part of a view that is kept. */

import type { Range } from '../plot/scales.ts'
import { isRecord } from '../shared/json.ts'
import { columnAt, type Model } from './model.ts'

export type SideChoice = 'both' | 'long' | 'short'
export type Tool = 'pan' | 'box' | 'measure'

export interface ViewState {
  /** Shares 0 … 1 of the notional by tier, and which tiers are switched on. */
  weights: number[]
  on: boolean[]
  side: SideChoice
  /** A palette for each side. */
  twoPalettes: boolean
  /** Only cells where three tiers or more meet. */
  converging: boolean
  clusters: boolean
  candles: boolean
  logColour: boolean
  /** USD of the brightest colour; null: automatic, see {@link AUTO_SHARE}. */
  max: number | null
  /** Position on the colour scale below which nothing is shown. */
  threshold: number
  logPrice: boolean
  /** null: all of the map. */
  range: Range | null
  /** Column up to which the map is shown; null: the last. */
  asOf: number | null
}

/** Tiers that must meet in a cell of the convergence view. */
export const CONVERGING_TIERS = 3
/** Decades of a logarithmic colour scale. */
export const DECADES = 2
/** The automatic maximum: so many of the cells that are not empty are fainter. */
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
    // Linear: what is ten times as much looks it. Logarithmic shows the faint parts too.
    logColour: false,
    max: null,
    threshold: 0,
    // Wide histories are read in ratios, short ones in prices.
    logPrice: grid.high / grid.low > 4,
    range: null,
    asOf: null,
  }
}

/** The reader's choices taken over to a map that was built anew: tiers by their leverage, the moment by its time. */
export function carryState(before: Model, state: ViewState, model: Model): ViewState {
  const own = before.header.tiers
  const untouched = own.every((tier, i) => tier.weight === state.weights[i])
  const place = (leverage: number) => own.findIndex(tier => tier.leverage === leverage)
  const weights = model.header.tiers.map(({ leverage, weight }) => {
    const i = place(leverage)
    return untouched || i < 0 ? weight : state.weights[i]!
  })
  const on = model.header.tiers.map(({ leverage }) => state.on[place(leverage)] ?? true)
  const column = state.asOf === null ? -1 : columnAt(model, before.edges[state.asOf]!)
  return { ...state, weights, on, asOf: column >= 0 && column < model.columns - 1 ? column : null }
}

/** The weights that count: 0 where a tier is switched off. */
export const effectiveWeights = ({ weights, on }: ViewState): number[] =>
  weights.map((weight, tier) => (on[tier] ? weight : 0))

/** A kept state as far as it fits the map; whatever does not is as at the start. */
export function restoreState(model: Model, kept: unknown): ViewState {
  const state = initialState(model)
  if (!isRecord(kept)) return state
  const tiers = model.header.tiers.length
  const { weights, on, side, max, threshold, range, asOf } = kept
  if (Array.isArray(weights) && weights.length === tiers && weights.every(isShare)) state.weights = [...weights]
  if (Array.isArray(on) && on.length === tiers && on.every(value => typeof value === 'boolean')) state.on = [...on]
  if (side === 'both' || side === 'long' || side === 'short') state.side = side
  for (const name of ['twoPalettes', 'converging', 'clusters', 'candles', 'logColour', 'logPrice'] as const)
    if (typeof kept[name] === 'boolean') state[name] = kept[name]
  if (isMaximum(max)) state.max = max
  if (isShare(threshold)) state.threshold = threshold
  if (Number.isInteger(asOf) && (asOf as number) >= 0 && (asOf as number) < model.columns) state.asOf = asOf as number
  if (isRecord(range)) {
    const { timeFrom, timeTo, low, high } = range
    if (isNumber(timeFrom) && isNumber(timeTo) && isNumber(low) && isNumber(high))
      if (timeTo > timeFrom && low > 0 && high > low) state.range = { timeFrom, timeTo, low, high }
  }
  return state
}

/** A maximum of the colour scale in USD. At the ends of what a number can hold there are no ticks to be found. */
export const isMaximum = (value: unknown): value is number =>
  typeof value === 'number' && value >= 1e-30 && value <= 1e30
const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
