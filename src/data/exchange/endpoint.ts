/** How a venue serves a series: an endpoint with its limits, and where its rows hold which value. */
import type { Exchange } from 'ccxt'
import { valueExcerpt } from '../../common/errors.ts'
import type { Instrument } from './connect.ts'
import { UnreadableResponse } from './http.ts'
import type { SeriesKind } from './series.ts'

/** One page of a series: [from, to) in epoch ms, at most `limit` records. */
interface PageRequest {
  from: number
  to: number
  limit: number
  /** Of candles, or the step between two records. */
  timeframe: string
}

/** The exchange and its instrument, as an endpoint needs them. */
export interface ExchangeContext {
  exchange: Exchange
  instrument: Instrument
  /** The exchange's clock. */
  now(): number
}

/** A value of a row as the venue serves it; the name is for messages. */
export interface Field {
  name: string
  read(row: unknown): unknown
}

/** How a venue serves a series. */
export interface SeriesEndpoint {
  /** The most records of one response. Infinity if one response holds the whole series. */
  pageSize: number
  /** The endpoint takes no end: a response holds one page from the start on. */
  ignoresEnd?: true
  /** The longest time range of one response in ms, if that may be less than a page. */
  maxSpanMs?: number
  /** The steps that the venue serves, for series other than candles. Candles have the exchange's timeframes. */
  steps?: readonly string[]
  /** For series without a step: the usual interval between records. Shorter intervals only cost more requests. */
  intervalMs?: number
  /** How long the venue keeps records, in ms. Default: for ever. */
  retentionMs?(stepMs: number): number
  /** The rows of a page in any order, as served. Rows outside of the page do no harm. */
  fetchPage(context: ExchangeContext, page: PageRequest): Promise<readonly unknown[]>
  time: Field
  columns: Readonly<Record<string, Field>>
}

export type VenueEndpoints = { readonly [Kind in SeriesKind]?: SeriesEndpoint | undefined }

/** A value of a row that is a list. */
export const itemField = (index: number, name: string): Field => ({ name, read: row => (row as unknown[])?.[index] })
/** A value of a row that is an object. */
export const keyField = (name: string): Field => ({ name, read: row => (row as Record<string, unknown>)?.[name] })

/** Rows [time, open, high, low, close, …] as nearly all venues send them; the position of the volume differs. */
export const OHLC_FIELDS = {
  open: itemField(1, 'open'),
  high: itemField(2, 'high'),
  low: itemField(3, 'low'),
  close: itemField(4, 'close'),
}

/** Calls one of ccxt's implicit API methods, which return the venue's response as it is. */
export function callApi(
  { exchange }: ExchangeContext,
  method: string,
  params: Record<string, unknown>,
): Promise<unknown> {
  const call = (exchange as unknown as Record<string, (params: object) => Promise<unknown>>)[method]
  if (call === undefined) throw new Error(`ccxt's ${exchange.id} has no ${method}`)
  return call.call(exchange, params)
}

/** The list at a path of keys in a response. @throws UnreadableResponse if there is none, so that the request is retried */
export function listAt(response: unknown, ...path: string[]): readonly unknown[] {
  let value = response
  for (const key of path) value = (value as Record<string, unknown> | null | undefined)?.[key]
  if (Array.isArray(value)) return value
  throw new UnreadableResponse(
    `the response holds no list${path.length > 0 ? ` at ${path.join('.')}` : ''}: ${valueExcerpt(response, 80)}`,
  )
}
