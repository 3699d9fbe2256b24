/** Trades the signals of several markets from one equity. */
import { lowerBound, upperBound } from '../../common/binary-search.ts'
import { formatDuration } from '../../common/duration.ts'
import { Account, type Book, type RefusalReason } from '../account.ts'
import { cachedCloseTimes } from '../cached-series.ts'
import type { Signal } from '../detect.ts'
import { MarketRun } from '../market-run.ts'
import type { Trade } from '../position.ts'
import { type Recorder, tradeBars } from '../trade-bars.ts'
import { PortfolioLimits } from './limits.ts'
import type { PortfolioEntry } from './portfolio-markets.ts'
import { checkWindow, marketRule, type PortfolioRule } from './portfolio-options.ts'
import { MIN_RETURNS, ReturnGrid, returnStep } from './return-grid.ts'

/** A trade of a portfolio. Its bars are those of its market. */
export interface PortfolioTrade extends Trade {
  market: string
}

/** A signal that was not traded, or with less than its size. */
export interface Refusal {
  market: string
  signal: Signal
  /** Epoch ms: the open of the bar that would have traded it; the close of the signal's bar where there is none. */
  time: number
  reason: RefusalReason
  /** Of the wanted size that was traded; 0: refused. Above 0 only for `maxExposure`. */
  share: number
}

/** One market of a portfolio, and what it did there. */
export interface PortfolioPart extends PortfolioEntry {
  trades: readonly Trade[]
  /** Its result so far in USD at each moment of the portfolio, open positions marked to the last known price. */
  contribution: Float64Array
}

/** What was open at each moment of a portfolio, at the last known prices. */
export interface PortfolioExposure {
  /** Notional of all positions, and of longs less shorts, as multiples of the equity. */
  gross: Float64Array
  net: Float64Array
  positions: Uint16Array
}

export interface PortfolioBacktest {
  markets: readonly PortfolioPart[]
  /** In order of the opens of their entry bars, then of the markets. */
  trades: PortfolioTrade[]
  /** The moments at which a bar of any market closes, epoch ms. */
  time: Float64Array
  /** Equity in USD at each moment, open positions marked to the last known price. */
  equity: Float64Array
  exposure: PortfolioExposure
  /** In order of time, then of the markets. */
  refusals: readonly Refusal[]
  /** Moment at which the last of the equity was lost; −1 = none. */
  ruined: number
  options: PortfolioRule
}

/** Each signal ends as one trade or as one refusal with `share` 0. */
export function tradePortfolio(entries: readonly PortfolioEntry[], rule: PortfolioRule): PortfolioBacktest {
  const step = returnStep(entries.map(({ market }) => market))
  checkWindow(rule, step, MIN_RETURNS, formatDuration(step))
  const grid = rule.maxCorrelated === null ? null : new ReturnGrid(entries.map(({ market }) => market))
  const refusals: Refusal[] = []
  const refuse = ({ index }: Book, signal: Signal, bar: number, reason: RefusalReason, share: number) => {
    const { name, market } = entries[index]!
    refusals.push({ market: name, signal, time: market.time[bar]!, reason, share })
  }
  const account = new Account(account => new PortfolioLimits(account, rule, grid), refuse)
  const start = rule.equity / entries.length
  const runs = entries.map(
    ({ market, signals, rule: own }) => new MarketRun(account, market, signals, marketRule(own, rule), start),
  )
  const time = entries.map(({ market }) => cachedCloseTimes(market)).reduce(mergeTimes)
  const recorder = new PortfolioRecorder(runs, time.length, start)
  tradeBars(account, runs, time, recorder)
  const parts = entries.map((entry, i) => {
    const { market, name } = entry
    for (const signal of runs[i]!.untraded())
      refusals.push({
        market: name,
        signal,
        time: market.time[signal.bar]! + market.barMs,
        reason: account.isRuined ? 'ruined' : 'end',
        share: 0,
      })
    return {
      ...entry,
      rule: marketRule(entry.rule, rule),
      trades: runs[i]!.trades(),
      contribution: recorder.contributions[i]!,
    }
  })
  return {
    markets: parts,
    trades: inOrder(parts),
    time,
    equity: recorder.equity,
    exposure: recorder.exposure,
    refusals: refusals.sort((a, b) => a.time - b.time),
    ruined: account.ruined,
    options: rule,
  }
}

/**
 * The portfolio at the placebos of its markets: at each, all of them trade the signals of theirs, with the same limits from the same
 * equity. Undefined where the levels of a market are not known.
 */
export function placeboPortfolios(
  entries: readonly PortfolioEntry[],
  rule: PortfolioRule,
): PortfolioBacktest[] | undefined {
  const signals = entries.map(({ placeboSignals }) => placeboSignals?.() ?? [])
  const count = Math.min(...signals.map(({ length }) => length))
  if (count === 0) return undefined
  return Array.from({ length: count }, (_, k) =>
    tradePortfolio(
      entries.map((entry, m) => ({ ...entry, signals: signals[m]![k]! })),
      rule,
    ),
  )
}

/** First moment after the open of a trade's entry bar, and the moment at which the bar of its last exit closes. */
export function tradeMoments(time: Float64Array, { market }: PortfolioEntry, trade: Trade): [from: number, to: number] {
  const opens = market.time
  return [upperBound(time, opens[trade.entryBar]!), lowerBound(time, opens[trade.exitBar]! + market.barMs)]
}

function inOrder(parts: readonly PortfolioPart[]): PortfolioTrade[] {
  const rows = parts.flatMap(({ name, market, trades }) =>
    trades.map(trade => ({ entered: market.time[trade.entryBar]!, trade: { ...trade, market: name } })),
  )
  return rows.sort((a, b) => a.entered - b.entered).map(({ trade }) => trade)
}

/** The union of two lists of times, each in order. */
function mergeTimes(a: Float64Array, b: Float64Array): Float64Array {
  const merged = new Float64Array(a.length + b.length)
  let n = 0
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const next = Math.min(a[i] ?? Infinity, b[j] ?? Infinity)
    if (a[i] === next) i++
    if (b[j] === next) j++
    merged[n++] = next
  }
  return merged.slice(0, n)
}

class PortfolioRecorder implements Recorder {
  readonly equity: Float64Array
  readonly contributions: readonly Float64Array[]
  readonly exposure: PortfolioExposure
  readonly #books: readonly Book[]
  /** Part of each market in the equity at the start. */
  readonly #start: number

  constructor(books: readonly Book[], moments: number, start: number) {
    this.#books = books
    this.#start = start
    this.equity = new Float64Array(moments)
    this.contributions = books.map(() => new Float64Array(moments))
    this.exposure = {
      gross: new Float64Array(moments),
      net: new Float64Array(moments),
      positions: new Uint16Array(moments),
    }
  }

  record(k: number, equity: number): void {
    let gross = 0
    let net = 0
    let open = 0
    for (const book of this.#books) {
      const { positions, price, cash } = book
      let result = cash - this.#start
      for (const position of positions) {
        result += position.unrealised(price)
        gross += position.openSize * price
        net += position.sign * position.openSize * price
        open++
      }
      this.contributions[book.index]![k] = result
    }
    this.equity[k] = equity
    this.exposure.gross[k] = gross / equity
    this.exposure.net[k] = net / equity
    this.exposure.positions[k] = open
  }

  recordIdle(from: number, to: number, equity: number): void {
    this.equity.fill(equity, from, to)
    for (const { index, cash } of this.#books) this.contributions[index]!.fill(cash - this.#start, from, to)
  }
}
