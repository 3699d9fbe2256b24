/** The market of a local exchange, computed from time and seed. */
import { HOUR, MINUTE } from '../../src/common/duration.ts'

export interface TestCandle {
  /** Open time, epoch ms. */
  time: number
  open: number
  high: number
  low: number
  close: number
  /** Base coins. */
  volume: number
  takerBuyVolume: number
  /** In the quote currency. */
  turnover: number
  trades: number
}

export interface TestTrade {
  /** Counts up by one. */
  id: number
  time: number
  price: number
  amount: number
  buy: boolean
}

/** A liquidation. `side` is the side of the order, so `sell` closes a long. */
export interface TestLiquidation {
  time: number
  side: 'buy' | 'sell'
  price: number
  amount: number
}

export interface TestMarketOptions {
  seed?: number
  /** Start of the market. Default: 2020-01-01. */
  listed?: number
  /** Times without trades and candles: [from, to) in epoch ms. */
  outages?: readonly (readonly [number, number])[]
}

/**
 * A market in which everything is a function of time and seed, so that any range can be served without storing it. Candles
 * of every length are sums of the same trades, four a minute.
 */
export class TestMarket {
  readonly seed: number
  readonly listed: number
  readonly outages: readonly (readonly [number, number])[]
  readonly #hours: Map<number, TestCandle | null>

  constructor({ seed = 1, listed = Date.UTC(2020, 0, 1), outages = [] }: TestMarketOptions = {}) {
    this.seed = seed
    this.listed = listed
    this.outages = outages
    this.#hours = outages.length > 0 ? new Map() : sharedHours(seed)
  }

