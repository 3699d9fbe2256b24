/** Trades on the price: all of them small, and the one that is looked at with everything it was planned by. */
import { crisp } from '../plot/axes.ts'
import { firstEndingAfter } from '../plot/candles.ts'
import type { Ink } from '../plot/ink.ts'
import type { Box, Scales } from '../plot/scales.ts'
import { signed } from './columns.ts'
import { closeTime, openTime, type StudyModel, sideOf } from './model.ts'
import type { StudyStyles } from './styles.ts'

/** Above so many trades on the screen only their entries are drawn. */
const MOST_IN_FULL = 120

/** Indices of the chosen trades that touch a stretch of time. */
export function tradesWithin(model: StudyModel, chosen: Int32Array, from: number, to: number): Int32Array {
  const { trades } = model
  return chosen.filter(
    i => closeTime(model, trades.exitBar[i]!) > from && openTime(model, Math.max(0, trades.since[i]!)) < to,
  )
}

/** Where a trade's entry stands: in the middle of its bar, at its price. */
export function entryPoint(model: StudyModel, scales: Scales, trade: number): { x: number; y: number } {
  const { trades, header } = model
  return {
    x: scales.x(openTime(model, trades.entryBar[trade]!) + header.barMs / 2),
    y: scales.y(trades.entry[trade]!),
  }
}

export function drawTrades(
  ink: Ink,
  box: Box,
  scales: Scales,
  model: StudyModel,
  seen: Int32Array,
  selected: number | null,
  look: StudyStyles,
): void {
  const { trades, header } = model
  const full = seen.length <= MOST_IN_FULL
  const half = header.barMs / 2
  const size = full ? 5 : seen.length < 600 ? 4 : 3
  ink.clipped(box.left, box.top, box.width, box.height, () => {
    // Beside the one that is looked at the others stand back.
    ink.globalAlpha = selected === null ? 1 : 0.35
    for (const side of ['long', 'short'] as const) {
      const own = seen.filter(i => i !== selected && sideOf(trades, i) === side)
      ink.strokeStyle = look[side]
      ink.fillStyle = look[side]
      if (full) {
        ink.lineWidth = 1.25
        ink.beginPath()
        for (const i of own) {
          const { x, y } = entryPoint(model, scales, i)
          ink.moveTo(x, y)
          ink.lineTo(Math.max(x + 1, scales.x(openTime(model, trades.exitBar[i]!) + half)), scales.y(trades.exit[i]!))
        }
        ink.stroke()
        ink.beginPath()
        for (const i of own)
          for (let k = trades.fillStart[i]!; k < trades.fillStart[i + 1]!; k++)
            cross(ink, scales.x(openTime(model, trades.fillBar[k]!) + half), scales.y(trades.fillPrice[k]!), 3)
        ink.stroke()
        ink.strokeStyle = look.theme.dim
        ink.lineWidth = 1
        ink.beginPath()
        for (const i of own) {
          const y = crisp(scales.y(trades.inner[i]!))
          ink.moveTo(scales.x(closeTime(model, trades.since[i]!)), y)
          ink.lineTo(scales.x(closeTime(model, trades.sweepBar[i]!)), y)
        }
        ink.stroke()
      }
      ink.beginPath()
      for (const i of own) {
        const { x, y } = entryPoint(model, scales, i)
        triangle(ink, x, y, size, side === 'long')
      }
      ink.fill()
    }
    ink.globalAlpha = 1
  })
}

/** One trade with its level, sweep, entry, stop, target and exits. */
export function drawSelected(
  ink: Ink,
  box: Box,
  scales: Scales,
  model: StudyModel,
  i: number,
  look: StudyStyles,
): void {
  const { trades, header } = model
  const side = sideOf(trades, i)
  const half = header.barMs / 2
  const [from, to] = [openTime(model, trades.entryBar[i]!), closeTime(model, trades.exitBar[i]!)]
  const sweepFrom = openTime(model, trades.sweepBar[i]!)
  const [sweepLeft, signalRight] = [scales.x(sweepFrom), scales.x(closeTime(model, trades.signalBar[i]!))]
  ink.clipped(box.left, box.top, box.width, box.height, () => {
    // The sweep, to the close of the bar that gave the signal.
    ink.fillStyle = look[side]
    ink.globalAlpha = 0.14
    ink.fillRect(sweepLeft, box.top, Math.max(1, signalRight - sweepLeft), box.height)
    ink.globalAlpha = 1
    const [a, b] = [scales.y(trades.inner[i]!), scales.y(trades.outer[i]!)]
    const left = Math.max(box.left - 2, scales.x(closeTime(model, trades.since[i]!)))
    ink.globalAlpha = 0.25
    ink.fillStyle = look.level
    ink.fillRect(left, Math.min(a, b), signalRight - left, Math.max(2, Math.abs(b - a)))
    ink.globalAlpha = 1
    line(ink, left, signalRight, a, look.level, [])
    const [x0, x1] = [scales.x(from), Math.max(scales.x(to), scales.x(from) + 4)]
    line(ink, x0, x1, scales.y(trades.stop[i]!), look.loss, [3, 3])
    if (trades.target[i]! > 0) line(ink, x0, x1, scales.y(trades.target[i]!), look.gain, [6, 3])
    ink.strokeStyle = look[side]
    ink.lineWidth = 2
    ink.beginPath()
    const entry = entryPoint(model, scales, i)
    for (let k = trades.fillStart[i]!; k < trades.fillStart[i + 1]!; k++) {
      const [x, y] = [scales.x(openTime(model, trades.fillBar[k]!) + half), scales.y(trades.fillPrice[k]!)]
      ink.moveTo(entry.x, entry.y)
      ink.lineTo(x, y)
      cross(ink, x, y, 5)
    }
    ink.stroke()
    ink.fillStyle = look.level
    ink.beginPath()
    diamond(ink, scales.x(extremeTime(model, i)), scales.y(trades.extreme[i]!), 4)
    ink.fill()
    ink.beginPath()
    triangle(ink, entry.x, entry.y, 8, side === 'long')
    ink.fillStyle = look[side]
    ink.fill()
    ink.strokeStyle = look.theme.background
    ink.lineWidth = 1
    ink.stroke()
  })
  drawLabels(ink, box, scales, model, i, look)
}

