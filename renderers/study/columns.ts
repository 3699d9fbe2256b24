/** Columns of the trade list, with values to sort by and text, and the trades as CSV. */
import { decimalText } from '../../src/common/number-text.ts'
import { priceText, timeText } from '../plot/ticks.ts'
import { closeTime, openTime, type StudyModel, sideOf } from './model.ts'

export interface TradeColumn {
  key: string
  name: string
  /** Tooltip of the heading. */
  hint: string
  /** Aligned right. */
  numeric: boolean
  /** To sort by; NaN: none. */
  value(trade: number): number | string
  text(trade: number): string
}

/** A number with the typographic minus; empty for NaN. */
export function signed(value: number, digits: number): string {
  if (Number.isNaN(value)) return ''
  return decimalText(value, digits)
}

/** USD, with cents below 10,000. */
export const usd = (value: number): string => signed(value, Math.abs(value) < 10_000 ? 2 : 0)

/** The precision of the study's prices: the step of its candles at the last price. */
export function priceStep({ candles, header }: StudyModel): number {
  return candles.close[candles.close.length - 1]! * header.priceStep
}

export function createColumns(model: StudyModel): TradeColumn[] {
  const { trades, header } = model
  const step = priceStep(model)
  const price = (value: number) => (Number.isNaN(value) ? '' : priceText(value, step))
  const numbers = (
    key: string,
    name: string,
    hint: string,
    values: ArrayLike<number>,
    text: (value: number) => string,
  ): TradeColumn => ({
    key,
    name,
    hint,
    numeric: true,
    value: trade => values[trade]!,
    text: trade => text(values[trade]!),
  })
  const level = (trade: number) => {
    const [inner, outer] = [price(trades.inner[trade]!), price(trades.outer[trade]!)]
    return inner === outer ? inner : `${inner}…${outer}`
  }
  const convergence = trades.convergence.some(count => count > 0)
  return [
    numbers('number', '#', 'In order of the entries', Int32Array.from(trades.r.keys()), n => `${n + 1}`),
    {
      key: 'time',
      name: 'Entry (UTC)',
      hint: 'Open of the bar of the entry, UTC',
      numeric: false,
      value: trade => trades.entryBar[trade]!,
      text: trade => timeText(openTime(model, trades.entryBar[trade]!)),
    },
    {
      key: 'side',
      name: 'Side',
      hint: 'Side of the trade',
      numeric: false,
      value: trade => sideOf(trades, trade),
      text: trade => sideOf(trades, trade),
    },
    {
      key: 'level',
      name: 'Level',
      hint: 'Edges of the swept level, the one nearer to the price first',
      numeric: true,
      value: trade => trades.inner[trade]!,
      text: level,
    },
    ...(convergence
      ? [
          numbers(
            'convergence',
            'Conv.',
            'Leverage tiers that converge in the level',
            trades.convergence,
            count => `${count}`,
          ),
        ]
      : []),
    numbers('depth', 'Depth', 'How far the sweep went beyond the level, in ATR', trades.depth, n => signed(n, 2)),
    numbers('entry', 'Entry', 'Entry price, slippage included', trades.entry, price),
    numbers('stop', 'Stop', 'Stop at the entry', trades.stop, price),
    numbers('target', 'Target', 'The farthest target', trades.target, price),
    numbers('exit', 'Exit', 'Mean price of all exits, slippage included', trades.exit, price),
    {
      key: 'reason',
      name: 'Reason',
      hint: 'Why the last part was closed',
      numeric: false,
      value: trade => header.reasons[trades.reason[trade]!]!,
      text: trade => `${header.reasons[trades.reason[trade]!]!}${trades.ambiguous[trade] ? ' ?' : ''}`,
    },
    {
      key: 'bars',
      name: 'Bars',
      hint: 'Bars held, the entry bar included',
      numeric: true,
      value: trade => barsHeld(trade),
      text: trade => `${barsHeld(trade)}`,
    },
    numbers('r', 'R', 'Net result in multiples of the risk at the entry', trades.r, n => signed(n, 2)),
    numbers('net', 'Net USD', 'Net result after all costs', trades.net, usd),
    numbers('mae', 'MAE', 'Maximum adverse excursion, in R', trades.mae, n => signed(n, 2)),
    numbers('mfe', 'MFE', 'Maximum favourable excursion, in R', trades.mfe, n => signed(n, 2)),
  ]

  function barsHeld(trade: number): number {
    return trades.exitBar[trade]! - trades.entryBar[trade]! + 1
  }
}

/** Trades as CSV, in the given order; times in ISO 8601. */
export function tradesCsv(model: StudyModel, order: ArrayLike<number>): string {
  const { trades, header } = model
  const names =
    'number,entry_time,exit_time,side,level_inner,level_outer,convergence,sweep_time,extreme,depth_atr,entry,stop,target,exit,reason,ambiguous,bars,r,net_usd,mae_r,mfe_r'
  const time = (ms: number) => new Date(ms).toISOString()
  const number = (value: number) => (Number.isNaN(value) ? '' : String(+value.toPrecision(7)))
  // Reasons come from the payload: a spreadsheet must not run one as a formula.
  const text = (value: string) => `"${value.replace(/"/g, '""').replace(/^(?=[=+\-@\t\r])/, "'")}"`
  const lines = Array.from(order, i =>
    [
      i + 1,
      time(openTime(model, trades.entryBar[i]!)),
      time(openTime(model, trades.exitBar[i]!)),
      sideOf(trades, i),
      ...[trades.inner[i]!, trades.outer[i]!].map(number),
      trades.convergence[i]!,
      time(closeTime(model, trades.sweepBar[i]!)),
      ...[trades.extreme, trades.depth, trades.entry, trades.stop, trades.target, trades.exit].map(values =>
        number(values[i]!),
      ),
      text(header.reasons[trades.reason[i]!]!),
      trades.ambiguous[i] ? 'true' : 'false',
      trades.exitBar[i]! - trades.entryBar[i]! + 1,
      ...[trades.r, trades.net, trades.mae, trades.mfe].map(values => number(values[i]!)),
    ].join(','),
  )
  return `${[names, ...lines].join('\n')}\n`
}
