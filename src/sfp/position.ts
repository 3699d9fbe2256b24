import type { BacktestRule, Target } from './backtest-options.ts'
import type { Signal } from './detect.ts'

export type ExitReason = 'stop' | 'trailing stop' | 'target' | 'trend' | 'time' | 'liquidation' | 'end'

/** A part of a position that was closed. */
export interface Fill {
  bar: number
  price: number
  /** Base coins. */
  size: number
  reason: ExitReason
  fee: number
}

/** A round trip: one entry and its exits. */
export interface Trade {
  signal: Signal
  side: 'long' | 'short'
  entryBar: number
  /** Bar of the last exit. */
  exitBar: number
  /** Fill prices, slippage included; the exit is the mean of all exits by size. */
  entry: number
  exit: number
  /** The stop at the entry, and the farthest target (NaN without one). */
  stop: number
  target: number
  /** Why the last part was closed. */
  reason: ExitReason
  /** Base coins. */
  size: number
  /** USD: from prices, for fees, for funding (positive = paid), and net of all. */
  gross: number
  fees: number
  funding: number
  net: number
  /** Net over the risk at entry, |entry − stop| · size. */
  r: number
  /**
   * Farthest prices against and in favour of the trade, in multiples of the risk (0 or more): of all whole bars that it was open,
   * and of its exits. The bar of the last exit counts by its open and the exit alone, as its order is not known.
   */
  mae: number
  mfe: number
  /** Stop and target were both in the range of an exit bar, so their order was assumed. */
  ambiguous: boolean
  exits: readonly Fill[]
}

/** What a position pays to whom: changes of the account. */
export interface Account {
  cash: number
}

/** How a position is opened. */
export interface Entry {
  signal: Signal
  bar: number
  /** Fill price, slippage included. */
  price: number
  /** Base coins. */
  size: number
  stop: number
  /** Close of the signal's bar, from which some targets are counted. */
  signalClose: number
  /** Prices of forced closing and of an exhausted margin; NaN without leverage. */
  liquidation: number
  bankruptcy: number
}

interface PriceTarget {
  price: number
  size: number
}

/** An open position. Its methods are told what prices did, and close it in parts or as a whole. */
export class Position {
  readonly signal: Signal
  /** +1 long, −1 short. */
  readonly sign: 1 | -1
  readonly entryBar: number
  readonly entry: number
  readonly size: number
  readonly firstStop: number
  /** |entry − stop|, above 0. */
  readonly risk: number
  readonly targets: readonly PriceTarget[]
  /** Prices of forced closing and of an exhausted margin; NaN without leverage. */
  readonly liquidation: number
  readonly bankruptcy: number
  stop: number
  /** Base coins that are still open. */
  open: number
  ambiguous = false

  #trailing = false
  #best: number
  #nextTarget = 0
  readonly #rule: BacktestRule
  readonly #account: Account
  readonly #exits: Fill[] = []
  readonly #entryFee: number
  #funding = 0
  #worstPrice: number
  #bestPrice: number

  constructor(account: Account, rule: BacktestRule, at: Entry) {
    this.#account = account
    this.#rule = rule
    this.signal = at.signal
    this.sign = at.signal.side === 'long' ? 1 : -1
    this.entryBar = at.bar
    this.entry = at.price
    this.size = at.size
    this.open = at.size
    this.stop = at.stop
    this.firstStop = at.stop
    this.risk = Math.abs(at.price - at.stop)
    this.liquidation = at.liquidation
    this.bankruptcy = at.bankruptcy
    this.#best = at.price
    this.#worstPrice = at.price
    this.#bestPrice = at.price
    this.#entryFee = rule.takerFee * at.price * at.size
    account.cash -= this.#entryFee
    this.targets = this.#priceTargets(at.signalClose)
  }

  /** Result of the open part at a price, in USD. */
  unrealised(price: number): number {
    return this.sign * (price - this.entry) * this.open
  }

  /** Funding due at an open, on the notional at that open. */
  payFunding(rate: number, price: number): void {
    const paid = rate * this.sign * this.open * price
    this.#funding += paid
    this.#account.cash -= paid
  }

