/** Draws trades on the price: all of them small, and the selected one with level, sweep, stop and targets. */
import { crisp } from '../plot/axes.ts'
import { firstEndingAfter } from '../plot/candles.ts'
import type { DrawContext } from '../plot/draw-context.ts'
import type { Box, Scales } from '../plot/scales.ts'
import { signed } from './columns.ts'
import { closeTime, openTime, type StudyModel, sideOf } from './model.ts'
import type { StudyStyles } from './styles.ts'

/** With more visible trades only their entries are drawn. */
const MAX_DETAILED = 120
/** Height of a label. */
const LABEL_PX = 14

/** The filtered trades that touch a time span, from the level's start to the exit. */
export function visibleTrades(model: StudyModel, filtered: Int32Array, from: number, to: number): Int32Array {
  const { trades } = model
  return filtered.filter(
    i => closeTime(model, trades.exitBar[i]!) > from && openTime(model, Math.max(0, trades.since[i]!)) < to,
  )
}

/** A trade's entry on the chart: the middle of its bar, its price. */
export function entryPoint(model: StudyModel, scales: Scales, trade: number): { x: number; y: number } {
  const { trades, header } = model
  return {
    x: scales.x(openTime(model, trades.entryBar[trade]!) + header.barMs / 2),
    y: scales.y(trades.entry[trade]!),
  }
}

export function drawTrades(
  ctx: DrawContext,
  box: Box,
  scales: Scales,
  model: StudyModel,
  visible: Int32Array,
  selected: number | null,
  styles: StudyStyles,
): void {
  const { trades, header } = model
  const detailed = visible.length <= MAX_DETAILED
  const half = header.barMs / 2
  const size = detailed ? 5 : visible.length < 600 ? 4 : 3
  ctx.clipped(box.left, box.top, box.width, box.height, () => {
    // Fainter while a trade is selected.
    ctx.globalAlpha = selected === null ? 1 : 0.35
    for (const side of ['long', 'short'] as const) {
      const sideTrades = visible.filter(i => i !== selected && sideOf(trades, i) === side)
      ctx.strokeStyle = styles[side]
      ctx.fillStyle = styles[side]
      if (detailed) {
        ctx.lineWidth = 1.25
        ctx.beginPath()
        for (const i of sideTrades) {
          const { x, y } = entryPoint(model, scales, i)
          ctx.moveTo(x, y)
          ctx.lineTo(Math.max(x + 1, scales.x(openTime(model, trades.exitBar[i]!) + half)), scales.y(trades.exit[i]!))
        }
        ctx.stroke()
        ctx.beginPath()
        for (const i of sideTrades)
          for (let k = trades.fillStart[i]!; k < trades.fillStart[i + 1]!; k++)
            cross(ctx, scales.x(openTime(model, trades.fillBar[k]!) + half), scales.y(trades.fillPrice[k]!), 3)
        ctx.stroke()
        ctx.strokeStyle = styles.theme.dim
        ctx.lineWidth = 1
        ctx.beginPath()
        for (const i of sideTrades) {
          const y = crisp(scales.y(trades.inner[i]!))
          ctx.moveTo(scales.x(closeTime(model, trades.since[i]!)), y)
          ctx.lineTo(scales.x(closeTime(model, trades.sweepBar[i]!)), y)
        }
        ctx.stroke()
      }
      ctx.beginPath()
      for (const i of sideTrades) {
        const { x, y } = entryPoint(model, scales, i)
        triangle(ctx, x, y, size, side === 'long')
      }
      ctx.fill()
    }
    ctx.globalAlpha = 1
  })
}

