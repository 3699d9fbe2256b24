/** What a venue of the local exchange implements. */

import { durationMs } from '../../src/common/duration.ts'
import type { VenueResponse } from './faults.ts'
import type { TestCandle, TestLiquidation, TestMarket, TestTrade } from './market.ts'

export interface VenueRequest {
  path: string
  /** The query, or the body of a POST. */
  query: Readonly<Record<string, unknown>>
  headers: Readonly<Record<string, string | string[] | undefined>>
  market: TestMarket
  /** The exchange's clock. */
  now: number
}

/** The wire format of one venue: REST and, for some, WebSocket. */
export interface Venue {
  /** ccxt's id, and the symbol of the only market. */
  id: string
  symbol: string
  /** `urls.api` for ccxt. */
  api(http: string, ws: string): Record<string, unknown>
  /** The correct response; null for an unknown path. */
  respond(ask: VenueRequest): VenueResponse | null
  maintenance: { status: number; body: unknown }
  stream?: Stream
}

/** A venue's WebSocket messages. Topics are the venue's own names of subscriptions. */
export interface Stream {
  /** What a client's message subscribes and unsubscribes, and the reply. */
  receive(message: Record<string, unknown>): { subscribe?: string[]; unsubscribe?: string[]; reply?: unknown }
  candle(candle: TestCandle, timeframe: string, closed: boolean, now: number): Push
  trades(trades: readonly TestTrade[], now: number): Push[]
  liquidations(liquidations: readonly TestLiquidation[], now: number): Push[]
}

/** A message for the subscribers of one of the topics. */
export interface Push {
  topics: readonly string[]
  message: unknown
}

/** Length of `1h`, `1H` and the like. */
export function timeframeMs(timeframe: string): number {
  return durationMs(timeframe.toLowerCase())
}

/** A number from a query, or the default if it is missing. */
export function toNumber(value: unknown, defaultValue: number): number {
  return value === undefined || value === '' ? defaultValue : Number(value)
}

/** The brackets of all venues: from, up to (quote currency), maintenance rate, leverage. */
export const BRACKETS = [
  { floor: 0, cap: 50_000, rate: 0.004, leverage: 125 },
  { floor: 50_000, cap: 500_000, rate: 0.005, leverage: 100 },
  { floor: 500_000, cap: 10_000_000, rate: 0.01, leverage: 50 },
  { floor: 10_000_000, cap: 80_000_000, rate: 0.025, leverage: 20 },
] as const

let amount = 0
let previousRate: number = BRACKETS[0].rate
/** The maintenance amounts that make the maintenance margin of the brackets continuous. */
export const MAINTENANCE_AMOUNTS: readonly number[] = BRACKETS.map(({ floor, rate }) => {
  amount += floor * (rate - previousRate)
  previousRate = rate
  return amount
})
