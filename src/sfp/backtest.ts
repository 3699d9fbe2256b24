import { lowerBound } from '../common/binary-search.ts'
import { formatTime } from '../common/duration.ts'
import { DataError } from '../common/errors.ts'
import { bankruptcyPrice, liquidationPrice } from '../liquidation/margin/liquidation-price.ts'
import { binanceMargin } from '../liquidation/margin/margin-models.ts'
import type { Market } from '../market/market.ts'
import { type BacktestOptions, type BacktestRule, resolveBacktest } from './backtest-options.ts'
import { cachedAtr } from './cached-series.ts'
import type { Signal } from './detect.ts'
import { type Account, Position, type Trade } from './position.ts'
import { sizeOf } from './sizing.ts'
export type RejectedSignal = Record<'gap' | 'stop' | 'size', number>

export interface Backtest {
  /** In order of their entries. */
  trades: Trade[]
  /** Equity in USD at each bar's close, open positions marked to the close. */
  equity: Float64Array
  /** Signals that came while as many positions were open as may be. */
  skipped: number
  /**
   * Signals not taken because the bar after them is missing in the data (`gap`), because it opened at or behind the stop or
   * nearer to it than `minRisk` (`stop`), or because the size came to nothing (`size`).
   */
  rejected: RejectedSignal
  /** Bars that held both stop and target whose order the shorter bars of `lowerTimeframe` told. */
  resolved: number
  /** Bar whose exit lost the last of the equity; −1 = none. Signals after it are not traded. */
  ruined: number
  options: BacktestRule
}

/**
 * Trades signals: entry at the open after the signal, against the sweep; stop behind its extreme, and no entry where that open
 * lies at or behind the stop, or next to it (`minRisk`); targets, a trailing stop, a
 * limit of time. The entry bar counts; a bar that opens beyond stop or target fills at its open; within a bar the stop comes
 * first unless told otherwise. Costs are taken from every trade: fee and slippage on both sides, and funding where the
 * market has it. A position still open at the last bar is closed there.
 *
 * @param equity an array of the market's length for the equity, so that a sweep need not make one for each variant
 * @throws RangeError naming the option that is out of range
 * @throws DataError when `lowerTimeframe` does not go with the market
 */
export function backtest(
  market: Market,
  signals: readonly Signal[],
  options: BacktestOptions = {},
  equity = new Float64Array(market.length),
): Backtest {
  return new Run(market, resolveBacktest(options), equity).trade(signals)
}

const NONE: readonly Signal[] = []
const NEVER = { liquidation: Number.NaN, bankruptcy: Number.NaN }

class Run {
  readonly #trades: { position: Position; trade: Trade | null }[] = []
  readonly #open: { position: Position; trade: Trade | null }[] = []
  readonly #account: Account
  readonly #equity: Float64Array
  readonly #ranges: Float64Array
  readonly #rates: Float64Array | null
  readonly #result = { skipped: 0, rejected: { gap: 0, stop: 0, size: 0 }, resolved: 0, ruined: -1 }
  readonly #market: Market
  readonly #rule: BacktestRule
  /** First bar of `lowerTimeframe` that may belong to the current bar. */
  #lowerBarAt = 0

  constructor(market: Market, rule: BacktestRule, equity: Float64Array) {
    this.#market = market
    this.#rule = rule
    this.#account = { cash: rule.equity }
    this.#equity = equity
    this.#ranges = cachedAtr(market, rule.atrPeriod)
    this.#rates = rule.funding ? (market.fundingRate ?? null) : null
    if (rule.lowerTimeframe) checkLowerTimeframe(rule.lowerTimeframe, market)
  }