/** Middle of the candle, from the sweep to the signal, that went farthest. */
function extremeTime({ time, candles, trades }: StudyModel, i: number): number {
  const { time: starts, end, low, high } = candles
  const first = firstEndingAfter(end, time[trades.sweepBar[i]!]!)
  const until = time[trades.signalBar[i]!]!
  let best = first
  for (let k = first; k < starts.length && starts[k]! <= until; k++)
    if (trades.short[i] ? high[k]! > high[best]! : low[k]! < low[best]!) best = k
  return (starts[best]! + end[best]!) / 2
}

/** Names at the ends of the lines, pushed apart where they would touch. */
function drawLabels(ink: Ink, box: Box, scales: Scales, model: StudyModel, i: number, look: StudyStyles): void {
  const { trades, header } = model
  const right = Math.max(
    scales.x(closeTime(model, trades.exitBar[i]!)),
    scales.x(openTime(model, trades.entryBar[i]!)) + 4,
  )
  const r = trades.r[i]!
  const left = scales.x(openTime(model, trades.sweepBar[i]!))
  const at: { text: string; y: number; colour: string; toLeft: boolean }[] = [
    { text: 'level', y: scales.y(trades.inner[i]!), colour: look.level, toLeft: true },
    { text: 'sweep', y: scales.y(trades.extreme[i]!), colour: look.level, toLeft: true },
    { text: 'stop', y: scales.y(trades.stop[i]!), colour: look.loss, toLeft: false },
    {
      text: `${header.reasons[trades.reason[i]!]}${Number.isNaN(r) ? '' : `, ${signed(r, 2)} R`}`,
      y: scales.y(trades.exit[i]!),
      colour: look[sideOf(trades, i)],
      toLeft: false,
    },
  ]
  if (trades.target[i]! > 0)
    at.push({ text: 'target', y: scales.y(trades.target[i]!), colour: look.gain, toLeft: false })
  ink.font = look.font(11, 600)
  ink.textBaseline = 'middle'
  for (const toLeft of [true, false]) {
    let taken = -Infinity
    for (const { text, y, colour } of at.filter(label => label.toLeft === toLeft).sort((p, q) => p.y - q.y)) {
      const place = Math.min(box.top + box.height - 8, Math.max(box.top + 8, y, taken + 14))
      taken = place
      const width = ink.textWidth(text) + 6
      const wanted = toLeft ? left - width - 6 : right + 6
      const x = Math.min(box.left + box.width - width, Math.max(box.left, wanted))
      ink.fillStyle = look.theme.background
      ink.globalAlpha = 0.8
      ink.fillRect(x, place - 7, width, 14)
      ink.globalAlpha = 1
      ink.fillStyle = colour
      ink.textAlign = 'left'
      ink.fillText(text, x + 3, place + 0.5)
    }
  }
}

function line(ink: Ink, from: number, to: number, y: number, colour: string, dash: number[]): void {
  ink.strokeStyle = colour
  ink.lineWidth = 1.5
  ink.setLineDash(dash)
  ink.beginPath()
  ink.moveTo(from, crisp(y))
  ink.lineTo(to, crisp(y))
  ink.stroke()
  ink.setLineDash([])
}

function triangle(ink: Ink, x: number, y: number, size: number, up: boolean): void {
  const tip = up ? -size : size
  ink.moveTo(x, y + tip)
  ink.lineTo(x - size, y - tip * 0.8)
  ink.lineTo(x + size, y - tip * 0.8)
  ink.closePath()
}

function diamond(ink: Ink, x: number, y: number, size: number): void {
  ink.moveTo(x, y - size)
  ink.lineTo(x + size, y)
  ink.lineTo(x, y + size)
  ink.lineTo(x - size, y)
  ink.closePath()
}

function cross(ink: Ink, x: number, y: number, size: number): void {
  ink.moveTo(x - size, y - size)
  ink.lineTo(x + size, y + size)
  ink.moveTo(x - size, y + size)
  ink.lineTo(x + size, y - size)
}
