/** Values of the map at one point, for the tooltip and the screen reader. */

import { percentText, usdText } from '../../src/common/number-text.ts'
import { firstEndingAfter } from '../plot/candles.ts'
import type { Point } from '../plot/scales.ts'
import { priceText, timeText } from '../plot/ticks.ts'
import type { Cluster } from './clusters.ts'
import { clusterTexts } from './draw-marks.ts'
import { columnAt, isExact, type Model, rowAt, type Side, tierUsd } from './model.ts'

export interface Readout {
  time: number
  price: number
  /** From the close of that column, as a fraction. */
  distance: number
  long: number
  short: number
  /** Whether the amounts are known exactly, and not within 3.5 %. */
  exact: boolean
  byTier: { leverage: number; usd: number }[]
  /** Liquidations on record in the bar at this time, USD; NaN where nothing was recorded. Absent without a record of the market. */
  recorded?: Record<Side, number>
}

/** null outside the map: before its first column, after `lastColumn`, or beyond its prices. */
export function readAt(model: Model, weights: readonly number[], at: Point, lastColumn: number): Readout | null {
  const column = columnAt(model, at.time)
  const row = rowAt(model, at.price)
  if (column < 0 || column > lastColumn || row < 0 || row >= model.rows) return null
  let long = 0
  let short = 0
  const byTier = model.tiers.map((layers, tier) => {
    const usd = {
      long: weights[tier]! * tierUsd(model, tier, 'long', row, column),
      short: weights[tier]! * tierUsd(model, tier, 'short', row, column),
    }
    long += usd.long
    short += usd.short
    return { leverage: layers.leverage, usd: usd.long + usd.short }
  })
  return {
    time: model.edges[column]!,
    price: at.price,
    distance: at.price / model.closes[column]! - 1,
    long,
    short,
    exact: isExact(model, row, column),
    byTier,
    ...recordedAt(model, at.time, model.edges[lastColumn]!),
  }
}

/** Of the candle at a moment, if it is known by `until`. */
function recordedAt({ candles, recorded }: Model, time: number, until: number): Pick<Readout, 'recorded'> {
  const i = firstEndingAfter(candles.end, time)
  if (!recorded || !(candles.time[i]! <= time && candles.end[i]! <= until)) return {}
  return { recorded: { long: recorded.long[i]!, short: recorded.short[i]! } }
}

/** The time as heading, and lines of name, value, and share or change. */
export function readoutLines(
  readout: Readout,
  cluster: Cluster | null = null,
  unit = 'USD',
): {
  heading: string
  lines: [name: string, value: string, share: string][]
} {
  const { time, price, distance, long, short, exact, byTier } = readout
  const amount = (usd: number) => `${exact ? '' : '≈\u2009'}${usdText(usd)}`
  const lines: [string, string, string][] = [[priceText(price), '', percentText(distance)]]
  if (long > 0) lines.push(['Longs', amount(long), unit])
  if (short > 0) lines.push(['Shorts', amount(short), unit])
  if (long + short === 0) lines.push(['nothing known', '', ''])
  for (const { leverage, usd } of byTier)
    if (usd > 0) lines.push([`${leverage}×`, amount(usd), `${Math.round((100 * usd) / (long + short))} %`])
  if (readout.recorded) {
    const { long, short } = readout.recorded
    const usdOf = (usd: number): [string, string] => (Number.isNaN(usd) ? ['no record', ''] : [usdText(usd), 'USD'])
    if (Number.isNaN(long + short) && !(long >= 0 || short >= 0)) lines.push(['Liquidated in the bar', 'no record', ''])
    else lines.push(['Longs liquidated in the bar', ...usdOf(long)], ['Shorts liquidated in the bar', ...usdOf(short)])
  }
  if (cluster) {
    const [usd, ...others] = clusterTexts(cluster)
    lines.push(['Cluster', usd, others.join(' ')])
  }
  return { heading: timeText(time), lines }
}

/** The readout as one sentence for screen readers. */
export function readoutText(readout: Readout, cluster: Cluster | null = null, unit = 'USD'): string {
  const { heading, lines } = readoutLines(readout, cluster, unit)
  return [`${heading} UTC`, ...lines.map(line => line.filter(Boolean).join(' '))].join(', ')
}
