import { formatTime, HOUR } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import { momentMs } from '../../common/iso-time.ts'
import { currentTask, type Task } from '../../common/task.ts'
import type { TradeChunk } from '../../market/trade-flow/trade-chunk.ts'
import { type Address, type Connection, connect } from './connect.ts'
import { PATIENCE, type Patience } from './retry.ts'
import { checkRows, type Row } from './rows.ts'
import { DAY_MS, type ExchangeContext, type Field, key, listIn, raw, type SeriesRule } from './rule.ts'
import { whoServes } from './venues.ts'

export interface TradeSource extends Address {
  /** First moment and end (exclusive): ISO date or epoch ms. */
  since: string | number
  until?: string | number
}

/** Venues that count their trades one by one, so that a page goes on where the last one ended. */
interface TradeRule {
  page: number
  keepsMs?: number
  /** The first trade of the hour after a moment, or the last one before that moment, if there is one. */
  first(place: ExchangeContext, time: number): Promise<readonly unknown[]>
  /** Trades with `from` ≤ id < `from` + page, in any order. */
  from(place: ExchangeContext, id: number): Promise<readonly unknown[]>
  row: Pick<SeriesRule, 'time' | 'columns'>
}

const side = (name: string, buys: unknown): Field => ({ name, of: row => Number(key(name).of(row) === buys) })

const RULES: Record<string, TradeRule> = {
  binanceusdm: {
    page: 1000,
    keepsMs: 365 * DAY_MS,
    first: async (place, time) => {
      const range = { symbol: place.listing.id, startTime: time, endTime: time + HOUR - 1, limit: 1 }
      return listIn(await raw(place, 'fapiPublicGetAggTrades', range))
    },
    from: async (place, id) =>
      listIn(await raw(place, 'fapiPublicGetAggTrades', { symbol: place.listing.id, fromId: id, limit: 1000 })),
    row: {
      time: key('T'),
      columns: { id: key('a'), price: key('p'), amount: key('q'), buy: side('m', false) },
    },
  },
  okx: {
    page: 100,
    keepsMs: 90 * DAY_MS,
    // type 2 pages by time: the newest trades before a moment.
    first: async (place, time) => {
      const range = { instId: place.listing.id, type: '2', after: time, limit: 1 }
      return listIn(await raw(place, 'publicGetMarketHistoryTrades', range), 'data')
    },
    from: async (place, id) => {
      const range = { instId: place.listing.id, type: '1', after: id + 100, limit: 100 }
      return listIn(await raw(place, 'publicGetMarketHistoryTrades', range), 'data')
    },
    row: {
      time: key('ts'),
      columns: { id: key('tradeId'), price: key('px'), amount: key('sz'), buy: side('side', 'buy') },
    },
  },
}

/** The first trade is looked for in so many hours after `since`. */
const QUIET_HOURS = 24 * 7
/** Without a trade for so long it is not only that nobody traded. */
const QUIET_MS = HOUR

/**
 * Single (Binance: aggregated) trades in order of time, page by page, so that memory does not grow with their number.
 *
 * @throws DataError where the venue does not serve past trades, or not that far back, naming those that do
 * @example for await (const { time, price, amount, buy } of exchangeTrades({ exchange: 'binanceusdm', symbol, since })) …
 */
export async function* exchangeTrades(
  source: TradeSource,
  task: Task = currentTask(),
  patience: Patience = PATIENCE,
): AsyncGenerator<TradeChunk> {
  const connection = await connect(source, task, patience)
  const rule = RULES[connection.exchange.id]
  if (rule === undefined) {
    const only = connection.exchange.id === 'bybit' ? 'serves only its newest 1000 trades' : 'serves no past trades'
    throw new DataError(`trades: ${connection.exchange.id} ${only}. ${whoServes(Object.keys(RULES))}`)
  }
  const since = momentMs(source.since, 'since')
  const until = Math.min(source.until === undefined ? Infinity : momentMs(source.until, 'until'), connection.now())
  if (rule.keepsMs !== undefined && since < connection.now() - rule.keepsMs)
    throw new DataError(
      `since: ${source.exchange} serves trades of the last ${rule.keepsMs / DAY_MS} days only, not from ${formatTime(since)}; older ones are in its archive files`,
    )
  const what = `trades of ${source.symbol}`
  const ask = async (request: () => Promise<readonly unknown[]>) => {
    const rows = checkRows(await connection.ask(request, what), rule.row as SeriesRule, `${source.exchange}: ${what}`)
    return rows.sort((a, b) => a[1]! - b[1]!)
  }

  let id = await firstId(connection, rule, since, until, ask)
  let sent = 0
  let last = since
  while (id !== null) {
    const wanted: number = id
    let rows = await ask(() => rule.from(connection, wanted))
    // Numbers go on one by one; a page with holes is asked for once more.
    if (rows.length < rule.page || rows.at(-1)![1] !== wanted + rule.page - 1)
      rows = merged(rows, await ask(() => rule.from(connection, wanted)))
    const fresh = rows.filter(row => row[1]! >= wanted)
    const kept = unique(fresh).filter(([time]) => time! >= since && time! < until)
    if (kept.length > 0) yield chunk(kept, coinsPerUnit(connection))
    sent += kept.length
    const newest = fresh.at(-1)
    // Numbers that skip a whole page would end the download early without a word.
    if (newest === undefined && last < until - QUIET_MS)
      throw new DataError(
        `${source.exchange}: ${what} stop at ${formatTime(last)}: no trade is numbered ${wanted} or next to it`,
      )
    const at = newest?.[0] ?? until
    last = at
    task.progress(`${source.exchange}: ${sent} ${what}, until ${formatTime(at)}`, (at - since) / (until - since))
    id = newest === undefined || at >= until ? null : newest[1]! + 1
  }
}

type AskRows = (request: () => Promise<readonly unknown[]>) => Promise<Row[]>

/** The number of a trade with none of [since, until) before it; null where there is none at all. */
async function firstId(connection: Connection, rule: TradeRule, since: number, until: number, ask: AskRows) {
  for (let time = since, hour = 0; time < until && hour < QUIET_HOURS; time += HOUR, hour++) {
    const rows = await ask(() => rule.first(connection, time))
    let id = rows[0]?.[1]
    if (id === undefined) continue
    // The last one before a later hour: trading began within it.
    while (rows[0]![0]! < time && hour > 0) {
      const wanted = Math.max(0, id - rule.page)
      const older = (await ask(() => rule.from(connection, wanted))).filter(row => row[1]! < id!)
      if (older.length === 0) break
      id = older[0]![1]!
    }
    return id
  }
  return null
}

function merged(a: readonly Row[], b: readonly Row[]): Row[] {
  return unique([...a, ...b].sort((x, y) => x[1]! - y[1]!))
}

/** Rows in order of their ids, each id once. */
function unique(rows: readonly Row[]): Row[] {
  return rows.filter((row, i) => i === 0 || row[1] !== rows[i - 1]![1])
}

/** OKX counts contracts; all others coins. */
function coinsPerUnit({ exchange, listing }: Connection): number {
  return exchange.id === 'okx' ? (listing.contractSize ?? 1) : 1
}

function chunk(rows: readonly Row[], unit: number): TradeChunk {
  return {
    time: Float64Array.from(rows, row => row[0]!),
    price: Float64Array.from(rows, row => row[2]!),
    amount: Float64Array.from(rows, row => row[3]! * unit),
    buy: Uint8Array.from(rows, row => row[4]!),
  }
}
