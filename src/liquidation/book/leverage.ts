import { quoteValue } from '../../common/errors.ts'

/** Share of the opened notional by leverage, e.g. `{ 10: 0.3, 25: 0.3, 50: 0.25, 100: 0.15 }`. */
export type LeverageMix = Readonly<Record<number, number>>

/** A mix for each size of position: gets the notional in USD. */
export type LeverageBySize = (notional: number) => LeverageMix

/**
 * Published guesses at what traders use. Nobody outside the exchanges knows, and they disagree: turn the mix and see
 * what changes.
 * - `retail`: 15/30/25/20/10 % at 5/10/25/50/100x
 * - `high`: 10/20/30/25/15 % at the same tiers
 * - `equal`: the same share for each
 */
export const LEVERAGE_PRIORS = {
  retail: { 5: 0.15, 10: 0.3, 25: 0.25, 50: 0.2, 100: 0.1 },
  high: { 5: 0.1, 10: 0.2, 25: 0.3, 50: 0.25, 100: 0.15 },
  equal: { 5: 0.2, 10: 0.2, 25: 0.2, 50: 0.2, 100: 0.2 },
} as const satisfies Record<string, LeverageMix>

export type LeveragePrior = keyof typeof LEVERAGE_PRIORS

export const DEFAULT_LEVERAGE: LeveragePrior = 'retail'

export interface Tier {
  leverage: number
  /** Share of the opened notional; all tiers sum to 1. */
  weight: number
}

/**
 * Tiers in order of leverage, weights scaled to sum 1. A tier of weight 0 is kept, so that a slider may turn it up.
 *
 * @throws RangeError when it is no mix, or naming the tier when a leverage is not above 1 or a weight is negative, or when all are 0
 */
export function leverageTiers(mix: LeverageMix): Tier[] {
  if (typeof mix !== 'object' || mix === null || Array.isArray(mix))
    throw new RangeError(`leverage: ${quoteValue(mix)}, but expected shares by leverage, e.g. { 10: 0.5, 50: 0.5 }`)
  const tiers = Object.entries(mix).map(([key, weight]) => ({ leverage: Number(key), weight }))
  for (const { leverage, weight } of tiers) {
    if (!(leverage > 1 && leverage < Infinity))
      throw new RangeError(`leverage: tier ${leverage}, but expected a leverage above 1`)
    if (!(typeof weight === 'number' && weight >= 0 && weight < Infinity))
      throw new RangeError(`leverage: weight ${quoteValue(weight)} of tier ${leverage}x, but expected 0 or more`)
  }
  const total = tiers.reduce((sum, tier) => sum + tier.weight, 0)
  if (!(total > 0)) throw new RangeError('leverage: all weights are 0, so nothing could be liquidated')
  return tiers
    .map(({ leverage, weight }) => ({ leverage, weight: weight / total }))
    .sort((a, b) => a.leverage - b.leverage)
}

/** The mix that an option names, gives, or gives for a size. @throws RangeError for a name that is none */
export function mixFor(option: LeverageMix | LeveragePrior | LeverageBySize, notional: number): LeverageMix {
  if (typeof option === 'function') return option(notional)
  if (typeof option !== 'string') return option
  if (!Object.hasOwn(LEVERAGE_PRIORS, option))
    throw new RangeError(`leverage: ${option}, but the priors are ${Object.keys(LEVERAGE_PRIORS).join(', ')}`)
  return LEVERAGE_PRIORS[option]
}
