/** Fetches trades that a lost connection has missed. */
import type { Task } from '../../common/host.ts'
import type { TradeChunk } from '../../market/trade-flow/trade-chunk.ts'
import type { Connection } from '../exchange/connect.ts'
import { exchangeTrades } from '../exchange/trades.ts'
import type { Interval } from '../store/intervals.ts'
import type { EventBatch } from './event-buffer.ts'
import { type LiveEvent, parseTrade } from './events.ts'
import type { LiveTiming } from './timing.ts'
import type { FollowedMarket } from './types.ts'

/** Past events of an exchange in [from, to), batch by batch. */
export type Backfill = (range: Interval) => AsyncIterable<EventBatch>

/** Venues that serve the full history of trades; the others serve only the newest ones. */
const FULL_HISTORY_VENUES = ['binanceusdm', 'okx']
/** The most trades that the other venues serve. */
const MAX_RECENT_TRADES = 1000

/** Creates the backfill of trades for a venue; `note` receives what the venue lacks. */
export function createTradeBackfill(
  source: FollowedMarket,
  connection: Connection,
  task: Task,
  timing: LiveTiming,
  note: (text: string) => void,
): Backfill {
  return FULL_HISTORY_VENUES.includes(connection.exchange.id)
    ? historyBackfill(source, task, timing, note)
    : recentBackfill(source, connection)
}

function historyBackfill(
  source: FollowedMarket,
  task: Task,
  { retryPolicy }: LiveTiming,
  note: (text: string) => void,
): Backfill {
  return async function* ([from, to]) {
    let completeUntil = from
    // Events of the newest millisecond: the next page may begin with more of them.
    let held: LiveEvent[] = []
    const trades = exchangeTrades({ ...source, since: from, until: to }, task, retryPolicy, source.caller, note)
    for await (const chunk of trades) {
      const events = [...held, ...toEvents(chunk)]
      const end = events.at(-1)?.time ?? completeUntil
      held = events.filter(({ time }) => time === end)
      if (end > completeUntil)
        yield { range: [completeUntil, end], events: events.slice(0, events.length - held.length) }
      completeUntil = Math.max(completeUntil, end)
    }
    yield { range: [completeUntil, to], events: held }
  }
}

function toEvents({ time, price, amount, buy }: TradeChunk): LiveEvent[] {
  return Array.from(time, (at, i) => ({ time: at, price: price[i]!, amount: amount[i]!, flag: buy[i] === 1 }))
}

function recentBackfill({ symbol }: FollowedMarket, connection: Connection): Backfill {
  return async function* ([from, to]) {
    const rows = await connection.request(
      () => connection.exchange.fetchTrades(symbol, undefined, MAX_RECENT_TRADES),
      `trades of ${symbol}`,
    )
    const events = rows.map(row => parseTrade(row, connection)).sort((a, b) => a.time - b.time)
    const oldest = events[0]?.time ?? to
    // The oldest millisecond may be incomplete.
    const since = oldest < from ? from : oldest + 1
    if (since < to) yield { range: [since, to], events: events.filter(({ time }) => time >= since && time < to) }
  }
}
