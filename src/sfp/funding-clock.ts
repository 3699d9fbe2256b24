/** Pays a market's funding to its open positions as its bars go by. */
import { lowerBound } from '../common/binary-search.ts'
import type { FundingEvents } from '../market/funding.ts'
import type { Market } from '../market/market.ts'
import type { Position } from './position.ts'

export class FundingClock {
  /** First payment that is not before the current bar. */
  #next = 0
  readonly #market: Market
  readonly #events: FundingEvents

  constructor(market: Market, events: FundingEvents) {
    this.#market = market
    this.#events = events
  }

  /** Funding due at the open of bar t: positions held over it pay, those that open with it do not. */
  payAtOpen(positions: readonly Position[], t: number): void {
    const { time, rate } = this.#events
    const open = this.#market.time[t]!
    if (time[this.#next]! < open) this.#next = lowerBound(time, open)
    for (let k = this.#next; k < time.length && time[k]! === open; k++)
      for (const position of positions) position.payFunding(rate[k]!, this.#market.open[t]!)
  }

  /**
   * Funding due after a bar's open, more than `above` and up to `upTo` of its length in. When in the bar an exit happened is not
   * known: in the mean it is the middle, so exits come between the two halves. The price at that time is taken on the line from
   * the open to the close.
   */
  payWithin(position: Position, t: number, above: number, upTo: number): void {
    const { time, rate } = this.#events
    const { time: opens, open, close, barMs } = this.#market
    const from = opens[t]!
    if (time[this.#next]! < from) this.#next = lowerBound(time, from)
    for (let k = this.#next; k < time.length && time[k]! < from + barMs; k++) {
      const share = (time[k]! - from) / barMs
      if (share <= above || share > upTo) continue
      position.payFunding(rate[k]!, open[t]! + share * (close[t]! - open[t]!))
    }
  }
}
