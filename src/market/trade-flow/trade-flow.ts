import { type ColumnTable, table } from 'arquero'
import { formatDuration, formatTime } from '../../common/duration.ts'
import { binPrice } from '../bins.ts'
import { createMarket, type Market } from '../market.ts'

/** Where trades come from, for people. */
export interface TradeFlowMeta {
  symbol: string
  source: string
  notes?: readonly string[]
}

/** What trades add up to, by bar. */
export interface TradeFlowColumns {
  /** Open times of the bars that had trades, epoch ms. */
  time: Float64Array
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
  /** Base coins: all, and bought by takers. */
  volume: Float64Array
  takerBuyVolume: Float64Array
  /** How many trades, times of the first and the last. */
  count: Float64Array
  firstTime: Float64Array
  lastTime: Float64Array
  /** The entries of bar t are at `starts[t]` … `starts[t + 1]`, by rising price. */
  starts: Uint32Array
  /** Price bin of an entry: floor(ln price / binWidth). */
  bin: Int32Array
  /** USD that takers bought and sold in it. */
  buyUsd: Float64Array
  sellUsd: Float64Array
}

/** Traded notional by bar, price bin and taker side, and the candles of the same trades. */
export interface TradeFlow extends Readonly<TradeFlowColumns> {
  readonly symbol: string
  readonly source: string
  readonly timeframe: string
  readonly barMs: number
  readonly binWidth: number
  /** Only trades of this notional or more, and below that, are in the entries; the candles are of all. */
  readonly minUsd: number
  readonly maxUsd: number
  /** Bars. */
  readonly length: number
  readonly notes: readonly string[]
  /** This flow: so it can itself be given as a heatmap's option `flow`, as `{ trades: flow }` can. */
  readonly from: 'trades'
  readonly trades: TradeFlow
  /** One row an entry: time, price range of the bin, USD bought and sold. */
  table(): ColumnTable
  /** The candles, with taker volume, without a first or last bar that the trades cover only in part. */
  market(): Market
}

/** Tells flow that was added up from single trades. */
export function isTradeFlow(value: unknown): value is TradeFlow {
  const flow = value as Partial<TradeFlow> | null | undefined
  return flow?.starts instanceof Uint32Array && flow.bin instanceof Int32Array
}

export function tradeFlowOf(
  columns: TradeFlowColumns,
  settings: Pick<TradeFlow, 'barMs' | 'binWidth' | 'minUsd' | 'maxUsd'>,
  meta: TradeFlowMeta,
): TradeFlow {
  const flow: TradeFlow = {
    ...columns,
    ...settings,
    symbol: meta.symbol,
    source: meta.source,
    timeframe: formatDuration(settings.barMs),
    length: columns.time.length,
    notes: meta.notes ?? [],
    from: 'trades',
    get trades() {
      return flow
    },
    table: () => entryTable(flow),
    market: () => candlesOf(flow),
  }
  return flow
}

function entryTable({ time, starts, bin, buyUsd, sellUsd, binWidth }: TradeFlow): ColumnTable {
  const dates = new Array<Date>(bin.length)
  for (let t = 0; t < time.length; t++) dates.fill(new Date(time[t]!), starts[t], starts[t + 1])
  return table({
    time: dates,
    low: Float64Array.from(bin, b => binPrice(b, binWidth)),
    high: Float64Array.from(bin, b => binPrice(b + 1, binWidth)),
    buyUsd,
    sellUsd,
  })
}

/** Trades begin and end this soon after the bar's open and before its close, or the bar is taken to be cut off. */
const EDGE_SHARE = 0.01
/** Or this many mean pauses between the trades of the bar. */
const EDGE_PAUSES = 10

function candlesOf(flow: TradeFlow): Market {
  const { time, firstTime, lastTime, count, barMs, length } = flow
  const tolerance = (t: number) =>
    Math.max(EDGE_SHARE * barMs, (EDGE_PAUSES * (lastTime[t]! - firstTime[t]!)) / Math.max(1, count[t]! - 1))
  const from = firstTime[0]! - time[0]! > tolerance(0) ? 1 : 0
  const end = time[length - 1]! + barMs - lastTime[length - 1]! > tolerance(length - 1) ? length - 1 : length
  const notes = [...flow.notes]
  if (from > 0) notes.push(`The first bar was left out: its trades begin only at ${clock(firstTime[0]!)}`)
  if (end < length) notes.push(`The last bar was left out: its trades end already at ${clock(lastTime[length - 1]!)}`)
  const cut = (values: Float64Array) => values.slice(from, Math.max(from, end))
  return createMarket(
    {
      time: cut(time),
      open: cut(flow.open),
      high: cut(flow.high),
      low: cut(flow.low),
      close: cut(flow.close),
      volume: cut(flow.volume),
      takerBuyVolume: cut(flow.takerBuyVolume),
    },
    { symbol: flow.symbol, source: flow.source, barMs, notes },
  )
}

function clock(ms: number): string {
  return `${formatTime(ms)}:${new Date(ms).toISOString().slice(17, 23)}`
}
