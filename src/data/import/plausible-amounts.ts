/** Notes on amounts that no market has: they are likely to count something else than coins. */
import { DAY } from '../../common/duration.ts'
import type { FlowField, Market } from '../../market/market.ts'
import { quantile } from '../../stats/descriptive.ts'

type Bars = Pick<Market, 'volume' | 'barMs'>

/** Open interest is usually some days' volume; this many are none. */
const MAX_DAYS = 100
/** Bars that show it. */
const MIN_BARS = 3
/** A rate of this much at each payment is one in % more likely than a share. */
const MAX_RATE = 0.002

/**
 * What is odd about a series of records that no unit is stated of; null if nothing.
 * - open interest of more than 100 days' volume
 * - more liquidated than was traded, in most bars with liquidations
 * - funding whose usual payment is 0.2 % or more
 */
export function implausibleNote(field: FlowField, values: Float64Array, { volume, barMs }: Bars): string | null {
  const known = [...values.keys()].filter(t => values[t]! !== 0 && !Number.isNaN(values[t]!) && volume[t]! > 0)
  if (known.length < MIN_BARS) return null
  const middle = (of: (bar: number) => number) => quantile(known.map(of), 0.5)
  if (field === 'openInterest') {
    const days = middle(t => (values[t]! / volume[t]!) * (barMs / DAY))
    if (days > MAX_DAYS)
      return `openInterest is the volume of ${Math.round(days)} days: if it does not count coins, set unit: 'quote' or contractSize`
  }
  if (field === 'longLiquidations' || field === 'shortLiquidations') {
    if (middle(t => values[t]! / volume[t]!) > 1)
      return `${field} are more than the volume in most bars: if they do not count coins, set unit: 'quote' or contractSize`
  }
  if (field === 'fundingRate') {
    const rate = middle(t => Math.abs(values[t]!))
    if (rate >= MAX_RATE)
      return `half of the funding rates are ${+(100 * rate).toPrecision(3)} % or more at each payment: if the file states %, divide them by 100`
  }
  return null
}
