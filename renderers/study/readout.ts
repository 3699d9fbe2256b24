/** What stands at a moment: for the tooltip and the screen reader. */
import { firstEndingAfter } from '../plot/candles.ts'
import { percentText, priceText, timeText } from '../plot/ticks.ts'
import { priceStepOf, signed, usd } from './columns.ts'
import type { Line } from './lines.ts'
import { openTime, type StudyModel, sideOf } from './model.ts'
import type { View } from './view.ts'

export interface Readout {
  heading: string
  lines: [name: string, value: string][]
}

/** The candle at a moment, with equity and drawdown at its end; and the trade under the pointer, if any. */
export function readAt(model: StudyModel, view: View, time: number, trade: number | null): Readout {
  const { candles } = model
  const k = Math.min(candles.end.length - 1, firstEndingAfter(candles.end, time))
  const step = priceStepOf(model)
  const price = (value: number) => priceText(value, step)
  const lines: [string, string][] = [
    ['Open, close', `${price(candles.open[k]!)} → ${price(candles.close[k]!)}`],
    ['High, low', `${price(candles.high[k]!)}, ${price(candles.low[k]!)}`],
    ['Equity', `${usd(view.whole.equity.value[k]!)} USD`],
    ['Drawdown', percentText(view.whole.drawdown.value[k]! / 100)],
  ]
  const { ofChosen } = view
  if (ofChosen) {
    const moment = candles.end[k]!
    lines.push(['Equity of the chosen', `${usd(valueAt(ofChosen.equity, moment))} USD`])
    lines.push(['Their drawdown', percentText(valueAt(ofChosen.drawdown, moment) / 100)])
  }
  if (trade !== null) lines.push([`Trade ${trade + 1}`, tradeText(model, trade)])
  return { heading: `${timeText(candles.time[k]!)} UTC`, lines }
}

/** A trade in words. */
export function tradeText(model: StudyModel, i: number): string {
  const { trades, header } = model
  return `${sideOf(trades, i)}, ${header.reasons[trades.reason[i]!]}, ${tradeResult(model, i)}`
}

/** Everything about a trade, for the line below the chart. */
export function tradeSentence(model: StudyModel, i: number): string {
  const { trades, header } = model
  const step = priceStepOf(model)
  const price = (values: Float32Array) => priceText(values[i]!, step)
  const bars = trades.exitBar[i]! - trades.entryBar[i]! + 1
  const target = trades.target[i]! > 0 ? `, target ${price(trades.target)}` : ''
  const swept = `swept ${sideOf(trades, i) === 'long' ? 'the low' : 'the high'} ${price(trades.inner)} to ${price(trades.extreme)}`
  return (
    `Trade ${i + 1}: ${sideOf(trades, i)} at ${price(trades.entry)} on ${timeText(openTime(model, trades.entryBar[i]!))} UTC, ` +
    `${swept}; stop ${price(trades.stop)}${target}; out by ${header.reasons[trades.reason[i]!]} at ${price(trades.exit)} ` +
    `after ${bars} ${bars === 1 ? 'bar' : 'bars'}: ${tradeResult(model, i)}`
  )
}

function tradeResult({ trades }: StudyModel, i: number): string {
  const r = trades.r[i]!
  return `${Number.isNaN(r) ? '' : `${signed(r, 2)} R, `}${usd(trades.net[i]!)} USD`
}

function valueAt({ time, value }: Line, moment: number): number {
  return value[Math.max(0, firstEndingAfter(time, moment) - 1)]!
}
