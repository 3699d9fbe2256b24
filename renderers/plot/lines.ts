/** Lines, downsampled to the lowest and highest value per pixel. */
import { firstEndingAfter } from './candles.ts'
import type { DrawContext } from './draw-context.ts'
import type { Box, Scales } from './scales.ts'

/** Values at rising times, epoch ms; NaN where none is known, if the line is not filled. */
export interface Line {
  time: Float64Array
  value: Float64Array
}

/** The visible part of a line with the points just outside; at most four points per pixel. */
export function visibleLine({ time, value }: Line, from: number, to: number, pixels: number): Line {
  const first = Math.max(0, firstEndingAfter(time, from) - 1)
  const last = Math.min(time.length, firstEndingAfter(time, to) + 1)
  if (last - first <= 4 * pixels) return { time: time.subarray(first, last), value: value.subarray(first, last) }
  const perPixel = (to - from) / pixels
  const indices: number[] = []
  for (let a = first; a < last; ) {
    const pixel = Math.floor((time[a]! - from) / perPixel)
    let b = a
    let low = a
    let high = a
    while (b < last && Math.floor((time[b]! - from) / perPixel) === pixel) {
      if (value[b]! < value[low]!) low = b
      if (value[b]! > value[high]!) high = b
      b++
    }
    indices.push(...new Set([a, Math.min(low, high), Math.max(low, high), b - 1]))
    a = b
  }
  return { time: Float64Array.from(indices, i => time[i]!), value: Float64Array.from(indices, i => value[i]!) }
}

/** Lowest and highest value of lines and of `included`, with a margin. */
export function valueRange(lines: readonly Line[], included: number): [low: number, high: number] {
  let [low, high] = [included, included]
  for (const { value } of lines)
    for (let i = 0; i < value.length; i++) {
      if (value[i]! < low) low = value[i]!
      if (value[i]! > high) high = value[i]!
    }
  const margin = Math.max((high - low) * 0.08, Math.abs(high) * 1e-4, 1e-9)
  return [low - margin, high + margin]
}

interface LineStyle {
  colour: string
  width: number
  alpha?: number
  /** Fills the area up to this value. */
  fillTo?: number
  /** Each value holds until the next one. */
  steps?: boolean
}

export function drawLine(ctx: DrawContext, box: Box, scales: Scales, line: Line, style: LineStyle): void {
  const { time, value } = line
  if (time.length === 0) return
  const { colour, width, alpha = 1, fillTo, steps = false } = style
  const trace = (): void => {
    ctx.beginPath()
    // Where no value is known, the line is interrupted.
    let known = false
    for (let i = 0; i < time.length; i++) {
      const x = scales.x(time[i]!)
      if (Number.isNaN(value[i]!)) {
        known = false
        continue
      }
      if (!known) {
        ctx.moveTo(x, scales.y(value[i]!))
        known = true
        continue
      }
      if (steps) ctx.lineTo(x, scales.y(value[i - 1]!))
      ctx.lineTo(x, scales.y(value[i]!))
    }
  }
  ctx.clipped(box.left, box.top, box.width, box.height, () => {
    if (fillTo !== undefined) {
      trace()
      const base = scales.y(fillTo)
      ctx.lineTo(scales.x(time[time.length - 1]!), base)
      ctx.lineTo(scales.x(time[0]!), base)
      ctx.closePath()
      ctx.fillStyle = colour
      ctx.globalAlpha = alpha * 0.22
      ctx.fill()
    }
    ctx.globalAlpha = alpha
    trace()
    ctx.strokeStyle = colour
    ctx.lineWidth = width
    ctx.stroke()
    ctx.globalAlpha = 1
  })
}
