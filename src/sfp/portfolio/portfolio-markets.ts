/** The markets of a portfolio, as they are given. */
import { formatTime } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import { assertKnownOptions, invalidOption, isOptionsObject } from '../../common/options.ts'
import { assertMarket, type Market } from '../../market/market.ts'
import type { Backtest } from '../backtest.ts'
import { type BacktestOptions, type BacktestRule, resolveBacktest } from '../backtest-options.ts'
import type { Signal } from '../detect.ts'
import { PORTFOLIO_CALLER } from './portfolio-options.ts'

/** A backtest that knows its market and signals, such as a study. */
export interface TradedStudy extends Backtest {
  readonly market: Market
  readonly signals: readonly Signal[]
  /** Its signals at each placebo, where its levels are known. */
  placeboSignals?(): readonly (readonly Signal[])[]
}

/** One market of a portfolio: a study, whose signals, exits and costs are taken, or a market with its signals. */
export type PortfolioMarket =
  | TradedStudy
  /** With a name of its own, where two studies have the same symbol. */
  | { study: TradedStudy; name: string }
  | {
      market: Market
      signals: readonly Signal[]
      /** Exits, costs and, unless the portfolio sets it, the size of its trades. */
      options?: BacktestOptions
      /** Default: the symbol. */
      name?: string
    }

/** One market of a portfolio, resolved. */
export interface PortfolioEntry {
  name: string
  market: Market
  signals: readonly Signal[]
  /** The signals at each placebo; undefined where only signals were given, without their levels. */
  placeboSignals?: TradedStudy['placeboSignals']
  rule: BacktestRule
}

const ENTRY_NAMES = ['market', 'signals', 'options', 'name', 'study']

/**
 * @throws OptionError naming the entry and its property
 * @throws DataError for a value that is no market, and for markets without a common time
 */
export function resolveMarkets(markets: readonly PortfolioMarket[]): PortfolioEntry[] {
  if (!Array.isArray(markets) || markets.length === 0)
    throw invalidOption(
      PORTFOLIO_CALLER,
      'markets',
      markets,
      'a list of studies, as liq.sfp(…).backtest() gives them, or of { market, signals, options }',
    )
  const entries = markets.map((given, i) => resolveEntry(given, `markets[${i}]`))
  for (const [i, { name, market }] of entries.entries()) {
    const before = entries.findIndex(other => other.market.time === market.time || other.name === name)
    if (before === i) continue
    const isSame = entries[before]!.market.time === market.time
    throw invalidOption(
      PORTFOLIO_CALLER,
      `markets[${i}]`,
      name,
      isSame
        ? `each market once, but it is markets[${before}] too: put its signals in one list`
        : `a name of its own, as markets[${before}] is called so too: { study, name } or { market, signals, name }`,
    )
  }
  assertOverlap(entries)
  return entries
}

function resolveEntry(given: PortfolioMarket, path: string): PortfolioEntry {
  if (!isOptionsObject(given))
    throw invalidOption(PORTFOLIO_CALLER, path, given, 'a study or { market, signals, options }')
  if (isStudy(given)) return fromStudy(given, given.market.symbol)
  assertKnownOptions(given, ENTRY_NAMES, `${PORTFOLIO_CALLER}: ${path}`)
  const { name } = given
  if (name !== undefined && (typeof name !== 'string' || name === ''))
    throw invalidOption(PORTFOLIO_CALLER, `${path}.name`, name, 'a text')
  if ('study' in given) {
    if (!isOptionsObject(given.study) || !isStudy(given.study))
      throw invalidOption(PORTFOLIO_CALLER, `${path}.study`, given.study, 'a study, as liq.sfp(…).backtest() gives it')
    return fromStudy(given.study, name ?? given.study.market.symbol)
  }
  const { market, signals, options = {} } = given
  assertMarket(market, `${PORTFOLIO_CALLER}: ${path}.market`)
  if (!Array.isArray(signals))
    throw invalidOption(PORTFOLIO_CALLER, `${path}.signals`, signals, 'a list of signals, as liq.sfp finds them')
  for (const [k, signal] of signals.entries())
    if (!(Number.isInteger(signal?.bar) && signal.bar >= 0 && signal.bar < market.length))
      throw invalidOption(
        PORTFOLIO_CALLER,
        `${path}.signals[${k}].bar`,
        signal?.bar,
        `a bar of ${market.symbol}, 0 to ${market.length - 1}`,
      )
  if (isOptionsObject(options) && options.equity !== undefined)
    throw invalidOption(
      PORTFOLIO_CALLER,
      `${path}.options.equity`,
      options.equity,
      'no equity of one market: all share the equity of the portfolio',
    )
  return {
    name: name ?? market.symbol,
    market,
    signals,
    rule: resolveBacktest(options, `${PORTFOLIO_CALLER}: ${path}.options`),
  }
}

function isStudy(value: object): value is TradedStudy {
  return 'trades' in value && 'market' in value && 'signals' in value
}

function fromStudy({ market, signals, options, placeboSignals }: TradedStudy, name: string): PortfolioEntry {
  return { name, market, signals, rule: options, ...(placeboSignals && { placeboSignals }) }
}

/** A stretch of time without any market parts a portfolio in two. */
function assertOverlap(entries: readonly PortfolioEntry[]): void {
  const spans = entries
    .map(({ name, market }) => ({ name, from: market.time[0]!, to: market.time[market.length - 1]! + market.barMs }))
    .sort((a, b) => a.from - b.from)
  let latest = spans[0]!
  for (const span of spans.slice(1)) {
    if (span.from >= latest.to)
      throw new DataError(
        `${PORTFOLIO_CALLER} expects markets that overlap in time, but ${span.name} begins at ${formatTime(span.from)}, and all before it end by ${formatTime(latest.to)}`,
      )
    if (span.to > latest.to) latest = span
  }
}
