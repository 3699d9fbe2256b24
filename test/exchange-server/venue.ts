import type { Answer } from './faults.ts'
import type { TestCandle, TestLiquidation, TestMarket, TestTrade } from './market.ts'

export interface Ask {
  path: string
  /** The query, or the body of a POST. */
  query: Readonly<Record<string, unknown>>
  headers: Readonly<Record<string, string | string[] | undefined>>
  market: TestMarket
  /** The exchange's clock. */
  now: number
}

/** How one venue speaks: REST and, where it is here, WebSocket. */
export interface Venue {
  /** ccxt's id and symbol of the one market that is served. */
  id: string
  symbol: string
  /** `urls.api` for ccxt. */
  api(http: string, ws: string): Record<string, unknown>
  /** The honest answer; null when there is no such path. */
  answer(ask: Ask): Answer | null
  maintenance: { status: number; body: unknown }
  stream?: Stream
}

/** A venue's WebSocket messages. Topics are the venue's own words for what is subscribed. */
export interface Stream {
  /** What a client's message subscribes or drops, and what to answer. */
  receive(message: Record<string, unknown>): { subscribe?: string[]; unsubscribe?: string[]; reply?: unknown }
  candle(candle: TestCandle, timeframe: string, closed: boolean, now: number): Push
  trades(trades: readonly TestTrade[], now: number): Push[]
  liquidations(liquidations: readonly TestLiquidation[], now: number): Push[]
}

/** A message for whoever has subscribed to one of the topics. */
export interface Push {
  topics: readonly string[]
  message: unknown
}

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }

export function timeframeMs(timeframe: string): number {
  return Number.parseInt(timeframe, 10) * UNITS[timeframe.at(-1)!.toLowerCase()]!
}

/** A number from a query, or what holds when it is not there. */
export function numberOf(value: unknown, otherwise: number): number {
  return value === undefined || value === '' ? otherwise : Number(value)
}

/** Contracts' brackets that all venues here share: from, up to (quote currency), rate, leverage. */
export const LADDER = [
  { floor: 0, cap: 50_000, rate: 0.004, leverage: 125 },
  { floor: 50_000, cap: 500_000, rate: 0.005, leverage: 100 },
  { floor: 500_000, cap: 10_000_000, rate: 0.01, leverage: 50 },
  { floor: 10_000_000, cap: 80_000_000, rate: 0.025, leverage: 20 },
] as const

/** The same ladder's maintenance amounts, which make it continuous. */
export const AMOUNTS: number[] = []
for (const [i, { floor, rate }] of LADDER.entries())
  AMOUNTS.push(i === 0 ? 0 : AMOUNTS[i - 1]! + floor * (rate - LADDER[i - 1]!.rate))
