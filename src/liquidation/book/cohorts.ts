import { quoteValue } from '../../common/errors.ts'
import { liquidationPrice, type Side } from '../margin/liquidation-price.ts'
import type { MarginModel } from '../margin/margin-models.ts'
import { bracketOf, notionalAt } from '../margin/solve.ts'
import {
  type LeverageBySize,
  type LeverageMix,
  type LeveragePrior,
  leverageTiers,
  mixFor,
  type Tier,
} from './leverage.ts'
import type { Cohort } from './side-book.ts'

/** Shares by value, e.g. `{ 0: 0.6, 0.5: 0.3, 2: 0.1 }`; scaled to sum 1. */
export type Distribution = Readonly<Record<number, number>>

export interface CohortOptions {
  /** Share of the opened notional by leverage: a mix, a published prior, or a mix for each size of position. */
  leverage: LeverageMix | LeveragePrior | LeverageBySize
  /** Share of the opened notional by size of position in USD. The size selects the margin bracket, which caps the leverage. */
  positionNotional: Distribution
  /** Share of the opened notional by margin added later, in multiples of the initial margin. */
  extraMargin: Distribution
  margin: MarginModel
  /** A price of the market, for brackets that are not in USD; the distances are taken to be the same at every price. */
  referencePrice: number
}

/** Who opens positions: every combination of leverage, size and added margin, with its share. */
export interface PositionCohorts {
  tiers: Tier[]
  /** Weights of the tiers after the caps: what each tier really carries. */
  cohorts: { long: Cohort[]; short: Cohort[] }
  /** Share of the notional of each side that no price can liquidate. */
  safe: { long: number; short: number }
  /** Share of the notional whose tier a bracket caps, and that was moved to the highest leverage allowed there. */
  capped: number
}

/**
 * The population as atoms of the level book. A position whose bracket does not allow the leverage of its tier opens with the
 * highest tier of the mix that is allowed at its size. The distance from entry to liquidation depends on no price, because a
 * position's notional is given in USD.
 *
 * @throws RangeError naming the option that is out of range, or the size at which no tier of the mix is allowed
 */
export function positionCohorts(options: CohortOptions, binWidth: number): PositionCohorts {
  const sizes = shares(options.positionNotional, 'positionNotional', size => size > 0)
  const margins = shares(options.extraMargin, 'extraMargin', multiple => multiple >= 0)
  const mixes = sizes.map(([size, share]) => ({ size, share, tiers: leverageTiers(mixFor(options.leverage, size)) }))
  const leverages = [...new Set(mixes.flatMap(({ tiers }) => tiers.map(tier => tier.leverage)))].sort((a, b) => a - b)
  const tiers = leverages.map(leverage => ({ leverage, weight: 0 }))
  const atoms = { long: [] as Cohort[], short: [] as Cohort[] }
  const safe = { long: 0, short: 0 }
  let capped = 0
  for (const { size, share, tiers: mix } of mixes) {
    const most = maxLeverage(options, size)
    const allowed = mix.filter(tier => tier.leverage <= most)
    if (allowed.length === 0)
      throw new RangeError(
        `leverage: positions of ${size} USD may have at most ${most}x, less than every tier of the mix`,
      )
    const moved = mix.reduce((sum, tier) => (tier.leverage > most ? sum + tier.weight : sum), 0)
    capped += share * moved
    for (const [k, { leverage, weight }] of allowed.entries()) {
      const tier = leverages.indexOf(leverage)
      const ofTier = share * (weight + (k === allowed.length - 1 ? moved : 0))
      tiers[tier]!.weight += ofTier
      for (const [multiple, marginShare] of margins)
        for (const side of ['long', 'short'] as const) {
          const shift = shiftOf(side, leverage, size, multiple, options, binWidth)
          const weight = ofTier * marginShare
          if (shift === null) safe[side] += weight
          else atoms[side].push({ tier, weight, shift })
        }
    }
  }
  return { tiers, cohorts: { long: merge(atoms.long), short: merge(atoms.short) }, safe, capped }
}

function shiftOf(
  side: Side,
  leverage: number,
  notional: number,
  multiple: number,
  { margin, referencePrice }: CohortOptions,
  binWidth: number,
): number | null {
  const size = sizeOf(margin, notional, referencePrice)
  const initial = notional / leverage
  const extraMargin = (multiple * initial) / (margin.contract === 'inverse' ? referencePrice : 1)
  const price = liquidationPrice({ side, entry: referencePrice, size, leverage, extraMargin, margin })
  if (side === 'long' ? price > referencePrice : price < referencePrice)
    throw new RangeError(
      `leverage: ${margin.name} would liquidate ${side}s of ${notional} USD at ${leverage}x as they open: its maintenance is above their margin`,
    )
  // An entry counts as at the middle of its bin, so that the level's bin is floor(0.5 + distance) further.
  return price > 0 && price < Infinity ? Math.floor(0.5 + Math.log(price / referencePrice) / binWidth) : null
}

/** Size of a position in the model's unit: base coins, or contracts. */
function sizeOf({ contract, contractSize }: MarginModel, notional: number, price: number): number {
  return contract === 'inverse' ? notional / contractSize : notional / price
}

/** Atoms of one tier at one distance are one. Those that lie nearest to their entries come first. */
function merge(atoms: Cohort[]): Cohort[] {
  const merged = new Map<string, Cohort>()
  for (const atom of atoms) {
    const key = `${atom.tier}:${atom.shift}`
    const same = merged.get(key)
    if (same) same.weight += atom.weight
    else merged.set(key, { ...atom })
  }
  return [...merged.values()].sort((a, b) => Math.abs(a.shift) - Math.abs(b.shift))
}

function maxLeverage({ margin, referencePrice }: CohortOptions, notional: number): number {
  const size = sizeOf(margin, notional, referencePrice)
  const settled = notionalAt(margin, size, referencePrice)
  const bracket = bracketOf(margin, settled, size)
  if (!bracket) {
    // A cap of 50 coins reads as 50 USD unless it says what it is compared with.
    const inBrackets = margin.maintenanceOn === 'size' ? size : settled
    const own =
      inBrackets === notional
        ? ''
        : ` (${+inBrackets.toPrecision(6)} as the brackets count, at a price of ${referencePrice})`
    throw new RangeError(
      `positionNotional: ${notional} USD${own} is above the largest bracket's cap ${margin.brackets.at(-1)?.cap}`,
    )
  }
  return bracket.maxLeverage
}

function shares(distribution: Distribution, name: string, ok: (value: number) => boolean): [number, number][] {
  if (typeof distribution !== 'object' || distribution === null || Array.isArray(distribution))
    throw new RangeError(`${name}: ${quoteValue(distribution)}, but expected shares by value, e.g. { 0: 0.7, 1: 0.3 }`)
  const entries = Object.entries(distribution).map(([value, share]): [number, number] => [Number(value), share])
  for (const [value, share] of entries) {
    if (!ok(value) || !Number.isFinite(value)) throw new RangeError(`${name}: ${value} is out of range`)
    if (!(typeof share === 'number' && share >= 0 && share < Infinity))
      throw new RangeError(`${name}: share ${quoteValue(share)} of ${value}, but expected 0 or more`)
  }
  const total = entries.reduce((sum, [, share]) => sum + share, 0)
  if (!(total > 0)) throw new RangeError(`${name}: all shares are 0`)
  return entries.map(([value, share]) => [value, share / total])
}
