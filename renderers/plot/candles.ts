/** Candles of a chart: data, drawing, and downsampling to pixels. */
import { upperBound } from '../../src/common/binary-search.ts'
import type { DrawContext } from './draw-context.ts'
import type { Box, Scales } from './scales.ts'
import type { Styles } from './styles.ts'
import type { Span } from './time-span.ts'

/** Columns of candles; each may combine several bars, from `time` to `end`, epoch ms. */
export interface Candles {
  time: Float64Array
  end: Float64Array
  open: Float32Array
  high: Float32Array
  low: Float32Array
  close: Float32Array
}

/** With a narrower body nothing is left between two candles. */
const MIN_BODY_PX = 2
/** Width of the outline. */
const OUTLINE_PX = 1

/** Draws the candles that end by `until` (epoch ms); where they are too narrow for bodies, only high to low. */
export function drawCandles(
  ctx: DrawContext,
  plot: Box,
  scales: Scales,
  candles: Candles,
  until: number,
  styles: Styles,
): void {
  const { time, end, open, high, low, close } = candles
  const from = firstEndingAfter(end, scales.time(plot.left))
  const right = scales.time(plot.left + plot.width)
  let to = from
  while (to < time.length && time[to]! < right && end[to]! <= until) to++
  const meanWidth = to > from ? ((scales.x(end[to - 1]!) - scales.x(time[from]!)) / (to - from)) * 0.7 : 1
  const width = Math.max(1, Math.min(14, Math.round(meanWidth)))
  const hasBodies = meanWidth >= MIN_BODY_PX
  /** Wick and body, each larger by `rim` on all sides. */
  const addCandle = (i: number, rim: number): void => {
    const x = Math.round((scales.x(time[i]!) + scales.x(end[i]!)) / 2)
    const top = scales.y(high[i]!)
    ctx.rect(x - rim, top - rim, 1 + 2 * rim, Math.max(1, scales.y(low[i]!) - top) + 2 * rim)
    if (!hasBodies) return
    const [a, b] = [scales.y(Math.max(open[i]!, close[i]!)), scales.y(Math.min(open[i]!, close[i]!))]
    ctx.rect(x - Math.floor(width / 2) - rim, a - rim, width + 2 * rim, Math.max(1, b - a) + 2 * rim)
  }
  ctx.clipped(plot.left, plot.top, plot.width, plot.height, () => {
    // All outlines first, so that none covers the body of another candle.
    ctx.fillStyle = styles.candleOutline
    ctx.beginPath()
    for (let i = from; i < to; i++) addCandle(i, OUTLINE_PX)
    ctx.fill()
    for (const up of [true, false]) {
      ctx.fillStyle = up ? styles.candleUp : styles.candleDown
      // One path per colour: a draw call per candle would cost more than the pixels.
      ctx.beginPath()
      for (let i = from; i < to; i++) if (close[i]! >= open[i]! === up) addCandle(i, 0)
      ctx.fill()
    }
  })
}

/**
 * Candles from `timeFrom` to `timeTo`, combined where several fall on one of `pixels`: first open, highest high, lowest low,
 * last close.
 */
export function downsampleCandles(candles: Candles, timeFrom: number, timeTo: number, pixels: number): Candles {
  const { time, end, open, high, low, close } = candles
  const from = firstEndingAfter(end, timeFrom)
  let to = from
  while (to < time.length && time[to]! < timeTo) to++
  const slice = (a: number, b: number): Candles => ({
    time: time.subarray(a, b),
    end: end.subarray(a, b),
    open: open.subarray(a, b),
    high: high.subarray(a, b),
    low: low.subarray(a, b),
    close: close.subarray(a, b),
  })
  if (to - from <= pixels) return slice(from, to)
  const perPixel = (timeTo - timeFrom) / pixels
  const result: Candles = {
    time: new Float64Array(pixels + 1),
    end: new Float64Array(pixels + 1),
    open: new Float32Array(pixels + 1),
    high: new Float32Array(pixels + 1),
    low: new Float32Array(pixels + 1),
    close: new Float32Array(pixels + 1),
  }
  let n = 0
  let last = -1
  for (let i = from; i < to; i++) {
    const pixel = Math.max(0, Math.floor((time[i]! - timeFrom) / perPixel))
    if (pixel !== last) {
      last = pixel
      result.time[n] = time[i]!
      result.open[n] = open[i]!
      result.high[n] = high[i]!
      result.low[n] = low[i]!
      n++
    }
    const k = n - 1
    result.end[k] = end[i]!
    result.close[k] = close[i]!
    if (high[i]! > result.high[k]!) result.high[k] = high[i]!
    if (low[i]! < result.low[k]!) result.low[k] = low[i]!
  }
  return {
    time: result.time.subarray(0, n),
    end: result.end.subarray(0, n),
    open: result.open.subarray(0, n),
    high: result.high.subarray(0, n),
    low: result.low.subarray(0, n),
    close: result.close.subarray(0, n),
  }
}

/** Index of the first candle that ends after `time`; the number of candles if none does. `end` rises. */
export const firstEndingAfter: (end: Float64Array, time: number) => number = upperBound

/** Lowest and highest price of the candles in a span and of some other prices, with a margin. */
export function priceRange(
  candles: Candles,
  [from, to]: Span,
  otherPrices: readonly number[],
): [low: number, high: number] {
  let low = Infinity
  let high = 0
  const { time, end } = candles
  for (let i = firstEndingAfter(end, from); i < time.length && time[i]! < to; i++) {
    if (candles.low[i]! < low) low = candles.low[i]!
    if (candles.high[i]! > high) high = candles.high[i]!
  }
  for (const price of otherPrices) {
    if (!(price > 0)) continue
    low = Math.min(low, price)
    high = Math.max(high, price)
  }
  if (!(high > 0)) return [1, 2]
  // As a factor, because the axis is logarithmic over wide ranges.
  const margin = Math.max((high / low) ** 0.06, 1 + 1e-6)
  return [low / margin, high * margin]
}
