import type { Exchange, Market as Listing } from 'ccxt'
import type { SeriesKind } from './series.ts'
import { UnreadableAnswer } from './wire.ts'

/** One stretch of a series to ask for: [from, to) in epoch ms, at most `limit` records. */
export interface Stretch {
  from: number
  to: number
  limit: number
  /** Of candles, or the step between two records. */
  timeframe: string
}

/** The exchange and its market, as a rule needs them. */
export interface ExchangeContext {
  exchange: Exchange
  listing: NonNullable<Listing>
  /** The exchange's clock. */
  now(): number
}

/** Where a value stands in a row as the venue serves it; the name is for messages. */
export interface Field {
  name: string
  of(row: unknown): unknown
}

/** How a venue serves a series. */
export interface SeriesRule {
  /** The most records that one answer holds. Infinity: everything there is comes at once. */
  page: number
  /** Answers reach a page's length from the start and no farther, whatever end is asked for. */
  short?: true
  /** The longest stretch of one answer in ms, where that may be less than a page. */
  reachMs?: number
  /** The steps that records come in, for series that have one; candles have the exchange's timeframes. */
  steps?: readonly string[]
  /** For series without a step: how far two records are apart as a rule, in ms. More of them only cost more requests. */
  everyMs?: number
  /** How far back the venue keeps records, in ms, where that is less than for ever. */
  keepsMs?(stepMs: number): number
  /** The rows of a stretch in any order, as served. Rows outside of it do no harm. */
  ask(place: ExchangeContext, stretch: Stretch): Promise<readonly unknown[]>
  time: Field
  columns: Readonly<Record<string, Field>>
}

export type VenueRules = Partial<Record<SeriesKind, SeriesRule>>

export const DAY_MS = 86_400_000

/** A value of a row that is a list. */
export const at = (index: number, name: string): Field => ({ name, of: row => (row as unknown[])?.[index] })
/** A value of a row that is an object. */
export const key = (name: string): Field => ({ name, of: row => (row as Record<string, unknown>)?.[name] })

/** Rows [time, open, high, low, close] as nearly all venues send them, the volume where they like. */
export const CANDLE_ROW = { open: at(1, 'open'), high: at(2, 'high'), low: at(3, 'low'), close: at(4, 'close') }

/** One of ccxt's implicit methods, which return what the venue answered. */
export function raw({ exchange }: ExchangeContext, method: string, params: Record<string, unknown>): Promise<unknown> {
  const call = (exchange as unknown as Record<string, (params: object) => Promise<unknown>>)[method]
  if (call === undefined) throw new Error(`ccxt's ${exchange.id} has no ${method}`)
  return call.call(exchange, params)
}

/** The list at the end of a path of keys. An answer without it is one to ask again for. */
export function listIn(answer: unknown, ...path: string[]): readonly unknown[] {
  let value = answer
  for (const step of path) value = (value as Record<string, unknown> | null | undefined)?.[step]
  if (Array.isArray(value)) return value
  const text = JSON.stringify(answer) ?? String(answer)
  throw new UnreadableAnswer(
    `the answer holds no list${path.length > 0 ? ` at ${path.join('.')}` : ''}: ${text.slice(0, 80)}`,
  )
}
