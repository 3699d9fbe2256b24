/** At which prices market orders fill. */
import type { Market } from '../market/market.ts'
import type { BacktestRule } from './backtest-options.ts'
import { marketImpact } from './impact.ts'

export class Execution {
  readonly #slippage: number
  readonly #impact: ReturnType<typeof marketImpact> | null

  constructor(market: Market, { slippageBps, impact }: Pick<BacktestRule, 'slippageBps' | 'impact'>) {
    this.#slippage = slippageBps
    this.#impact = impact && marketImpact(market, impact)
  }

  /**
   * Fill price of a market order in bar t: the price there, worse by the slippage, and by the impact of its size.
   * @param sign +1 buys, −1 sells
   * @param size base coins
   */
  fillPrice(t: number, price: number, sign: 1 | -1, size: number): number {
    const half = price * (1 + (sign * this.#slippage) / 1e4)
    return this.#impact === null ? half : half + sign * price * this.#impact(t, size * price)
  }
}
