import type { Market } from '../../market/market.ts'
import type { Address } from '../exchange/connect.ts'
import type { LiveLiquidation, LiveTrade } from './events.ts'
import type { Topic } from './socket.ts'

export const LIVE_EXTRAS = ['trades', 'liquidations'] as const

export type LiveExtra = (typeof LIVE_EXTRAS)[number]

export interface LiveSource extends Address {
  /** One of the exchange's own timeframes, e.g. `1m`. */
  timeframe: string
  /** - `trades`: taker buy volume of each bar where candles do not carry it, and every trade in the store
   *  - `liquidations`: those of each bar, and every one in the store: no exchange serves past ones */
  with?: readonly LiveExtra[]
  /** What to load before: a duration up to now, or the first moment (ISO date or epoch ms). Default: `30d`. */
  history?: string | number
  /** Whether what comes is kept; or the absolute path of another store. Default: as `liq.market`. */
  store?: boolean | string
  /** At most one update in this time. Default: `1s`. */
  every?: string | number
  /** Ends by itself so long after the first update, e.g. `8h`. Default: with the cell. */
  for?: string | number
}

/** The bar that is not over yet, as far as it is known. It is in no market and no map. */
export interface LiveBar {
  /** Its open, epoch ms. */
  time: number
  open: number
  high: number
  low: number
  close: number
  /** As the exchange streams it. */
  volume: number
}

export interface LiveStatus {
  /** Whether each feed is connected right now; a feed that the exchange does not have is not in here. */
  connected: Partial<Record<Topic, boolean>>
  /** What has come since the start. */
  bars: number
  trades: number
  liquidations: number
  /** Messages of the feeds that came twice and were counted once. */
  twice: number
  /** What went wrong and how it was put right, newest last; the last 50. */
  notes: readonly string[]
  /** All that in a line. */
  text: string
}

export interface LiveUpdate {
  /** Closed bars only, and a bar that was once in it never changes. The same object until a bar closes. */
  market: Market
  /** Whether a bar has closed since the last update; true in the first one. */
  closed: boolean
  bar: LiveBar | null
  /** What has come since the last update; the newest 1000. */
  trades: readonly LiveTrade[]
  liquidations: readonly LiveLiquidation[]
  status: LiveStatus
}
