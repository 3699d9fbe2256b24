import { barOpen, durationMs, formatDuration, formatTime } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import { Growing } from '../../common/growing.ts'
import { TradeBar } from './bar.ts'
import { checkChunk, tradePlace } from './check.ts'
import type { TradeChunk } from './trade-chunk.ts'
import { type TradeFlow, type TradeFlowMeta, tradeFlowOf } from './trade-flow.ts'

export interface TradeFlowOptions {
  /** Length of a bar, e.g. `1h`. */
  timeframe: string
  /** Width of a price bin in ln(price); the map's own or a whole part of it. Default 0.001 (10 bp). */
  binWidth?: number
  /** Only trades of this notional (USD) or more, and below that, count for the flow; candles are of all. Default: all. */
  minUsd?: number
  maxUsd?: number
  /** How late a trade may come after a newer one; bars are kept open for so long. Default `10s`. */
  reorder?: string | number
}

/**
 * Adds up trades by bar, price bin and taker side. Memory holds the bars, and the trades of none: the open bars are those of
 * the last moments, in which late trades still find their place.
 */
export class TradeFlowBuilder {
  readonly barMs: number
  readonly #binWidth: number
  readonly #minUsd: number
  readonly #maxUsd: number
  readonly #reorderMs: number
  /** Bars that may still get trades, by time. */
  readonly #open: TradeBar[] = []
  #current: TradeBar | null = null
  #newest = -Infinity
  #newestAt = ''
  #trades = 0
  #late = 0
  readonly #bars = {
    time: new Growing(),
    open: new Growing(),
    high: new Growing(),
    low: new Growing(),
    close: new Growing(),
    volume: new Growing(),
    takerBuyVolume: new Growing(),
    count: new Growing(),
    firstTime: new Growing(),
    lastTime: new Growing(),
    starts: new Growing(),
  }
  readonly #bin = new Growing()
  readonly #buyUsd = new Growing()
  readonly #sellUsd = new Growing()

  /** @throws DataError naming the option that is out of range */
  constructor({ timeframe, binWidth = 0.001, minUsd = 0, maxUsd = Infinity, reorder = '10s' }: TradeFlowOptions) {
    if (!(binWidth >= 1e-5 && binWidth <= 0.1))
      throw new DataError(`binWidth: ${binWidth}, but expected 0.00001 to 0.1 (0.001 = 10 bp)`)
    if (!(minUsd >= 0 && maxUsd > minUsd)) throw new DataError(`minUsd: ${minUsd} to maxUsd: ${maxUsd} holds no trade`)
    this.barMs = durationMs(timeframe, 'timeframe')
    this.#binWidth = binWidth
    this.#minUsd = minUsd
    this.#maxUsd = maxUsd
    this.#reorderMs = reorder === 0 ? 0 : durationMs(reorder, 'reorder')
  }

  /** Time of the newest trade so far; -Infinity before the first. */
  get newest(): number {
    return this.#newest
  }

  /**
   * Adds the trades from `from` to before `until`.
   * @throws DataError naming source and row of a trade that cannot be right, or that comes too late
   */
  add(chunk: TradeChunk, from = -Infinity, until = Infinity): void {
    checkChunk(chunk)
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
        if (t < this.#newest - this.#reorderMs) this.#tooLate(chunk, i)
      }
      let bar = this.#current
      if (bar === null || t < bar.time || t >= bar.time + this.barMs) bar = this.#barAt(t)
      bar.trade(t, price[i]!, amount[i]!, buy[i]!)
      const usd = price[i]! * amount[i]!
      if (usd >= minUsd && usd < maxUsd && usd > 0) bar.flow(price[i]!, usd, buy[i]!, binWidth)
      this.#trades++
    }
    this.#newestAt = chunk.source ?? this.#newestAt
  }

  /** @throws DataError when there was no trade */
  finish(meta: TradeFlowMeta): TradeFlow {
    for (const bar of this.#open) this.#close(bar)
    this.#open.length = 0
    if (this.#trades === 0) throw new DataError(`${meta.source}: there are no trades`)
    const bars = this.#bars
    bars.starts.push(this.#bin.length)
    const late = this.#late
    return tradeFlowOf(
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
          ...(late > 0 ? [`${late} of ${this.#trades} trades came after a newer one and were put in their place`] : []),
        ],
      },
    )
  }

  /** The open bar that holds a time; a new one where there is none, which closes those that no late trade can reach. */
  #barAt(t: number): TradeBar {
    const time = barOpen(t, this.barMs)
    let at = this.#open.length
    while (at > 0 && this.#open[at - 1]!.time > time) at--
    let bar = at > 0 ? this.#open[at - 1]! : null
    if (bar === null || bar.time !== time) {
      bar = new TradeBar(time)
      this.#open.splice(at, 0, bar)
      while (this.#open[0]!.time + this.barMs <= this.#newest - this.#reorderMs) this.#close(this.#open.shift()!)
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
    // Summed in another order than the volume, so it may exceed it by a rounding.
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

  #tooLate(chunk: TradeChunk, index: number): never {
    const t = chunk.time[index]!
    const other = chunk.source !== undefined && this.#newestAt !== '' && chunk.source !== this.#newestAt
    const hint = other
      ? `it begins before the end of ${this.#newestAt}: name files in order of time, each trade in one of them`
      : `at most ${formatDuration(this.#reorderMs)} can be put right; for more say reorder: '1m', and sort a file that runs backwards`
    throw new DataError(
      `${tradePlace(chunk, index)}, time: ${formatTime(t)} comes ${formatDuration(Math.ceil((this.#newest - t) / 1000) * 1000)} after a newer trade; ${hint}`,
    )
  }
}
