import { DataError, quoteValue } from '../../common/errors.ts'
import type { Connection } from '../exchange/connect.ts'

/** A trade as it happened. */
export interface LiveTrade {
  /** Epoch ms, the exchange's. */
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
  time: number
  /** At which it was closed; at OKX that at which its margin was used up. */
  price: number
  /** Base coins. */
  amount: number
  /** Whether it was a long position, which a forced sell closes. */
  long: boolean
}

/** What a recorder keeps: the two above in one form. */
export interface LiveEvent {
  time: number
  price: number
  amount: number
  /** `buy` of a trade, `long` of a liquidation. */
  flag: boolean
  /** Tells it from every other. */
  id?: string
}

/** As ccxt reads them. */
interface CcxtEvent {
  timestamp?: unknown
  price?: unknown
  amount?: unknown
  contracts?: unknown
  side?: unknown
  id?: unknown
  info?: { details?: unknown }
}

/** @throws DataError naming the field and the value that is not right */
export function tradeOf(row: unknown, connection: Connection): LiveEvent {
  const { timestamp, price, amount, side, id } = row as CcxtEvent
  const what = `a trade of ${connection.exchange.id}`
  const at = number(price, 'price', what)
  return {
    time: number(timestamp, 'time', what),
    price: at,
    amount: coins(number(amount, 'amount', what), at, connection),
    flag: sideOf(side, what) === 'buy',
    ...(id !== undefined && { id: String(id) }),
  }
}

/**
 * The forced orders that one piece of ccxt stands for.
 * @throws DataError naming the field and the value that is not right
 */
export function liquidationsOf(row: unknown, connection: Connection): LiveEvent[] {
  const piece = row as CcxtEvent
  const details = connection.exchange.id === 'okx' ? piece.info?.details : undefined
  return Array.isArray(details)
    ? details.map(detail => liquidationOf(okxOrder(detail), connection))
    : [liquidationOf(piece, connection)]
}

/** OKX packs several orders into one piece, of which ccxt reads the first only. Their price is that of the bankruptcy. */
function okxOrder(detail: unknown): CcxtEvent {
  const { ts, bkPx, sz, side } = (detail ?? {}) as Record<string, unknown>
  return { timestamp: Number(ts), price: Number(bkPx), contracts: Number(sz), side }
}

function liquidationOf({ timestamp, price, contracts, side }: CcxtEvent, connection: Connection): LiveEvent {
  const what = `a liquidation of ${connection.exchange.id}`
  const time = number(timestamp, 'time', what)
  const at = number(price, 'price', what)
  const amount = coins(number(contracts, 'amount', what), at, connection)
  const word = sideOf(side, what)
  // Bybit names the side of the position, all others that of the order which closes it.
  const flag = connection.exchange.id === 'bybit' ? word === 'buy' : word === 'sell'
  return { time, price: at, amount, flag, id: `${time} ${at} ${amount} ${flag}` }
}

function coins(contracts: number, price: number, { listing }: Connection): number {
  const size = contracts * (listing.contractSize ?? 1)
  return listing.inverse ? size / price : size
}

function number(value: unknown, field: string, what: string): number {
  if (typeof value === 'number' && value > 0 && value < Infinity) return value
  throw new DataError(`${what}, ${field}: ${quoteValue(value)}, but expected a number above 0`)
}

function sideOf(value: unknown, what: string): 'buy' | 'sell' {
  if (value === 'buy' || value === 'sell') return value
  throw new DataError(`${what}, side: ${quoteValue(value)}, but expected buy or sell`)
}
