/** The options and updates of a live market. */
import type { Market } from '../../market/market.ts'
import type { ConnectRequest, MarketAddress } from '../exchange/connect.ts'
import type { LiveLiquidation, LiveTrade } from './events.ts'
import type { FeedState } from './feed-state.ts'

/** What can be recorded beside the candles. */
export const LIVE_EXTRAS = ['trades', 'liquidations'] as const
export type LiveExtra = (typeof LIVE_EXTRAS)[number]

/** What an exchange streams, each over a connection of its own. */
export type LiveTopic = 'candles' | LiveExtra

export interface LiveSource extends MarketAddress {
  /** One of the exchange's own timeframes, e.g. `1m`. */
  timeframe: string
  /**
   * What to record beside the candles. Default: nothing.
   * - `trades`: taker buy volume of each bar if candles do not hold it, and every trade in the store
   * - `liquidations`: those of each bar, and every one in the store; no exchange serves past ones
   */
  with?: readonly LiveExtra[]
  /** The history to start with: a duration up to now, or its start (ISO date or epoch ms). Default `30d`. */
  history?: string | number
  /** Whether to store what comes; or the absolute path of another store. Default: as `liq.market`. */
  store?: boolean | string
  /** The shortest time between two updates. Default `1s`. */
  every?: string | number
  /** How long to run from the first update on, e.g. `8h`. Default: until the cell ends. */
  for?: string | number
}

/** The market that a session follows, and the function that the user called. */
export interface FollowedMarket extends ConnectRequest {
  timeframe: string
  caller: string
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
  /** `live`; `late`: a bar that is over is missing; `broken`: a feed is not connected, the reason is in `notes`. */
  state: FeedState
  /** Since when, epoch ms, by the exchange's clock. */
  since: number
  /** Whether each feed is connected now. Feeds that the exchange does not have are left out. */
  connected: Partial<Record<LiveTopic, boolean>>
  /** Bars that have closed since the start. */
  bars: number
  /** Trades since the start. */
  trades: number
  /** Liquidations since the start. */
  liquidations: number
  /** Events that came twice and were counted once. */
  duplicates: number
  /** Failures and how they were repaired, newest last; the last 50. */
  notes: readonly string[]
  /** A summary in one line. */
  text: string
}

export interface LiveUpdate {
  /** Closed bars only; a bar in it never changes. The same object until a bar closes. */
  market: Market
  /** Whether a bar has closed since the last update; true in the first one. */
  closed: boolean
  bar: LiveBar | null
  /** Trades since the last update; the newest 1000. */
  trades: readonly LiveTrade[]
  /** Liquidations since the last update; the newest 1000. */
  liquidations: readonly LiveLiquidation[]
  status: LiveStatus
}
