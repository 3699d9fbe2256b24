/** Adds up trades by bar, price bin and taker side. */

import { barOpen, durationMs, formatDuration, formatTime } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import { GrowableArray } from '../../common/growable-array.ts'
import { countText } from '../../common/number-text.ts'
import {
  type Check,
  defineOptions,
  duration,
  invalidOption,
  numberThat,
  option,
  required,
} from '../../common/options.ts'
import { TradeBar } from './trade-bar.ts'
import { checkTradeChunk, describeTrade, type TradeChunk } from './trade-chunk.ts'
import { createTradeFlow, type TradeFlow, type TradeFlowMeta } from './trade-flow.ts'

export interface TradeFlowOptions {
  /** Length of a bar, e.g. `1h`. */
  timeframe: string
  /** Width of a price bin in ln(price): the heatmap's, or a whole fraction of it. Default 0.001 (10 bp). */
  binWidth?: number
  /** Smallest notional (USD) of a trade in the flow, inclusive. Candles use all trades. Default 0. */
  minUsd?: number
  /** Largest notional (USD) of a trade in the flow, exclusive. Default Infinity. */
  maxUsd?: number
  /** How late a trade may arrive after a newer one: bars stay open that long. 0 for strict order. Default `10s`. */
  reorder?: string | number
}

const CALLER = 'liq.tradeFlow'
const isDuration = duration()
const orderDelay: Check = value =>
  value === 0 || isDuration(value) === undefined ? undefined : { expected: '0 or a duration such as 10s or 1m' }

export const tradeFlowOptions = defineOptions<TradeFlowOptions>(CALLER, {
  timeframe: required(duration()),
  binWidth: option(
    0.001,
    numberThat('0.00001 to 0.1 (0.001 = 10 bp)', width => width >= 1e-5 && width <= 0.1),
  ),
  minUsd: option(
    0,
    numberThat('0 or more USD', usd => usd >= 0),
  ),
  maxUsd: option(
    Infinity,
    numberThat('an amount of USD above 0', usd => usd > 0),
  ),
  reorder: option('10s', orderDelay),
})

/**
 * @param options properties that are not options of the builder are ignored
 * @throws OptionError for a value that is not allowed
 */
export function resolveTradeFlowOptions(options: TradeFlowOptions) {
  const { timeframe, binWidth, minUsd, maxUsd, reorder } = tradeFlowOptions.resolve(tradeFlowOptions.pick(options))
  if (maxUsd <= minUsd) throw invalidOption(CALLER, 'maxUsd', maxUsd, `more than minUsd (${minUsd})`)
  const reorderMs = reorder === 0 ? 0 : durationMs(reorder, 'reorder')
  return { barMs: durationMs(timeframe, 'timeframe'), binWidth, minUsd, maxUsd, reorderMs }
}

/**
 * Adds up trades by bar, price bin and taker side. Memory grows with the bars, not with the trades. The latest bars stay open
 * for late trades.
 */
