/** Equity and drawdown as lines, thinned to the lowest and highest value of a pixel. */
import { firstEndingAfter } from '../plot/candles.ts'
import type { Ink } from '../plot/ink.ts'
import type { Box, Scales } from '../plot/scales.ts'

/** Values at rising moments. */
export interface Line {
  time: Float64Array
  value: Float64Array
}

/** The part of a line that is seen, with the point before it and the one after: at most four points a pixel. */
export function seenOf({ time, value }: Line, from: number, to: number, pixels: number): Line {
  const first = Math.max(0, firstEndingAfter(time, from) - 1)
  const last = Math.min(time.length, firstEndingAfter(time, to) + 1)
  if (last - first <= 4 * pixels) return { time: time.subarray(first, last), value: value.subarray(first, last) }
  const perPixel = (to - from) / pixels
  const kept: number[] = []
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
    kept.push(...new Set([a, Math.min(low, high), Math.max(low, high), b - 1]))
    a = b
  }
  return { time: Float64Array.from(kept, i => time[i]!), value: Float64Array.from(kept, i => value[i]!) }
}

/** Lowest and highest value that is seen, with some room; `least` is always in it. */
export function valueRange(lines: readonly Line[], least: number): [low: number, high: number] {
  let [low, high] = [least, least]
  for (const { value } of lines)
    for (let i = 0; i < value.length; i++) {
      if (value[i]! < low) low = value[i]!
      if (value[i]! > high) high = value[i]!
    }
  const room = Math.max((high - low) * 0.08, Math.abs(high) * 1e-4, 1e-9)
  return [low - room, high + room]
}

interface Style {
  colour: string
  width: number
  alpha?: number
  /** The value up to which the area is filled. */
  fillTo?: number
  /** Each value holds until the next one. */
  steps?: boolean
}

export function drawLine(ink: Ink, box: Box, scales: Scales, line: Line, style: Style): void {
  const { time, value } = line
  if (time.length === 0) return
  const { colour, width, alpha = 1, fillTo, steps = false } = style
  const trace = (): void => {
    ink.beginPath()
    ink.moveTo(scales.x(time[0]!), scales.y(value[0]!))
    for (let i = 1; i < time.length; i++) {
      const x = scales.x(time[i]!)
      if (steps) ink.lineTo(x, scales.y(value[i - 1]!))
      ink.lineTo(x, scales.y(value[i]!))
    }
  }
  ink.clipped(box.left, box.top, box.width, box.height, () => {
    if (fillTo !== undefined) {
      trace()
      const base = scales.y(fillTo)
      ink.lineTo(scales.x(time[time.length - 1]!), base)
      ink.lineTo(scales.x(time[0]!), base)
      ink.closePath()
      ink.fillStyle = colour
      ink.globalAlpha = alpha * 0.22
      ink.fill()
    }
    ink.globalAlpha = alpha
    trace()
    ink.strokeStyle = colour
    ink.lineWidth = width
    ink.stroke()
    ink.globalAlpha = 1
  })
}