  trade(given: readonly Signal[]): Backtest {
    const equity = this.#equity
    const market = this.#market
    const signals = inOrder(given)
    const last = market.length - 1
    let next = 0
    let t = 0
    while (t <= last) {
      if (this.#open.length === 0) {
        // Nothing happens before the bar after the next signal.
        const until = next < signals.length && this.#result.ruined < 0 ? Math.min(last, signals[next]!.bar) : last
        equity.fill(this.#account.cash, t, until + 1)
        t = until + 1
        if (t > last) break
      }
      let due = NONE
      while (next < signals.length && signals[next]!.bar < t) due = [...due, signals[next++]!]
      this.#bar(t, due)
      t++
    }
    return { trades: this.#trades.map(({ trade }) => trade!), equity, ...this.#result, options: this.#rule }
  }

  /** One bar: who may enter, exits at the open, entries, exits within, the close. Counted loops, as a backtest spends its time here. */
  #bar(t: number, due: readonly Signal[]): void {
    const market = this.#market
    const account = this.#account
    const rates = this.#rates
    const open = this.#open
    const { high, low, close } = market
    const at = market.open[t]!
    const entering = this.#admitted(due, t)
    const rate = rates ? rates[t]! : 0
    for (let i = 0; i < open.length; i++) {
      const { position } = open[i]!
      if (rate !== 0 && !Number.isNaN(rate)) position.payFunding(rate, at)
      position.atOpen(t, at)
      if (position.open > 0) this.#exitOnTrend(position, t, at)
    }
    if (entering.length > 0) {
      this.#sweepOut()
      for (const signal of entering) this.#enter(signal, t)
    }
    let closed = false
    for (let i = 0; i < open.length; i++) {
      const { position } = open[i]!
      if (position.open > 0) this.#within(position, t)
      if (position.open > 0 && t === market.length - 1) position.close(t, close[t]!, 'end')
      if (position.open === 0) closed = true
    }
    if (closed) this.#sweepOut()
    let marked = account.cash
    for (let i = 0; i < open.length; i++) {
      const { position } = open[i]!
      position.afterClose(low[t]!, high[t]!, close[t]!, this.#ranges[t]!)
      marked += position.unrealised(close[t]!)
    }
    this.#equity[t] = marked
    if (this.#result.ruined < 0 && account.cash <= 0 && marked <= 0) this.#result.ruined = t
  }

  /** The signals of the bar before that the limits let in, counted as at its close. */
  #admitted(due: readonly Signal[], t: number): readonly Signal[] {
    if (due.length === 0) return due
    const { maxOpen, maxPerSide } = this.#rule
    let all = this.#open.length
    const sides = { long: 0, short: 0 }
    for (const { position } of this.#open) sides[position.signal.side]++
    return due.filter(signal => {
      if (this.#result.ruined >= 0) return false
      if (all >= maxOpen || sides[signal.side] >= maxPerSide) {
        this.#result.skipped++
        return false
      }
      if (this.#market.time[t]! - this.#market.time[signal.bar]! > this.#market.barMs) {
        this.#result.rejected.gap++
        return false
      }
      all++
      sides[signal.side]++
      return true
    })
  }

  #enter(signal: Signal, t: number): void {
    const market = this.#market
    const rule = this.#rule
    const account = this.#account
    const sign = signal.side === 'long' ? 1 : -1
    const at = market.open[t]!
    const price = at * (1 + (sign * rule.slippageBps) / 1e4)
    const stop = signal.extreme * (1 - sign * rule.stopBuffer) - sign * rule.stopBufferAtr * this.#ranges[signal.bar]!
    const room = sign * (at - stop)
    if (room <= 0 || room < rule.minRisk * this.#ranges[signal.bar]!) {
      this.#result.rejected.stop++
      return
    }
    let equity = account.cash
    for (const { position } of this.#open) equity += position.unrealised(at)
    const size = sizeOf(rule.size, equity, price, Math.abs(price - stop), rule.leverage ?? 1, rule.takerFee)
    if (size === 0) {
      this.#result.rejected.size++
      return
    }
    const { liquidation, bankruptcy } = this.#forcedClose(signal, price, size)
    const signalClose = market.close[signal.bar]!
    const entry = { signal, bar: t, price, size, stop, signalClose, liquidation, bankruptcy }
    const position = new Position(account, rule, entry)
    const held = { position, trade: null }
    // A bar may open beyond a target counted from the signal's close; then the entry is closed at the same open.
    held.position.atOpen(t, at)
    this.#trades.push(held)
    this.#open.push(held)
    if (held.position.open === 0) this.#sweepOut()
  }

  /** Where a position of its own leverage is closed by the venue. */
  #forcedClose({ side }: Signal, entry: number, size: number): { liquidation: number; bankruptcy: number } {
    const { leverage } = this.#rule
    if (leverage === null) return NEVER
    const margin = this.#rule.margin ?? binanceMargin(this.#market.symbol)
    const own = { side, entry, size, leverage, margin }
    return { liquidation: liquidationPrice(own), bankruptcy: bankruptcyPrice(own) }
  }

  /** Exits at the open that a rule asks for, not a price. */
  #exitOnTrend(position: Position, t: number, at: number): void {
    const market = this.#market
    const rule = this.#rule
    const range = this.#ranges[t - 1]!
    if (rule.trendExit) {
      const { close, open } = market
      const beyond = -position.sign * (close[t - 1]! - position.signal.level.outer)
      const body = -position.sign * (close[t - 1]! - open[t - 1]!)
      if (
        beyond > rule.trendExit.beyond * range &&
        (rule.trendExit.impulse === 0 || body >= rule.trendExit.impulse * range)
      )
        position.close(t, at, 'trend')
    }
    if (position.open > 0 && t - position.entryBar >= rule.maxBars) position.close(t, at, 'time')
  }

  #within(position: Position, t: number): void {
    const low = this.#market.low[t]!
    const high = this.#market.high[t]!
    const stopped = position.stopsIn(low, high)
    const reached = position.targetIn(low, high)
    if (!stopped && !reached) return
    if (stopped && reached && this.#rule.lowerTimeframe) this.#replay(position, t, this.#rule.lowerTimeframe)
    if (position.open > 0) position.within(t, low, high)
  }

  /** Runs the shorter bars of bar t, as far as there are any. */
  #replay(position: Position, t: number, lower: Market): void {
    const { time, open, high, low } = lower
    const from = this.#market.time[t]!
    const to = from + this.#market.barMs
    if (time[this.#lowerBarAt]! > from) this.#lowerBarAt = 0
    if (time[this.#lowerBarAt]! < from) this.#lowerBarAt = lowerBound(time, from)
    const unsure = position.ambiguous
    for (let i = this.#lowerBarAt; i < lower.length && time[i]! < to && position.open > 0; i++) {
      if (i > this.#lowerBarAt) position.atOpen(t, open[i]!)
      if (position.open > 0) position.within(t, low[i]!, high[i]!)
    }
    if (position.open === 0 && position.ambiguous === unsure) this.#result.resolved++
  }

  /** Takes closed positions off the list of open ones. */
  #sweepOut(): void {
    for (let i = this.#open.length - 1; i >= 0; i--) {
      const held = this.#open[i]!
      if (held.position.open > 0) continue
      held.trade = held.position.trade()
      this.#open.splice(i, 1)
    }
  }
}

function inOrder(signals: readonly Signal[]): readonly Signal[] {
  for (let i = 1; i < signals.length; i++)
    if (signals[i]!.bar < signals[i - 1]!.bar) return [...signals].sort((a, b) => a.bar - b.bar)
  return signals
}

/** Only bars that lie within one of the market's tell what happened in it. */
function checkLowerTimeframe(lower: Market, market: Market): void {
  const own = `its ${lower.timeframe} bars`
  const theirs = `the market's ${market.timeframe} bars`
  if (lower.symbol !== market.symbol)
    throw new DataError(`lowerTimeframe: it is ${lower.symbol}, but the market is ${market.symbol}`)
  if (lower.barMs >= market.barMs) throw new DataError(`lowerTimeframe: ${own} are not shorter than ${theirs}`)
  if (market.barMs % lower.barMs !== 0) throw new DataError(`lowerTimeframe: ${own} do not divide ${theirs}`)
  const [first, begin] = [lower.time[0]!, market.time[0]!]
  if ((first - begin) % lower.barMs !== 0)
    throw new DataError(
      `lowerTimeframe: ${own} begin at ${formatTime(first)}, but ${theirs} at ${formatTime(begin)}, which would cut some of them in two`,
    )
}
