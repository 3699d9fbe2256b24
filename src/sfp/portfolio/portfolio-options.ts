/** The options of a portfolio: shared equity, and limits over all of its markets. */

import { durationMs } from '../../common/duration.ts'
import {
  type Check,
  defineOptions,
  dropUndefined,
  duration,
  invalidOption,
  nestedOptions,
  numberThat,
  option,
  optional,
  orFalse,
} from '../../common/options.ts'
import type { BacktestRule } from '../backtest-options.ts'

export const PORTFOLIO_CALLER = 'liq.portfolio'

export interface CorrelationLimit {
  /** Positions count as correlated from this correlation of their markets' returns on. Default 0.7. */
  correlation?: number
  /** Time before the entry over which it is measured. Default `30d`. */
  window?: string | number
  /** Maximum number of correlated positions, the new one included. Default 2. */
  positions?: number
}

export interface PortfolioOptions {
  /** Equity of all markets together at the start, in USD. Default 100,000. */
  equity?: number
  /**
   * The loss at the stop, before costs, as a fraction of the shared equity: replaces the sizes of the markets' own options. Default: those.
   * A `size` of `fraction` or `risk` there is of the shared equity too.
   */
  riskPerTrade?: number
  /** Maximum number of positions open at once. Default: no limit. */
  maxPositions?: number
  /** Maximum number of positions open at once on one side, over all markets. Default: no limit. */
  maxPerSide?: number
  /** Maximum number of positions open at once in one market. Default: `maxOpen` of its own options. */
  maxPerMarket?: number
  /**
   * Maximum notional of all open positions as a multiple of the equity at the entry. An entry that exceeds it is made smaller. Default: 1
   * with `riskPerTrade`, else no limit.
   */
  maxExposure?: number
  /**
   * Limits positions that win and lose together: an entry is refused where `positions` open ones, itself included, would have returns
   * that correlate; between a long and a short the sign is turned. Measured from closes before the entry, in steps of the longest timeframe and at
   * least an hour; a correlation of fewer than ten common returns is not known, and counts as correlated. `false` for no limit.
   * Default `false`.
   */
  maxCorrelated?: CorrelationLimit | false
}

/** The options with their defaults. */
export interface PortfolioRule {
  equity: number
  riskPerTrade: number | null
  maxPositions: number
  maxPerSide: number
  maxPerMarket: number | null
  maxExposure: number
  maxCorrelated: { correlation: number; windowMs: number; positions: number } | null
}

const oneOrMore = numberThat('1 or more', x => x >= 1)

const correlationLimit: Check = nestedOptions({
  correlation: numberThat('above 0 and at most 1', x => x > 0 && x <= 1),
  window: duration(),
  positions: oneOrMore,
})

const portfolioOptions = defineOptions<PortfolioOptions, 'riskPerTrade' | 'maxPerMarket' | 'maxExposure'>(
  PORTFOLIO_CALLER,
  {
    equity: option(
      100_000,
      numberThat('an amount above 0', x => x > 0 && x < Infinity),
    ),
    riskPerTrade: optional(numberThat('above 0 and at most 1', x => x > 0 && x <= 1)),
    maxPositions: option(Infinity, oneOrMore),
    maxPerSide: option(Infinity, oneOrMore),
    maxPerMarket: optional(oneOrMore),
    maxExposure: optional(numberThat('a multiple above 0', x => x > 0)),
    maxCorrelated: option(false, orFalse(correlationLimit)),
  },
)

/** @throws OptionError for a name that is no option, or naming the option that is out of range */
export function resolvePortfolio(options: PortfolioOptions): PortfolioRule {
  const { maxCorrelated, riskPerTrade, maxPerMarket, maxExposure, ...rest } = portfolioOptions.resolve(options)
  const limit = maxCorrelated && {
    correlation: 0.7,
    window: '30d',
    positions: 2,
    ...dropUndefined(maxCorrelated),
  }
  return {
    ...rest,
    riskPerTrade: riskPerTrade ?? null,
    maxPerMarket: maxPerMarket ?? null,
    maxExposure: maxExposure ?? (riskPerTrade === undefined ? Infinity : 1),
    maxCorrelated: limit
      ? { correlation: limit.correlation, windowMs: durationMs(limit.window), positions: limit.positions }
      : null,
  }
}

/** The rule of one market within a portfolio. */
export function marketRule(rule: BacktestRule, { equity, riskPerTrade, maxPerMarket }: PortfolioRule): BacktestRule {
  const { lot } = rule.size
  return {
    ...rule,
    equity,
    maxOpen: maxPerMarket ?? rule.maxOpen,
    size:
      riskPerTrade === null
        ? rule.size
        : { risk: riskPerTrade, maxFraction: Infinity, ...(lot !== undefined && { lot }) },
  }
}

/** A window must hold enough returns. */
export function checkWindow({ maxCorrelated }: PortfolioRule, stepMs: number, minReturns: number, step: string): void {
  if (maxCorrelated === null || maxCorrelated.windowMs >= minReturns * stepMs) return
  throw invalidOption(
    PORTFOLIO_CALLER,
    'maxCorrelated.window',
    maxCorrelated.windowMs,
    `at least ${minReturns} returns of ${step}, the longest timeframe`,
  )
}
