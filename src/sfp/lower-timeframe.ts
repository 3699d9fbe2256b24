/** Shorter bars that show what came first within a longer one. */
import { lowerBound } from '../common/binary-search.ts'
import { formatTime } from '../common/duration.ts'
import { OptionError } from '../common/errors.ts'
import type { Market } from '../market/market.ts'
import { BACKTEST_CALLER } from './backtest-options.ts'
import type { Position } from './position.ts'

export class LowerTimeframe {
  /** First shorter bar that may belong to the current bar. */
  #next = 0
  readonly #lower: Market
  readonly #market: Market

  /** @throws OptionError unless each shorter bar lies within one bar of the market */
  constructor(lower: Market, market: Market) {
    checkLowerTimeframe(lower, market)
    this.#lower = lower
    this.#market = market
  }

  /** Runs the shorter bars of bar t, which is no earlier one than that of the last call, as far as the data has them. Returns whether they showed how the position ended. */
  replay(position: Position, t: number): boolean {
    const { time, open, high, low, length } = this.#lower
    const from = this.#market.time[t]!
    const to = from + this.#market.barMs
    if (time[this.#next]! < from) this.#next = lowerBound(time, from)
    const ambiguousBefore = position.ambiguous
    for (let i = this.#next; i < length && time[i]! < to && position.openSize > 0; i++) {
      position.exitAtOpen(t, open[i]!)
      if (position.openSize > 0) position.exitWithin(t, low[i]!, high[i]!)
    }
    return position.openSize === 0 && position.ambiguous === ambiguousBefore
  }
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
