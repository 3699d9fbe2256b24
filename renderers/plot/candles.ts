/** Candles, thinned to what the pixels can show. */
import { upperBound } from '../../src/common/binary-search.ts'
import type { Ink } from './ink.ts'
import type { Box, Scales } from './scales.ts'
import type { Styles } from './styles.ts'

/** Each may put several bars together, from `time` to `end`, epoch ms. */
export interface Candles {
  time: Float64Array
  end: Float64Array
  open: Float32Array
  high: Float32Array
  low: Float32Array
  close: Float32Array
}

/** Candles that end by `until` (epoch ms); bars of high and low where they are narrower than a pixel. */
export function drawCandles(ink: Ink, plot: Box, scales: Scales, candles: Candles, until: number, look: Styles): void {
  const { time, end, open, high, low, close } = candles
  const from = firstEndingAfter(end, scales.time(plot.left))
  const right = scales.time(plot.left + plot.width)
  let to = from
  while (to < time.length && time[to]! < right && end[to]! <= until) to++
  const typical = to > from ? ((scales.x(end[to - 1]!) - scales.x(time[from]!)) / (to - from)) * 0.7 : 1
  const width = Math.max(1, Math.min(14, Math.round(typical)))
  ink.clipped(plot.left, plot.top, plot.width, plot.height, () => {
    for (const up of [true, false]) {
      ink.strokeStyle = up ? look.candleUp : look.candleDown
      ink.fillStyle = ink.strokeStyle
      ink.lineWidth = 1
      // One path a colour: a call for each candle would cost more than the pixels.
      ink.beginPath()
      for (let i = from; i < to; i++) {
        if (close[i]! >= open[i]! !== up) continue
        const x = Math.round((scales.x(time[i]!) + scales.x(end[i]!)) / 2)
        const top = scales.y(high[i]!)
        ink.rect(x, top, 1, Math.max(1, scales.y(low[i]!) - top))
        if (width < 3) continue
        const [a, b] = [scales.y(Math.max(open[i]!, close[i]!)), scales.y(Math.min(open[i]!, close[i]!))]
        ink.rect(x - Math.floor(width / 2), a, width, Math.max(1, b - a))
      }
      ink.fill()
    }
  })
}

/** Candles from `timeFrom` to `timeTo`, those on the same one of `pixels` put together: first open, highest high, lowest low, last close. */
export function thinned(candles: Candles, timeFrom: number, timeTo: number, pixels: number): Candles {
  const { time, end, open, high, low, close } = candles
  const from = firstEndingAfter(end, timeFrom)
  let to = from
  while (to < time.length && time[to]! < timeTo) to++
  const part = (a: number, b: number): Candles => ({
    time: time.subarray(a, b),
    end: end.subarray(a, b),
    open: open.subarray(a, b),
    high: high.subarray(a, b),
    low: low.subarray(a, b),
    close: close.subarray(a, b),
  })
  if (to - from <= pixels) return part(from, to)
  const perPixel = (timeTo - timeFrom) / pixels
  const made: Candles = {
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
      made.time[n] = time[i]!
      made.open[n] = open[i]!
      made.high[n] = high[i]!
      made.low[n] = low[i]!
      n++
    }
    const k = n - 1
    made.end[k] = end[i]!
    made.close[k] = close[i]!
    if (high[i]! > made.high[k]!) made.high[k] = high[i]!
    if (low[i]! < made.low[k]!) made.low[k] = low[i]!
  }
  return {
    time: made.time.subarray(0, n),
    end: made.end.subarray(0, n),
    open: made.open.subarray(0, n),
    high: made.high.subarray(0, n),
    low: made.low.subarray(0, n),
    close: made.close.subarray(0, n),
  }
}

/** Index of the first of rising ends that comes after `time`; their number where none does. */
export const firstEndingAfter: (end: Float64Array, time: number) => number = upperBound
