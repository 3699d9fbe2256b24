/** Packs the prices of candles: four small whole numbers each, since a candle begins near where the last one ended. */
import type { Candles } from './candles.ts'
import type { Packer } from './pack.ts'

/** In ln(price). Half a basis point: off by at most a quarter of one, below a pixel even in a view of a dozen bars. */
export const PRICE_STEP = 5e-5

/**
 * Columns: opens less the previous close, closes less the open, highs above the higher and lows below the lower of the two; all
 * as round(ln(price) / step).
 */
export function packPrices(packer: Packer, candles: Candles, step: number): Packer {
  const steps = (prices: Float64Array) => prices.map(price => Math.round(Math.log(price) / step))
  const [open, high, low, close] = [candles.open, candles.high, candles.low, candles.close].map(steps) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const count = open.length
  return packer
    .integers(count, k => open[k]! - (k === 0 ? 0 : close[k - 1]!))
    .integers(count, k => close[k]! - open[k]!)
    .integers(count, k => high[k]! - Math.max(open[k]!, close[k]!))
    .integers(count, k => Math.min(open[k]!, close[k]!) - low[k]!)
}
