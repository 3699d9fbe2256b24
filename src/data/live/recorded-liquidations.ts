/** Adds liquidations that a live market has recorded to the bars of a market. */
import { firstWhere } from '../../common/binary-search.ts'
import { barOpen, formatTime } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import {
  CANDLE_FIELDS,
  createMarket,
  FLOW_FIELDS,
  inheritedNotes,
  type Market,
  type MarketColumns,
} from '../../market/market.ts'
import { liveFeedNotes } from '../liquidation-bias.ts'
import { type Interval, subtract } from '../store/intervals.ts'
import { Store } from '../store/store.ts'

/**
 * Adds recorded liquidations in base coins: 0 in a bar that was recorded from its open to its close and had none, NaN in a
 * bar that was not recorded completely.
 */
export async function addRecordedLiquidations(
  market: Market,
  storePath: string,
  { exchange, symbol }: { exchange: string; symbol: string },
): Promise<Market> {
  const { time, barMs } = market
  const key = { series: 'liquidations', exchange, symbol, timeframe: '' } as const
  const { records, coverage, damaged } = await new Store(storePath).load(key, rangeOf(market))

  const longs = new Float64Array(time.length).fill(Number.NaN)
  const shorts = new Float64Array(time.length).fill(Number.NaN)
  let recordedBars = 0
  for (const [i, open] of time.entries()) {
    if (subtract([open, open + barMs], touching(coverage, open, open + barMs)).length > 0) continue
    longs[i] = 0
    shorts[i] = 0
    recordedBars++
  }
  const { amount = [], long = [] } = records.columns
  let bar = 0
  for (const [i, eventTime] of records.time.entries()) {
    const open = barOpen(eventTime, barMs)
    while (bar < time.length && time[bar]! < open) bar++
    if (time[bar] === open) (long[i] === 1 ? longs : shorts)[bar]! += amount[i]!
  }

  const columns = { time } as MarketColumns
  for (const field of [...CANDLE_FIELDS, ...FLOW_FIELDS]) {
    const column = market[field]
    if (column) columns[field] = column
  }
  columns.longLiquidations = longs
  columns.shortLiquidations = shorts
  const notes = [
    ...inheritedNotes(market),
    ...damaged.map(
      ({ name, file, reason }) => `The recorded liquidations of ${name} cannot be used: ${reason} (${file})`,
    ),
    `Liquidations were recorded in ${recordedBars} of ${time.length} bars; in the others they are unknown (NaN), not 0`,
    ...(recordedBars > 0 ? liveFeedNotes(exchange) : []),
  ]
  return createMarket(columns, { ...market, notes })
}

/** @throws DataError if no liquidations were recorded in any bar of the market */
export function requireRecordedLiquidations(market: Market, exchange: string): Market {
  if (market.longLiquidations?.some(value => !Number.isNaN(value))) return market
  const [from, to] = rangeOf(market)
  throw new DataError(
    `with: no liquidations of ${market.symbol} were recorded in any bar from ${formatTime(from)} to ${formatTime(to)}. ${exchange} serves no past ones: record them with liq.live({ exchange: '${exchange}', symbol: '${market.symbol}', timeframe: '${market.timeframe}', with: ['liquidations'] })`,
  )
}

function rangeOf({ time, barMs }: Market): Interval {
  return [time[0] ?? Number.NaN, (time.at(-1) ?? Number.NaN) + barMs]
}

/** The intervals, out of many in order, that touch [from, to). */
function touching(intervals: readonly Interval[], from: number, to: number): readonly Interval[] {
  const first = firstWhere(intervals.length, index => intervals[index]![1] > from)
  const end = firstWhere(intervals.length, index => intervals[index]![0] >= to)
  return intervals.slice(first, end)
}
