/** Trades the signals of a detector, bar by bar. */
import { lowerBound } from '../common/binary-search.ts'
import { formatTime } from '../common/duration.ts'
import { DataError, OptionError, quoteValue } from '../common/errors.ts'
import { invalidOption } from '../common/options.ts'
import { defaultMargin } from '../liquidation/margin/default-margin.ts'
import { bankruptcyPriceFor, liquidationPriceFor } from '../liquidation/margin/liquidation-price.ts'
import type { MarginModel } from '../liquidation/margin/margin-models.ts'
import type { FundingEvents } from '../market/funding.ts'
import { assertMarket, type Market } from '../market/market.ts'
import { BACKTEST_CALLER, type BacktestOptions, type BacktestRule, resolveBacktest } from './backtest-options.ts'
import { cachedAtr, cachedFunding } from './cached-series.ts'
import type { Signal } from './detect.ts'
import { Execution } from './execution.ts'
import { type Account, Position, type Trade } from './position.ts'
import { positionSize } from './sizing.ts'

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
  return new Run(market, resolveBacktest(options), equity).trade(signals)
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

const NO_SIGNALS: readonly Signal[] = []
const NO_FORCED_CLOSE = { liquidation: Number.NaN, bankruptcy: Number.NaN }

/** A limit order at the edge of a signal's level. */
interface RestingOrder {
  signal: Signal
  /** First and last bar in which it rests. */
  from: number
  until: number
}

class Run {
  /** Limit orders that are not filled yet, in order of their signals. */
  #resting: RestingOrder[] = []
  readonly #positions: Position[] = []
  readonly #open: Position[] = []
  readonly #account: Account
  readonly #execution: Execution
  readonly #equity: Float64Array
  readonly #atr: Float64Array
  readonly #funding: FundingEvents | null
  /** First payment of funding that is not before the current bar. */
  #nextFunding = 0
  readonly #counts = { skipped: 0, rejected: { gap: 0, stop: 0, size: 0, unfilled: 0 }, resolved: 0, ruined: -1 }
  readonly #market: Market
  readonly #rule: BacktestRule
  /** Set when a position needs it. */
  #margin: MarginModel | null = null
  /** First bar of `lowerTimeframe` that may belong to the current bar. */
  #lowerBar = 0

  constructor(market: Market, rule: BacktestRule, equity: Float64Array) {
    this.#market = market
    this.#rule = rule
    this.#account = { cash: rule.equity }
    this.#execution = new Execution(market, rule)
    this.#equity = equity
    this.#atr = cachedAtr(market, rule.atrPeriod)
    this.#funding = rule.funding ? cachedFunding(market) : null
    if (rule.lowerTimeframe) checkLowerTimeframe(rule.lowerTimeframe, market)
  }

