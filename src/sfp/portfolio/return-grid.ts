/** Returns of several markets over common steps of time, and their correlations. */
import { barOpen, HOUR } from '../../common/duration.ts'
import type { Market } from '../../market/market.ts'

/** A correlation of fewer common returns is not known. */
export const MIN_RETURNS = 10

/** Length of a step: a close of every market falls into each, and trades of other hours do not blur it. */
export function returnStep(markets: readonly Market[]): number {
  return markets.reduce((step, { barMs }) => Math.max(step, barMs), HOUR)
}

/** Log returns from the last close of a step to that of the next; NaN where one of the two steps has no close. */
export class ReturnGrid {
  /** End of step 0, epoch ms. */
  readonly #origin: number
  readonly #step: number
  readonly #returns: readonly Float64Array[]

  constructor(markets: readonly Market[], stepMs = returnStep(markets)) {
    const closeOf = ({ time, barMs }: Market, t: number) => time[t]! + barMs
    const first = Math.min(...markets.map(market => closeOf(market, 0)))
    const last = Math.max(...markets.map(market => closeOf(market, market.length - 1)))
    this.#step = stepMs
    this.#origin = barOpen(first, stepMs)
    const stepAt = (timeMs: number) => Math.ceil((timeMs - this.#origin) / stepMs)
    const steps = stepAt(last) + 1
    this.#returns = markets.map(market => {
      const price = new Float64Array(steps).fill(Number.NaN)
      for (let t = 0; t < market.length; t++) price[stepAt(closeOf(market, t))] = Math.log(market.close[t]!)
      return price.map((value, k) => (k === 0 ? Number.NaN : value - price[k - 1]!))
    })
  }

  /**
   * Pearson's correlation of two markets' returns in the steps that end after `until − windowMs` and up to `until`; NaN below
   * {@link MIN_RETURNS} common ones, or where one does not vary.
   */
  correlation(a: number, b: number, until = Infinity, windowMs = Infinity): number {
    const x = this.#returns[a]!
    const y = this.#returns[b]!
    const to = Math.min(x.length, Math.floor((until - this.#origin) / this.#step) + 1)
    const from = Math.max(0, Math.floor((until - windowMs - this.#origin) / this.#step) + 1 || 0)
    let n = 0
    let meanX = 0
    let meanY = 0
    for (let k = from; k < to; k++) {
      if (Number.isNaN(x[k]! + y[k]!)) continue
      n++
      meanX += x[k]!
      meanY += y[k]!
    }
    if (n < MIN_RETURNS) return Number.NaN
    meanX /= n
    meanY /= n
    let xx = 0
    let yy = 0
    let xy = 0
    for (let k = from; k < to; k++) {
      if (Number.isNaN(x[k]! + y[k]!)) continue
      const dx = x[k]! - meanX
      const dy = y[k]! - meanY
      xx += dx * dx
      yy += dy * dy
      xy += dx * dy
    }
    return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : Number.NaN
  }
}
