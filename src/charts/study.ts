/** The Plotly figure of a backtest. */
import { assertMarket, type Market } from '../market/market.ts'
import { assertBacktest, type Backtest } from '../sfp/backtest.ts'
import { groupCandles, MAX_CANDLES } from './candles.ts'
import type { Figure } from './figure.ts'
import { drawStudy, equityPoints } from './study-traces.ts'

/**
 * The Plotly figure of a backtest: trades on the price above, equity and drawdown below, on one time axis.
 * @example liq.studyFigure(btc, liq.sfp(btc, { levels: map }).backtest())
 */
export function studyFigure(market: Market, backtest: Backtest, title?: string): Figure {
  assertMarket(market, 'liq.studyFigure')
  assertBacktest(backtest, 'liq.studyFigure')
  const { time, barMs } = market
  return drawStudy({
    title: title ?? `Backtest · ${market.symbol} ${market.timeframe}`,
    subtitle: market.synthetic ? 'Synthetic market' : '',
    barMs,
    candles: groupCandles(market, 0, market.length - 1, MAX_CANDLES),
    equity: equityPoints(
      time.map(open => open + barMs),
      backtest.equity,
    ),
    trades: backtest.trades.map(trade => ({
      side: trade.side,
      since: time[Math.max(0, trade.signal.level.since)]!,
      signal: time[trade.signal.bar]!,
      entered: time[trade.entryBar]!,
      exited: time[trade.exitBar]!,
      inner: trade.signal.level.inner,
      entry: trade.entry,
      stop: trade.stop,
      target: trade.target,
      exit: trade.exit,
      reason: trade.reason,
      r: trade.r,
      net: trade.net,
    })),
  })
}
