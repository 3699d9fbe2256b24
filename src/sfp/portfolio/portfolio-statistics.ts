/** The figures of a portfolio. */
import { DAY } from '../../common/duration.ts'
import { mean, sum } from '../../stats/descriptive.ts'
import { pearson } from '../../stats/ranks.ts'
import { type EquityAxis, tradeReturn } from '../statistics/performance.ts'
import { measure, type Statistics } from '../statistics/statistics.ts'
import { type PortfolioBacktest, type PortfolioPart, type Refusal, tradeMoments } from './portfolio.ts'
import { MIN_RETURNS, ReturnGrid } from './return-grid.ts'

/** The correlations of two markets. NaN where there are fewer than ten common values, or one of the two does not vary. */
export interface MarketCorrelation {
  a: string
  b: string
  /** Of the log returns of the whole time. */
  returns: number
  /** Of the results in R by the UTC day of the entry, over the days on which both have trades. */
  results: number
  /** Number of those days. */
  days: number
}

/** What one market did in a portfolio. */
export interface MarketResult {
  name: string
  timeframe: string
  signals: number
  trades: number
  /** Signals that were not traded, and entries that `maxExposure` made smaller. */
  refused: number
  reduced: number
  /** % */
  winRate: number
  averageR: number
  /** Mean net result of a trade in % of its notional. */
  expectancy: number
  /** USD. */
  net: number
  fees: number
  funding: number
  /** Net in % of the equity at the start. */
  contribution: number
  /** % of holding this market. */
  hold: number
}

/** The curves of a portfolio: values at `time` in USD, exposure in multiples of the equity. */
export interface PortfolioCurves {
  time: Float64Array
  equity: Float64Array
  /** What the equity at the start becomes by holding, see {@link holdCurve}. */
  hold: Float64Array
  contributions: readonly { name: string; result: Float64Array }[]
  gross: Float64Array
  net: Float64Array
}

/**
 * The statistics of a backtest, of the shared equity. Intervals of trades draw the trades of one UTC day together, whatever their markets.
 * `skipped` counts what a limit refused. Holding is buying all markets for equal amounts, each at its first close, and leaving it so.
 */
export function portfolioStatistics(portfolio: PortfolioBacktest): Statistics {
  const { markets, time, equity, trades, refusals, ruined } = portfolio
  const partOf = new Map(markets.map(part => [part.name, part]))
  const onAxis = trades.map(trade => {
    const [entryBar, exitBar] = tradeMoments(time, partOf.get(trade.market)!, trade)
    return { ...trade, entryBar, exitBar }
  })
  const refused = refusals.filter(({ share }) => share === 0)
  const count = (test: (refusal: Refusal) => boolean) => refused.filter(test).length
  const byReason = (reason: Refusal['reason']) => count(refusal => refusal.reason === reason)
  return measure(
    equityAxis(portfolio),
    {
      trades: onAxis,
      equity,
      ruined,
      skipped: count(({ reason }) => reason.startsWith('max')),
      rejected: {
        gap: byReason('gap'),
        stop: byReason('stop'),
        size: byReason('size'),
        unfilled: byReason('unfilled'),
      },
    },
    tradesByDay(portfolio),
  )
}

/** Numbers of trades on each UTC day with one, by the opens of their entry bars. */
export function tradesByDay({ markets, trades }: PortfolioBacktest): number[] {
  const partOf = new Map(markets.map(part => [part.name, part]))
  return runLengths(trades.map(trade => dayOf(partOf.get(trade.market)!, trade.entryBar)))
}

/** Results by market, in the order of the markets. */
export function marketResults({ markets, refusals, options }: PortfolioBacktest): MarketResult[] {
  return markets.map(({ name, market, signals, trades }) => {
    const own = refusals.filter(refusal => refusal.market === name)
    const net = sum(trades.map(trade => trade.net))
    return {
      name,
      timeframe: market.timeframe,
      signals: signals.length,
      trades: trades.length,
      refused: own.filter(({ share }) => share === 0).length,
      reduced: own.filter(({ share }) => share > 0).length,
      winRate: (100 * trades.filter(trade => trade.net > 0).length) / trades.length,
      averageR: mean(trades.map(trade => trade.r)),
      expectancy: 100 * mean(trades.map(tradeReturn)),
      net,
      fees: sum(trades.map(trade => trade.fees)),
      funding: sum(trades.map(trade => trade.funding)),
      contribution: (100 * net) / options.equity,
      hold: 100 * (market.close[market.length - 1]! / market.close[0]! - 1),
    }
  })
}

export function portfolioCurves(portfolio: PortfolioBacktest): PortfolioCurves {
  const { markets, time, equity, exposure, options } = portfolio
  return {
    time,
    equity,
    hold: holdCurve(markets, time).map(value => value * options.equity),
    contributions: markets.map(({ name, contribution }) => ({ name, result: contribution })),
    gross: exposure.gross,
    net: exposure.net,
  }
}

/** The moments of a portfolio as bars of its shortest timeframe. */
export function equityAxis({ markets, time }: PortfolioBacktest): EquityAxis {
  const barMs = Math.min(...markets.map(({ market }) => market.barMs))
  return {
    time: time.map(close => close - barMs),
    barMs,
    length: time.length,
    close: holdCurve(markets, time),
  }
}

/** What 1 becomes when it buys all markets for equal amounts, each at its first close; a market that ends stays at its last. */
export function holdCurve(markets: readonly PortfolioPart[], time: Float64Array): Float64Array {
  const hold = new Float64Array(time.length)
  for (const { market } of markets) {
    let bar = -1
    for (let k = 0; k < time.length; k++) {
      while (bar + 1 < market.length && market.time[bar + 1]! + market.barMs <= time[k]!) bar++
      hold[k]! += (bar < 0 ? 1 : market.close[bar]! / market.close[0]!) / markets.length
    }
  }
  return hold
}

/** All pairs of markets. */
export function marketCorrelations({ markets }: PortfolioBacktest): MarketCorrelation[] {
  const grid = new ReturnGrid(markets.map(({ market }) => market))
  const results = markets.map(part => {
    const byDay = new Map<number, number>()
    for (const { entryBar, r } of part.trades) {
      const day = dayOf(part, entryBar)
      byDay.set(day, (byDay.get(day) ?? 0) + r)
    }
    return byDay
  })
  return markets.flatMap((first, a) =>
    markets.slice(a + 1).map((second, i) => {
      const b = a + 1 + i
      const days = [...results[a]!.keys()].filter(day => results[b]!.has(day))
      const of = (market: number) => days.map(day => results[market]!.get(day)!)
      return {
        a: first.name,
        b: second.name,
        returns: grid.correlation(a, b),
        results: days.length < MIN_RETURNS ? Number.NaN : pearson(of(a), of(b)),
        days: days.length,
      }
    }),
  )
}

function dayOf({ market }: PortfolioPart, bar: number): number {
  return Math.floor(market.time[bar]! / DAY)
}

/** Lengths of runs of equal values. */
function runLengths(values: readonly number[]): number[] {
  const lengths: number[] = []
  for (const [i, value] of values.entries()) {
    if (i > 0 && value === values[i - 1]) lengths[lengths.length - 1]!++
    else lengths.push(1)
  }
  return lengths
}
