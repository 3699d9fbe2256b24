/** Draws a bar for each candle, from 0 to its value. */
import type { Candles } from '../plot/candles.ts'
import type { DrawContext } from '../plot/draw-context.ts'
import type { Box, Scales } from '../plot/scales.ts'

/** Of the width of a candle with its gap. */
const BAR_SHARE = 0.7

/** @param values NaN: no bar */
export function drawBars(
  ctx: DrawContext,
  box: Box,
  scales: Scales,
  { time, end }: Candles,
  values: Float32Array,
  colour: (index: number) => string,
): void {
  const zero = scales.y(0)
  const byColour = new Map<string, number[]>()
  for (let k = 0; k < time.length; k++) {
    if (Number.isNaN(values[k]!) || values[k] === 0) continue
    const name = colour(k)
    const group = byColour.get(name)
    if (group) group.push(k)
    else byColour.set(name, [k])
  }
  ctx.clipped(box.left, box.top, box.width, box.height, () => {
    // One path per colour, as of candles.
    for (const [name, group] of byColour) {
      ctx.fillStyle = name
      ctx.beginPath()
      for (const k of group) {
        const [left, right] = [scales.x(time[k]!), scales.x(end[k]!)]
        const width = Math.max(1, Math.round((right - left) * BAR_SHARE))
        const y = scales.y(values[k]!)
        // At least a pixel, so that what is on record is seen.
        const height = Math.max(1, Math.abs(zero - y))
        ctx.rect(Math.round((left + right - width) / 2), Math.min(y, zero - (y < zero ? height : 0)), width, height)
      }
      ctx.fill()
    }
  })
}
