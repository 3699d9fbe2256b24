/** One position from its entry to its last exit. */
import { type BacktestRule, DEFAULT_ELSE_R, type Target } from './backtest-options.ts'
import type { Signal } from './detect.ts'
import type { Execution } from './execution.ts'

export type ExitReason = 'stop' | 'trailing stop' | 'target' | 'trend' | 'time' | 'liquidation' | 'end'

/** One exit of a position, or of a part of it. */
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
  /** Reason of the last exit. */
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
   * Maximum adverse and maximum favourable excursion, in multiples of the risk (0 or more): over all whole bars that the trade
   * was open, and its exits. Of the last exit's bar only the open and the exit count, as the order within the bar is unknown.
   */
  mae: number
  mfe: number
  /** Stop and target both lie in the range of an exit bar, so their order is assumed. */
  ambiguous: boolean
  exits: readonly Fill[]
}

/** The cash that positions draw on and pay into. */
export interface Cash {
  cash: number
}

/** How a position is opened. */
export interface Entry {
  signal: Signal
  bar: number
  /** Fill price, slippage included. */
  price: number
  /** Of the notional. */
  feeRate: number
  /** Filled within the bar, so what came before in it does not count. */
  within: boolean
  /** Base coins. */
  size: number
  stop: number
  /** Close of the signal's bar, from which some targets are measured. */
  signalClose: number
  /** Liquidation price and bankruptcy price; NaN without leverage. */
  liquidation: number
  bankruptcy: number
}

interface PriceTarget {
  price: number
  size: number
}

/** An open position. The backtest feeds it prices; it closes itself in parts or as a whole. */
export class Position {
  readonly signal: Signal
  /** +1 long, −1 short. */
  readonly sign: 1 | -1
  readonly entryBar: number
  readonly entry: number
  /** See {@link Entry.within}. */
  readonly enteredWithin: boolean
  readonly size: number
  readonly initialStop: number
  /** |entry − stop|, above 0. */
  readonly risk: number
  readonly targets: readonly PriceTarget[]
  /** Liquidation price and bankruptcy price; NaN without leverage. */
  readonly liquidation: number
  readonly bankruptcy: number
  stop: number
  /** Base coins not closed yet. */
  openSize: number
  ambiguous = false

  #trailing = false
  #bestClose: number
  #nextTarget = 0
  readonly #rule: BacktestRule
  readonly #account: Cash
  readonly #execution: Execution
  readonly #exits: Fill[] = []
  readonly #entryFee: number
  #funding = 0
  #worstPrice: number
  #bestPrice: number

  constructor(account: Cash, execution: Execution, rule: BacktestRule, entry: Entry) {
    this.#account = account
    this.#execution = execution
    this.#rule = rule
    this.signal = entry.signal
    this.sign = entry.signal.side === 'long' ? 1 : -1
    this.entryBar = entry.bar
    this.entry = entry.price
    this.enteredWithin = entry.within
    this.size = entry.size
    this.openSize = entry.size
    this.stop = entry.stop
    this.initialStop = entry.stop
    this.risk = Math.abs(entry.price - entry.stop)
    this.liquidation = entry.liquidation
    this.bankruptcy = entry.bankruptcy
    this.#bestClose = entry.price
    this.#worstPrice = entry.price
    this.#bestPrice = entry.price
    this.#entryFee = entry.feeRate * entry.price * entry.size
    account.cash -= this.#entryFee
    this.targets = this.#priceTargets(entry.signalClose)
  }

  /** Unrealised result at a price, in USD. */
  unrealised(price: number): number {
    return this.sign * (price - this.entry) * this.openSize
  }

  /** Funding that is due now, on the notional at the price of now. */
  payFunding(rate: number, price: number): void {
    const paid = rate * this.sign * this.openSize * price
    this.#funding += paid
    this.#account.cash -= paid
  }

