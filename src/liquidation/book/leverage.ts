/** Leverage mixes: how the opened notional is divided among leverages. */
import { type Check, invalidOption, listWords } from '../../common/options.ts'
import { normalisedShares, sharesBy } from './shares.ts'

/** Share of the opened notional by leverage, e.g. `{ 10: 0.3, 25: 0.3, 50: 0.25, 100: 0.15 }`. */
export type LeverageMix = Readonly<Record<number, number>>

/** A mix for each position size (notional in USD). */
export type LeverageBySize = (notional: number) => LeverageMix

/**
 * Published guesses at the leverage that traders use. Nobody outside the exchanges knows it, and the guesses disagree:
 * change the mix and see what it changes.
 * - `retail`: 15/30/25/20/10 % at 5/10/25/50/100x
 * - `high`: 10/20/30/25/15 % at the same tiers
 * - `equal`: the same share for each
 *
 * And one that fits real liquidations better than they do (ETH, summer of 2024, with a trigger depth of 0.0015: partial rank
 * correlation 0.49 and 0.52 of longs and shorts, against 0.44 and 0.48):
 * - `inverseRoot`: in inverse proportion to the square root of the leverage, at 5/10/25/50/100/125x
 */
export const LEVERAGE_PRIORS = {
  retail: { 5: 0.15, 10: 0.3, 25: 0.25, 50: 0.2, 100: 0.1 },
  high: { 5: 0.1, 10: 0.2, 25: 0.3, 50: 0.25, 100: 0.15 },
  equal: { 5: 0.2, 10: 0.2, 25: 0.2, 50: 0.2, 100: 0.2 },
  inverseRoot: { 5: 0.346, 10: 0.245, 25: 0.155, 50: 0.109, 100: 0.077, 125: 0.069 },
} as const satisfies Record<string, LeverageMix>

export type LeveragePrior = keyof typeof LEVERAGE_PRIORS

export interface Tier {
  leverage: number
  /** Share of the opened notional; all tiers sum to 1. */
  weight: number
}

const leverageMix = sharesBy('leverages above 1', leverage => leverage > 1, '{ 10: 0.5, 50: 0.5 }')

/** Checks the option `leverage`. A mix by size is checked when it is called, see {@link mixForSize}. */
export const leverageOption: Check = value => {
  if (typeof value === 'function') return undefined
  if (typeof value !== 'string') return leverageMix(value)
  if (Object.hasOwn(LEVERAGE_PRIORS, value)) return undefined
  return { expected: `${listWords(Object.keys(LEVERAGE_PRIORS))}, or shares by leverage, e.g. { 10: 0.5, 50: 0.5 }` }
}

/** Tiers in order of leverage, weights scaled to sum 1. Tiers of weight 0 are included, so that a slider can turn them up. */
export function leverageTiers(mix: LeverageMix): Tier[] {
  return normalisedShares(mix)
    .map(([leverage, weight]) => ({ leverage, weight }))
    .sort((a, b) => a.leverage - b.leverage)
}

/**
 * The mix for positions of a size.
 * @throws OptionError when the mix that a function returns is invalid
 */
export function mixForSize(
  leverage: LeverageMix | LeveragePrior | LeverageBySize,
  notional: number,
  caller: string,
): LeverageMix {
  if (typeof leverage === 'string') return LEVERAGE_PRIORS[leverage]
  if (typeof leverage !== 'function') return leverage
  const mix = leverage(notional)
  const mismatch = leverageMix(mix)
  if (mismatch) throw invalidOption(caller, `leverage(${notional})`, mix, mismatch)
  return mix
}
