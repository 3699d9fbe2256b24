import { formatTime } from '../market/duration.ts'
import type { Market } from '../market/market.ts'
import type { Statistics } from '../sfp/statistics.ts'
import { type Displayable, displayed, htmlBundle } from './display.ts'
import { type Html, html } from './html.ts'

export interface Summary {
  title: string
  /** Name and value, as they are shown; grouped. */
  groups: { name: string; rows: [name: string, value: string][] }[]
  /** What the numbers rest on. */
  assumptions: readonly string[]
}

/** Names and numbers of a backtest, as they are printed. */
export function studySummary(
  market: Market,
  statistics: Statistics,
  title: string,
  assumptions: readonly string[],
): Summary {
  const s = statistics
  const number = (value: number, digits = 2) =>
    Number.isFinite(value)
      ? value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
      : 'n/a'
  const percent = (value: number) => (Number.isFinite(value) ? `${number(value)} %` : 'n/a')
  const reasons = Object.entries(s.byReason)
    .sort((a, b) => b[1] - a[1])
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ')
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
          ['Buy & hold', percent(s.buyHoldPct)],
        ],
      },
      {
        name: 'Trades',
        rows: [
          ['Trades', `${number(s.trades, 0)} (${s.longs} long, ${s.trades - s.longs} short)`],
          ['Signals skipped', number(s.skipped, 0)],
          ['Win rate', percent(s.winRate)],
          ['Mean R, net', number(s.meanR.mean, 3)],
          ['  95 % interval', `${number(s.meanR.low, 3)} to ${number(s.meanR.high, 3)}`],
          ['Expectancy', percent(s.expectancy)],
          ['Best / worst', `${percent(s.best)} / ${percent(s.worst)}`],
          ['Mean length', `${number(s.meanBars, 1)} bars`],
          ['Exits', reasons || 'none'],
          ['Order in the bar assumed', percent(s.ambiguousPct)],
        ],
      },
      {
        name: 'Result',
        rows: [
          ['Profit factor, before fees', number(s.profitFactorGross, 3)],
          ['Profit factor, net', number(s.profitFactor, 3)],
          ['Net result', `${number(s.net, 0)} USD`],
          ['Return on equity', `${percent(s.returnPct)}${s.ruined ? ' (ruined: trading ended)' : ''}`],
          ['Max. drawdown', percent(s.maxDrawdownPct)],
          ['Sharpe ratio (daily)', number(s.sharpe)],
          ['Exposure', percent(s.exposurePct)],
          ['Fees / funding', `${number(s.fees, 0)} / ${number(s.funding, 0)} USD`],
        ],
      },
    ],
    assumptions,
  }
}

/** Aligned columns for a terminal. */
export function summaryText({ title, groups, assumptions }: Summary): string {
  const width = Math.max(...groups.flatMap(group => group.rows.map(([name]) => name.length)))
  const lines = groups.map(group =>
    [group.name, ...group.rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)].join('\n'),
  )
  return `${title}\n\n${lines.join('\n\n')}\n\nRests on\n${assumptions.map(line => `- ${line}`).join('\n')}`
}

/** A fragment in the colours of the editor or of the page around it. */
export function summaryHtml({ title, groups, assumptions }: Summary): Html {
  const border = 'border-bottom:1px solid rgba(128,128,128,.25)'
  return html`<section style="font-variant-numeric:tabular-nums"><h3 style="margin:0 0 .5em">${title}</h3>
<div style="display:flex;flex-wrap:wrap;gap:0 2.5em;align-items:flex-start">${groups.map(
    group => html`
<table style="border-collapse:collapse;margin-bottom:.75em"><caption style="text-align:left;font-weight:600;padding:.2em 0">${group.name}</caption>${group.rows.map(
      ([name, value]) => html`
<tr><th scope="row" style="text-align:left;font-weight:400;opacity:.8;padding:.15em 1.5em .15em 0;${border}">${name.trim()}</th><td style="text-align:right;padding:.15em 0;${border}">${value}</td></tr>`,
    )}
</table>`,
  )}
</div>
<details><summary>Rests on ${assumptions.length} assumptions</summary><ul>${assumptions.map(line => html`<li>${line}</li>`)}</ul></details></section>`
}

/** A value that shows itself as tables of names and numbers. */
export function withSummary<T extends object>(value: T, summary: Summary): T & Displayable {
  return displayed(value, () => htmlBundle(summaryHtml(summary), summaryText(summary)))
}
