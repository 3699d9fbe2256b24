/** Downloads single trades from exchanges that serve past ones. */
import { DAY, formatTime, HOUR, MINUTE } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import { currentTask, type Task } from '../../common/host.ts'
import { momentMs } from '../../common/iso-time.ts'
import { defineOptions, invalidOption, moment, optional, required } from '../../common/options.ts'
import type { TradeChunk } from '../../market/trade-flow/trade-chunk.ts'
import { addressOptions, type Connection, connect, type MarketAddress } from './connect.ts'
import { callApi, type ExchangeContext, type Field, keyField, listAt } from './endpoint.ts'
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from './retry.ts'
import { parseRows } from './rows.ts'

export interface TradeSource extends MarketAddress {
  /** Start and end (exclusive): ISO date or epoch ms. Default of the end: now. */
  since: string | number
  until?: string | number
}

export const tradeOptions = defineOptions<TradeSource, 'until' | 'ccxt'>('liq.tradeFlow', {
  ...addressOptions,
  since: required(moment),
  until: optional(moment),
})

/** How a venue serves past trades. Their ids count up by one, so that each page starts where the last one ended. */
interface TradeEndpoint {
  pageSize: number
  retentionMs: number
  /** The first trade of the hour after `time`, or the last one before `time`, if there is one. */
  fetchFirst(context: ExchangeContext, time: number): Promise<readonly unknown[]>
  /** Trades with `fromId` ≤ id < `fromId` + page size, in any order. */
  fetchPage(context: ExchangeContext, fromId: number): Promise<readonly unknown[]>
  time: Field
  columns: { id: Field; price: Field; amount: Field; buy: Field }
}

interface Trade {
  time: number
  id: number
  price: number
  amount: number
  buy: number
}

/** 1 if a row's value says that the taker bought, else 0. */
const buyFlag = (name: string, buyValue: unknown): Field => ({
  name,
  read: row => Number(keyField(name).read(row) === buyValue),
})

const ENDPOINTS: Record<string, TradeEndpoint> = {
  binanceusdm: {
    pageSize: 1000,
    retentionMs: 365 * DAY,
    fetchFirst: async (context, time) => {
      const range = { symbol: context.instrument.id, startTime: time, endTime: time + HOUR - 1, limit: 1 }
      return listAt(await callApi(context, 'fapiPublicGetAggTrades', range))
    },
    fetchPage: async (context, fromId) => {
      const page = { symbol: context.instrument.id, fromId, limit: 1000 }
      return listAt(await callApi(context, 'fapiPublicGetAggTrades', page))
    },
    time: keyField('T'),
    columns: { id: keyField('a'), price: keyField('p'), amount: keyField('q'), buy: buyFlag('m', false) },
  },
  okx: {
    pageSize: 100,
    retentionMs: 90 * DAY,
    // Type 2 pages by time: the newest trades before a time.
    fetchFirst: async (context, time) => {
      const page = { instId: context.instrument.id, type: '2', after: time, limit: 1 }
      return listAt(await callApi(context, 'publicGetMarketHistoryTrades', page), 'data')
    },
    fetchPage: async (context, fromId) => {
      const page = { instId: context.instrument.id, type: '1', after: fromId + 100, limit: 100 }
      return listAt(await callApi(context, 'publicGetMarketHistoryTrades', page), 'data')
    },
    time: keyField('ts'),
    columns: { id: keyField('tradeId'), price: keyField('px'), amount: keyField('sz'), buy: buyFlag('side', 'buy') },
  },
}

/** The first trade is searched for in this many hours after `since`. */
const MAX_QUIET_HOURS = 24 * 7
/** A longer time without trades is a sign of missing ids rather than of a quiet market. */
const MAX_QUIET_MS = HOUR
/** A longer one at the end is noted. */
const MAX_SILENT_END_MS = 5 * MINUTE

/**
 * Single (Binance: aggregated) trades in order of time, page by page, so that memory does not grow with their number.
 * Properties of the source that are no options of it are ignored.
 *
 * @param caller the function that the user called, for errors about its options
 * @param note receives what is missing
 * @throws OptionError if the venue does not serve past trades, or not that far back
 * @throws DataError if a trade is malformed, ids are missing, or no usable response came after all retries
 * @example for await (const { time, price, amount, buy } of exchangeTrades({ exchange: 'binanceusdm', symbol, since })) …
 */
