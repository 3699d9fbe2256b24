/** What a map shows, in words. */
import { isRelative, type LiquidationMap } from '../liquidation/map.ts'

/** Titles of a map by the sides that are shown. */
export type MapSubject = Record<'both' | 'long' | 'short', string>

const OBSERVED = {
  liquidations: 'Observed liquidation levels',
  stops: 'Observed stop orders',
  both: 'Observed liquidation levels and stop orders',
} as const

const ESTIMATED = { liquidations: 'liquidations', stops: 'stops', both: 'liquidations and stops' } as const

/** An estimate is called so, and observed positions too; a scale that is relative is said. */
export function mapSubject(map: LiquidationMap): MapSubject {
  const { isObserved, options } = map
  if (!isObserved) {
    const levels = ESTIMATED[options.layer]
    const scale = isRelative(map) ? ', relative scale' : ''
    return {
      both: `Estimated ${levels}${scale}`,
      long: `Estimated long ${levels}${scale}`,
      short: `Estimated short ${levels}${scale}`,
    }
  }
  const what = OBSERVED[options.layer]
  return { both: what, long: `${what} of longs`, short: `${what} of shorts` }
}

/** What a number of a map is, in a legend. */
export const mapUnit = (map: LiquidationMap): 'USD' | 'relative' => (isRelative(map) ? 'relative' : 'USD')
