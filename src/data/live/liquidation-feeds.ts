/** What the public feeds of liquidations leave out, and in which units they count. */
import type { Connection } from '../exchange/connect.ts'

/**
 * Feeds that do not send every liquidation.
 * - Binance, `<symbol>@forceOrder`: "only the latest one liquidation order within 1000ms will be pushed".
 *   https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams/Liquidation-Order-Streams
 * - OKX, `liquidation-orders`: "each contract will only show a maximum of one order per one-second period. This data doesn't
 *   represent the total number of liquidations on OKX". https://www.okx.com/docs-v5/en/#public-data-websocket-liquidation-orders-channel
 */
const SAMPLED_FEEDS = new Set(['binance', 'binanceusdm', 'binancecoinm', 'okx', 'okxus', 'myokx'])

/** What a user of recorded liquidations must know about the feed of an exchange. */
export function liquidationFeedNotes(exchange: string): string[] {
  const notes: string[] = []
  if (SAMPLED_FEEDS.has(exchange))
    notes.push(
      `${exchange} sends at most one liquidation a second and symbol, so the recorded amounts are a lower bound of what was liquidated`,
    )
  if (exchange === 'okx')
    notes.push('The prices of liquidations at okx are bankruptcy prices, not those at which the positions were closed')
  return notes
}

/** How the amounts of an exchange's feed become coins; null where they are coins. */
export function contractNote({ exchange, instrument }: Pick<Connection, 'exchange' | 'instrument'>): string | null {
  const { contractSize = 1, inverse, base } = instrument
  if (inverse) return `liquidations: ${exchange.id} counts contracts of ${contractSize} USD; they are stored in ${base}`
  if (contractSize === 1) return null
  return `liquidations: ${exchange.id} counts contracts of ${contractSize} ${base}; they are stored in ${base}`
}
