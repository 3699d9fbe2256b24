/** Summaries: names and numbers in groups, as text and as HTML. */

import { DAY, formatTime, HOUR } from '../common/duration.ts'
import { countText, decimalText } from '../common/number-text.ts'
import { MIN_EVENTS } from '../evidence/bootstrap.ts'
import type { PlaceboComparison } from '../evidence/placebo-comparison.ts'
import type { Market } from '../market/market.ts'
import type { Statistics } from '../sfp/statistics/statistics.ts'
import { type Interval, MIN_INTERVAL_VALUES } from '../stats/bootstrap.ts'
import { type Displayable, displayed, htmlBundle } from './display.ts'
import { type Html, html } from './html.ts'

export interface Summary {
  title: string
  /** Names and values as text, in groups. */
  groups: { name: string; rows: [name: string, value: string][] }[]
  /** What a reader may misunderstand, one sentence each. */
  notes?: readonly string[]
  /** What the numbers are based on, one line each. */
  assumptions: readonly string[]
}

/** `0.123`, or `n/a` for a number that is not finite. */
export function formatNumber(value: number, digits = 3): string {
  return Number.isFinite(value) ? decimalText(value, digits) : 'n/a'
}

/**
 * `(0.1 to 0.3)`, or in words why there is no interval. Empty when the value is undefined too.
 *
 * @param draws number of values that the interval draws
 * @param nothing the value of a strategy that earns nothing: where the interval holds it, the text says so
 * @param drawn what these values are
 */
export function formatInterval(
  { mean, low, high }: Interval,
  draws: number,
  format: (value: number) => string,
  nothing = Number.NaN,
  drawn: 'trades' | 'days with trades' = 'trades',
): string {
  if (!Number.isFinite(mean)) return ''
  if (draws < MIN_INTERVAL_VALUES) return `(too few ${drawn} for an interval)`
  if (Number.isNaN(low) || Number.isNaN(high)) return '(too few wins or losses for an interval)'
  const chance = low <= nothing && nothing <= high ? `; may be ${nothing}` : ''
  const upper = high === Infinity ? '∞: resamples without a loss' : format(high)
  return `(${format(low)} to ${upper}${chance})`
}

const number = (value: number, digits = 2) => formatNumber(value, digits)
const percent = (value: number) => (Number.isFinite(value) ? `${number(value)} %` : 'n/a')

/**
 * The summary of a backtest.
 * @param capacity at which size its result reaches 0, in words
 */
export function studySummary(
  market: Market,
  statistics: Statistics,
  placebo: PlaceboComparison,
  title: string,
  assumptions: readonly string[],
  capacity: string,
): Summary {
  return {
    title,
    groups: [
      {
        name: 'Data',
        rows: [
          ['Market', `${market.symbol} ${market.timeframe}${market.synthetic ? ' (synthetic)' : ''}`],
          ['From', `${formatTime(market.time[0]!)} UTC`],
          ['To', `${formatTime(market.time[market.length - 1]! + market.barMs)} UTC`],
          ['Bars', number(market.length, 0)],
          ['Buy & hold', percent(statistics.buyHoldPct)],
          ['Exposure', percent(statistics.exposurePct)],
        ],
      },
      tradeGroup(statistics, statistics.trades, placeboRows(placebo, statistics.trades)),
      equityGroup(statistics, [['Mean result by size', capacity]]),
    ],
    notes: statisticsNotes(statistics, market.synthetic, placeboNotes(placebo)),
    assumptions,
  }
}

/**
 * @param draws values that the intervals draw: trades, or days of them
 * @param more rows after the mean R
 */
