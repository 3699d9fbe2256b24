/** A bar while its trades arrive. */
import { binOf } from '../bins.ts'

export class TradeBar {
  readonly time: number
  open = 0
  high = 0
  low = 0
  close = 0
  /** Base coins: total, and bought by takers. */
  volume = 0
  takerBuy = 0
  trades = 0
  firstTime = Infinity
  lastTime = -Infinity
  /** Price bins in order of their first trade, and the USD that takers bought and sold in each. */
  readonly bins: number[] = []
  readonly buyUsd: number[] = []
  readonly sellUsd: number[] = []
  readonly #slots = new Map<number, number>()
  #lastBin = Number.NaN
  #lastSlot = 0

  constructor(time: number) {
    this.time = time
  }

  /** Adds a trade to the candle. Trades of the same time count in order of arrival. */
  addTrade(time: number, price: number, amount: number, buy: number): void {
    if (this.trades++ === 0) {
      this.high = price
      this.low = price
    } else if (price > this.high) this.high = price
    else if (price < this.low) this.low = price
    if (time < this.firstTime) {
      this.firstTime = time
      this.open = price
    }
    if (time >= this.lastTime) {
      this.lastTime = time
      this.close = price
    }
    this.volume += amount
    if (buy === 1) this.takerBuy += amount
  }

  /** Adds traded USD to the bin of a price. */
  addFlow(price: number, usd: number, buy: number, binWidth: number): void {
    const bin = binOf(price, binWidth)
    // Most trades are in the same bin as the previous one.
    if (bin !== this.#lastBin) {
      let slot = this.#slots.get(bin)
      if (slot === undefined) {
        slot = this.bins.length
        this.#slots.set(bin, slot)
        this.bins.push(bin)
        this.buyUsd.push(0)
        this.sellUsd.push(0)
      }
      this.#lastBin = bin
      this.#lastSlot = slot
    }
    if (buy === 1) this.buyUsd[this.#lastSlot]! += usd
    else this.sellUsd[this.#lastSlot]! += usd
  }
}
