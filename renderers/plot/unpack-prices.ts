/** Prices of candles from packed data, as src/charts/pack-prices.ts packs them. */
import { checkRange, type Unpacker } from '../shared/unpacker.ts'
import type { Candles } from './candles.ts'

/**
 * @param step of ln(price)
 * @throws PayloadError for impossible prices
 */
export function unpackPrices(
  data: Unpacker,
  count: number,
  step: number,
): Pick<Candles, 'open' | 'high' | 'low' | 'close'> {
  const [gaps, bodies, above, below] = [
    data.integers(count),
    data.integers(count),
    data.integers(count),
    data.integers(count),
  ]
  const column = () => new Float32Array(count)
  const prices = { open: column(), high: column(), low: column(), close: column() }
  let level = 0
  for (let k = 0; k < count; k++) {
    const open = level + gaps[k]!
    level = open + bodies[k]!
    prices.open[k] = Math.exp(open * step)
    prices.close[k] = Math.exp(level * step)
    prices.high[k] = Math.exp((Math.max(open, level) + above[k]!) * step)
    prices.low[k] = Math.exp((Math.min(open, level) - below[k]!) * step)
  }
  for (const [name, values] of Object.entries(prices)) checkRange(values, `${name} of candles`, 1e-30, 1e30)
  return prices
}
