/** Trades the signals of a detector, bar by bar. */
import { DataError, quoteValue } from '../common/errors.ts'
import { invalidOption } from '../common/options.ts'
import { assertMarket, type Market } from '../market/market.ts'
import { Account } from './account.ts'
import { BACKTEST_CALLER, type BacktestOptions, type BacktestRule, resolveBacktest } from './backtest-options.ts'
import { cachedCloseTimes } from './cached-series.ts'
import type { Signal } from './detect.ts'
import { MarketRun } from './market-run.ts'
import type { Trade } from './position.ts'
import { tradeBars } from './trade-bars.ts'

/** Number of signals by the reason for which they were not traded. */
export type RejectedSignals = Record<'gap' | 'stop' | 'size' | 'unfilled', number>

export interface Backtest {
  /** In order of their entries. */
  trades: Trade[]
  /** Equity in USD at each bar's close, open positions marked to the close. */
  equity: Float64Array
  /** Signals that came while `maxOpen` or `maxPerSide` positions were open. */
  skipped: number
  /**
   * Signals not traded because a bar before their entry is missing in the data (`gap`), because it opens at or behind the stop or nearer to
   * it than `minRisk` (`stop`), because the size is 0 (`size`), or because a limit order was not filled (`unfilled`).
   */
  rejected: RejectedSignals
  /** Bars with both stop and target whose order the bars of `lowerTimeframe` decided. */
  resolved: number
  /** Bar whose exit lost the last of the equity; −1 = none. Signals after it are not traded. */
  ruined: number
  options: BacktestRule
}

/**
 * Trades signals. Entry: at the open after the signal (`latency` bars later), against the sweep, unless that open lies at or behind the stop or nearer
 * to it than `minRisk`. Exits: a stop behind the sweep's extreme, targets, a trailing stop, a trend, a time limit. The entry bar
 * counts; a bar that opens beyond stop or target fills at its open; within a bar the stop comes first by default. Every trade
 * pays fees and slippage on both sides, and, where the market has it, the funding that was due between its entry and its exit. A position still open at the last bar is
 * closed there.
 *
 * @throws OptionError naming the option that is out of range, also when `lowerTimeframe` does not fit the market
 * @example liq.backtest(btc, liq.sfp(btc, { levels: map }).signals, { takerFee: 0.0005 })
 */
export function backtest(market: Market, signals: readonly Signal[], options: BacktestOptions = {}): Backtest {
  assertMarket(market, BACKTEST_CALLER)
  if (!Array.isArray(signals) || signals.some(signal => !signal))
    throw invalidOption(BACKTEST_CALLER, 'signals', signals, 'a list of signals, as liq.sfp finds them')
  return backtestInto(new Float64Array(market.length), market, signals, options)
}

/** {@link backtest} with an array of the market's length for the equity, which a sweep reuses for all variants. */
export function backtestInto(
  equity: Float64Array,
  market: Market,
  signals: readonly Signal[],
  options: BacktestOptions,
): Backtest {
  const rule = resolveBacktest(options)
  const account = new Account()
  const run = new MarketRun(account, market, signals, rule, rule.equity)
  tradeBars(account, [run], cachedCloseTimes(market), {
    record: (t, value) => {
      equity[t] = value
    },
    recordIdle: (from, to, value) => equity.fill(value, from, to),
  })
  return { trades: run.trades(), equity, ...run.counts, ruined: account.ruined, options: rule }
}

/**
 * Guards public functions, which a cell may call with any value.
 * @throws DataError with the function and the value
 */
export function assertBacktest(value: unknown, caller: string): asserts value is Backtest {
  const backtest = value as Partial<Backtest> | null | undefined
  if (Array.isArray(backtest?.trades) && backtest.equity instanceof Float64Array) return
  throw new DataError(`${caller} expects a backtest, as liq.backtest returns it, but got ${quoteValue(value)}`)
}
