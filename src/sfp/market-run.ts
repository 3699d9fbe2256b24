/** One market of a backtest: its signals, orders and positions, bar by bar. */
import { defaultMargin } from '../liquidation/margin/default-margin.ts'
import { bankruptcyPriceFor, liquidationPriceFor } from '../liquidation/margin/liquidation-price.ts'
import type { MarginModel } from '../liquidation/margin/margin-models.ts'
import type { Market } from '../market/market.ts'
import { type Account, addPositions, type Book, type Holdings, type RefusalReason } from './account.ts'
import { BACKTEST_CALLER, type BacktestRule } from './backtest-options.ts'
import { cachedAtr, cachedFunding } from './cached-series.ts'
import type { Signal } from './detect.ts'
import { Execution } from './execution.ts'
import { FundingClock } from './funding-clock.ts'
import { LowerTimeframe } from './lower-timeframe.ts'
import { Position, type Trade } from './position.ts'
import { positionSize } from './sizing.ts'

const NO_SIGNALS: readonly Signal[] = []
const NO_FORCED_CLOSE = { liquidation: Number.NaN, bankruptcy: Number.NaN }

/** A limit order at the edge of a signal's level. */
interface RestingOrder {
  signal: Signal
  /** First and last bar in which it rests. */
  from: number
  until: number
}

/**
 * The bars of one market as events of an account. The open of a bar is known at its open time ({@link openBar}, then
 * {@link enterAtOpen}, then {@link settle}), all else of it at its close time ({@link fillOrders}, then {@link closeBar}). A backtest
 * spends its time here, so the loops are counted.
 */
export class MarketRun implements Book {
  readonly index: number
  readonly leverage: number
  cash: number
  price = Number.NaN
  readonly positions: Position[] = []
  readonly counts = { skipped: 0, rejected: { gap: 0, stop: 0, size: 0, unfilled: 0 }, resolved: 0 }
  /** Time of the next event, epoch ms; Infinity after the last one. */
  nextTime: number

  /** Whether the next event is the close of a bar. */
  #isOpen = false
  /** The bar that is open or opens next. */
  #bar = 0
  /** First signal that is not due yet. */
  #nextSignal = 0
  /** Signals that enter at the current open. */
  #entering: readonly Signal[] = NO_SIGNALS
  /** Limit orders that are not filled yet, in order of their signals. */
  #resting: RestingOrder[] = []
  /** What the other markets held at the open of a bar in which orders rest: a fill within it cannot know more. */
  #othersAtOpen: Holdings | null = null
  readonly #all: Position[] = []
  readonly #account: Account
  readonly #execution: Execution
  readonly #atr: Float64Array
  readonly #funding: FundingClock | null
  readonly #lower: LowerTimeframe | null
  readonly #market: Market
  readonly #rule: BacktestRule
  readonly #signals: readonly Signal[]
  /** Set when a position needs it. */
  #margin: MarginModel | null = null

  /** @param cash its part of the account's at the start */
  constructor(account: Account, market: Market, signals: readonly Signal[], rule: BacktestRule, cash: number) {
    this.#account = account
    this.#market = market
    this.#rule = rule
    this.#signals = inOrder(signals)
    this.index = account.books.length
    this.leverage = rule.leverage ?? 1
    this.cash = cash
    this.nextTime = market.time[0]!
    this.#execution = new Execution(market, rule)
    this.#atr = cachedAtr(market, rule.atrPeriod)
    const funding = rule.funding ? cachedFunding(market) : null
    this.#funding = funding && new FundingClock(market, funding)
    this.#lower = rule.lowerTimeframe && new LowerTimeframe(rule.lowerTimeframe, market)
    account.books.push(this)
  }

  /** No position is open and no order rests. */
  get isIdle(): boolean {
    return this.positions.length === 0 && this.#resting.length === 0
  }