  trade(unordered: readonly Signal[]): Backtest {
    const equity = this.#equity
    const signals = inOrder(unordered)
    const last = this.#market.length - 1
    const { latency } = this.#rule
    let next = 0
    let t = 0
    while (t <= last) {
      if (this.#open.length === 0 && this.#resting.length === 0) {
        // Nothing happens before the bar after the next signal.
        const until =
          next < signals.length && this.#counts.ruined < 0 ? Math.min(last, signals[next]!.bar + latency) : last
        equity.fill(this.#account.cash, t, until + 1)
        t = until + 1
        if (t > last) break
      }
      let due = NO_SIGNALS
      while (next < signals.length && signals[next]!.bar + latency < t) due = [...due, signals[next++]!]
      this.#bar(t, due)
      t++
    }
    return { trades: this.#positions.map(position => position.trade()), equity, ...this.#counts, options: this.#rule }
  }

  /**
   * One bar: admit signals, exit at the open, enter, exit within the bar, mark to the close. A backtest spends its time here,
   * so the loops are counted.
   */
  #bar(t: number, due: readonly Signal[]): void {
    const market = this.#market
    const account = this.#account
    const positions = this.#open
    const { close } = market
    const open = market.open[t]!
    const entering = this.#rule.entry === 'limit' ? NO_SIGNALS : this.#admit(due, t)
    if (this.#rule.entry === 'limit') this.#placeOrders(due, t)
    if (positions.length > 0) this.#payFundingAtOpen(t)
    for (let i = 0; i < positions.length; i++) {
      const position = positions[i]!
      position.exitAtOpen(t, open)
      if (position.openSize > 0) this.#exitByRule(position, t, open)
    }
    if (entering.length > 0) {
      this.#removeClosed()
      for (const signal of entering) this.#enter(signal, t, open, 'market')
    }
    if (this.#resting.length > 0) this.#fillOrders(t)
    let anyClosed = false
    for (let i = 0; i < positions.length; i++) {
      const position = positions[i]!
      if (position.openSize > 0 && !isFilling(position, t)) this.#payFundingWithin(position, t, 0, 0.5)
      if (position.openSize > 0) this.#exitWithin(position, t)
      if (position.openSize > 0) this.#payFundingWithin(position, t, 0.5, 1)
      if (position.openSize > 0 && t === market.length - 1) position.close(t, close[t]!, 'end')
      if (position.openSize === 0) anyClosed = true
    }
    if (anyClosed) this.#removeClosed()
    let marked = account.cash
    for (let i = 0; i < positions.length; i++) {
      const position = positions[i]!
      const [from, to] = this.#rangeSince(position, t, close[t]!)
      position.afterClose(from, to, close[t]!, this.#atr[t]!)
      marked += position.unrealised(close[t]!)
    }
    this.#equity[t] = marked
    if (this.#counts.ruined < 0 && account.cash <= 0 && marked <= 0) this.#counts.ruined = t
  }

  /** Funding due at the open of a bar: positions held over it pay, those that open with it do not. */
  #payFundingAtOpen(t: number): void {
    if (this.#funding === null) return
    const { time, rate } = this.#funding
    const open = this.#market.time[t]!
    if (time[this.#nextFunding]! < open) this.#nextFunding = lowerBound(time, open)
    for (let k = this.#nextFunding; k < time.length && time[k]! === open; k++)
      for (const position of this.#open) position.payFunding(rate[k]!, this.#market.open[t]!)
  }

  /**
   * Funding due after a bar's open, more than `above` and up to `upTo` of its length in. When in the bar an exit happened is not
   * known: in the mean it is the middle, so exits come between the two halves. The price at that time is taken on the line from
   * the open to the close.
   */
  #payFundingWithin(position: Position, t: number, above: number, upTo: number): void {
    if (this.#funding === null) return
    const { time, rate } = this.#funding
    const { time: opens, open, close, barMs } = this.#market
    const from = opens[t]!
    if (time[this.#nextFunding]! < from) this.#nextFunding = lowerBound(time, from)
    for (let k = this.#nextFunding; k < time.length && time[k]! < from + barMs; k++) {
      const share = (time[k]! - from) / barMs
      if (share <= above || share > upTo) continue
      position.payFunding(rate[k]!, open[t]! + share * (close[t]! - open[t]!))
    }
  }

  /** The signals of the bar before that the limits admit, given the positions open at its close. */
  #admit(due: readonly Signal[], t: number): readonly Signal[] {
    if (due.length === 0) return due
    const { maxOpen, maxPerSide, latency } = this.#rule
    const { time, barMs } = this.#market
    const counts = this.#counts
    let total = this.#open.length
    const bySide = { long: 0, short: 0 }
    for (const { signal } of this.#open) bySide[signal.side]++
    return due.filter(signal => {
      if (counts.ruined >= 0) return false
      if (total >= maxOpen || bySide[signal.side] >= maxPerSide) {
        counts.skipped++
        return false
      }
      if (time[t]! - time[signal.bar]! > barMs * (1 + latency)) {
        counts.rejected.gap++
        return false
      }
      total++
      bySide[signal.side]++
      return true
    })
  }

  /** Limit orders of the signals of the bar before. */
  #placeOrders(due: readonly Signal[], t: number): void {
    const { latency, limitBars } = this.#rule
    const { time, barMs } = this.#market
    for (const signal of due) {
      if (this.#counts.ruined >= 0) continue
      if (time[t]! - time[signal.bar]! > barMs * (1 + latency)) this.#counts.rejected.gap++
      else this.#resting.push({ signal, from: t, until: t + limitBars - 1 })
    }
  }

  /** Fills the limit orders that bar t reaches, as far as the limits of open positions admit, and drops those that have waited enough. */
  #fillOrders(t: number): void {
    const { open, low, high } = this.#market
    const { fill, maxOpen, maxPerSide } = this.#rule
    const counts = this.#counts
    this.#removeClosed()
    const orders = this.#resting
    this.#resting = []
    for (const order of orders) {
      const { signal, from, until } = order
      const sign = signal.side === 'long' ? 1 : -1
      const limit = signal.level.inner
      const beyond = sign * (limit - (sign === 1 ? low[t]! : high[t]!))
      if (fill === 'touch' ? beyond < 0 : beyond <= 0) {
        if (t < until) this.#resting.push(order)
        else counts.rejected.unfilled++
        continue
      }
      const sameSide = this.#open.filter(position => position.signal.side === signal.side).length
      if (counts.ruined >= 0) continue
      if (this.#open.length >= maxOpen || sameSide >= maxPerSide) counts.skipped++
      else if (sign * (limit - open[t]!) < 0) this.#enter(signal, t, limit, 'limit')
      // An order that comes to a price beyond its limit takes what is there; one that rested already is taken.
      else this.#enter(signal, t, open[t]!, t === from ? 'market' : 'limit')
    }
  }

  /** Enters at the open or at the price of a limit order, which pays no slippage. */
  #enter(signal: Signal, t: number, at: number, order: 'market' | 'limit'): void {
    const market = this.#market
    const rule = this.#rule
    const account = this.#account
    const sign = signal.side === 'long' ? 1 : -1
    const open = market.open[t]!
    const isMarket = order === 'market'
    const feeRate = isMarket ? rule.takerFee : rule.makerFee
    const atr = this.#atr[signal.bar]!
    const stop = signal.extreme * (1 - sign * rule.stopBuffer) - sign * rule.stopBufferAtr * atr
    const distance = sign * (at - stop)
    if (distance <= 0 || distance < rule.minRisk * atr) {
      this.#counts.rejected.stop++
      return
    }
    let equity = account.cash
    let openNotional = 0
    for (const position of this.#open) {
      equity += position.unrealised(open)
      openNotional += position.openSize * open
    }
    const sizeAt = (price: number) =>
      positionSize(rule.size, equity, openNotional, price, Math.abs(price - stop), rule.leverage ?? 1, feeRate)
    // The impact is that of the size before impact, which is the larger one.
    const smallest = isMarket ? this.#execution.fillPrice(t, at, sign, 0) : at
    const price = isMarket && rule.impact !== null ? this.#execution.fillPrice(t, at, sign, sizeAt(smallest)) : smallest
    const size = sizeAt(price)
    if (size === 0) {
      this.#counts.rejected.size++
      return
    }
    const { liquidation, bankruptcy } = this.#forcedClose(signal, price, size)
    const signalClose = market.close[signal.bar]!
    const position = new Position(account, this.#execution, rule, {
      signal,
      bar: t,
      price,
      feeRate,
      within: at !== open,
      size,
      stop,
      signalClose,
      liquidation,
      bankruptcy,
    })
    // A bar may open beyond a target counted from the signal's close; then the position is closed at the same open.
    if (!position.enteredWithin) position.exitAtOpen(t, open)
    this.#positions.push(position)
    this.#open.push(position)
    if (position.openSize === 0) this.#removeClosed()
  }

  /** Where the venue closes a position with isolated margin. */
  #forcedClose({ side }: Signal, entry: number, size: number): { liquidation: number; bankruptcy: number } {
    const { leverage } = this.#rule
    if (leverage === null) return NO_FORCED_CLOSE
    this.#margin ??= this.#rule.margin ?? defaultMargin(this.#market)
    const margin = this.#margin
    // Inverse contracts count the quote currency.
    const position = {
      side,
      entry,
      size: margin.contract === 'inverse' ? (size * entry) / margin.contractSize : size,
      leverage,
      margin,
    }
    return {
      liquidation: liquidationPriceFor(BACKTEST_CALLER, position),
      bankruptcy: bankruptcyPriceFor(BACKTEST_CALLER, position),
    }
  }

  /** Exits at the open because of the bars before it: a trend, or the time limit. */
  #exitByRule(position: Position, t: number, price: number): void {
    const { trendExit, maxBars, latency } = this.#rule
    const decided = t - 1 - latency
    if (trendExit && decided >= position.entryBar) {
      const { close, open } = this.#market
      const atr = this.#atr[decided]!
      const beyond = -position.sign * (close[decided]! - position.signal.level.outer)
      const body = -position.sign * (close[decided]! - open[decided]!)
      if (beyond > trendExit.beyond * atr && (trendExit.impulse === 0 || body >= trendExit.impulse * atr))
        position.close(t, price, 'trend')
    }
    if (position.openSize > 0 && t - position.entryBar >= maxBars) position.close(t, price, 'time')
  }

  /** The low and high of bar t that a position may count on: what came before a fill within it is not known. */
  #rangeSince(position: Position, t: number, close: number): readonly [low: number, high: number] {
    const low = this.#market.low[t]!
    const high = this.#market.high[t]!
    if (!isFilling(position, t)) return [low, high]
    const best = position.sign * (close - position.entry) > 0 ? close : position.entry
    return position.sign === 1 ? [low, best] : [best, high]
  }

  #exitWithin(position: Position, t: number): void {
    const filling = isFilling(position, t)
    const optimistic = this.#rule.intrabar === 'optimistic'
    // The price at the fill is the best that is certain to come after it.
    const [low, high] =
      filling && !optimistic
        ? this.#rangeSince(position, t, position.entry)
        : [this.#market.low[t]!, this.#market.high[t]!]
    const stopped = position.reachesStop(low, high)
    const reached = position.reachesTarget(low, high)
    if (!stopped && !reached) return
    if (stopped && reached && this.#rule.lowerTimeframe && !filling)
      this.#replay(position, t, this.#rule.lowerTimeframe)
    if (position.openSize > 0) position.exitWithin(t, low, high)
  }

  /** Runs the shorter bars of bar t, as far as the data has them. */
  #replay(position: Position, t: number, lower: Market): void {
    const { time, open, high, low } = lower
    const from = this.#market.time[t]!
    const to = from + this.#market.barMs
    if (time[this.#lowerBar]! > from) this.#lowerBar = 0
    if (time[this.#lowerBar]! < from) this.#lowerBar = lowerBound(time, from)
    const ambiguousBefore = position.ambiguous
    for (let i = this.#lowerBar; i < lower.length && time[i]! < to && position.openSize > 0; i++) {
      if (i > this.#lowerBar) position.exitAtOpen(t, open[i]!)
      if (position.openSize > 0) position.exitWithin(t, low[i]!, high[i]!)
    }
    if (position.openSize === 0 && position.ambiguous === ambiguousBefore) this.#counts.resolved++
  }

  #removeClosed(): void {
    for (let i = this.#open.length - 1; i >= 0; i--) if (this.#open[i]!.openSize === 0) this.#open.splice(i, 1)
  }
}

/** Whether a position was filled within bar t. */
function isFilling(position: Position, t: number): boolean {
  return position.enteredWithin && position.entryBar === t
}

function inOrder(signals: readonly Signal[]): readonly Signal[] {
  for (let i = 1; i < signals.length; i++)
    if (signals[i]!.bar < signals[i - 1]!.bar) return [...signals].sort((a, b) => a.bar - b.bar)
  return signals
}

/** A shorter bar shows the order of events only if it lies within one bar of the market. */
function checkLowerTimeframe(lower: Market, market: Market): void {
  const fail = (actual: string, expected: string) => {
    throw new OptionError(`${BACKTEST_CALLER}: lowerTimeframe: ${actual}, but expected ${expected}`)
  }
  const marketBars = `the market's ${market.timeframe} bars`
  if (lower.symbol !== market.symbol) fail(lower.symbol, `the symbol of the market, ${market.symbol}`)
  if (lower.barMs >= market.barMs) fail(`bars of ${lower.timeframe}`, `bars shorter than ${marketBars}`)
  if (market.barMs % lower.barMs !== 0) fail(`bars of ${lower.timeframe}`, `bars that divide ${marketBars}`)
  const [lowerStart, start] = [lower.time[0]!, market.time[0]!]
  if ((lowerStart - start) % lower.barMs !== 0)
    fail(
      `bars of ${lower.timeframe} from ${formatTime(lowerStart)} on`,
      `bars aligned with ${marketBars} from ${formatTime(start)} on`,
    )
}