  price(time: number): number {
    const wave = (period: number) => Math.sin((2 * Math.PI * time) / period)
    const drift = 0.08 * wave(11.3 * 24 * HOUR) + 0.03 * wave(37 * HOUR) + 0.006 * wave(97 * MINUTE)
    return Math.round(400_000 * Math.exp(drift + 0.002 * (this.#noise(time, 1) - 0.5))) / 10
  }

  /** Trades in [from, to), in order. */
  trades(from: number, to: number): TestTrade[] {
    const out: TestTrade[] = []
    const first = Math.floor(Math.max(from, this.listed) / MINUTE)
    for (let minute = first; minute * MINUTE < to; minute++)
      for (const trade of this.#minute(minute)) if (trade.time >= from && trade.time < to) out.push(trade)
    return out
  }

  /** Start of the quarter of a minute that holds the trade with this id. */
  timeOfTrade(id: number): number {
    return Math.floor(id / 4) * MINUTE + (id % 4) * 15_000
  }

  /**
   * Candles that open in [from, to], as they are at `now`: the last one may be forming. Weeks open on Mondays, other
   * candles at multiples of their length.
   */
  candles(from: number, to: number, barMs: number, now: number): TestCandle[] {
    const offset = barMs % (7 * 24 * HOUR) === 0 ? 4 * 24 * HOUR : 0
    const start = Math.ceil((Math.max(from, this.listed) - offset) / barMs) * barMs + offset
    const out: TestCandle[] = []
    for (let time = start; time <= to && time <= now; time += barMs) {
      const candle = this.#candle(time, Math.min(time + barMs, now + 1))
      if (candle !== null) out.push(candle)
    }
    return out
  }

  /** Open interest in base coins. */
  openInterest(time: number): number {
    return round(80_000 + 6_000 * Math.sin(time / (31 * HOUR)) + 200 * this.#noise(time, 2), 3)
  }

  /** Share of long accounts. */
  longAccounts(time: number): number {
    return round(0.52 + 0.08 * Math.sin(time / (53 * HOUR)) + 0.01 * this.#noise(time, 3), 4)
  }

  fundingRate(time: number): number {
    return round(0.0001 * (Math.sin(time / (71 * HOUR)) + this.#noise(time, 4) - 0.4), 8)
  }

  /** Times in [from, to] at multiples of a step, from the listing on. */
  steps(from: number, to: number, stepMs: number): number[] {
    const out: number[] = []
    for (let time = Math.ceil(Math.max(from, this.listed) / stepMs) * stepMs; time <= to; time += stepMs)
      if (!this.#isOut(time)) out.push(time)
    return out
  }

  #candle(from: number, to: number): TestCandle | null {
    if (from % HOUR !== 0 || to % HOUR !== 0) return this.#sum(from, to)
    let candle: TestCandle | null = null
    for (let hour = from; hour < to; hour += HOUR) candle = append(candle, this.#hour(hour), from)
    return candle
  }

  #hour(time: number): TestCandle | null {
    let candle = this.#hours.get(time)
    if (candle === undefined) {
      candle = this.#sum(time, time + HOUR)
      this.#hours.set(time, candle)
    }
    return candle
  }

  #sum(from: number, to: number): TestCandle | null {
    let candle: TestCandle | null = null
    for (let minute = Math.floor(from / MINUTE); minute * MINUTE < to; minute++) {
      for (const { time, price, amount, buy } of this.#minute(minute)) {
        if (time >= to) break
        candle ??= {
          time: from,
          open: price,
          high: price,
          low: price,
          close: price,
          volume: 0,
          takerBuyVolume: 0,
          turnover: 0,
          trades: 0,
        }
        candle.high = Math.max(candle.high, price)
        candle.low = Math.min(candle.low, price)
        candle.close = price
        candle.volume = round(candle.volume + amount, 3)
        if (buy) candle.takerBuyVolume = round(candle.takerBuyVolume + amount, 3)
        candle.turnover = round(candle.turnover + price * amount, 4)
        candle.trades++
      }
    }
    return candle
  }

  #minute(minute: number): TestTrade[] {
    if (this.#isOut(minute * MINUTE)) return []
    return [0, 1, 2, 3].map(i => {
      const time = minute * MINUTE + i * 15_000 + Math.floor(15_000 * this.#noise(minute * 4 + i, 5))
      const amount = round(0.01 + 3 * this.#noise(minute * 4 + i, 6) ** 3, 3)
      return {
        id: minute * 4 + i,
        time,
        price: this.price(time),
        amount,
        buy: this.#noise(minute * 4 + i, 7) < 0.5,
      }
    })
  }

  #isOut(time: number): boolean {
    return this.outages.some(([from, to]) => time >= from && time < to)
  }

  /** A pseudo-random number in [0, 1) for an integer and a purpose. */
  #noise(n: number, purpose: number): number {
    let x = (Math.imul(n % 0x1_0000_0000, 0x9e3779b1) ^ Math.imul(Math.floor(n / 0x1_0000_0000), 0x85ebca6b)) | 0
    x = Math.imul(x ^ (this.seed * 7919 + purpose * 104_729), 0xc2b2ae35)
    x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d)
    x = Math.imul(x ^ (x >>> 12), 0x297a2d39)
    return ((x ^ (x >>> 15)) >>> 0) / 0x1_0000_0000
  }
}

/** Full hours of markets without outages, which are the same for the same seed. */
const hoursBySeed = new Map<number, Map<number, TestCandle | null>>()

function sharedHours(seed: number): Map<number, TestCandle | null> {
  const hours = hoursBySeed.get(seed) ?? new Map<number, TestCandle | null>()
  hoursBySeed.set(seed, hours)
  return hours
}

function append(candle: TestCandle | null, next: TestCandle | null, time: number): TestCandle | null {
  if (candle === null || next === null) return next === null ? candle : { ...next, time }
  return {
    time,
    open: candle.open,
    high: Math.max(candle.high, next.high),
    low: Math.min(candle.low, next.low),
    close: next.close,
    volume: round(candle.volume + next.volume, 3),
    takerBuyVolume: round(candle.takerBuyVolume + next.takerBuyVolume, 3),
    turnover: round(candle.turnover + next.turnover, 4),
    trades: candle.trades + next.trades,
  }
}

function round(value: number, digits: number): number {
  const factor = 10 ** digits
  return Math.round(value * factor) / factor
}