  /** When the bar opens that may trade the next signal; Infinity if there is none. */
  get nextEntryTime(): number {
    const signal = this.#signals[this.#nextSignal]
    return (signal && this.#market.time[signal.bar + this.#rule.latency + 1]) ?? Infinity
  }

  /** The trades in order of their entries, once all positions are closed. */
  trades(): Trade[] {
    return this.#all.map(position => position.trade())
  }

  /** Signals that were neither traded nor refused: trading or the data ended before. */
  untraded(): readonly Signal[] {
    return [...this.#resting.map(order => order.signal), ...this.#signals.slice(this.#nextSignal)]
  }

  closesAt(now: number): boolean {
    return this.nextTime === now && this.#isOpen
  }

  opensAt(now: number): boolean {
    return this.nextTime === now && !this.#isOpen
  }

  /** Leaves out the bars that open before a time, while nothing happens in them. */
  skipTo(timeMs: number): void {
    const { time, length } = this.#market
    while (this.#bar < length && time[this.#bar]! < timeMs) this.#bar++
    this.#isOpen = false
    this.nextTime = time[this.#bar] ?? Infinity
  }

  /** The open: signals become due, positions pay funding, and exit. */
  openBar(): void {
    const t = this.#bar
    const { time, barMs, open } = this.#market
    const price = open[t]!
    this.#isOpen = true
    this.nextTime = time[t]! + barMs
    this.price = price
    const due = this.#dueSignals(t)
    if (due.length > 0) {
      if (this.#rule.entry === 'limit') this.#placeOrders(due, t)
      else this.#entering = this.#admit(due, t)
    }
    const positions = this.positions
    if (positions.length === 0) return
    this.#funding?.payAtOpen(positions, t)
    for (let i = 0; i < positions.length; i++) {
      const position = positions[i]!
      position.exitAtOpen(t, price)
      if (position.openSize > 0) this.#exitByRule(position, t, price)
    }
  }

  /** Enters at the open, after all markets have left their positions there. */
  enterAtOpen(): void {
    if (this.#entering.length === 0) return
    for (const signal of this.#entering) this.#enter(signal, this.#bar, this.price, 'market')
    this.#entering = NO_SIGNALS
  }

  /** The end of the open, after all markets have entered. */
  settle(now: number): void {
    if (this.#market.time[this.#bar] !== now) return
    this.#removeClosed()
    this.#othersAtOpen = this.#resting.length > 0 ? this.#account.othersThan(this) : null
  }

  /** Fills the limit orders that the bar reaches, as far as the limits of open positions admit, and drops those that have waited enough. */
  fillOrders(): void {
    if (this.#resting.length === 0) return
    const t = this.#bar
    const { open, low, high } = this.#market
    const { fill, maxOpen } = this.#rule
    const orders = this.#resting
    this.#resting = []
    for (const order of orders) {
      const { signal, from, until } = order
      const sign = signal.side === 'long' ? 1 : -1
      const limit = signal.level.inner
      const beyond = sign * (limit - (sign === 1 ? low[t]! : high[t]!))
      if (fill === 'touch' ? beyond < 0 : beyond <= 0) {
        if (t < until) this.#resting.push(order)
        else this.#reject(signal, t, 'unfilled')
        continue
      }
      if (this.#account.isRuined) this.#refuse(signal, t, 'ruined')
      else if (this.positions.length >= maxOpen) this.#skip(signal, t, 'maxPerMarket')
      else if (this.#isSideFull(signal)) this.#skip(signal, t, 'maxPerSide')
      else if (sign * (limit - open[t]!) < 0) this.#enter(signal, t, limit, 'limit')
      // An order that comes to a price beyond its limit takes what is there; one that rested already is taken.
      else this.#enter(signal, t, open[t]!, t === from ? 'market' : 'limit')
    }
  }

  /** Exits within the bar, and its close. */
  closeBar(): void {
    const t = this.#bar
    const { close, time } = this.#market
    const positions = this.positions
    if (positions.length > 0) {
      this.#exitPositions(t)
      for (let i = 0; i < positions.length; i++) {
        const position = positions[i]!
        const [from, to] = this.#rangeSince(position, t, close[t]!)
        position.afterClose(from, to, close[t]!, this.#atr[t]!)
      }
    }
    this.price = close[t]!
    this.#isOpen = false
    this.#bar = t + 1
    this.nextTime = time[this.#bar] ?? Infinity
  }

  #exitPositions(t: number): void {
    const { close, length } = this.#market
    const positions = this.positions
    const funding = this.#funding
    for (let i = 0; i < positions.length; i++) {
      const position = positions[i]!
      if (!isFilling(position, t)) funding?.payWithin(position, t, 0, 0.5)
      this.#exitWithin(position, t)
      if (position.openSize === 0) continue
      funding?.payWithin(position, t, 0.5, 1)
      if (t === length - 1) position.close(t, close[t]!, 'end')
    }
    this.#removeClosed()
  }

  /** The signals that bar t is the first to trade. */
  #dueSignals(t: number): readonly Signal[] {
    const signals = this.#signals
    const { latency } = this.#rule
    const from = this.#nextSignal
    while (this.#nextSignal < signals.length && signals[this.#nextSignal]!.bar + latency < t) this.#nextSignal++
    return this.#nextSignal === from ? NO_SIGNALS : signals.slice(from, this.#nextSignal)
  }

  /** The due signals that the limits admit, given the positions open at the close before. */
  #admit(due: readonly Signal[], t: number): readonly Signal[] {
    const { maxOpen, maxPerSide } = this.#rule
    let total = this.positions.length
    const bySide = { long: 0, short: 0 }
    for (const { signal } of this.positions) bySide[signal.side]++
    return due.filter(signal => {
      if (this.#account.isRuined) return this.#refuse(signal, t, 'ruined')
      if (total >= maxOpen) return this.#skip(signal, t, 'maxPerMarket')
      if (bySide[signal.side] >= maxPerSide) return this.#skip(signal, t, 'maxPerSide')
      if (this.#isAfterGap(signal, t)) return this.#reject(signal, t, 'gap')
      total++
      bySide[signal.side]++
      return true
    })
  }

  #placeOrders(due: readonly Signal[], t: number): void {
    for (const signal of due) {
      if (this.#account.isRuined) this.#refuse(signal, t, 'ruined')
      else if (this.#isAfterGap(signal, t)) this.#reject(signal, t, 'gap')
      else this.#resting.push({ signal, from: t, until: t + this.#rule.limitBars - 1 })
    }
  }

  #isAfterGap(signal: Signal, t: number): boolean {
    const { time, barMs } = this.#market
    return time[t]! - time[signal.bar]! > barMs * (1 + this.#rule.latency)
  }

  #isSideFull({ side }: Signal): boolean {
    return this.positions.filter(position => position.signal.side === side).length >= this.#rule.maxPerSide
  }

  #reject(signal: Signal, t: number, reason: keyof MarketRun['counts']['rejected']): false {
    this.counts.rejected[reason]++
    return this.#refuse(signal, t, reason)
  }

  #skip(signal: Signal, t: number, reason: 'maxPerMarket' | 'maxPerSide'): false {
    this.counts.skipped++
    return this.#refuse(signal, t, reason)
  }

  #refuse(signal: Signal, t: number, reason: RefusalReason, share = 0): false {
    this.#account.onRefusal?.(this, signal, t, reason, share)
    return false
  }

  /** Enters at the open or at the price of a limit order, which pays no slippage. */
  #enter(signal: Signal, t: number, at: number, order: 'market' | 'limit'): void {
    const market = this.#market
    const rule = this.#rule
    const sign = signal.side === 'long' ? 1 : -1
    const open = market.open[t]!
    const isMarket = order === 'market'
    const feeRate = isMarket ? rule.takerFee : rule.makerFee
    const atr = this.#atr[signal.bar]!
    const stop = signal.extreme * (1 - sign * rule.stopBuffer) - sign * rule.stopBufferAtr * atr
    const distance = sign * (at - stop)
    if (distance <= 0 || distance < rule.minRisk * atr) {
      this.#reject(signal, t, 'stop')
      return
    }
    const { limits } = this.#account
    const refusal = limits?.refusal(this, signal, market.time[t]!)
    if (refusal) {
      this.#refuse(signal, t, refusal)
      return
    }
    const holdings = { ...(this.#othersAtOpen ?? this.#account.othersThan(this)) }
    holdings.equity += this.cash
    addPositions(holdings, this)
    const sizeAt = (price: number, room: number) =>
      positionSize(rule.size, holdings, price, Math.abs(price - stop), this.leverage, feeRate, room)
    const room = limits?.room() ?? Infinity
    // The impact is that of the size before impact, which is the larger one.
    const smallest = isMarket ? this.#execution.fillPrice(t, at, sign, 0) : at
    const price =
      isMarket && rule.impact !== null ? this.#execution.fillPrice(t, at, sign, sizeAt(smallest, room)) : smallest
    const size = sizeAt(price, room)
    const wanted = room === Infinity ? size : sizeAt(price, Infinity)
    if (wanted === 0) {
      this.#reject(signal, t, 'size')
      return
    }
    if (size < wanted) this.#refuse(signal, t, 'maxExposure', size / wanted)
    if (size === 0) return
    const { liquidation, bankruptcy } = this.#forcedClose(signal, price, size)
    const position = new Position(this, this.#execution, rule, {
      signal,
      bar: t,
      price,
      feeRate,
      within: at !== open,
      size,
      stop,
      signalClose: market.close[signal.bar]!,
      liquidation,
      bankruptcy,
    })
    // A bar may open beyond a target counted from the signal's close; then the position is closed at the same open.
    if (!position.enteredWithin) position.exitAtOpen(t, open)
    this.#all.push(position)
    if (position.openSize > 0) this.positions.push(position)
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

  /** The low and high of bar t that a position may count on: since a fill within it, no better price than `best` is certain. */
  #rangeSince(position: Position, t: number, best: number): readonly [low: number, high: number] {
    const low = this.#market.low[t]!
    const high = this.#market.high[t]!
    if (!isFilling(position, t)) return [low, high]
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
    if (stopped && reached && !filling && this.#lower?.replay(position, t)) this.counts.resolved++
    if (position.openSize > 0) position.exitWithin(t, low, high)
  }

  #removeClosed(): void {
    for (let i = this.positions.length - 1; i >= 0; i--)
      if (this.positions[i]!.openSize === 0) this.positions.splice(i, 1)
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
