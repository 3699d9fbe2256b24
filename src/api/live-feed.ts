/** The feeds of live markets: what an explorer asks for between two bars. */
import type { ExplorerFeed } from '../charts/explorer-payload.ts'
import type { LiveUpdate } from '../data/live/types.ts'
import type { Market } from '../market/market.ts'

const feeds = new WeakMap<Market, LiveFeed>()

/** What one run of `liq.live` knows now; its markets share it. */
export class LiveFeed {
  #now: ExplorerFeed = { state: 'broken', since: Date.now(), bar: null }

  get now(): ExplorerFeed {
    return this.#now
  }

  update({ market, bar, status: { state, since } }: Pick<LiveUpdate, 'market' | 'bar' | 'status'>): void {
    feeds.set(market, this)
    this.#now = { state, since, bar: bar && { time: bar.time, close: bar.close } }
  }

  end(): void {
    this.#now = { state: 'ended', since: Date.now(), bar: null }
  }
}

/** The feed that a market comes from; undefined for one that does not go on. */
export const feedOf = (market: Market): LiveFeed | undefined => feeds.get(market)
