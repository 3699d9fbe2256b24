import { firstWhere } from '../../common/binary-search.ts'
import { barOpen, formatTime } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import {
  CANDLE_FIELDS,
  createMarket,
  FLOW_FIELDS,
  type Market,
  type MarketColumns,
  notesToKeep,
} from '../../market/market.ts'
import { type Interval, subtract } from '../store/intervals.ts'
import { Store } from '../store/store.ts'

/**
 * Recorded liquidations in the bars of a market, base coins: 0 in a bar that was listened to from its open to its close and
 * had none, NaN in every other.
 */
export async function recordedLiquidations(
  market: Market,
  path: string,
  { exchange, symbol }: { exchange: string; symbol: string },
): Promise<Market> {
  const { time, barMs } = market
  const from = time[0]!
  const range: Interval = [from, time.at(-1)! + barMs]
  const key = { series: 'liquidations', exchange, symbol, timeframe: '' } as const
  const { records, coverage, damaged } = await new Store(path).load(key, range)

  const longs = new Float64Array(time.length).fill(Number.NaN)
  const shorts = new Float64Array(time.length).fill(Number.NaN)
  let heard = 0
  for (const [i, open] of time.entries()) {
    if (subtract([open, open + barMs], near(coverage, open, open + barMs)).length > 0) continue
    longs[i] = 0
    shorts[i] = 0
    heard++
  }
  const { amount, long } = records.columns
  let bar = 0
  for (const [i, at] of records.time.entries()) {
    const open = barOpen(at, barMs)
    while (bar < time.length && time[bar]! < open) bar++
    if (time[bar] === open) (long![i] === 1 ? longs : shorts)[bar]! += amount![i]!
  }

  const columns = { time } as MarketColumns
  for (const field of [...CANDLE_FIELDS, ...FLOW_FIELDS]) if (market[field]) columns[field] = market[field]
  columns.longLiquidations = longs
  columns.shortLiquidations = shorts
  const notes = [
    ...notesToKeep(market),
    ...damaged.map(
      ({ name, file, reason }) => `The recorded liquidations of ${name} cannot be used: ${reason} (${file})`,
    ),
    `Liquidations were recorded in ${heard} of ${time.length} bars; the others have none (NaN), which is not the same as 0`,
  ]
  return createMarket(columns, { ...market, notes })
}

/** @throws DataError when nothing of the kind was ever recorded in the bars of the market */
export function requireRecorded(market: Market, exchange: string): Market {
  if (market.longLiquidations?.some(value => !Number.isNaN(value))) return market
  const range = `${formatTime(market.time[0]!)} to ${formatTime(market.time.at(-1)! + market.barMs)}`
  throw new DataError(
    `with: no liquidations of ${market.symbol} were recorded in any bar from ${range}. ${exchange} serves no past ones: record them with liq.live({ exchange: '${exchange}', symbol: '${market.symbol}', timeframe: '${market.timeframe}', with: ['liquidations'] })`,
  )
}

/** Of many stretches in order, those that touch [from, to). */
function near(coverage: readonly Interval[], from: number, to: number): readonly Interval[] {
  const first = firstWhere(coverage.length, index => coverage[index]![1] > from)
  return coverage.slice(
    first,
    firstWhere(coverage.length, index => coverage[index]![0] >= to),
  )
}
