/** Where stops are placed: beyond swing points and round numbers. */
import { floorToStep, roundStep } from '../../common/decimal-step.ts'
import { nestedOptions, numberThat, oneOf, wholeNumber } from '../../common/options.ts'
import { binPrice } from '../../market/bins.ts'
import type { Market } from '../../market/market.ts'
import { swingAt } from '../../market/swings.ts'
import type { Side } from '../side.ts'

/**
 * Where the positions that end before their liquidation, by the `survival` of a map, end.
 *
 * Known: in the book of a bank that traded currencies, stop-loss orders to sell clustered just below round numbers, those to buy just
 * above (Osler 2003, Journal of Finance 58, 1791–1819). Textbooks advise stops just beyond swing points. Assumed: that traders
 * of perpetual futures do either, that all of them take the nearest such price, and the offset. No data of this project shows it.
 */
export interface StopOptions {
  /**
   * `survival`: at the parts of the way that the survival names. `swings`: beyond the last swing low (longs) or high (shorts).
   * `rounds`: beyond the nearest round number. `both`: beyond the nearer of the two. Where none lies between an entry and its
   * liquidation, as with `survival`. Default `survival`.
   */
  at?: 'survival' | 'swings' | 'rounds' | 'both'
  /** How far beyond, in ln(price). Default 0.001 (10 bp). */
  offset?: number
  /** Bars before and after a swing point that do not exceed it; it is known that many bars later. Default 10. */
  swingBars?: number
  /** Numbers with this many significant digits are round: at a price of 63,421 the multiples of 1,000 (2) or of 100 (3). Default 2. */
  digits?: number
}

export type ResolvedStops = Required<StopOptions>

export const stopOption = nestedOptions({
  at: oneOf('survival', 'swings', 'rounds', 'both'),
  offset: numberThat('0 to 0.05 in ln(price), e.g. 0.001 for 10 bp', x => x >= 0 && x <= 0.05),
  swingBars: wholeNumber(1),
  digits: wholeNumber(1, 10),
})

export const resolveStops = ({
  at = 'survival',
  offset = 0.001,
  swingBars = 10,
  digits = 2,
}: StopOptions): ResolvedStops => ({
  at,
  offset,
  swingBars,
  digits,
})

/** Suitable prices as they were known when a bar opened. Call {@link StopPlaces.advance} for each bar in turn. */
export interface StopPlaces {
  /** Learns what was known at the close before bar t. */
  advance(t: number): void
  /** ln(price)/width at which a stop of a position from the middle of an entry bin lies; NaN for none. */
  at(side: Side, entryBin: number): number
}

/** The places of a market's stops; `at` other than `survival`. */
export function stopPlaces(
  market: Market,
  { at, offset, swingBars, digits }: ResolvedStops,
  binWidth: number,
): StopPlaces {
  const beyond = offset / binWidth
  /** By entry bin: rounds do not change with time. */
  const rounds = { long: new Map<number, number>(), short: new Map<number, number>() }
  const swings = { long: Number.NaN, short: Number.NaN }
  const round = (side: Side, bin: number): number => {
    const known = rounds[side].get(bin)
    if (known !== undefined) return known
    const price = binPrice(bin + 0.5, binWidth)
    const step = roundStep(price, digits)
    const below = floorToStep(price, step)
    const number = side === 'long' || below === price ? below : floorToStep(below + 1.5 * step, step)
    const place = Math.log(number) / binWidth + (side === 'long' ? -beyond : beyond)
    rounds[side].set(bin, place)
    return place
  }
  const swing = (side: Side, bin: number): number => {
    const place = swings[side]
    // A swing low above a long's entry is broken already, and protects nothing.
    return (side === 'long' ? place + beyond <= bin + 0.5 : place - beyond >= bin + 0.5) ? place : Number.NaN
  }
  return {
    advance(t) {
      const to = t - 1
      const j = to - swingBars
      if (at === 'rounds' || j < swingBars) return
      const { isHigh, isLow } = swingAt(market, j, j - swingBars, to)
      if (isLow) swings.long = Math.log(market.low[j]!) / binWidth - beyond
      if (isHigh) swings.short = Math.log(market.high[j]!) / binWidth + beyond
    },
    at(side, bin) {
      if (at === 'rounds') return round(side, bin)
      const place = swing(side, bin)
      if (at === 'swings') return place
      const other = round(side, bin)
      if (Number.isNaN(place)) return other
      return side === 'long' ? Math.max(place, other) : Math.min(place, other)
    },
  }
}

/** The places in words. */
export function stopWords({ at, offset, swingBars, digits }: ResolvedStops): string {
  const swings = `the last swing point (${swingBars} bars each side)`
  const rounds = `the nearest round number (${digits} digits)`
  const which = at === 'swings' ? swings : at === 'rounds' ? rounds : `the nearer of ${swings} and ${rounds}`
  return `stops lie ${+(offset * 1e4).toPrecision(4)} bp beyond ${which} on the way to the liquidation, where there is one (assumed)`
}