  /** Exits that the open of a bar triggers; fills are at the open. */
  exitAtOpen(bar: number, price: number): void {
    const { sign } = this
    if (sign * (price - this.liquidation) <= 0) this.close(bar, this.bankruptcy, 'liquidation')
    else if (sign * (price - this.stop) <= 0) this.close(bar, price, this.#stopReason)
    else this.#takeTargets(bar, price, price)
  }

  /** Does this range reach the stop, or the liquidation price? */
  reachesStop(low: number, high: number): boolean {
    const extreme = this.sign === 1 ? low : high
    return this.sign * (extreme - this.stop) <= 0 || this.sign * (extreme - this.liquidation) <= 0
  }

  /** Does this range reach the next target? */
  reachesTarget(low: number, high: number): boolean {
    return this.#reaches(this.sign === 1 ? high : low)
  }

  /** Exits that a range of prices triggers, in the assumed order. */
  exitWithin(bar: number, low: number, high: number): void {
    const stopped = this.reachesStop(low, high)
    const reached = this.reachesTarget(low, high)
    if (stopped && reached) this.ambiguous = true
    if (reached && !(stopped && this.#rule.intrabar === 'pessimistic'))
      this.#takeTargets(bar, this.sign === 1 ? high : low)
    if (stopped && this.openSize > 0) this.#closeAtStop(bar)
  }

  /** Records a whole bar, and moves the stop after its close. */
  afterClose(low: number, high: number, close: number, atr: number): void {
    this.#recordPrice(low)
    this.#recordPrice(high)
    const { trailingStop, breakeven } = this.#rule
    const { sign } = this
    if (breakeven && this.#nextTarget > 0 && sign * (this.entry - this.stop) > 0) this.stop = this.entry
    if (!trailingStop) return
    if (sign * (close - this.#bestClose) > 0) this.#bestClose = close
    if (sign * (this.#bestClose - this.entry) < trailingStop.after * this.risk) return
    const distance = trailingStop.atr !== undefined ? trailingStop.atr * atr : (trailingStop.r ?? 0) * this.risk
    const stop = this.#bestClose - sign * distance
    if (sign * (stop - this.stop) <= 0) return
    this.stop = stop
    this.#trailing = true
  }

  /** Closes the open size: by a market order, or at the bankruptcy price, where no margin is left to pay a fee from. */
  close(bar: number, price: number, reason: ExitReason): void {
    const { sign, openSize } = this
    if (reason === 'liquidation') this.#fill(bar, price, openSize, reason, 0)
    else {
      const fill = this.#execution.fillPrice(bar, price, sign === 1 ? -1 : 1, openSize)
      this.#fill(bar, fill, openSize, reason, this.#rule.takerFee)
    }
  }

  /** The trade, once the position is closed. */
  trade(): Trade {
    const { signal, entryBar, entry, size, risk } = this
    const funding = this.#funding
    const exits = this.#exits
    const last = exits.at(-1)!
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
      stop: this.initialStop,
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
    if (target === undefined) return false
    const beyond = this.sign * (price - target.price)
    return this.#rule.fill === 'touch' ? beyond >= 0 : beyond > 0
  }

  /** Takes the targets that `extreme` reaches, each at its own price or at `fillPrice`. */
  #takeTargets(bar: number, extreme: number, fillPrice?: number): void {
    while (this.openSize > 0 && this.#reaches(extreme)) {
      const { price, size } = this.targets[this.#nextTarget++]!
      this.#fill(bar, fillPrice ?? price, Math.min(size, this.openSize), 'target', this.#rule.makerFee)
    }
  }

  #closeAtStop(bar: number): void {
    // Price reaches the one nearer to the entry first.
    if (this.sign * (this.liquidation - this.stop) > 0) this.close(bar, this.bankruptcy, 'liquidation')
    else this.close(bar, this.stop, this.#stopReason)
  }

  #fill(bar: number, price: number, size: number, reason: ExitReason, feeRate: number): void {
    const fee = feeRate * price * size
    this.#account.cash += this.sign * (price - this.entry) * size - fee
    this.openSize -= size
    // Shares such as 1/3 leave a rounding error.
    if (this.openSize < 1e-9 * this.size) this.openSize = 0
    this.#recordPrice(price)
    this.#exits.push({ bar, price, size, reason, fee })
  }

  #recordPrice(price: number): void {
    if (this.sign * (price - this.#worstPrice) < 0) this.#worstPrice = price
    if (this.sign * (price - this.#bestPrice) > 0) this.#bestPrice = price
  }

  /** The targets as prices, nearest first. */
  #priceTargets(signalClose: number): PriceTarget[] {
    const { targets } = this.#rule
    const equal = 1 / targets.length
    const priced: PriceTarget[] = []
    for (const target of targets)
      priced.push({ price: this.#targetPrice(target, signalClose), size: (target.share ?? equal) * this.size })
    return priced.sort((a, b) => this.sign * (a.price - b.price))
  }

  #targetPrice(target: Target, signalClose: number): number {
    const { sign, entry, risk } = this
    if ('percent' in target) return entry * (1 + (sign * target.percent) / 100)
    if ('r' in target) {
      const from = target.from === 'signal' ? signalClose : entry
      return from + sign * target.r * Math.abs(from - this.stop)
    }
    const { minR = 0, elseR = DEFAULT_ELSE_R } = target
    const level = this.signal.opposite
    // False where there is no level (NaN).
    const farEnough = sign * (level - entry) > Math.max(0, minR * risk)
    return farEnough ? level : entry + sign * elseR * risk
  }
}
