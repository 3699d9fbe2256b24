/** What files look like that cannot be read as they are. */
import { normalizeName } from './column-names.ts'

/** Kinds of files by their columns, and how to load them. The first that fits counts. */
const KINDS: readonly { has: readonly string[][]; lacks?: readonly string[]; text: string }[] = [
  {
    has: [['bids', 'asks', 'bidprice', 'askprice', 'bid', 'ask', 'bidspx', 'percentage', 'depth']],
    text: 'It looks like an order book, which is not read',
  },
  {
    has: [
      ['open', 'o'],
      ['high', 'h'],
      ['low', 'l'],
      ['close', 'c'],
    ],
    lacks: ['volume', 'vol', 'v'],
    text: "It looks like bars of something without a volume: open interest or a funding rate (load it beside candles with columns: { openInterest: '…' } or { fundingRate: '…' } and stamp: 'open'), or mark or index prices, which are not traded",
  },
  {
    has: [
      ['price', 'px', 'p'],
      ['amount', 'size', 'qty', 'quantity', 'volume', 'sz', 'q'],
    ],
    lacks: ['side', 'isbuyermaker', 'sell', 'takerside'],
    text: "It looks like trades without the taker's side, which a trade flow needs: if a column has it, set kind: 'trades' and columns: { side: '…' }",
  },
  {
    has: [['openinterestusd', 'openinterestvalue', 'oiusd', 'oivalue']],
    text: "It looks like open interest in USD: load it beside candles with columns: { openInterest: '…' } and unit: 'quote'",
  },
  {
    has: [['side', 'posside', 'takerside', 's']],
    text: "It looks like trades or forced orders: set kind: 'trades' or kind: 'liquidations', and name the columns of time, price, amount and side",
  },
  {
    has: [['markprice', 'indexprice']],
    text: "It looks like mark or index prices, which are not traded; name a funding rate or open interest in it with columns: { fundingRate: '…' }",
  },
  {
    has: [['nextfundingtime', 'fundinginterval', 'interestrate']],
    text: "It looks like funding: name its rate with columns: { fundingRate: '…' }",
  },
]

/** A sentence on what a file with these columns looks like, after a blank; empty if nothing is known. */
export function looksLike(names: readonly string[]): string {
  const normalized = new Set(names.map(normalizeName))
  const kind = KINDS.find(
    ({ has, lacks = [] }) =>
      has.every(options => options.some(name => normalized.has(name))) && !lacks.some(name => normalized.has(name)),
  )
  return kind === undefined ? '' : ` ${kind.text}.`
}
