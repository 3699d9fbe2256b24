/** `liq.portfolio`: several markets traded from one equity, and how the result displays itself. */
import { type ColumnTable, table } from 'arquero'
import { type Displayable, type DisplayedFigure, displayed, displayedFigure, figureBundle } from '../charts/display.ts'
import { correlationFigure, portfolioFigure } from '../charts/portfolio.ts'
import { portfolioAssumptions, portfolioSummary } from '../charts/portfolio-summary.ts'
import { rFigure } from '../charts/r-histogram.ts'
import { formatNumber, summaryText, withSummary } from '../charts/summary.ts'
import { FORMATS, withFormats } from '../common/column-format.ts'
import { lazy } from '../common/lazy.ts'
import { countText, usdText } from '../common/number-text.ts'
import { ledgerKey, marketName, sessionLedger } from '../evidence/ledger.ts'
import { comparePortfolioPlacebos, type PlaceboComparison } from '../evidence/placebo-comparison.ts'
import { type PortfolioBacktest, placeboPortfolios, tradePortfolio } from '../sfp/portfolio/portfolio.ts'
import { type PortfolioMarket, resolveMarkets } from '../sfp/portfolio/portfolio-markets.ts'
import { type PortfolioOptions, resolvePortfolio } from '../sfp/portfolio/portfolio-options.ts'
import {
  equityAxis,
  type MarketResult,
  marketCorrelations,
  marketResults,
  portfolioCurves,
  portfolioStatistics,
  tradesByDay,
} from '../sfp/portfolio/portfolio-statistics.ts'
import { namedStatistics } from '../sfp/statistics/named-statistics.ts'
import { type MarketSplit, marketSplitTable } from '../sfp/statistics/splits.ts'
import type { Statistics } from '../sfp/statistics/statistics.ts'
import { marketOrderTable, marketTradeTable } from '../sfp/tables.ts'
import { correctedP } from './study.ts'

/** Several markets traded from one equity. Displays itself as curves of the markets' results, equity, drawdown and exposure. */
export interface Portfolio extends PortfolioBacktest, Displayable {
  /** Of the shared equity; the intervals draw the trades of one UTC day together. */
  readonly statistics: Statistics
  /** Displays itself as tables of names and numbers; in a terminal as text. */
  readonly summary: Displayable & { text: string }
  /** The statistics of backtesting.py under its names: `statistic`, `value`. Durations in ms. */
  statisticsTable(): ColumnTable
  /** One row for each market: its trades, refusals and part in the result. */
  byMarket(): ColumnTable
  /** One row for each trade. */
  tradeTable(): ColumnTable
  /** Filled orders of all markets: entries and each exit. */
  orderTable(): ColumnTable
  /** Trades grouped by market, side, exit reason, year, month, weekday, hour, trend, volatility or convergence. */
  by(split: MarketSplit): ColumnTable
  /**
   * The mean R beside that of the same portfolio at 5 placebos: at each, all markets trade the signals of their studies at random levels, with
   * the same limits from the same equity. The 95 % interval of the difference draws whole UTC days. `null` where a market was given with
   * signals alone, whose levels are not known.
   */
  readonly placebo: PlaceboComparison | null
  /** One row for each signal that was refused or traded with less than its size, with the reason. */
  refusalTable(): ColumnTable
  /** `time`, `equity` and `hold` in USD, `gross` and `net` exposure in multiples of the equity, number of `positions`. */
  equityTable(): ColumnTable
  /** One row for each pair of markets: correlation of their returns, and of their trades' results by day. */
  correlations(): ColumnTable
  /** The correlations as two matrices. */
  correlationFigure(): DisplayedFigure
  /** Histogram of the trades' results in multiples of the risk. */
  histogram(): DisplayedFigure
}

/**
 * Trades the signals of several markets from one equity, with limits over all of them. Markets may differ in timeframe and have
 * gaps. The open of a bar acts at its open time, and what happens within it at its close time, so nothing is known before its time; at the
 * same moment closes come before opens, and markets in the order of the list. One market alone gives the bits of `liq.backtest`.
 *
 * @param markets studies, whose signals, exits and costs are taken, or markets with their signals
 * @throws OptionError naming the market or the option
 * @throws DataError for markets without a common time
 * @example
 * liq.portfolio([btc, eth].map(market => liq.sfp(market, { levels: 'pivots' }).backtest({ takerFee: 0.0005 })), {
 *   riskPerTrade: 0.01, maxPositions: 3, maxExposure: 2, maxCorrelated: { correlation: 0.7, window: '30d', positions: 2 },
 * })
 */
