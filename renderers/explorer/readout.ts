/** What the map says at one place: for the tooltip, the screen reader and the file. */

import type { Point } from '../plot/scales.ts'
import { percentText, priceText, timeText, usdText } from '../plot/ticks.ts'
import { cellOf, columnAt, type Model, rowOf } from './model.ts'

export interface Readout {
  time: number
  price: number
  /** From the close that was known then, as a fraction. */
  distance: number
  long: number
  short: number
  byTier: { leverage: number; usd: number }[]
}

/** null where the map says nothing: before its first column, after `lastColumn`, or off its prices. */
export function readAt(model: Model, weights: readonly number[], at: Point, lastColumn: number): Readout | null {
  const column = columnAt(model, at.time)
  const row = rowOf(model, at.price)
  if (column < 0 || column > lastColumn || row < 0 || row >= model.rows) return null
  let long = 0
  let short = 0
  const byTier = model.tiers.map((layers, tier) => {
    const own = {
      long: weights[tier]! * cellOf(layers.long, row, column),
      short: weights[tier]! * cellOf(layers.short, row, column),
    }
    long += own.long
    short += own.short
    return { leverage: layers.leverage, usd: own.long + own.short }
  })
  return {
    time: model.edges[column]!,
    price: at.price,
    distance: at.price / model.closes[column]! - 1,
    long,
    short,
    byTier,
  }
}

/** The moment, and by line a name, a value, and a share or change. */
export function readoutLines(readout: Readout): {
  heading: string
  lines: [name: string, value: string, share: string][]
} {
  const { time, price, distance, long, short, byTier } = readout
  const lines: [string, string, string][] = [[priceText(price), '', percentText(distance)]]
  if (long > 0) lines.push(['Longs', usdText(long), 'USD'])
  if (short > 0) lines.push(['Shorts', usdText(short), 'USD'])
  if (long + short === 0) lines.push(['nothing known', '', ''])
  for (const { leverage, usd } of byTier)
    if (usd > 0) lines.push([`${leverage}×`, usdText(usd), `${Math.round((100 * usd) / (long + short))} %`])
  return { heading: `${timeText(time)} UTC`, lines }
}

export function readoutText(readout: Readout): string {
  const { heading, lines } = readoutLines(readout)
  return [heading, ...lines.map(line => line.filter(Boolean).join(' '))].join(', ')
}
