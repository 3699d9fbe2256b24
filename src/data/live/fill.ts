import type { Task } from '../../common/task.ts'
import type { Connection } from '../exchange/connect.ts'
import { exchangeTrades, type TradeSource } from '../exchange/trades.ts'
import { type LiveEvent, tradeOf } from './events.ts'
import type { Pace } from './pace.ts'
import type { Fill } from './recorder.ts'

/** Venues whose past trades can be had to any depth; all others serve only the newest ones. */
const DEEP = ['binanceusdm', 'okx']
/** The most trades that a venue gives at once, where there is no going further back. */
const NEWEST = 1000

/** How trades that were missed are fetched. */
export function tradesFill(source: Omit<TradeSource, 'since'>, connection: Connection, task: Task, pace: Pace): Fill {
  return DEEP.includes(connection.exchange.id) ? deep(source, task, pace) : newest(source, connection)
}

function deep(source: Omit<TradeSource, 'since'>, task: Task, { patience }: Pace): Fill {
  return async function* ([from, to]) {
    let known = from
    // The next page may begin with more of the same millisecond.
    let last: LiveEvent[] = []
    for await (const chunk of exchangeTrades({ ...source, since: from, until: to }, task, patience)) {
      const events = [...last, ...Array.from(chunk.time, (_, i) => eventIn(chunk, i))]
      const end = events.at(-1)!.time
      last = events.filter(({ time }) => time === end)
      if (end > known) yield { range: [known, end], events: events.slice(0, events.length - last.length) }
      known = Math.max(known, end)
    }
    yield { range: [known, to], events: last }
  }
}

function eventIn(chunk: { time: Float64Array; price: Float64Array; amount: Float64Array; buy: Uint8Array }, i: number) {
  return { time: chunk.time[i]!, price: chunk.price[i]!, amount: chunk.amount[i]!, flag: chunk.buy[i] === 1 }
}

function newest({ symbol }: Omit<TradeSource, 'since'>, connection: Connection): Fill {
  return async function* ([from, to]) {
    const rows = await connection.ask(
      () => connection.exchange.fetchTrades(symbol, undefined, NEWEST),
      `trades of ${symbol}`,
    )
    const events = rows.map(row => tradeOf(row, connection)).sort((a, b) => a.time - b.time)
    const oldest = events[0]?.time ?? to
    // Of the oldest millisecond some may be missing.
    const since = oldest < from ? from : oldest + 1
    if (since < to) yield { range: [since, to], events: events.filter(({ time }) => time >= since && time < to) }
  }
}
