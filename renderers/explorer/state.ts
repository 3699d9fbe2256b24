/** What the reader chose in the explorer: the state that is saved in the notebook. */
import * as v from 'valibot'
import type { JsonObject } from '../../src/common/json.ts'
import { BACKGROUNDS, CANDLE_COLOURS, DEFAULT_LOOK, type Look, PALETTES } from '../../src/common/look.ts'
import { arrayOf, numberFrom } from '../../src/common/schema.ts'
import type { Range } from '../plot/scales.ts'
import { SPAN_NAMES, type SpanName } from '../plot/spans.ts'
import type { Model } from './model.ts'

export type SideChoice = 'both' | 'long' | 'short'
export type Tool = 'pan' | 'box' | 'measure'

interface SavedTier {
  leverage: number
  /** null: as in the map. */
  weight: number | null
  on: boolean
}

export interface ViewState {
  /** Parts of the notional by tier, 0 … 1, as the sliders stand, and which tiers are on. See {@link tierShares}. */
  weights: number[]
  on: boolean[]
  /** What was chosen for tiers that this map does not have: they return with a kernel. */
  otherTiers: SavedTier[]
  side: SideChoice
  look: Look
  /** Whether it follows other linked explorers of the page. */
  linked: boolean
  /** Only cells with at least {@link CONVERGING_TIERS} tiers. */
  converging: boolean
  clusters: boolean
  candles: boolean
  logColour: boolean
  /** USD of the brightest colour; null: automatic, see {@link AUTO_SHARE}. */
  max: number | null
  /**
   * Height in ln(price) of the rows that `max` is for: a part of the map with other rows holds more or less in a cell. null: the
   * maximum is for any rows.
   */
  maxRow: number | null
  /** Position on the colour scale below which nothing is painted, 0 … 1. */
  threshold: number
  logPrice: boolean
  /** Liquidations on record. */
  recorded: boolean
  /** What is shown up to now, unless a range is. */
  span: SpanName
  /** null: see `span`. */
  range: Range | null
  /** The map as known at this close, epoch ms; null: at the last. */
  asOf: number | null
}

/** Tiers that a cell of the convergence view needs. */
export const CONVERGING_TIERS = 3
/** Decades of a logarithmic colour scale. */
export const DECADES = 2
/**
 * The automatic maximum is this quantile of the filled cells in sight: the brightest few do not make all others pale, and it does
 * not jump when one of them comes into sight.
 */
export const AUTO_SHARE = 0.995

export function initialState({ header }: Model): ViewState {
  const { tiers, grid } = header
  return {
    weights: tiers.map(tier => tier.weight),
    on: tiers.map(() => true),
    otherTiers: [],
    side: 'both',
    look: { ...DEFAULT_LOOK, ...header.look },
    linked: false,
    converging: false,
    clusters: true,
    candles: true,
    // A linear scale keeps proportions; a logarithmic one also shows faint cells.
    logColour: false,
    max: null,
    maxRow: null,
    threshold: 0,
    // Wide price ranges are read in ratios, narrow ones in prices.
    logPrice: grid.high / grid.low > 4,
    recorded: true,
    span: 'first',
    range: null,
    asOf: null,
  }
}

/** The parts of the tiers that are on; 0 for the others. */
export const tierParts = ({ weights, on }: ViewState): number[] =>
  weights.map((weight, tier) => (on[tier] ? weight : 0))

/** Shares of the notional, in sum 1: the parts scaled as the library scales a mix. All 0 if no tier has a part. */
export function tierShares(state: ViewState): number[] {
  const parts = tierParts(state)
  const sum = partSum(parts)
  return sum > 0 ? parts.map(part => part / sum) : parts
}

export const partSum = (parts: readonly number[]): number => parts.reduce((sum, part) => sum + part, 0)

/**
 * The state as JSON, which {@link restoreState} adapts to the same map or to one that was rebuilt: tiers are named by their
 * leverage. Weights that nobody changed are left out, so that those of a changed cell count.
 */
export function saveState(model: Model, { weights, on, otherTiers, range, look, ...others }: ViewState): JsonObject {
  const { tiers } = model.header
  const untouched = tiers.every((tier, i) => tier.weight === weights[i])
  const chosen = tiers.map(({ leverage }, i) => ({ leverage, weight: untouched ? null : weights[i]!, on: on[i]! }))
  return {
    ...others,
    tiers: [...chosen, ...otherTiers].map(tier => ({ ...tier })),
    range: range && { ...range },
    look: { ...look },
  }
}

/** A saved state; what does not fit the map has its initial value. */
export function restoreState(model: Model, saved: unknown): ViewState {
  const initial = initialState(model)
  const flag = (initially: boolean) => v.fallback(v.boolean(), initially)
  const schema = v.object({
    tiers: v.fallback(arrayOf(savedTier, 0, MAX_TIERS), []),
    side: v.fallback(v.picklist(['both', 'long', 'short']), initial.side),
    linked: flag(initial.linked),
    look: v.fallback(lookSchema(initial.look), initial.look),
    converging: flag(initial.converging),
    clusters: flag(initial.clusters),
    candles: flag(initial.candles),
    logColour: flag(initial.logColour),
    max: v.fallback(v.nullable(maxUsd), initial.max),
    maxRow: v.fallback(v.nullable(numberFrom(1e-6, 10)), null),
    threshold: v.fallback(share, initial.threshold),
    logPrice: flag(initial.logPrice),
    recorded: flag(initial.recorded),
    span: v.fallback(v.picklist(SPAN_NAMES), initial.span),
    range: v.fallback(v.nullable(range), initial.range),
    asOf: v.fallback(v.nullable(time), null),
  })
  const parsed = v.safeParse(schema, saved)
  if (!parsed.success) return initial
  const { tiers, asOf, ...others } = parsed.output
  const byLeverage = new Map(tiers.map(tier => [tier.leverage, tier]))
  const leverages = model.header.tiers.map(tier => tier.leverage)
  return {
    ...others,
    weights: model.header.tiers.map(({ leverage, weight }) => byLeverage.get(leverage)?.weight ?? weight),
    on: leverages.map(leverage => byLeverage.get(leverage)?.on ?? true),
    otherTiers: tiers.filter(({ leverage }) => !leverages.includes(leverage)),
    asOf: asOf !== null && asOf >= model.edges[0]! && asOf < model.edges[model.columns - 1]! ? asOf : null,
  }
}

const lookSchema = ({ palette, candles, background }: Look) =>
  v.object({
    palette: v.fallback(v.picklist(PALETTES), palette),
    candles: v.fallback(v.picklist(CANDLE_COLOURS), candles),
    background: v.fallback(v.picklist(BACKGROUNDS), background),
  })

const MAX_TIERS = 48
const share = numberFrom(0, 1)
/** Outside these limits a colour scale has no ticks. */
const maxUsd = numberFrom(1e-30, 1e30)
const time = v.pipe(v.number(), v.finite())
const price = v.pipe(time, v.gtValue(0))
const savedTier = v.object({ leverage: numberFrom(1, 100_000), weight: v.nullable(share), on: v.boolean() })
const range = v.pipe(
  v.object({ timeFrom: time, timeTo: time, low: price, high: price }),
  v.check(({ timeFrom, timeTo, low, high }) => timeTo > timeFrom && high > low),
)

/** Whether a value can be the maximum of the colour scale, in USD. */
export const isMaxUsd = (value: unknown): value is number => v.is(maxUsd, value)
