/** Packs the prices of candles: four small whole numbers each, since a candle begins near where the last one ended. */
import type { Candles } from './candles.ts'
import type { Packer } from './pack.ts'

/** In ln(price). Half a basis point: off by at most a quarter of one. */
export const PRICE_STEP = 5e-5

/** Steps of price in the height of a usual candle: what rounding adds to it is below a pixel until it fills a screen. */
const STEPS_PER_CANDLE = 40
const MIN_STEP = 1e-7
const MAX_STEP = 1e-4

/** The step in ln(price) that candles are stored in: a fortieth of the median height of a candle, at most a basis point. */
export function candleStep({ high, low }: Candles): number {
  const heights = high.map((price, k) => Math.log(price / low[k]!)).sort()
  const median = heights[heights.length >> 1] ?? 0
  return Number(Math.min(MAX_STEP, Math.max(MIN_STEP, median / STEPS_PER_CANDLE)).toPrecision(3))
}

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