export async function* exchangeTrades(
  source: TradeSource,
  task: Task = currentTask(),
  retryPolicy: RetryPolicy = DEFAULT_RETRY_POLICY,
  caller = 'liq.tradeFlow',
  note: (text: string) => void = () => {},
): AsyncGenerator<TradeChunk> {
  const options = tradeOptions.resolve(tradeOptions.pick(source), caller)
  const { exchange, symbol, ccxt } = options
  const connection = await connect({ exchange, symbol, caller, ...(ccxt && { ccxt }) }, task, retryPolicy)
  const endpoint = ENDPOINTS[connection.exchange.id]
  if (endpoint === undefined) {
    const offer = connection.exchange.id === 'bybit' ? 'only its newest 1000' : 'none'
    const providers = Object.keys(ENDPOINTS).join(', ')
    throw invalidOption(caller, 'exchange', exchange, `one that serves past trades: ${providers} (this one: ${offer})`)
  }
  const since = momentMs(options.since, 'since')
  const requestedEnd = options.until === undefined ? Infinity : momentMs(options.until, 'until')
  const until = Math.min(requestedEnd, connection.now())
  if (since < connection.now() - endpoint.retentionMs)
    throw invalidOption(
      caller,
      'since',
      options.since,
      `a time in the last ${endpoint.retentionMs / DAY} days, whose trades ${exchange} serves; its archive files hold older ones`,
    )
  const label = `trades of ${symbol}`
  const fetch = async (send: () => Promise<readonly unknown[]>): Promise<Trade[]> => {
    const rows = parseRows(await connection.request(send, label), endpoint, `${exchange}: ${label}`)
    const trades = rows.map(([time, id = NaN, price = NaN, amount = NaN, buy = 0]) => ({
      time,
      id,
      price,
      amount,
      buy,
    }))
    return trades.sort((a, b) => a.id - b.id)
  }

  let nextId = await findFirstId(connection, endpoint, since, until, fetch)
  let count = 0
  let missing = 0
  let missingAfter = ''
  let lastTime = since
  while (nextId !== null) {
    const fromId: number = nextId
    let trades = await fetch(() => endpoint.fetchPage(connection, fromId))
    // Ids count up by one; a page with holes is requested once more.
    if (trades.length < endpoint.pageSize || trades.at(-1)?.id !== fromId + endpoint.pageSize - 1)
      trades = merge(trades, await fetch(() => endpoint.fetchPage(connection, fromId)))
    const page = unique(trades.filter(({ id }) => id >= fromId))
    for (const [i, { id }] of page.entries()) {
      const skipped = id - (page[i - 1]?.id ?? fromId - 1) - 1
      if (skipped > 0 && missing === 0) missingAfter = formatTime(page[i - 1]?.time ?? lastTime)
      missing += skipped
    }
    const inRange = page.filter(({ time }) => time >= since && time < until)
    if (inRange.length > 0) yield toChunk(inRange, coinsPerUnit(connection))
    count += inRange.length
    const newest = page.at(-1)
    // Ids that skip a whole page would end the download early and silently.
    if (newest === undefined && lastTime < until - MAX_QUIET_MS)
      throw new DataError(
        `${exchange}: ${label} end at ${formatTime(lastTime)}: there is no trade with the id ${fromId} or shortly after it`,
      )
    if (newest === undefined && lastTime < until - MAX_SILENT_END_MS)
      note(`${exchange} has no ${label} after ${formatTime(lastTime)}`)
    lastTime = newest?.time ?? until
    const message = `${exchange}: ${count} ${label}, until ${formatTime(lastTime)}`
    task.progress(message, (lastTime - since) / (until - since))
    nextId = newest === undefined || lastTime >= until ? null : newest.id + 1
  }
  if (missing > 0)
    note(`${missing} ${label} are missing by their numbers at ${exchange}, the first after ${missingAfter}`)
}

/** An id before which there is no trade of [since, until); null if there are no trades at all. */
async function findFirstId(
  connection: Connection,
  endpoint: TradeEndpoint,
  since: number,
  until: number,
  fetch: (send: () => Promise<readonly unknown[]>) => Promise<Trade[]>,
): Promise<number | null> {
  for (let time = since, hour = 0; time < until && hour < MAX_QUIET_HOURS; time += HOUR, hour++) {
    const [first] = await fetch(() => endpoint.fetchFirst(connection, time))
    if (first === undefined) continue
    if (first.time >= time || hour === 0) return first.id
    // The last trade before a later hour: trading began within the hour before.
    let { id } = first
    for (;;) {
      const fromId = Math.max(0, id - endpoint.pageSize)
      const [oldest] = (await fetch(() => endpoint.fetchPage(connection, fromId))).filter(trade => trade.id < id)
      if (oldest === undefined) return id
      id = oldest.id
    }
  }
  return null
}

function merge(a: readonly Trade[], b: readonly Trade[]): Trade[] {
  return unique([...a, ...b].sort((x, y) => x.id - y.id))
}

/** Trades in order of their ids, each id once. */
function unique(trades: readonly Trade[]): Trade[] {
  return trades.filter((trade, i) => trade.id !== trades[i - 1]?.id)
}

/** OKX counts contracts; the others count coins. */
function coinsPerUnit({ exchange, instrument }: Connection): number {
  return exchange.id === 'okx' ? (instrument.contractSize ?? 1) : 1
}

function toChunk(trades: readonly Trade[], unit: number): TradeChunk {
  return {
    time: Float64Array.from(trades, ({ time }) => time),
    price: Float64Array.from(trades, ({ price }) => price),
    amount: Float64Array.from(trades, ({ amount }) => amount * unit),
    buy: Uint8Array.from(trades, ({ buy }) => buy),
  }
}
