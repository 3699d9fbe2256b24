import { type ColumnTable, table } from 'arquero'
import type { Market } from '../../market/market.ts'
import { mean, sum } from '../../stats/descriptive.ts'
import { cachedAtr, prefixSums } from '../cached-series.ts'
import type { Trade } from '../position.ts'
import { returnOf } from './performance.ts'
import { gainLoss } from './ratios.ts'

/** What trades can be split by. */
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

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
/** Bars over which the regimes are told. */
const REGIME_BARS = 200

/**
 * Trades in groups, one a row: `group`, `trades`, `winRate` (%), `profitFactor`, `expectancy` (%), `averageR`, `net` (USD),
 * `bars` (mean length). `year` … `hour` are those of the entry in UTC. Regimes are told at the signal's close: `trend` is up or
 * down by the close against its mean of 200 bars, `volatility` high or low by the ATR in % of the price against its mean of 200
 * bars. Before there are 200 bars the group is `unknown`.
 *
 * @throws RangeError unless `by` is one of {@link SPLITS}
 */
export function splitTable(market: Market, trades: readonly Trade[], by: Split): ColumnTable {
  const groupOf = grouping(market, by)
  const groups = new Map<string | number, Trade[]>()
  for (const trade of trades) {
    const group = groupOf(trade)
    const own = groups.get(group)
    if (own) own.push(trade)
    else groups.set(group, [trade])
  }
  const rows = [...groups].sort(([a], [b]) =>
    by === 'weekday' ? WEEKDAYS.indexOf(String(a)) - WEEKDAYS.indexOf(String(b)) : a < b ? -1 : 1,
  )
  const column = (value: (own: Trade[]) => number) => rows.map(([, own]) => value(own))
  return table({
    [by]: rows.map(([group]) => group),
    trades: column(own => own.length),
    winRate: column(own => (100 * own.filter(trade => trade.net > 0).length) / own.length),
    profitFactor: column(own => gainLoss(own.map(returnOf))),
    expectancy: column(own => 100 * mean(own.map(returnOf))),
    averageR: column(own => mean(own.map(trade => trade.r))),
    net: column(own => sum(own.map(trade => trade.net))),
    bars: column(own => mean(own.map(trade => trade.exitBar - trade.entryBar + 1))),
  })
}

function grouping(market: Market, by: Split): (trade: Trade) => string | number {
  const entered = (trade: Trade) => new Date(market.time[trade.entryBar]!)
  switch (by) {
    case 'side':
      return trade => trade.side
    case 'reason':
      return trade => trade.reason
    case 'year':
      return trade => entered(trade).getUTCFullYear()
    case 'month':
      return trade => entered(trade).toISOString().slice(0, 7)
    case 'weekday':
      return trade => WEEKDAYS[entered(trade).getUTCDay()]!
    case 'hour':
      return trade => entered(trade).getUTCHours()
    case 'convergence':
      return trade => trade.signal.level.convergence
    case 'trend': {
      const sums = prefixSums(market, 'close')
      return ({ signal: { bar } }) => {
        if (bar + 1 < REGIME_BARS) return 'unknown'
        const average = (sums[bar + 1]! - sums[bar + 1 - REGIME_BARS]!) / REGIME_BARS
        return market.close[bar]! > average ? 'up' : 'down'
      }
    }
    case 'volatility': {
      const ranges = cachedAtr(market)
      return ({ signal: { bar } }) => {
        if (bar + 1 < REGIME_BARS) return 'unknown'
        let total = 0
        for (let t = bar + 1 - REGIME_BARS; t <= bar; t++) total += ranges[t]! / market.close[t]!
        return ranges[bar]! / market.close[bar]! > total / REGIME_BARS ? 'high' : 'low'
      }
    }
    default:
      throw new RangeError(`by: ${by}, but expected ${SPLITS.join(', ')}`)
  }
}
