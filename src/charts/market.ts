import { formatTime } from '../market/duration.ts'
import { CANDLE_FIELDS, FLOW_FIELDS, type Market } from '../market/market.ts'
import { type Html, html } from './html.ts'

function facts(market: Market): [name: string, value: string][] {
  const last = market.length - 1
  const flows = FLOW_FIELDS.filter(field => market[field])
  return [
    ['Source', `${market.source}${market.synthetic ? ', not a real market' : ''}`],
    ['Bars', `${market.length.toLocaleString('en-US')} of ${market.timeframe}`],
    ['Span', `${formatTime(market.time[0]!)} to ${formatTime(market.time[last]! + market.barMs)} UTC`],
    ['Last close', market.close[last]!.toLocaleString('en-US', { maximumSignificantDigits: 8 })],
    ['Series', [...CANDLE_FIELDS, ...flows].join(', ')],
    ...market.notes.map((note): [string, string] => ['Note', note]),
  ]
}

/** What a market is, in lines of text. */
export function marketText(market: Market): string {
  return [market.symbol, ...facts(market).map(([name, value]) => `${name.padEnd(10)}  ${value}`)].join('\n')
}

/** What a market is, as a small table. */
export function marketHtml(market: Market): Html {
  return html`<table style="border-collapse:collapse"><caption style="text-align:left;font-weight:600;padding:.2em 0">${market.symbol}</caption>${facts(
    market,
  ).map(
    ([name, value]) =>
      html`<tr><th scope="row" style="text-align:left;font-weight:400;opacity:.8;padding:.1em 1.5em .1em 0;vertical-align:top">${name}</th><td style="text-align:left;padding:.1em 0">${value}</td></tr>`,
  )}</table>`
}