export class TradeFlowBuilder {
  readonly barMs: number
  readonly #binWidth: number
  readonly #minUsd: number
  readonly #maxUsd: number
  readonly #reorderMs: number
  /** Bars that may still receive trades, by time. */
  readonly #open: TradeBar[] = []
  #current: TradeBar | null = null
  #newest = -Infinity
  #newestSource = ''
  #trades = 0
  #late = 0
  readonly #bars = {
    time: new GrowableArray(),
    open: new GrowableArray(),
    high: new GrowableArray(),
    low: new GrowableArray(),
    close: new GrowableArray(),
    volume: new GrowableArray(),
    takerBuyVolume: new GrowableArray(),
    count: new GrowableArray(),
    firstTime: new GrowableArray(),
    lastTime: new GrowableArray(),
    starts: new GrowableArray(),
  }
  readonly #bin = new GrowableArray()
  readonly #buyUsd = new GrowableArray()
  readonly #sellUsd = new GrowableArray()

  /**
   * @param options properties that are not options of the builder are ignored
   * @throws OptionError for a value that is not allowed
   */
  constructor(options: TradeFlowOptions) {
    const { barMs, binWidth, minUsd, maxUsd, reorderMs } = resolveTradeFlowOptions(options)
    this.barMs = barMs
    this.#binWidth = binWidth
    this.#minUsd = minUsd
    this.#maxUsd = maxUsd
    this.#reorderMs = reorderMs
  }

  /** Time of the newest trade so far; -Infinity before the first. */
  get newest(): number {
    return this.#newest
  }

  /**
   * Adds the trades in [from, until).
   * @throws DataError with source and row of a trade that is invalid or too late
   */
  add(chunk: TradeChunk, from = -Infinity, until = Infinity): void {
    checkTradeChunk(chunk)
    const { time, price, amount, buy } = chunk
    const minUsd = this.#minUsd
    const maxUsd = this.#maxUsd
    const binWidth = this.#binWidth
    for (let i = 0; i < time.length; i++) {
      const t = time[i]!
      if (t < from || t >= until) continue
      if (t >= this.#newest) this.#newest = t
      else {
        this.#late++
        if (t < this.#newest - this.#reorderMs) throw this.#lateTrade(chunk, i)
      }
      let bar = this.#current
      if (bar === null || t < bar.time || t >= bar.time + this.barMs) bar = this.#barAt(t)
      bar.addTrade(t, price[i]!, amount[i]!, buy[i]!)
      const usd = price[i]! * amount[i]!
      if (usd >= minUsd && usd < maxUsd && usd > 0) bar.addFlow(price[i]!, usd, buy[i]!, binWidth)
      this.#trades++
    }
    this.#newestSource = chunk.source ?? this.#newestSource
  }

  /** @throws DataError if there was no trade */
  finish(meta: TradeFlowMeta): TradeFlow {
    for (const bar of this.#open) this.#close(bar)
    this.#open.length = 0
    if (this.#trades === 0) throw new DataError(`${meta.source}: there are no trades`)
    const bars = this.#bars
    bars.starts.push(this.#bin.length)
    const late = this.#late
    return createTradeFlow(
      {
        time: bars.time.take(),
        open: bars.open.take(),
        high: bars.high.take(),
        low: bars.low.take(),
        close: bars.close.take(),
        volume: bars.volume.take(),
        takerBuyVolume: bars.takerBuyVolume.take(),
        count: bars.count.take(),
        firstTime: bars.firstTime.take(),
        lastTime: bars.lastTime.take(),
        starts: Uint32Array.from(bars.starts.take()),
        bin: Int32Array.from(this.#bin.take()),
        buyUsd: this.#buyUsd.take(),
        sellUsd: this.#sellUsd.take(),
      },
      { barMs: this.barMs, binWidth: this.#binWidth, minUsd: this.#minUsd, maxUsd: this.#maxUsd },
      {
        ...meta,
        notes: [
          ...(meta.notes ?? []),
          ...(late > 0
            ? [
                `${late} of ${countText(this.#trades, 'trade')} arrived out of order and ${late === 1 ? 'was' : 'were'} sorted into ${late === 1 ? 'its bar' : 'their bars'}`,
              ]
            : []),
        ],
      },
    )
  }

  /** The open bar that contains a time. A new one closes the bars that late trades can no longer reach. */
  #barAt(t: number): TradeBar {
    const time = barOpen(t, this.barMs)
    const index = this.#open.findLastIndex(open => open.time <= time)
    let bar = this.#open[index]
    if (bar?.time !== time) {
      bar = new TradeBar(time)
      this.#open.splice(index + 1, 0, bar)
      const closed = this.#open.findIndex(open => open.time + this.barMs > this.#newest - this.#reorderMs)
      for (const old of this.#open.splice(0, closed)) this.#close(old)
    }
    this.#current = bar
    return bar
  }

  #close(bar: TradeBar): void {
    const bars = this.#bars
    bars.time.push(bar.time)
    bars.open.push(bar.open)
    bars.high.push(bar.high)
    bars.low.push(bar.low)
    bars.close.push(bar.close)
    bars.volume.push(bar.volume)
    // Summed in another order than the volume, so rounding may exceed it.
    bars.takerBuyVolume.push(Math.min(bar.takerBuy, bar.volume))
    bars.count.push(bar.trades)
    bars.firstTime.push(bar.firstTime)
    bars.lastTime.push(bar.lastTime)
    bars.starts.push(this.#bin.length)
    const order = bar.bins.map((_, slot) => slot).sort((a, b) => bar.bins[a]! - bar.bins[b]!)
    for (const slot of order) {
      this.#bin.push(bar.bins[slot]!)
      this.#buyUsd.push(bar.buyUsd[slot]!)
      this.#sellUsd.push(bar.sellUsd[slot]!)
    }
  }

  #lateTrade(chunk: TradeChunk, index: number): DataError {
    const t = chunk.time[index]!
    const otherSource = chunk.source !== undefined && this.#newestSource !== '' && chunk.source !== this.#newestSource
    const hint = otherSource
      ? `it begins before the end of ${this.#newestSource}: list files in order of time, with each trade in only one of them`
      : `at most ${formatDuration(this.#reorderMs)} of disorder can be sorted; allow more with reorder: '1m', or sort a file that runs backwards`
    return new DataError(
      `${describeTrade(chunk, index)}, time: ${formatTime(t)} comes ${formatDuration(Math.ceil((this.#newest - t) / 1000) * 1000)} after a newer trade; ${hint}`,
    )
  }
}
