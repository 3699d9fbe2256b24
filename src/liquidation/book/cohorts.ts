/** The cohorts of positions that a map assumes: every combination of leverage, size and added margin. */
import { invalidOption } from '../../common/options.ts'
import { liquidationPriceFor } from '../margin/liquidation-price.ts'
import type { MarginModel } from '../margin/margin-models.ts'
import { bracketOf, notionalAt } from '../margin/solve.ts'
import type { Side } from '../side.ts'
import {
  type LeverageBySize,
  type LeverageMix,
  type LeveragePrior,
  leverageTiers,
  mixForSize,
  type Tier,
} from './leverage.ts'
import { type Distribution, normalisedShares } from './shares.ts'
import type { Cohort } from './side-book.ts'
import { endings, type Layer, type Survival } from './survival.ts'

interface CohortOptions {
  /** Share of the opened notional by leverage: a mix, a published prior, or a mix for each size of position. */
  leverage: LeverageMix | LeveragePrior | LeverageBySize
  /** Share of the opened notional by position size in USD. The size selects the margin bracket, which caps the leverage. */
  positionNotional: Distribution
  /** Share of the opened notional by margin added later, in multiples of the initial margin. */
  extraMargin: Distribution
  /** Share of the positions still open when the price has gone a part of the way to their liquidation; see {@link Survival}. */
  survival: Survival
  layer: Layer
  margin: MarginModel
  /** A price of the market, for brackets that are not in USD; distances are assumed to be equal at every price. */
  referencePrice: number
}

/** Positions of one tier, size and added margin, and how far their liquidation is. */
export interface Way {
  tier: number
  /** Share of the opened notional. */
  weight: number
  /** Bins from the entry to the liquidation, not rounded: negative for longs, positive for shorts. */
  distance: number
}

export interface PositionCohorts {
  /** Weights of the tiers after the brackets' caps. */
  tiers: Tier[]
  cohorts: { long: Cohort[]; short: Cohort[] }
  /** All positions that a price can liquidate, wherever they end. */
  ways: { long: Way[]; short: Way[] }
  /** Share of each side's notional that no price can liquidate. */
  safe: { long: number; short: number }
  /** Share of the notional that a bracket's cap moved from its tier to the highest one allowed. */
  capped: number
}

/**
 * The cohorts of the level book. A position whose bracket does not allow the leverage of its tier opens with the highest
 * tier of the mix that is allowed at its size. The distance from entry to liquidation does not depend on the price, because
 * a position's notional is in USD.
 *
 * @throws OptionError naming the option with which a position could not open
 */
export function positionCohorts(options: CohortOptions, binWidth: number, caller = 'liq.heatmap'): PositionCohorts {
  const margins = normalisedShares(options.extraMargin)
  const mixes = normalisedShares(options.positionNotional).map(([size, share]) => {
    const mix = mixForSize(options.leverage, size, caller)
    return { size, share, mix, tiers: leverageTiers(mix) }
  })
  const leverages = [...new Set(mixes.flatMap(({ tiers }) => tiers.map(tier => tier.leverage)))].sort((a, b) => a - b)
  const ends = endings(options.survival, options.layer)
  const weights = new Map(leverages.map(leverage => [leverage, 0]))
  const cohorts = { long: [] as Cohort[], short: [] as Cohort[] }
  const ways = { long: [] as Way[], short: [] as Way[] }
  const safe = { long: 0, short: 0 }
  let capped = 0
  for (const { size, share, mix, tiers: mixTiers } of mixes) {
    const max = maxLeverage(options, size, caller)
    const allowed = mixTiers.filter(tier => tier.leverage <= max)
    if (allowed.length === 0)
      throw invalidOption(caller, 'leverage', mix, `a tier of at most ${max}x for positions of ${size} USD`)
    const moved = mixTiers.reduce((sum, tier) => (tier.leverage > max ? sum + tier.weight : sum), 0)
    capped += share * moved
    for (const [k, { leverage, weight }] of allowed.entries()) {
      const tier = leverages.indexOf(leverage)
      const tierWeight = share * (weight + (k === allowed.length - 1 ? moved : 0))
      weights.set(leverage, (weights.get(leverage) ?? 0) + tierWeight)
      for (const [multiple, marginShare] of margins)
        for (const side of ['long', 'short'] as const) {
          // An entry is placed at the middle of its bin, so a level is floor(0.5 + distance) bins away.
          const distance = levelDistance(side, leverage, size, multiple, options, binWidth, caller)
          const cohortWeight = tierWeight * marginShare
          if (distance === null) {
            safe[side] += cohortWeight
            continue
          }
          ways[side].push({ tier, weight: cohortWeight, distance })
          for (const { part, share } of ends)
            cohorts[side].push({ tier, weight: cohortWeight * share, shift: Math.floor(0.5 + part * distance) })
        }
    }
  }
  return {
    tiers: [...weights].map(([leverage, weight]) => ({ leverage, weight })),
    cohorts: { long: merge(cohorts.long), short: merge(cohorts.short) },
    ways,
    safe,
    capped,
  }
}

/** Bins from an entry to its liquidation, not rounded; null when no price liquidates it. */
function levelDistance(
  side: Side,
  leverage: number,
  notional: number,
  multiple: number,
  { margin, referencePrice }: CohortOptions,
  binWidth: number,
  caller: string,
): number | null {
  const size = positionSize(margin, notional, referencePrice)
  const initial = notional / leverage
  const extraMargin = (multiple * initial) / (margin.contract === 'inverse' ? referencePrice : 1)
  const price = liquidationPriceFor(caller, { side, entry: referencePrice, size, leverage, extraMargin, margin })
  if (side === 'long' ? price > referencePrice : price < referencePrice)
    throw invalidOption(
      caller,
      'leverage',
      leverage,
      `an initial margin above the maintenance margin: ${margin.name} would liquidate ${side}s of ${notional} USD at ${leverage}x as they open`,
    )
  return price > 0 && price < Infinity ? Math.log(price / referencePrice) / binWidth : null
}

/** Size of a position in the model's unit: base coins, or contracts. */
function positionSize({ contract, contractSize }: MarginModel, notional: number, price: number): number {
  return contract === 'inverse' ? notional / contractSize : notional / price
}

/** Merges cohorts of one tier at one distance; nearest to the entry first. */
function merge(cohorts: readonly Cohort[]): Cohort[] {
  const merged = new Map<string, Cohort>()
  for (const cohort of cohorts) {
    const key = `${cohort.tier}:${cohort.shift}`
    const same = merged.get(key)
    if (same) same.weight += cohort.weight
    else merged.set(key, { ...cohort })
  }
  return [...merged.values()].sort((a, b) => Math.abs(a.shift) - Math.abs(b.shift))
}

function maxLeverage({ margin, referencePrice }: CohortOptions, notional: number, caller: string): number {
  const size = positionSize(margin, notional, referencePrice)
  const settled = notionalAt(margin, size, referencePrice)
  const bracket = bracketOf(margin, settled, size)
  if (bracket) return bracket.maxLeverage
  // A cap of 50 coins reads as 50 USD unless the message says what it is compared with.
  const measure = margin.maintenanceOn === 'size' ? size : settled
  const unit =
    measure === notional
      ? ''
      : `, in the brackets' unit; the position is ${+measure.toPrecision(6)} at a price of ${referencePrice}`
  const cap = margin.brackets.at(-1)?.cap
  throw invalidOption(caller, 'positionNotional', notional, `at most the largest bracket's cap ${cap}${unit}`)
}
