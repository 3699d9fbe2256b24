/** Has a ClickHouse server sum the trades of a table. */
import { barOpen } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import { currentTask, type Task } from '../../common/host.ts'
import { countText } from '../../common/number-text.ts'
import { defineOptions, optional, required, text } from '../../common/options.ts'
import { createTradeFlow, type TradeFlow } from '../../market/trade-flow/trade-flow.ts'
import { resolveTradeFlowOptions, type TradeFlowOptions } from '../../market/trade-flow/trade-flow-builder.ts'
import { type ClickHouse, clickHouseAddress, openClickHouse } from './connection.ts'
import {
  columnValues,
  exactNumber,
  type LiteralValue,
  literal,
  quoteColumn,
  quoteTable,
  tableName,
} from './sql-text.ts'
import {
  describeTable,
  type TradeColumnNames,
  type TradeExpressions,
  tradeColumnOptions,
  tradeExpressions,
} from './trade-columns.ts'
import { GROUP_FIELDS, readGroups, type TradeGroup, TradeGroups } from './trade-groups.ts'

export interface ClickHouseSource {
  /** Address of the HTTP interface: `http://user:password@HOST:8123`, with `?database=NAME` if it is not `default`. */
  clickhouse: string
  /** Table or view of trades, with its database if need be. */
  table: string
  /** Columns of other names than `time`, `price`, `amount`, `side` or `buy`, and `id`. */
  columns?: TradeColumnNames
  /** Only trades whose columns have these values, e.g. `{ exchange: 'bybit', symbol: 'BTC/USDT:USDT' }`. */
  where?: Readonly<Record<string, LiteralValue>>
  /** Default: that of `where`, else the table's name. */
  symbol?: string
}

const CALLER = 'liq.tradeFlow'

export const clickHouseOptions = defineOptions<ClickHouseSource, 'columns' | 'where' | 'symbol'>(CALLER, {
  clickhouse: required(clickHouseAddress),
  table: required(tableName),
  columns: optional(tradeColumnOptions.check),
  where: optional(columnValues),
  symbol: optional(text),
})

/** Trades of one query: a few seconds on a small server. */
const QUERY_TRADES = 20_000_000

/**
 * The same flow as by reading the trades, but only the sums leave the server. Bars and bins are equal; sums differ by rounding.
 * Trades in [from, to).
 */
export async function clickHouseTradeFlow(
  source: ClickHouseSource & TradeFlowOptions,
  from: number,
  to: number,
  queryTrades = QUERY_TRADES,
): Promise<TradeFlow> {
  const {
    clickhouse,
    table,
    columns = {},
    where = {},
    symbol,
  } = clickHouseOptions.resolve(clickHouseOptions.pick(source))
  const { barMs, binWidth, minUsd, maxUsd } = resolveTradeFlowOptions(source)
  const task = currentTask()
  const server = openClickHouse(clickhouse, task.signal, CALLER)
  task.progress(`Looking at ${table} in ClickHouse`)
  const place = `${CALLER}: ClickHouse, table ${table}`
  const known = await describeTable(server, table)
  const trade = tradeExpressions(known, columns, place)
  for (const name of Object.keys(where))
    if (!known.has(name))
      throw new DataError(`${place}: where: there is no column ${name}; it has ${[...known.keys()].join(', ')}`)
  const equals = Object.entries(where).map(([name, value]) => `${quoteColumn(name)} = ${literal(value)}`)
  const select = { table: quoteTable(table), trade, equals }
  const span = await findSpan(server, select, known, from, to, place)
  const groups = new TradeGroups(binWidth)
  for (const [start, end] of ranges(span, barMs, queryTrades, task)) {
    const sql = groupQuery({ ...select, binWidth, barMs, minUsd, maxUsd }, Math.max(start, from), Math.min(end, to))
    addGroups(groups, await server.query(sql), trade, place)
  }
  const label = symbol ?? (typeof where.symbol === 'string' ? where.symbol : table)
  const notes =
    trade.id === undefined
      ? [
          `${table} has no column that orders trades of the same time, so the lowest price counts as the first of them and the highest as the last: name one with columns: { id: '…' }`,
        ]
      : []
  return createTradeFlow(
    groups.finish(),
    { barMs, binWidth, minUsd, maxUsd },
    { symbol: label, source: `ClickHouse ${table}`, notes },
  )
}