  /** Closes what the open of a bar makes due; fills are at the open. */
  atOpen(bar: number, price: number): void {
    const { sign } = this
    if (sign * (price - this.liquidation) <= 0) this.close(bar, this.bankruptcy, 'liquidation')
    else if (sign * (price - this.stop) <= 0) this.close(bar, price, this.#stopReason)
    else while (this.open > 0 && this.#reaches(price)) this.#takeTarget(bar, price)
  }

  /** A stop (or the liquidation) lies in this range. */
  stopsIn(low: number, high: number): boolean {
    const extreme = this.sign === 1 ? low : high
    return this.sign * (extreme - this.stop) <= 0 || this.sign * (extreme - this.liquidation) <= 0
  }

  /** The next target lies in this range. */
  targetIn(low: number, high: number): boolean {
    return this.#reaches(this.sign === 1 ? high : low)
  }

  /** Closes what a range of prices makes due, in the assumed order. */
  within(bar: number, low: number, high: number): void {
    const stopped = this.stopsIn(low, high)
    const reached = this.targetIn(low, high)
    if (stopped && reached) this.ambiguous = true
    if (reached && !(stopped && this.#rule.intrabar === 'pessimistic')) {
      const extreme = this.sign === 1 ? high : low
      while (this.open > 0 && this.#reaches(extreme)) this.#takeTarget(bar, this.targets[this.#nextTarget]!.price)
    }
    if (stopped && this.open > 0) this.#closeAtStop(bar)
  }

  /** Takes note of a whole bar, and moves the stop after its close. */
  afterClose(low: number, high: number, close: number, range: number): void {
    this.#see(low)
    this.#see(high)
    const { trailingStop } = this.#rule
    if (!trailingStop) return
    const { sign } = this
    if (sign * (close - this.#best) > 0) this.#best = close
    if (sign * (this.#best - this.entry) < trailingStop.after * this.risk) return
    const distance = trailingStop.atr !== undefined ? trailingStop.atr * range : trailingStop.r! * this.risk
    const stop = this.#best - sign * distance
    if (sign * (stop - this.stop) <= 0) return
    this.stop = stop
    this.#trailing = true
  }

  /** Closes all that is open: by a market order, or at the bankruptcy price, where nothing is left to pay a fee from. */
  close(bar: number, price: number, reason: ExitReason): void {
    const { slippageBps, takerFee } = this.#rule
    if (reason === 'liquidation') this.#fill(bar, price, this.open, reason, 0)
    else this.#fill(bar, price * (1 - (this.sign * slippageBps) / 1e4), this.open, reason, takerFee)
  }

  /** The trade, once nothing is open any more. */
  trade(): Trade {
    const { signal, entryBar, entry, size, risk } = this
    const funding = this.#funding
    const exits = this.#exits
    const last = exits[exits.length - 1]!
    let value = 0
    let fees = this.#entryFee
    for (const fill of exits) {
      value += fill.price * fill.size
      fees += fill.fee
    }
    const exit = exits.length === 1 ? last.price : value / size
    const gross = this.sign * (exit - entry) * size
    const net = gross - fees - funding
    return {
      signal,
      side: signal.side,
      entryBar,
      exitBar: last.bar,
      entry,
      exit,
      stop: this.firstStop,
      target: this.targets.at(-1)?.price ?? Number.NaN,
      reason: last.reason,
      size,
      gross,
      fees,
      funding,
      net,
      r: net / (risk * size),
      mae: Math.max(0, this.sign * (entry - this.#worstPrice)) / risk,
      mfe: Math.max(0, this.sign * (this.#bestPrice - entry)) / risk,
      ambiguous: this.ambiguous,
      exits,
    }
  }

  get #stopReason(): ExitReason {
    return this.#trailing ? 'trailing stop' : 'stop'
  }

  #reaches(price: number): boolean {
    const target = this.targets[this.#nextTarget]
    return target !== undefined && this.sign * (price - target.price) >= 0
  }

  #takeTarget(bar: number, price: number): void {
    const { size } = this.targets[this.#nextTarget++]!
    this.#fill(bar, price, Math.min(size, this.open), 'target', this.#rule.makerFee)
  }

  #closeAtStop(bar: number): void {
    // The price that is met first on the way down (up) is the one nearer to the entry.
    if (this.sign * (this.liquidation - this.stop) > 0) this.close(bar, this.bankruptcy, 'liquidation')
    else this.close(bar, this.stop, this.#stopReason)
  }

  #fill(bar: number, price: number, size: number, reason: ExitReason, feeRate: number): void {
    const fee = feeRate * price * size
    this.#account.cash += this.sign * (price - this.entry) * size - fee
    this.open -= size
    // Shares of a third and the like leave a rounding error.
    if (this.open < 1e-9 * this.size) this.open = 0
    this.#see(price)
    this.#exits.push({ bar, price, size, reason, fee })
  }

  #see(price: number): void {
    if (this.sign * (price - this.#worstPrice) < 0) this.#worstPrice = price
    if (this.sign * (price - this.#bestPrice) > 0) this.#bestPrice = price
  }

  /** Nearest first. */
  #priceTargets(signalClose: number): PriceTarget[] {
    const { targets } = this.#rule
    const equal = 1 / targets.length
    const priced: PriceTarget[] = []
    for (const target of targets)
      priced.push({ price: this.#targetPrice(target, signalClose), size: (target.share ?? equal) * this.size })
    return priced.length > 1 ? priced.sort((a, b) => this.sign * (a.price - b.price)) : priced
  }

  #targetPrice(target: Target, signalClose: number): number {
    const { sign, entry, risk } = this
    if ('percent' in target) return entry * (1 + (sign * target.percent) / 100)
    if ('r' in target) {
      const from = target.from === 'signal' ? signalClose : entry
      return from + sign * target.r * Math.abs(from - this.stop)
    }
    const { minR = 0, elseR = 2 } = target
    const level = this.signal.opposite
    // Also false where there is no level (NaN).
    const far = sign * (level - entry) > Math.max(0, minR * risk)
    return far ? level : entry + sign * elseR * risk
  }
}
