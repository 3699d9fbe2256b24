/** Shares by value, e.g. of the opened notional by leverage: check and normalisation. */
import type { Check } from '../../common/options.ts'

/** Shares by value, e.g. `{ 0: 0.6, 0.5: 0.3, 2: 0.1 }`; scaled to sum 1. */
export type Distribution = Readonly<Record<number, number>>

/**
 * Checks shares by value: each value passes a test, each share is 0 or more, and one is above 0.
 * @param values what the values are, in the plural, e.g. `leverages above 1`
 * @param example shares as a user writes them
 */
export function sharesBy(values: string, isValue: (value: number) => boolean, example: string): Check {
  return shares => {
    if (typeof shares !== 'object' || shares === null || Array.isArray(shares))
      return { expected: `shares by value, e.g. ${example}` }
    const entries: [string, unknown][] = Object.entries(shares)
    for (const [key, share] of entries) {
      const value = Number(key)
      if (!(Number.isFinite(value) && isValue(value)))
        return { expected: values, value: Number.isNaN(value) ? key : value }
      if (!(typeof share === 'number' && share >= 0 && share < Infinity))
        return { expected: 'a share of 0 or more', path: `[${key}]`, value: share }
    }
    return entries.some(([, share]) => share !== 0) ? undefined : { expected: 'at least one share above 0' }
  }
}

/** The entries of a distribution, with shares scaled to sum 1. */
export function normalisedShares(distribution: Distribution): [value: number, share: number][] {
  const entries = Object.entries(distribution)
  const total = entries.reduce((sum, [, share]) => sum + share, 0)
  return entries.map(([value, share]) => [Number(value), share / total])
}
