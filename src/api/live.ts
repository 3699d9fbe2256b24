/** `liq.live`: a market that goes on while its cell runs. */
import { liveMarket } from '../data/live/live-market.ts'
import type { LiveSource, LiveUpdate } from '../data/live/types.ts'
import { LiveFeed } from './live-feed.ts'
import { displayedMarket } from './market.ts'

/**
 * Follows a market: its history from the store, then bar by bar over WebSocket as they close. Trades and liquidations are
 * recorded in the store. Ends with the cell, after `for`, or when the loop is left.
 *
 * @example
 * for await (const { market, closed } of liq.live({ exchange: 'binanceusdm', symbol, timeframe: '1m', with: ['liquidations'] }))
 *   if (closed) display(liq.heatmap(market), { id: 'map' })
 * @throws OptionError naming the option; DataError for what the exchange does not have
 */
export function live(source: LiveSource): AsyncGenerator<LiveUpdate, void, undefined>
/** Calls a function with each update in turn, waits for it, and resolves at the end. */
export function live(source: LiveSource, onUpdate: (update: LiveUpdate) => unknown): Promise<void>
export function live(
  source: LiveSource,
  onUpdate?: (update: LiveUpdate) => unknown,
): AsyncGenerator<LiveUpdate, void, undefined> | Promise<void> {
  const updates = withDisplayedMarkets(liveMarket(source))
  if (onUpdate === undefined) return updates
  return (async () => {
    for await (const update of updates) await onUpdate(update)
  })()
}

async function* withDisplayedMarkets(updates: AsyncGenerator<LiveUpdate, void, undefined>) {
  let source: LiveUpdate['market'] | undefined
  let market: ReturnType<typeof displayedMarket> | undefined
  const feed = new LiveFeed()
  try {
    for await (const update of updates) {
      // Many updates share a market; each market gets its display method once.
      if (update.market !== source || market === undefined) {
        source = update.market
        market = displayedMarket(source)
      }
      const shown = { ...update, market }
      feed.update(shown)
      yield shown
    }
  } finally {
    feed.end()
  }
}
