import { liveMarket } from '../data/live/live.ts'
import type { LiveSource, LiveUpdate } from '../data/live/types.ts'
import { shown } from './market.ts'
/**
 * Follows a market: its history through the store, then over WebSocket, bar by bar as they close. Trades and liquidations
 * are recorded into the store on the way. Ends with the cell, with `for`, or when the loop is left.
 *
 * @example
 * for await (const { market, closed } of liq.live({ exchange: 'binanceusdm', symbol, timeframe: '1m', with: ['liquidations'] }))
 *   if (closed) display(liq.heatmap(market), { id: 'map' })
 * @throws DataError
 */
export function live(source: LiveSource): AsyncGenerator<LiveUpdate, void, undefined>
/** With a function, which is called with one update after the other (and waited for), it runs by itself until its end. */
export function live(source: LiveSource, onUpdate: (update: LiveUpdate) => unknown): Promise<void>
export function live(
  source: LiveSource,
  onUpdate?: (update: LiveUpdate) => unknown,
): AsyncGenerator<LiveUpdate, void, undefined> | Promise<void> {
  const updates = showing(liveMarket(source))
  if (onUpdate === undefined) return updates
  return (async () => {
    for await (const update of updates) await onUpdate(update)
  })()
}

async function* showing(updates: AsyncGenerator<LiveUpdate, void, undefined>) {
  let of: LiveUpdate['market'] | undefined
  let market: ReturnType<typeof shown> | undefined
  for await (const update of updates) {
    if (update.market !== of || market === undefined) {
      of = update.market
      market = shown(of)
    }
    yield { ...update, market }
  }
}