/** One trade with its level, sweep, entry, stop, target and exits. */
export function drawSelected(
  ctx: DrawContext,
  box: Box,
  scales: Scales,
  model: StudyModel,
  i: number,
  styles: StudyStyles,
): void {
  const { trades, header } = model
  const side = sideOf(trades, i)
  const half = header.barMs / 2
  const [from, to] = [openTime(model, trades.entryBar[i]!), closeTime(model, trades.exitBar[i]!)]
  const sweepFrom = openTime(model, trades.sweepBar[i]!)
  const [sweepLeft, signalRight] = [scales.x(sweepFrom), scales.x(closeTime(model, trades.signalBar[i]!))]
  ctx.clipped(box.left, box.top, box.width, box.height, () => {
    // From the sweep to the close of the signal bar.
    ctx.fillStyle = styles[side]
    ctx.globalAlpha = 0.14
    ctx.fillRect(sweepLeft, box.top, Math.max(1, signalRight - sweepLeft), box.height)
    ctx.globalAlpha = 1
    const [a, b] = [scales.y(trades.inner[i]!), scales.y(trades.outer[i]!)]
    const left = Math.max(box.left - 2, scales.x(closeTime(model, trades.since[i]!)))
    ctx.globalAlpha = 0.25
    ctx.fillStyle = styles.level
    ctx.fillRect(left, Math.min(a, b), signalRight - left, Math.max(2, Math.abs(b - a)))
    ctx.globalAlpha = 1
    line(ctx, left, signalRight, a, styles.level, [])
    const [x0, x1] = [scales.x(from), Math.max(scales.x(to), scales.x(from) + 4)]
    line(ctx, x0, x1, scales.y(trades.stop[i]!), styles.loss, [3, 3])
    if (trades.target[i]! > 0) line(ctx, x0, x1, scales.y(trades.target[i]!), styles.gain, [6, 3])
    ctx.strokeStyle = styles[side]
    ctx.lineWidth = 2
    ctx.beginPath()
    const entry = entryPoint(model, scales, i)
    for (let k = trades.fillStart[i]!; k < trades.fillStart[i + 1]!; k++) {
      const [x, y] = [scales.x(openTime(model, trades.fillBar[k]!) + half), scales.y(trades.fillPrice[k]!)]
      ctx.moveTo(entry.x, entry.y)
      ctx.lineTo(x, y)
      cross(ctx, x, y, 5)
    }
    ctx.stroke()
    ctx.fillStyle = styles.level
    ctx.beginPath()
    diamond(ctx, scales.x(extremeTime(model, i)), scales.y(trades.extreme[i]!), 4)
    ctx.fill()
    ctx.beginPath()
    triangle(ctx, entry.x, entry.y, 8, side === 'long')
    ctx.fillStyle = styles[side]
    ctx.fill()
    ctx.strokeStyle = styles.theme.background
    ctx.lineWidth = 1
    ctx.stroke()
  })
  drawLabels(ctx, box, scales, model, i, styles)
}

/** Middle of the candle with the sweep's extreme, between sweep and signal. */
function extremeTime({ time, candles, trades }: StudyModel, i: number): number {
  const { time: starts, end, low, high } = candles
  const first = firstEndingAfter(end, time[trades.sweepBar[i]!]!)
  const until = time[trades.signalBar[i]!]!
  let best = first
  for (let k = first; k < starts.length && starts[k]! <= until; k++)
    if (trades.short[i] ? high[k]! > high[best]! : low[k]! < low[best]!) best = k
  return (starts[best]! + end[best]!) / 2
}

interface Label {
  text: string
  colour: string
  /** Left edge, and the middle of its height, in px. */
  x: number
  y: number
}

/**
 * Labels of the selected trade: of level and sweep left of the sweep; of stop and target beyond their lines, where no candle is
 * until they are reached; of another exit to its right.
 */
