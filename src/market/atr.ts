/** Average true range. */
import { invalidOption, wholeNumber } from '../common/options.ts'
import { assertMarket, type MarketColumns } from './market.ts'

const checkPeriod = wholeNumber(1)

/**
 * Average true range in price units (Wilder 1978): the true range max(high, previous close) − min(low, previous close),
 * smoothed by Wilder's moving average with 1/period. The first `period` values are the mean of the ranges so far, so
 * every bar has a value. The value at bar t uses bars up to t only.
 *
 * @throws OptionError if the period is not a whole number above 0
 * @example liq.atr(btc, 14)
 */
export function atr(market: Pick<MarketColumns, 'high' | 'low' | 'close'>, period = 14): Float64Array {
  const mismatch = checkPeriod(period)
  if (mismatch) throw invalidOption('liq.atr', 'period', period, mismatch)
  if (!market?.close) assertMarket(market, 'liq.atr')
  const { high, low, close } = market
  const n = close.length
  const out = new Float64Array(n)
  let value = 0
  for (let t = 0; t < n; t++) {
    const range = t === 0 ? high[0]! - low[0]! : Math.max(high[t]!, close[t - 1]!) - Math.min(low[t]!, close[t - 1]!)
    value += (range - value) / Math.min(t + 1, period)
    out[t] = value
  }
  return out
}
