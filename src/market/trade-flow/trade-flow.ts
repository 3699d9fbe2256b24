/** Traded notional by bar, price bin and taker side. */
import { type ColumnTable, table } from 'arquero'
import { formatDuration, formatTime } from '../../common/duration.ts'
import { binPrice } from '../bins.ts'
import type { Instrument } from '../instrument.ts'
import { createMarket, type Market } from '../market.ts'

/** Where trades come from, for display. */
export interface TradeFlowMeta {
  symbol: string
  source: string
  notes?: readonly string[]
  /** Default: as far as the symbol names it. */
  instrument?: Instrument
}

/** Trades added up by bar. */
export interface TradeFlowColumns {
  /** Open times of the bars that had trades, epoch ms. */
  time: Float64Array
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
  /** Base coins: total, and bought by takers. */
  volume: Float64Array
  takerBuyVolume: Float64Array
  /** Number of trades, and times of the first and the last. */
  count: Float64Array
  firstTime: Float64Array
  lastTime: Float64Array
  /** The entries of bar t are `starts[t]` … `starts[t + 1] − 1`, by ascending price. */
  starts: Uint32Array
  /** Price bin of an entry: floor(ln price / binWidth). */
  bin: Int32Array
  /** USD that takers bought and sold in the bin. */
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
  /** The entries contain only trades of a notional in [minUsd, maxUsd); the candles contain all trades. */
  readonly minUsd: number
  readonly maxUsd: number
  /** Bars. */
  readonly length: number
  readonly notes: readonly string[]
  /** The contract, where it is known beyond the symbol. */
  readonly instrument?: Instrument
  /** This flow itself, so that it can be a heatmap's option `flow`, just as `{ trades: flow }`. */
  readonly from: 'trades'
  readonly trades: TradeFlow
  /** One row per entry: time, price range of the bin, USD bought and sold. */
  table(): ColumnTable
  /** The candles with taker volume, without a first or last bar that the trades cover only partly. */
  market(): Market
}

/** Whether a value is flow added up from trades. */
export function isTradeFlow(value: unknown): value is TradeFlow {
  const flow = value as Partial<TradeFlow> | null | undefined
  return flow?.starts instanceof Uint32Array && flow.bin instanceof Int32Array
}

export function createTradeFlow(
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
    ...(meta.instrument && { instrument: meta.instrument }),
    from: 'trades',
    get trades() {
      return flow
    },
    table: () => entryTable(flow),
    market: () => toMarket(flow),
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

/**
 * A first or last bar counts as covered if its trades reach its edge within this share of the bar, or within this many mean
 * pauses between trades.
 */
const EDGE_SHARE = 0.01
const EDGE_PAUSES = 10

function toMarket(flow: TradeFlow): Market {
  const { time, firstTime, lastTime, count, barMs, length } = flow
  const tolerance = (t: number) =>
    Math.max(EDGE_SHARE * barMs, (EDGE_PAUSES * (lastTime[t]! - firstTime[t]!)) / Math.max(1, count[t]! - 1))
  const from = firstTime[0]! - time[0]! > tolerance(0) ? 1 : 0
  const end = time[length - 1]! + barMs - lastTime[length - 1]! > tolerance(length - 1) ? length - 1 : length
  const notes = [...flow.notes]
  if (from > 0) notes.push(`The first bar was dropped: its trades begin at ${clock(firstTime[0]!)}`)
  if (end < length) notes.push(`The last bar was dropped: its trades end at ${clock(lastTime[length - 1]!)}`)
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
    { symbol: flow.symbol, source: flow.source, barMs, notes, ...(flow.instrument && { instrument: flow.instrument }) },
  )
}

/** `2024-01-01 00:01:30.123`. */
function clock(ms: number): string {
  return `${formatTime(ms)}:${new Date(ms).toISOString().slice(17, 23)}`
}
