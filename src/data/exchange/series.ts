import type { Task } from '../../common/task.ts'

/** What an exchange serves as a series in time. */
export type SeriesKind = 'candles' | 'openInterest' | 'funding' | 'longShortRatio'

/**
 * Records of a series in order of time, each time once. `time` is epoch ms UTC; the columns by kind:
 * - `candles` (time = open of the bar) `open`, `high`, `low`, `close`, `volume`, and `takerBuyVolume` where the venue serves it
 * - `openInterest` (time of the record) `openInterest`, base coins
 * - `funding` (time at which it is due) `fundingRate`
 * - `longShortRatio` (time of the record) `longShortRatio`, accounts long / accounts short
 */
export interface SeriesChunk {
  time: Float64Array
  columns: Record<string, Float64Array>
}

export interface SeriesRequest {
  /** A ccxt id. */
  exchange: string
  /** ccxt's unified symbol. */
  symbol: string
  kind: SeriesKind
  /** Length of a candle, or the step between two records. Not used for funding, which has the venue's own times. */
  timeframe: string
  /** Epoch ms, [since, until). Candles count by their open. */
  since: number
  until: number
  /** For ccxt's constructor. */
  ccxt?: Record<string, unknown>
}

/**
 * Takes over one finished stretch of a series. Everything in [from, to) that the venue has is in the chunk, which may be
 * empty; stretches follow each other without a break from `since` on. What is said to be done never changes later: the
 * last bar that is not over is never among it.
 */
export type OnChunk = (chunk: SeriesChunk, from: number, to: number) => void | Promise<void>

export interface SeriesReport {
  /** The end of the last stretch that was handed on: `until`, or the moment up to which the venue has finished records. */
  until: number
  /** What the user should know: repairs, gaps, retention. */
  notes: string[]
}

/** The contract of {@link fetchSeries}, so that something may stand before it (a store). */
export type FetchSeries = (request: SeriesRequest, onChunk: OnChunk, task: Task) => Promise<SeriesReport>