function drawLabels(
  ctx: DrawContext,
  box: Box,
  scales: Scales,
  model: StudyModel,
  i: number,
  styles: StudyStyles,
): void {
  const { trades, header } = model
  const [from, to] = [openTime(model, trades.entryBar[i]!), closeTime(model, trades.exitBar[i]!)]
  const [left, right] = [scales.x(from), Math.max(scales.x(to), scales.x(from) + 4)]
  const sweep = scales.x(openTime(model, trades.sweepBar[i]!))
  const r = trades.r[i]!
  const reason = header.reasons[trades.reason[i]!]!
  const exit = `${reason}${Number.isNaN(r) ? '' : `, ${signed(r, 2)} R`}`
  ctx.font = styles.font(12, 600)
  ctx.textBaseline = 'middle'
  ctx.textAlign = 'left'
  const widthOf = (text: string) => ctx.textWidth(text) + 6
  const within = (y: number) => Math.min(box.top + box.height - 8, Math.max(box.top + 8, y))

  const before = (
    [
      ['level', trades.inner[i]!],
      ['sweep', trades.extreme[i]!],
    ] as const
  ).map(([text, price]) => ({ text, colour: styles.level, x: sweep - widthOf(text) - 6, y: within(scales.y(price)) }))
  before.sort((a, b) => a.y - b.y)
  before[1]!.y = within(Math.max(before[1]!.y, before[0]!.y + LABEL_PX))

  const exitY = scales.y(trades.exit[i]!)
  let exitAtLine = false
  const after: Label[] = []
  for (const [name, price, colour, isUp] of [
    ['target', trades.target[i]!, styles.gain, !trades.short[i]],
    ['stop', trades.stop[i]!, styles.loss, !!trades.short[i]],
  ] as const) {
    if (!(price > 0)) continue
    const y = scales.y(price)
    const isExit = name === reason && Math.abs(exitY - y) < LABEL_PX
    exitAtLine ||= isExit
    const beyond = y + (isUp ? -9 : 9)
    // At the edge of the plot it would cover the line: then it is behind its end.
    const fits = within(beyond) === beyond
    after.push({ text: isExit ? exit : name, colour, x: fits ? left : right + 6, y: fits ? beyond : within(y) })
  }
  if (!exitAtLine) {
    const x = right + 6
    const y = within(exitY)
    const touched = after.find(label => label.x + widthOf(label.text) > x && Math.abs(label.y - y) < LABEL_PX)
    const colour = styles[sideOf(trades, i)]
    after.push({ text: exit, colour, x, y: touched ? touched.y + (touched.y < y ? LABEL_PX : -LABEL_PX) : y })
  }
  for (const { text, colour, x, y } of [...before, ...after]) {
    const width = widthOf(text)
    const inside = Math.min(box.left + box.width - width, Math.max(box.left, x))
    ctx.fillStyle = styles.theme.background
    ctx.globalAlpha = 0.8
    ctx.fillRect(inside, y - LABEL_PX / 2, width, LABEL_PX)
    ctx.globalAlpha = 1
    ctx.fillStyle = colour
    ctx.fillText(text, inside + 3, y + 0.5)
  }
}

function line(ctx: DrawContext, from: number, to: number, y: number, colour: string, dash: number[]): void {
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.5
  ctx.setLineDash(dash)
  ctx.beginPath()
  ctx.moveTo(from, crisp(y))
  ctx.lineTo(to, crisp(y))
  ctx.stroke()
  ctx.setLineDash([])
}

function triangle(ctx: DrawContext, x: number, y: number, size: number, up: boolean): void {
  const tip = up ? -size : size
  ctx.moveTo(x, y + tip)
  ctx.lineTo(x - size, y - tip * 0.8)
  ctx.lineTo(x + size, y - tip * 0.8)
  ctx.closePath()
}

function diamond(ctx: DrawContext, x: number, y: number, size: number): void {
  ctx.moveTo(x, y - size)
  ctx.lineTo(x + size, y)
  ctx.lineTo(x, y + size)
  ctx.lineTo(x - size, y)
  ctx.closePath()
}

function cross(ctx: DrawContext, x: number, y: number, size: number): void {
  ctx.moveTo(x - size, y - size)
  ctx.lineTo(x + size, y + size)
  ctx.moveTo(x - size, y + size)
  ctx.lineTo(x + size, y - size)
}
