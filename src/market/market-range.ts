/** A part of a market's history. */
import { lowerBound } from '../common/binary-search.ts'
import { CANDLE_FIELDS, createMarket, FLOW_FIELDS, inheritedNotes, type Market, type MarketColumns } from './market.ts'

/**
 * The bars `from` to before `to` as a market of their own, with the payments of funding that are due in them. What is not per bar (the
 * positions of a simulated market) is left out.
 *
 * @param to default: the end
 */
export function marketRange(market: Market, from: number, to = market.length): Market {
  const columns = { time: market.time.slice(from, to) } as MarketColumns
  for (const field of [...CANDLE_FIELDS, ...FLOW_FIELDS]) {
    const series = market[field]
    if (series) columns[field] = series.slice(from, to)
  }
  const { funding } = market
  if (funding === undefined) return createMarket(columns, { ...market, notes: inheritedNotes(market) })
  const end = columns.time.length > 0 ? columns.time.at(-1)! + market.barMs : Number.NEGATIVE_INFINITY
  const [first, last] = [lowerBound(funding.time, columns.time[0] ?? end), lowerBound(funding.time, end)]
  const payments = { time: funding.time.slice(first, last), rate: funding.rate.slice(first, last) }
  return createMarket(columns, { ...market, notes: inheritedNotes(market), funding: payments })
}
