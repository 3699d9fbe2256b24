/** Trades and liquidations as a feed brings them. */
import { DataError, quoteValue } from '../../common/errors.ts'
import type { Connection } from '../exchange/connect.ts'
import { venueNumber } from '../exchange/venue-number.ts'

export interface LiveTrade {
  /** Epoch ms, by the exchange's clock. */
  time: number
  price: number
  /** Base coins. */
  amount: number
  /** Whether the taker bought. */
  buy: boolean
  id?: string
}

/** A position that was force-closed. */
export interface LiveLiquidation {
  /** Epoch ms, by the exchange's clock. */
  time: number
  /** Price at which the position was closed; at OKX its bankruptcy price. */
  price: number
  /** Base coins. */
  amount: number
  /** Whether it was a long position, which a forced sell closes. */
  long: boolean
}

/** A trade or a liquidation in one form, as a recorder keeps it. */
export interface LiveEvent {
  time: number
  price: number
  amount: number
  /** `buy` of a trade, `long` of a liquidation. */
  flag: boolean
  /** Unique among the events of a feed. */
  id?: string
}

/** The fields that ccxt parses. */
interface CcxtEvent {
  timestamp?: unknown
  price?: unknown
  amount?: unknown
  contracts?: unknown
  side?: unknown
  id?: unknown
  info?: { details?: unknown }
}

/** @throws DataError naming the invalid field and its value */
export function parseTrade(row: unknown, connection: Connection): LiveEvent {
  const { timestamp, price, amount, side, id } = row as CcxtEvent
  const label = `a trade of ${connection.exchange.id}`
  const parsedPrice = positiveNumber(price, 'price', label)
  return {
    time: positiveNumber(timestamp, 'time', label),
    price: parsedPrice,
    amount: toCoins(positiveNumber(amount, 'amount', label), parsedPrice, connection),
    flag: parseSide(side, label) === 'buy',
    ...(id !== undefined && { id: String(id) }),
  }
}

/**
 * The forced orders in one row of ccxt.
 * @throws DataError naming the invalid field and its value
 */
export function parseLiquidations(row: unknown, connection: Connection): LiveEvent[] {
  const event = row as CcxtEvent
  const details = connection.exchange.id === 'okx' ? event.info?.details : undefined
  return Array.isArray(details)
    ? details.map(detail => parseLiquidation(parseOkxOrder(detail), connection))
    : [parseLiquidation(event, connection)]
}

/** OKX packs several orders into one row, of which ccxt reads only the first. Their price is the bankruptcy price. */
function parseOkxOrder(detail: unknown): CcxtEvent {
  const { ts, bkPx, sz, side } = (detail ?? {}) as Record<string, unknown>
  return { timestamp: venueNumber(ts), price: venueNumber(bkPx), contracts: venueNumber(sz), side }
}

function parseLiquidation(event: CcxtEvent, connection: Connection): LiveEvent {
  const label = `a liquidation of ${connection.exchange.id}`
  const time = positiveNumber(event.timestamp, 'time', label)
  const price = positiveNumber(event.price, 'price', label)
  const amount = toCoins(positiveNumber(event.contracts, 'amount', label), price, connection)
  const side = parseSide(event.side, label)
  // Bybit names the side of the position, all others the side of the order that closes it.
  const flag = connection.exchange.id === 'bybit' ? side === 'buy' : side === 'sell'
  return { time, price, amount, flag, id: `${time} ${price} ${amount} ${flag}` }
}

/** @throws DataError for a contract whose size is not known: a guess would be wrong by a constant factor */
function toCoins(amount: number, price: number, { instrument, exchange }: Connection): number {
  const { contract, contractSize = contract ? undefined : 1, inverse, symbol } = instrument
  if (!(contractSize !== undefined && contractSize > 0))
    throw new DataError(`${symbol}: ${exchange.id} counts contracts, and does not say how large one is`)
  return inverse ? (amount * contractSize) / price : amount * contractSize
}

function positiveNumber(value: unknown, field: string, label: string): number {
  if (typeof value === 'number' && value > 0 && value < Infinity) return value
  throw new DataError(`${label}, ${field}: ${quoteValue(value)}, but expected a number above 0`)
}

function parseSide(value: unknown, label: string): 'buy' | 'sell' {
  if (value === 'buy' || value === 'sell') return value
  throw new DataError(`${label}, side: ${quoteValue(value)}, but expected buy or sell`)
}