export function tradeGroup(
  s: Statistics,
  draws: number,
  more: Summary['groups'][number]['rows'] = [],
): Summary['groups'][number] {
  const within = (value: string, interval: Interval, digits = 2, nothing = Number.NaN) =>
    `${value}  ${formatInterval(interval, draws, bound => number(bound, digits), nothing, drawnAs(draws, s.trades))}`.trimEnd()
  const hours = (ms: number) => (Number.isFinite(ms) ? `${number(ms / HOUR, 1)} h` : 'n/a')
  const { gap, stop, size, unfilled } = s.rejected
  const reasons = Object.entries(s.byReason)
    .sort((a, b) => b[1] - a[1])
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ')
  return {
    name: 'Trades (95 % intervals in brackets)',
    rows: [
      ['Trades', `${number(s.trades, 0)} (${s.longs} long, ${s.trades - s.longs} short)`],
      ['Signals skipped', number(s.skipped, 0)],
      [
        '  rejected: gap / stop / size / unfilled',
        [gap, stop, size, unfilled].map(count => number(count, 0)).join(' / '),
      ],
      ['Win rate, %', within(number(s.winRate), s.intervals.winRate)],
      ['Mean R, net', within(number(s.meanR.mean, 3), s.meanR, 3, 0)],
      ...more,
      ['Expectancy, %', within(number(s.expectancy, 3), s.intervals.expectancy, 3, 0)],
      ['Profit factor, before fees', number(s.profitFactorGross, 3)],
      ['Profit factor, net', within(number(s.profitFactor, 3), s.intervals.profitFactor, 3, 1)],
      ['Best / worst trade', `${percent(s.best)} / ${percent(s.worst)}`],
      ['Median MAE / MFE', `${number(s.medianMae)} / ${number(s.medianMfe)} R`],
      ['SQN / Kelly', `${number(s.sqn)} / ${number(s.kelly, 3)}`],
      ['Mean / longest trade', `${hours(s.avgTradeMs)} / ${hours(s.maxTradeMs)}`],
      ['Exits', reasons || 'none'],
      ['Intrabar order assumed', percent(s.ambiguousPct)],
    ],
  }
}

/** @param more rows before the fees */
export function equityGroup(s: Statistics, more: Summary['groups'][number]['rows']): Summary['groups'][number] {
  const within = (value: string, interval: Interval) =>
    `${value}  ${formatInterval(interval, s.trades, bound => number(bound), 0)}`.trimEnd()
  const days = (ms: number) => (Number.isFinite(ms) ? countText(Math.round((10 * ms) / DAY) / 10, 'day') : 'n/a')
  return {
    name: 'Equity',
    rows: [
      ['Net result', `${number(s.net, 0)} USD`],
      ['Return', `${percent(s.returnPct)}${s.ruined ? ' (ruined: trading ended)' : ''}`],
      ['Annual return, %', within(number(s.annualReturnPct), s.intervals.annualReturnPct)],
      ['Annual volatility', percent(s.volatilityPct)],
      ['Sharpe ratio', within(number(s.sharpe), s.intervals.sharpe)],
      ['Sortino / Calmar', `${number(s.sortino)} / ${number(s.calmar)}`],
      ['Omega / tail ratio', `${number(s.omega)} / ${number(s.tailRatio)}`],
      ['Alpha / beta', `${percent(s.alphaPct)} / ${number(s.beta, 3)}`],
      ['Max. / avg. drawdown', `${percent(s.maxDrawdownPct)} / ${percent(s.avgDrawdownPct)}`],
      ['  duration', `${days(s.maxDrawdownMs)} / ${days(s.avgDrawdownMs)}`],
      ['Ulcer index', percent(s.ulcerPct)],
      ...more,
      ['Fees / funding', `${number(s.fees, 0)} / ${number(s.funding, 0)} USD`],
    ],
  }
}

/** What the figures are worth, and why some have opposite signs. */
export function statisticsNotes(statistics: Statistics, isSynthetic: boolean, more: readonly string[] = []): string[] {
  return [...whatItProves(statistics, isSynthetic), ...more, ...disagreement(statistics)]
}

/** What the mean R is worth, in words: a mean without this is an invitation to believe in it. */
function whatItProves({ trades, meanR }: Statistics, isSynthetic: boolean): string[] {
  const notes: string[] = []
  if (trades > 0 && Number.isNaN(meanR.low))
    notes.push(`${countText(trades, 'trade')} cannot tell a mean R of ${formatNumber(meanR.mean)} from chance.`)
  else if (meanR.low <= 0 && meanR.high >= 0)
    notes.push(
      `Chance alone gives a mean R like this one: its interval holds 0, so ${countText(trades, 'trade')} show neither a profit nor a loss.`,
    )
  if (isSynthetic && trades > 0)
    notes.push(
      'This market is synthetic. Unless effects were planted in it, no level influences its price: gains are chance, and losses are chance and costs.',
    )
  return notes
}

/**
 * Rows after the mean R.
 * @param draws values that the interval draws: trades, or days of them
 */
