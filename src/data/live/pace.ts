import { PATIENCE, type Patience } from '../exchange/retry.ts'

/** How a live market waits, in ms. */
export interface Pace {
  /** So long after a bar's end the exchange is asked for it. */
  settleMs: number
  /** How often it is looked whether something is due. */
  pollMs: number
  /** A ping goes out this often on every connection. */
  keepAliveMs: number
  /** A connection on which nothing came for so long, not even the answer to a ping, is dead. */
  silentMs: number
  /** A living connection that should bring data and brings none for so long is opened anew. */
  quietMs: number
  /** Waits between two attempts to connect; the last one is used on and on. */
  waits: readonly number[]
  /** How late an event may come behind what came after it. */
  lagMs: number
  /** How often liquidations go to disk, and trades, of which a day's file is rewritten each time. */
  flushMs: number
  tradesFlushMs: number
  /** How often it goes to disk that there was nothing. */
  idleFlushMs: number
  patience: Patience
}

export const PACE: Pace = {
  settleMs: 1500,
  pollMs: 250,
  keepAliveMs: 10_000,
  silentMs: 30_000,
  quietMs: 60_000,
  waits: [250, 1000, 2000, 4000, 8000, 16_000, 30_000],
  lagMs: 1000,
  flushMs: 5000,
  tradesFlushMs: 30_000,
  idleFlushMs: 60_000,
  patience: PATIENCE,
}
