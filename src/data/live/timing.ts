/** Delays, intervals and timeouts of a live market. */
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from '../exchange/retry.ts'

/** All in ms. */
export interface LiveTiming {
  /** Delay between the end of a bar and the request for it. */
  barDelayMs: number
  /** Interval at which the session checks whether something is due. */
  pollMs: number
  /** Interval of pings on every connection. */
  keepAliveMs: number
  /** A connection counts as dead if nothing comes for this long, not even a pong. */
  silenceTimeoutMs: number
  /** A live connection that should bring data and brings none for this long is replaced. */
  dataTimeoutMs: number
  /** Delays between attempts to connect; the last one repeats. */
  reconnectDelaysMs: readonly number[]
  /** How much later than its successors an event may come. */
  maxLagMs: number
  /** Interval of writing liquidations. */
  flushMs: number
  /** Interval of writing trades, which rewrites the day's file. */
  tradesFlushMs: number
  /** Interval of writing that there were no events. */
  idleFlushMs: number
  retryPolicy: RetryPolicy
}

export const DEFAULT_TIMING: LiveTiming = {
  barDelayMs: 1500,
  pollMs: 250,
  keepAliveMs: 10_000,
  silenceTimeoutMs: 30_000,
  dataTimeoutMs: 60_000,
  reconnectDelaysMs: [250, 1000, 2000, 4000, 8000, 16_000, 30_000],
  maxLagMs: 1000,
  flushMs: 5000,
  tradesFlushMs: 30_000,
  idleFlushMs: 60_000,
  retryPolicy: DEFAULT_RETRY_POLICY,
}