export function placeboRows(placebo: PlaceboComparison, draws: number): Summary['groups'][number]['rows'] {
  const { placeboMeanR, placebos, placeboTrades } = placebo
  const each = Math.round(placeboTrades / placebos).toLocaleString('en-US')
  return [
    ['  at placebo levels', `${formatNumber(placeboMeanR)}  (${placebos} × about ${each} trades)`],
    ['  more than at placebo levels', differenceText(placebo, draws)],
  ]
}

function differenceText({ difference, trades }: PlaceboComparison, draws: number): string {
  const enough = draws < MIN_EVENTS ? 0 : draws
  const interval = formatInterval(difference, enough, formatNumber, 0, drawnAs(draws, trades))
  return `${formatNumber(difference.mean)}  ${interval}`.trimEnd()
}

const drawnAs = (draws: number, trades: number) => (draws < trades ? 'days with trades' : 'trades')

/** The comparison of a study with its placebos, in one sentence. */
export function placeboSentence(placebo: PlaceboComparison): string {
  const { meanR, placeboMeanR, trades } = placebo
  if (trades === 0) return 'Without trades there is nothing to compare with placebo levels.'
  return `Mean R ${formatNumber(meanR)}, at placebo levels ${formatNumber(placeboMeanR)}: difference ${differenceText(placebo, trades)}.`
}

/** What the levels are worth, in words: a result is theirs only as far as placebos do not have it too. */
export function placeboNotes({ difference: { low, high } }: PlaceboComparison): string[] {
  if (Number.isNaN(low)) return []
  if (low > 0) return ['The mean R is above that of the same trades at placebo levels, beyond chance.']
  if (high < 0) return ['The mean R is below that of the same trades at placebo levels, beyond chance.']
  return [
    'Placebo levels may do as well: the interval of the difference in mean R holds 0, so the result does not show that these levels matter.',
  ]
}

/** Explains why results of opposite signs do not contradict each other. */
function disagreement({ meanR, expectancy, net, profitFactor }: Statistics): string[] {
  const sign = (value: number) => (Number.isFinite(value) ? Math.sign(value) : 0)
  const notes: string[] = []
  if (sign(meanR.mean) * sign(expectancy) < 0)
    notes.push(
      `Mean R is ${meanR.mean < 0 ? 'below' : 'above'} 0 and the profit factor ${profitFactor < 1 ? 'below' : 'above'} 1: R divides each result by the distance to the stop, so trades with a near stop weigh most; profit factor and expectancy are of returns on the notional, where all trades weigh the same.`,
    )
  if (sign(net) * sign(expectancy) < 0)
    notes.push(
      `The net result in USD and the expectancy have opposite signs: USD weigh trades by their size, the expectancy weighs all the same.`,
    )
  return notes
}

/** Aligned columns for a terminal. */
export function summaryText({ title, groups, notes = [], assumptions }: Summary): string {
  const width = Math.max(...groups.flatMap(group => group.rows.map(([name]) => name.length)))
  const lines = groups.map(group =>
    [group.name, ...group.rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)].join('\n'),
  )
  const parts = [title, ...lines, ...notes, `Assumptions\n${assumptions.map(line => `- ${line}`).join('\n')}`]
  return parts.join('\n\n')
}

/** An HTML fragment in the colours of the surrounding page. */
function summaryHtml({ title, groups, notes = [], assumptions }: Summary): Html {
  const border = 'border-bottom:1px solid rgba(128,128,128,.25)'
  return html`<section style="font-variant-numeric:tabular-nums"><h3 style="margin:0 0 .5em">${title}</h3>
<div style="display:flex;flex-wrap:wrap;gap:0 2.5em;align-items:flex-start">${groups.map(
    group => html`
<table style="border-collapse:collapse;margin-bottom:.75em"><caption style="text-align:left;font-weight:600;padding:.2em 0">${group.name}</caption>${group.rows.map(
      ([name, value]) => html`
<tr style="${border}"><th scope="row" style="text-align:left;font-weight:400;opacity:.8;padding:.15em 1.5em .15em 0">${name.trim()}</th><td style="text-align:right;padding:.15em 0">${value}</td></tr>`,
    )}
</table>`,
  )}
</div>${notes.map(
    note => html`
<p>${note}</p>`,
  )}
<details><summary>${countText(assumptions.length, 'assumption')}</summary><ul>${assumptions.map(line => html`<li>${line}</li>`)}</ul></details></section>`
}

/** The value, displaying itself as this summary. */
export function withSummary<T extends object>(value: T, summary: Summary): T & Displayable {
  return displayed(value, () => htmlBundle(summaryHtml(summary), summaryText(summary)))
}
