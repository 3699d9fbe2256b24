/** Values at a time, and trades as text: for the tooltip, the line below the chart and screen readers. */
import { countText, percentText } from '../../src/common/number-text.ts'
import { firstEndingAfter } from '../plot/candles.ts'
import type { Line } from '../plot/lines.ts'
import { priceText, timeText } from '../plot/ticks.ts'
import { priceStep, signed, usd } from './columns.ts'
import { candleAt, candleTime, openTime, type StudyModel, sideOf } from './model.ts'
import type { View } from './view.ts'

export interface Readout {
  heading: string
  lines: [name: string, value: string][]
}

/** The candle at `time` with equity and drawdown at its end, and the trade under the pointer, if any. */
export function readAt(model: StudyModel, view: View, time: number, trade: number | null): Readout {
  const { candles } = model
  const k = candleAt(model, time)
  const step = priceStep(model)
  const price = (value: number) => priceText(value, step)
  const lines: [string, string][] = [
    ['Open, close', `${price(candles.open[k]!)} → ${price(candles.close[k]!)}`],
    ['High, low', `${price(candles.high[k]!)}, ${price(candles.low[k]!)}`],
    ['Equity', `${usd(view.allCurves.equity.value[k]!)} USD`],
    ['Drawdown', percentText(view.allCurves.drawdown.value[k]! / 100)],
  ]
  const { filteredCurves } = view
  if (filteredCurves) {
    const end = candles.end[k]!
    lines.push(['Filtered equity', `${usd(valueAt(filteredCurves.equity, end))} USD`])
    lines.push(['Filtered drawdown', percentText(valueAt(filteredCurves.drawdown, end) / 100)])
  }
  if (trade !== null) lines.push([`Trade ${trade + 1}`, tradeText(model, trade)])
  return { heading: timeText(candleTime(model, time)), lines }
}

/** A trade in a few words. */
function tradeText(model: StudyModel, i: number): string {
  const { trades, header } = model
  return `${sideOf(trades, i)}, ${header.reasons[trades.reason[i]!]}, ${tradeResult(model, i)}`
}

/** A trade with its level, stop, target and result, in one sentence. */
export function tradeSentence(model: StudyModel, i: number): string {
  const { trades, header } = model
  const step = priceStep(model)
  const price = (values: Float32Array) => priceText(values[i]!, step)
  const bars = trades.exitBar[i]! - trades.entryBar[i]! + 1
  const target = trades.target[i]! > 0 ? `, target ${price(trades.target)}` : ''
  const swept = `swept ${sideOf(trades, i) === 'long' ? 'the low' : 'the high'} ${price(trades.inner)} to ${price(trades.extreme)}`
  return (
    `Trade ${i + 1}: ${sideOf(trades, i)} at ${price(trades.entry)} on ${timeText(openTime(model, trades.entryBar[i]!))} UTC, ` +
    `${swept}; stop ${price(trades.stop)}${target}; out by ${header.reasons[trades.reason[i]!]} at ${price(trades.exit)} ` +
    `after ${countText(bars, 'bar')}: ${tradeResult(model, i)}`
  )
}

function tradeResult({ trades }: StudyModel, i: number): string {
  const r = trades.r[i]!
  return `${Number.isNaN(r) ? '' : `${signed(r, 2)} R, `}${usd(trades.net[i]!)} USD`
}

function valueAt({ time, value }: Line, at: number): number {
  return value[Math.max(0, firstEndingAfter(time, at) - 1)]!
}
