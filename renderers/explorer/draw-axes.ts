/** Grid, tick labels and title. */
import type { Range, Scales, Stage } from './geometry.ts'
import type { Ink } from './ink.ts'
import type { Look } from './look.ts'
import type { Model } from './model.ts'
import { niceStep, priceText, priceTicks, timeTicks } from './ticks.ts'

export function drawAxes(ink: Ink, stage: Stage, scales: Scales, range: Range, logPrice: boolean, look: Look): void {
  const { plot, profile, width } = stage
  const { theme } = look
  const right = profile.width > 0 ? profile.left + profile.width : plot.left + plot.width
  const bottom = plot.top + plot.height
  const prices = priceTicks(range.low, range.high, plot.height / 56, logPrice)
  const step = prices.length > 1 ? Math.abs(prices[1]! - prices[0]!) : niceStep(range.high - range.low)
  const times = timeTicks(range.timeFrom, range.timeTo, plot.width / 92)

  ink.lineWidth = 1
  ink.strokeStyle = theme.grid
  ink.beginPath()
  for (const price of prices) {
    const y = crisp(scales.y(price))
    ink.moveTo(plot.left, y)
    ink.lineTo(right, y)
  }
  for (const { value } of times) {
    const x = crisp(scales.x(value))
    ink.moveTo(x, plot.top)
    ink.lineTo(x, bottom)
  }
  ink.stroke()

  ink.strokeStyle = theme.axis
  ink.strokeRect(plot.left + 0.5, plot.top + 0.5, plot.width - 1, plot.height - 1)
  if (profile.width > 0) ink.strokeRect(profile.left + 0.5, profile.top + 0.5, profile.width - 1, profile.height - 1)

  ink.font = look.font(11)
  ink.fillStyle = theme.dim
  ink.textBaseline = 'middle'
  ink.textAlign = 'left'
  for (const price of prices) {
    const y = scales.y(price)
    if (y > plot.top + 5 && y < bottom - 5) ink.fillText(priceText(price, step), right + 7, y)
  }
  ink.textBaseline = 'top'
  let taken = -Infinity
  for (const { value, label, major } of times) {
    ink.font = look.font(11, major ? 600 : 400)
    const half = ink.textWidth(label) / 2
    const x = Math.max(plot.left + half, Math.min(width - half, scales.x(value)))
    if (x - half < taken + 10) continue
    ink.fillStyle = major ? theme.foreground : theme.dim
    ink.textAlign = 'center'
    ink.fillText(label, x, bottom + 7)
    taken = x + half
  }
}

/** Lines one pixel wide must lie between pixels' edges. */
export const crisp = (value: number): number => Math.round(value) + 0.5

export function drawTitle(ink: Ink, stage: Stage, model: Model, what: string, look: Look): void {
  const { symbol, timeframe, synthetic } = model.header
  const room = stage.bar.top < 30 ? stage.bar.left - 16 : stage.width - 4
  ink.textAlign = 'left'
  ink.textBaseline = 'top'
  ink.font = look.font(13, 600)
  ink.fillStyle = look.theme.foreground
  ink.fillText(fitted(ink, `${symbol} ${timeframe}`, room), 0, 4)
  ink.font = look.font(11)
  ink.fillStyle = look.theme.dim
  ink.fillText(fitted(ink, `${what}${synthetic ? ' · synthetic market' : ''}`, room), 0, 21)
}

function fitted(ink: Ink, text: string, room: number): string {
  if (ink.textWidth(text) <= room) return text
  let length = text.length
  while (length > 1 && ink.textWidth(`${text.slice(0, length)}…`) > room) length--
  return `${text.slice(0, length).trimEnd()}…`
}
