/** Candles, thinned to bars of high and low where they are narrower than a pixel. */
import type { Box, Scales } from './geometry.ts'
import type { Ink } from './ink.ts'
import type { Look } from './look.ts'
import type { Candles } from './model.ts'

/** Candles that end by `until` (epoch ms). */
export function drawCandles(ink: Ink, plot: Box, scales: Scales, candles: Candles, until: number, look: Look): void {
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

function firstEndingAfter(end: Float64Array, time: number): number {
  let low = 0
  let high = end.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (end[middle]! <= time) low = middle + 1
    else high = middle
  }
  return low
}