export function portfolio(markets: readonly PortfolioMarket[], options: PortfolioOptions = {}): Portfolio {
  const rule = resolvePortfolio(options)
  const entries = resolveMarkets(markets)
  const result = tradePortfolio(entries, rule)
  const { trades, time, equity, exposure, refusals } = result
  const names = result.markets.map(({ name }) => name)
  const title = `Portfolio · ${names.length > 4 ? countText(names.length, 'market') : names.join(', ')}`
  const marketOf = new Map(result.markets.map(({ name, market }) => [name, market]))
  const curves = lazy(() => portfolioCurves(result))
  const results = lazy(() => marketResults(result))
  const pairs = lazy(() => marketCorrelations(result))
  const key = lazy(() =>
    ledgerKey(
      result.markets.map(({ name, market }) => `${name} ${market.timeframe}`).join(),
      trades.map(trade => marketOf.get(trade.market)!.time[trade.entryBar]!),
      trades.map(trade => trade.r),
    ),
  )
  const measured = lazy(() => {
    const figures = portfolioStatistics(result)
    sessionLedger.enter(
      key(),
      title,
      figures.meanR.p,
      result.markets.map(({ market }) => marketName(market)),
    )
    return figures
  })
  const placebo = lazy(() => {
    const placebos = placeboPortfolios(entries, rule)
    return placebos ? comparePortfolioPlacebos(result, placebos) : null
  })
  const value: Omit<Portfolio, keyof Displayable> = {
    ...result,
    get statistics() {
      return measured()
    },
    get placebo() {
      return placebo()
    },
    get summary() {
      const assumptions = [...portfolioAssumptions(result), ...correctedP(key(), measured())]
      const days = tradesByDay(result).length
      const summary = portfolioSummary(result, measured(), placebo(), results(), days, title, assumptions)
      return withSummary({ text: summaryText(summary) }, summary)
    },
    statisticsTable: () => {
      const named = Object.entries(namedStatistics(equityAxis(result), measured()))
      return table({ statistic: named.map(([name]) => name), value: named.map(([, value]) => value) })
    },
    byMarket: () => marketTable(results()),
    tradeTable: () => marketTradeTable(trades, trade => marketOf.get(trade.market)!),
    orderTable: () => marketOrderTable(trades, trade => marketOf.get(trade.market)!),
    by: split => marketSplitTable(trades, marketOf, split),
    refusalTable: () => refusalTable(refusals),
    equityTable: () =>
      withFormats(
        table({
          time: Array.from(time, ms => new Date(ms)),
          equity,
          hold: curves().hold,
          gross: exposure.gross,
          net: exposure.net,
          positions: exposure.positions,
        }),
        { equity: FORMATS.usd, hold: FORMATS.usd },
      ),
    correlations: () =>
      table({
        a: pairs().map(pair => pair.a),
        b: pairs().map(pair => pair.b),
        returns: pairs().map(pair => pair.returns),
        results: pairs().map(pair => pair.results),
        days: pairs().map(pair => pair.days),
      }),
    correlationFigure: () => {
      const text = pairs().map(pair => `${pair.a} and ${pair.b}: ${formatNumber(pair.returns)}`)
      return displayedFigure(correlationFigure(names, pairs(), title), [`${title}: correlations`, ...text].join('\n'))
    },
    histogram: () => displayedFigure(rFigure(trades, title), `${title}: results in R`),
  }
  const counts = () => {
    const reduced = refusals.filter(({ share }) => share > 0).length
    const smaller = reduced > 0 ? `, ${countText(reduced, 'entry', 'entries')} made smaller` : ''
    return `${countText(trades.length, 'trade')}, ${countText(refusals.length - reduced, 'signal')} not traded${smaller}`
  }
  const text = () => {
    const lines = results().map(
      row =>
        `  ${row.name}: ${usdText(row.net)} USD, ${countText(row.trades, 'trade')}, ${formatNumber(row.averageR)} R`,
    )
    const growth = `equity ${usdText(rule.equity)} → ${usdText(equity[equity.length - 1]!)} USD`
    return [`${title}: ${counts()}, ${growth}`, ...lines].join('\n')
  }
  const bundle = () => {
    // What is shown has been looked at.
    const { meanR } = measured()
    const subtitle = `${counts()}; mean ${formatNumber(meanR.mean)} R`
    return figureBundle(portfolioFigure(curves(), title, subtitle), text())
  }
  return displayed(value, bundle, text)
}

function marketTable(rows: readonly MarketResult[]): ColumnTable {
  const column = (name: keyof MarketResult) => rows.map(row => row[name])
  return withFormats(
    table({
      market: column('name'),
      timeframe: column('timeframe'),
      signals: column('signals'),
      trades: column('trades'),
      refused: column('refused'),
      reduced: column('reduced'),
      winRate: column('winRate'),
      averageR: column('averageR'),
      expectancy: column('expectancy'),
      net: column('net'),
      fees: column('fees'),
      funding: column('funding'),
      contribution: column('contribution'),
      hold: column('hold'),
    }),
    {
      winRate: FORMATS.percent,
      averageR: FORMATS.r,
      expectancy: FORMATS.signedPercent,
      net: FORMATS.resultUsd,
      fees: FORMATS.usd,
      funding: FORMATS.resultUsd,
      contribution: FORMATS.signedPercent,
      hold: FORMATS.signedPercent,
    },
  )
}

function refusalTable(refusals: Portfolio['refusals']): ColumnTable {
  return withFormats(
    table({
      time: refusals.map(({ time }) => new Date(time)),
      market: refusals.map(({ market }) => market),
      side: refusals.map(({ signal }) => signal.side),
      signalBar: refusals.map(({ signal }) => signal.bar),
      reason: refusals.map(({ reason }) => reason),
      share: refusals.map(({ share }) => share),
    }),
    { share: FORMATS.share },
  )
}
