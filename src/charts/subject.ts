/** What a map shows, in words. */
import type { LiquidationMap } from '../liquidation/map.ts'

/** Titles of a map by the sides that are shown. */
export type MapSubject = Record<'both' | 'long' | 'short', string>

const OBSERVED = {
  liquidations: 'Observed liquidation levels',
  stops: 'Observed stop orders',
  both: 'Observed liquidation levels and stop orders',
} as const

/** An estimate is called so, and observed positions too. */
export function mapSubject({ isObserved, options }: LiquidationMap): MapSubject {
  if (!isObserved)
    return {
      both: 'Estimated liquidations',
      long: 'Estimated long liquidations',
      short: 'Estimated short liquidations',
    }
  const what = OBSERVED[options.layer]
  return { both: what, long: `${what} of longs`, short: `${what} of shorts` }
}
