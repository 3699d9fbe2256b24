/** Facts about markets and trade flows, as text and as tables. */
import { formatTime } from '../common/duration.ts'
import type { ValueSummary } from '../common/host.ts'
import { countText } from '../common/number-text.ts'
import { describeInstrument } from '../market/instrument.ts'
import { CANDLE_FIELDS, FLOW_FIELDS, type Market } from '../market/market.ts'
import type { TradeFlow } from '../market/trade-flow/trade-flow.ts'
import { type Html, html } from './html.ts'

/** Source, instrument, bars, span, last close and series of a market, without its notes. */
export function marketFacts(market: Market): [name: string, value: string][] {
  const last = market.length - 1
  const flows = FLOW_FIELDS.filter(field => market[field])
  return [
    ['Source', `${market.source}${market.synthetic ? ', not a real market' : ''}`],
    ['Instrument', describeInstrument(market.instrument)],
    ['Bars', `${market.length.toLocaleString('en-US')} of ${market.timeframe}`],
    ['Span', `${formatTime(market.time[0]!)} to ${formatTime(market.time[last]! + market.barMs)} UTC`],
    ['Last close', market.close[last]!.toLocaleString('en-US', { maximumSignificantDigits: 8 })],
    ['Series', [...CANDLE_FIELDS, ...flows].join(', ')],
  ]
}

/** Facts about a market as text. */
export function marketText(market: Market): string {
  const notes = market.notes.map((note): [string, string] => ['Note', note])
  return factText(market.symbol, [...marketFacts(market), ...notes])
}

/** What the view of variables shows of a market. */
export function marketValueSummary(market: Market): ValueSummary {
  const { symbol, timeframe, time, length, source } = market
  const days = [time[0], time[length - 1]].map(ms => formatTime(ms ?? Number.NaN).slice(0, 10))
  return {
    group: 'markets',
    type: 'Market',
    shape: countText(length, 'bar'),
    preview: `${symbol} ${timeframe}, ${days.join(' to ')}, ${source}`,
    table: () => market.table(),
  }
}

function flowFacts(flow: TradeFlow): [name: string, value: string][] {
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)
  const usd = (value: number) => `${Math.round(value).toLocaleString('en-US')} USD`
  const sizes = flow.maxUsd === Infinity ? `${usd(flow.minUsd)} or more` : `${usd(flow.minUsd)} to ${usd(flow.maxUsd)}`
  return [
    ['Source', flow.source],
    ['Trades', sum(flow.count).toLocaleString('en-US')],
    ['Span', `${formatTime(flow.firstTime[0]!)} to ${formatTime(flow.lastTime[flow.length - 1]!)} UTC`],
    ['Bars', `${flow.length.toLocaleString('en-US')} of ${flow.timeframe}`],
    [
      'Entries',
      `${flow.bin.length.toLocaleString('en-US')} by bar and price bin of ${+(flow.binWidth * 1e4).toPrecision(4)} bp`,
    ],
    ['Sizes', flow.minUsd === 0 && flow.maxUsd === Infinity ? 'all' : sizes],
    ['Takers bought', usd(sum(flow.buyUsd))],
    ['Takers sold', usd(sum(flow.sellUsd))],
    ...flow.notes.map((note): [string, string] => ['Note', note]),
  ]
}

/** Facts about a trade flow as text. */
export function tradeFlowText(flow: TradeFlow): string {
  return factText(`Trades of ${flow.symbol}`, flowFacts(flow))
}

/** Facts about a trade flow as a table. */
export function tradeFlowHtml(flow: TradeFlow): Html {
  return factHtml(`Trades of ${flow.symbol}`, flowFacts(flow))
}

/** A title and rows of names and values as text. */
export function factText(title: string, rows: readonly [name: string, value: string][]): string {
  const width = Math.max(10, ...rows.map(([name]) => name.length))
  return [title, ...rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`)].join('\n')
}

/** A title and rows of names and values as a table. */
export function factHtml(title: string, rows: readonly [name: string, value: string][]): Html {
  return html`<table style="border-collapse:collapse"><caption style="text-align:left;font-weight:600;padding:.2em 0">${title}</caption>${rows.map(
    ([name, value]) =>
      html`<tr><th scope="row" style="text-align:left;font-weight:400;opacity:.8;padding:.1em 1.5em .1em 0;vertical-align:top">${name}</th><td style="text-align:left;padding:.1em 0">${value}</td></tr>`,
  )}</table>`
}
