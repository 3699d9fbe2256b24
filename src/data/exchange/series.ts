/** The types of a series that an exchange serves, and of the function that fetches it. */
import { concatDoubles } from '../../common/doubles.ts'
import type { Task } from '../../common/host.ts'
import type { ConnectRequest } from './connect.ts'

/** A time series that exchanges serve. */
export type SeriesKind = 'candles' | 'openInterest' | 'funding' | 'longShortRatio'

/**
 * Records of a series in order of time, each time once. `time` is epoch ms UTC; the columns by kind:
 * - `candles` (time = open of the bar) `open`, `high`, `low`, `close`, `volume`, and `takerBuyVolume` if the venue serves it
 * - `openInterest` (time of the record) `openInterest`, base coins
 * - `funding` (time at which it is due) `fundingRate`
 * - `longShortRatio` (time of the record) `longShortRatio`, accounts long / accounts short
 */
export interface SeriesChunk {
  time: Float64Array
  columns: Record<string, Float64Array>
}

export interface SeriesRequest extends ConnectRequest {
  kind: SeriesKind
  /** Length of a candle, or the step between two records. Not used for funding, which has the venue's own times. */
  timeframe: string
  /** Epoch ms, [since, until). Candles count by their open. */
  since: number
  until: number
}

/**
 * Receives one finished time range of a series. The chunk holds everything that the venue has in [from, to) and may be
 * empty. Ranges follow each other without a break, starting at `since`. A finished range never changes later: it never
 * holds a bar that is not over.
 */
export type OnChunk = (chunk: SeriesChunk, from: number, to: number) => void | Promise<void>

export interface SeriesReport {
  /** End of the last range that was passed on: `until`, or the time up to which the venue has finished records. */
  until: number
  /** What the user should know: repairs and retention. */
  notes: string[]
  /** The start, where the venue keeps no older records; else that of the request. */
  keptFrom?: number
}

/** The signature of `fetchSeries`, which a store can implement as well. */
export type FetchSeries = (request: SeriesRequest, onChunk: OnChunk, task: Task) => Promise<SeriesReport>

/** Joins consecutive chunks of one series. Without chunks the result has no columns. */
export function joinChunks(chunks: readonly SeriesChunk[]): SeriesChunk {
  const columns = Object.keys(chunks[0]?.columns ?? {}).map(name => {
    const parts = chunks.flatMap(chunk => chunk.columns[name] ?? [])
    return [name, concatDoubles(parts)] as const
  })
  return { time: concatDoubles(chunks.map(chunk => chunk.time)), columns: Object.fromEntries(columns) }
}
