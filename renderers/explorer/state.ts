/** What the reader chose in the explorer: the state that is saved in the notebook. */
import * as v from 'valibot'
import { arrayOf, numberFrom, type SchemaOf, wholeNumberFrom } from '../../src/common/schema.ts'
import type { Range } from '../plot/scales.ts'
import { columnAt, type Model } from './model.ts'

export type SideChoice = 'both' | 'long' | 'short'
export type Tool = 'pan' | 'box' | 'measure'

export interface ViewState {
  /** Shares 0 … 1 of the notional by tier, and which tiers are on. */
  weights: number[]
  on: boolean[]
  side: SideChoice
  /** Separate colours for each side. */
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
  /** null: the whole map. */
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
    // A linear scale keeps proportions; a logarithmic one also shows faint cells.
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
  const initial = initialState(model)
  const tiers = initial.weights.length
  const flag = (initially: boolean) => v.fallback(v.boolean(), initially)
  const schema = v.object({
    weights: v.fallback(arrayOf(share, tiers, tiers), initial.weights),
    on: v.fallback(arrayOf(v.boolean(), tiers, tiers), initial.on),
    side: v.fallback(v.picklist(['both', 'long', 'short']), initial.side),
    twoPalettes: flag(initial.twoPalettes),
    converging: flag(initial.converging),
    clusters: flag(initial.clusters),
    candles: flag(initial.candles),
    logColour: flag(initial.logColour),
    max: v.fallback(v.nullable(maxUsd), initial.max),
    threshold: v.fallback(share, initial.threshold),
    logPrice: flag(initial.logPrice),
    range: v.fallback(v.nullable(range), initial.range),
    asOf: v.fallback(v.nullable(wholeNumberFrom(0, model.columns - 1)), initial.asOf),
  }) satisfies SchemaOf<ViewState>
  return v.parse(v.fallback(schema, initial), saved)
}

const share = numberFrom(0, 1)
/** Outside these limits a colour scale has no ticks. */
const maxUsd = numberFrom(1e-30, 1e30)
const time = v.pipe(v.number(), v.finite())
const price = v.pipe(time, v.gtValue(0))
const range = v.pipe(
  v.object({ timeFrom: time, timeTo: time, low: price, high: price }),
  v.check(({ timeFrom, timeTo, low, high }) => timeTo > timeFrom && high > low),
)

/** Whether a value can be the maximum of the colour scale, in USD. */
export const isMaxUsd = (value: unknown): value is number => v.is(maxUsd, value)