interface Selection {
  /** Quoted. */
  table: string
  trade: TradeExpressions
  /** Conditions. */
  equals: readonly string[]
}

interface Span {
  count: number
  first: number
  last: number
}

/** Epoch ms are taken to be of 1973 to 2286: seconds and microseconds are not in there. */
const MIN_MS = 1e11
const MAX_MS = 1e13

/** Columns that tell markets apart. A flow of several would be a flow of none. */
const MARKET_COLUMNS = ['exchange', 'symbol']

async function findSpan(
  server: ClickHouse,
  { table, trade, equals }: Selection,
  known: ReadonlyMap<string, string>,
  from: number,
  to: number,
  place: string,
): Promise<Span> {
  const tell = MARKET_COLUMNS.filter(name => known.has(name))
  const fields = [
    'count()',
    `countIf(isNaN(${trade.ms}))`,
    `min(${trade.ms})`,
    `max(${trade.ms})`,
    ...tell.map(name => `min(toString(${quoteColumn(name)})) != max(toString(${quoteColumn(name)}))`),
  ]
  const sql = `SELECT ${fields.map(field => `toFloat64(${field})`).join(', ')} FROM ${table}${conditions(equals, trade.between(from, to))} FORMAT RowBinary`
  const [count = 0, missing = 0, first = 0, last = 0, ...differ] = numbersOf(
    await server.query(sql),
    4 + tell.length,
    place,
  )
  if (count === 0)
    throw new DataError(
      `${place}: there are no trades${equals.length > 0 ? ' with these values of where' : ''} in this time`,
    )
  if (missing > 0)
    throw new DataError(`${place}, column ${trade.names.time}: ${countText(missing, 'trade')} without a time`)
  if (first < MIN_MS || last > MAX_MS)
    throw new DataError(
      `${place}, column ${trade.names.time}: holds ${first < MIN_MS ? first : last}, but expected epoch ms; make a view that converts it`,
    )
  const several = tell.find((_, index) => differ[index] === 1)
  if (several !== undefined)
    throw new DataError(`${place}, column ${several}: there are several; choose one with where: { ${several}: '…' }`)
  return { count, first, last }
}

/** Spans of whole bars, each of about as many trades as one query takes. */
function* ranges(
  { count, first, last }: Span,
  barMs: number,
  queryTrades: number,
  task: Task,
): Generator<[number, number], void, undefined> {
  const start = barOpen(first, barMs)
  const bars = (barOpen(last, barMs) - start) / barMs + 1
  const step = Math.ceil(bars / Math.ceil(count / queryTrades))
  for (let bar = 0; bar < bars; bar += step) {
    task.signal.throwIfAborted()
    task.progress(`Summing ${countText(count, 'trade')} in ClickHouse`, bar / bars)
    yield [start + bar * barMs, start + Math.min(bars, bar + step) * barMs]
  }
}

interface GroupQuery extends Selection {
  binWidth: number
  barMs: number
  minUsd: number
  maxUsd: number
}

/** Prices that are this near the edge of a bin, in bins, form groups of their own: logarithms differ in the last bits. */
const EDGE = 1e-6
const ID_HALF = 2 ** 32

