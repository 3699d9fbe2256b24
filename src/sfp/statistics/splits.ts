/** Results of trades in groups, e.g. by month or market regime. */
import { type ColumnTable, table } from 'arquero'
import { FORMATS, withFormats } from '../../common/column-format.ts'
import { invalidOption, oneOf } from '../../common/options.ts'
import type { Market } from '../../market/market.ts'
import { mean, sum } from '../../stats/descriptive.ts'
import { cachedAtr, prefixSums } from '../cached-series.ts'
import type { Trade } from '../position.ts'
import { tradeReturn } from './performance.ts'
import { gainLoss } from './ratios.ts'

/** Criteria that trades can be split by. */
export const SPLITS = [
  'side',
  'reason',
  'year',
  'month',
  'weekday',
  'hour',
  'trend',
  'volatility',
  'convergence',
] as const
export type Split = (typeof SPLITS)[number]
/** Criteria that trades of several markets can be split by. */
export const MARKET_SPLITS = ['market', ...SPLITS] as const
export type MarketSplit = (typeof MARKET_SPLITS)[number]

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
/** Bars of the mean that the regimes are measured against. */
const REGIME_BARS = 200

/**
 * Trades in groups, one a row: `group`, `trades`, `winRate` (%), `profitFactor`, `expectancy` (%), `averageR`, `net` (USD),
 * `bars` (mean length). `year` … `hour` are those of the entry in UTC. Regimes are those at the signal's close: `trend` compares
 * the close with its mean of 200 bars (up or down), `volatility` the ATR in % of the price with its mean of 200 bars (high or
 * low). With fewer than 200 bars the group is `unknown`.
 *
 * @throws OptionError unless `by` is one of {@link SPLITS}
 */
export function splitTable(market: Market, trades: readonly Trade[], by: Split): ColumnTable {
  assertSplit(by, SPLITS, 'study.by')
  return groupTable(
    trades,
    by,
    groupOf(by, () => market),
  )
}

/**
 * {@link splitTable} of trades of several markets, also by `market`, in the order in which `marketOf` lists them. Regimes and `bars` are
 * those of each trade's own market.
 *
 * @throws OptionError unless `by` is one of {@link MARKET_SPLITS}
 */
export function marketSplitTable<T extends Trade & { market: string }>(
  trades: readonly T[],
  marketOf: ReadonlyMap<string, Market>,
  by: MarketSplit,
): ColumnTable {
  assertSplit(by, MARKET_SPLITS, 'portfolio.by')
  if (by === 'market') return groupTable(trades, by, trade => trade.market, [...marketOf.keys()])
  return groupTable(
    trades,
    by,
    groupOf(by, (trade: T) => marketOf.get(trade.market)!),
  )
}

function assertSplit(by: string, splits: readonly string[], caller: string): void {
  const mismatch = oneOf(...splits)(by)
  if (mismatch) throw invalidOption(caller, 'split', by, mismatch)
}

/** @param order of groups. Default: ascending */
function groupTable<T extends Trade>(
  trades: readonly T[],
  by: string,
  groupOf: (trade: T) => string | number,
  order: readonly string[] = by === 'weekday' ? WEEKDAYS : [],
): ColumnTable {
  const groups = new Map<string | number, T[]>()
  for (const trade of trades) {
    const group = groupOf(trade)
    const members = groups.get(group)
    if (members) members.push(trade)
    else groups.set(group, [trade])
  }
  const rows = [...groups].sort(([a], [b]) =>
    order.length > 0 ? order.indexOf(String(a)) - order.indexOf(String(b)) : a < b ? -1 : 1,
  )
  const column = (value: (members: T[]) => number) => rows.map(([, members]) => value(members))
  const result = table({
    [by]: rows.map(([group]) => group),
    trades: column(members => members.length),
    winRate: column(members => (100 * members.filter(trade => trade.net > 0).length) / members.length),
    profitFactor: column(members => gainLoss(members.map(tradeReturn))),
    expectancy: column(members => 100 * mean(members.map(tradeReturn))),
    averageR: column(members => mean(members.map(trade => trade.r))),
    net: column(members => sum(members.map(trade => trade.net))),
    bars: column(members => mean(members.map(trade => trade.exitBar - trade.entryBar + 1))),
  })
  return withFormats(result, {
    winRate: FORMATS.percent,
    expectancy: FORMATS.signedPercent,
    averageR: FORMATS.r,
    net: FORMATS.resultUsd,
  })
}

function groupOf<T extends Trade>(by: Split, marketOf: (trade: T) => Market): (trade: T) => string | number {
  const entryTime = (trade: T) => new Date(marketOf(trade).time[trade.entryBar]!)
  switch (by) {
    case 'side':
      return trade => trade.side
    case 'reason':
      return trade => trade.reason
    case 'year':
      return trade => entryTime(trade).getUTCFullYear()
    case 'month':
      return trade => entryTime(trade).toISOString().slice(0, 7)
    case 'weekday':
      return trade => WEEKDAYS[entryTime(trade).getUTCDay()]!
    case 'hour':
      return trade => entryTime(trade).getUTCHours()
    case 'convergence':
      return trade => trade.signal.level.convergence
    case 'trend':
      return trade => {
        const { bar } = trade.signal
        if (bar + 1 < REGIME_BARS) return 'unknown'
        const market = marketOf(trade)
        const sums = prefixSums(market, 'close')
        const average = (sums[bar + 1]! - sums[bar + 1 - REGIME_BARS]!) / REGIME_BARS
        return market.close[bar]! > average ? 'up' : 'down'
      }
    case 'volatility':
      return trade => {
        const { bar } = trade.signal
        if (bar + 1 < REGIME_BARS) return 'unknown'
        const market = marketOf(trade)
        const atr = cachedAtr(market)
        let total = 0
        for (let t = bar + 1 - REGIME_BARS; t <= bar; t++) total += atr[t]! / market.close[t]!
        return atr[bar]! / market.close[bar]! > total / REGIME_BARS ? 'high' : 'low'
      }
  }
}