/** Names of the inner queries begin so, so that none is a column's. */
function groupQuery(
  { table, trade, equals, binWidth, barMs, minUsd, maxUsd }: GroupQuery,
  from: number,
  to: number,
): string {
  const offset = barOpen(0, barMs)
  const order = trade.id === undefined ? 'liqnb_price' : 'liqnb_id'
  const halves = (value: string) =>
    trade.id === undefined ? [value, '0'] : [`intDiv(${value}, ${ID_HALF})`, `${value} % ${ID_HALF}`]
  const sizes = `liqnb_usd >= ${exactNumber(minUsd)}${maxUsd < Infinity ? ` AND liqnb_usd < ${exactNumber(maxUsd)}` : ''}`
  const first = (value: string) => `argMin(${value}, tuple(liqnb_ms, ${order}))`
  const last = (value: string) => `argMax(${value}, tuple(liqnb_ms, ${order}))`
  const values = [
    'liqnb_bar',
    'liqnb_group_bin',
    'liqnb_edge',
    'liqnb_problem',
    'count()',
    'sum(liqnb_amount)',
    'sumIf(liqnb_amount, liqnb_buy = 1)',
    `sumIf(liqnb_usd, liqnb_buy = 1 AND ${sizes})`,
    `sumIf(liqnb_usd, liqnb_buy = 0 AND ${sizes})`,
    'max(liqnb_price)',
    'min(liqnb_price)',
    'min(liqnb_ms)',
    ...halves(first(order)),
    first('liqnb_price'),
    'max(liqnb_ms)',
    ...halves(last(order)),
    last('liqnb_price'),
  ]
  const trades = `SELECT ${trade.ms} AS liqnb_ms, ${trade.price} AS liqnb_price, ${trade.amount} AS liqnb_amount, ifNull(${trade.buy}, 2) AS liqnb_buy, ${trade.id ?? '0'} AS liqnb_id FROM ${table}${conditions(equals, trade.between(from, to))}`
  const checked = `SELECT *, liqnb_price * liqnb_amount AS liqnb_usd, floor((liqnb_ms - ${offset}) / ${barMs}) * ${barMs} + ${offset} AS liqnb_bar, multiIf(NOT (liqnb_price > 0 AND liqnb_price < inf), 1, NOT (liqnb_amount >= 0 AND liqnb_amount < inf), 2, liqnb_buy = 2, 3, 0) AS liqnb_problem, if(liqnb_problem = 0, log(liqnb_price) / ${exactNumber(binWidth)}, 0) AS liqnb_place FROM (${trades})`
  const placed = `SELECT *, if(liqnb_problem = 0 AND abs(liqnb_place - round(liqnb_place)) < ${exactNumber(EDGE)}, liqnb_price, toFloat64(0)) AS liqnb_edge, if(liqnb_edge > 0, toFloat64(0), floor(liqnb_place)) AS liqnb_group_bin FROM (${checked})`
  return `SELECT ${values.map(value => `toFloat64(${value})`).join(', ')} FROM (${placed}) GROUP BY liqnb_bar, liqnb_group_bin, liqnb_edge, liqnb_problem ORDER BY liqnb_bar FORMAT RowBinary`
}

const conditions = (equals: readonly string[], between: string) => {
  const all = [...equals, ...(between === '' ? [] : [between])]
  return all.length === 0 ? '' : ` WHERE ${all.join(' AND ')}`
}

function addGroups(groups: TradeGroups, answer: Buffer, trade: TradeExpressions, place: string): void {
  let bar: TradeGroup[] = []
  for (const group of readGroups(numbersOf(answer, GROUP_FIELDS.length, place))) {
    if (group.problem > 0) throw badTrades(group, trade, place)
    if (bar[0] && bar[0].bar !== group.bar) {
      groups.addBar(bar)
      bar = []
    }
    bar.push(group)
  }
  if (bar.length > 0) groups.addBar(bar)
}

function badTrades({ problem, count, firstTime }: TradeGroup, { names }: TradeExpressions, place: string): DataError {
  const [column, expected] = (
    [
      [names.price, 'a price above 0'],
      [names.amount, '0 or more'],
      [names.side, 'buy and sell, or 0 and 1'],
    ] as const
  )[problem - 1]!
  const since = new Date(firstTime).toISOString()
  return new DataError(
    `${place}, column ${column}: ${countText(count, 'trade')} from ${since} on, but expected ${expected}; make a view without them`,
  )
}

/** The numbers of an answer in RowBinary. */
function numbersOf(answer: Buffer, fields: number, place: string): Float64Array {
  if (answer.length % (8 * fields) !== 0)
    throw new DataError(`${place}: the answer was cut off, or is not ClickHouse's; is this the HTTP port?`)
  return new Float64Array(new Uint8Array(answer).buffer)
}
