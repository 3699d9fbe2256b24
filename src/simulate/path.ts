import type { Random } from '../stats/random.ts'
import { Volatility } from './volatility.ts'

/** Jumps an hour, and their standard deviation in usual hours'. Together 6 % of the variance. */
const JUMPS_PER_HOUR = 1 / 200
const JUMP_SIZE = 3.5
/** No step moves the price by more than this share. Never reached at usual volatilities. */
const LARGEST = 0.5

/**
 * The price of a simulated market, step by step: p ← p·(1 + x) with x symmetric around the drift, so without a drift the price
 * is a martingale. Steps are continuous inside but for jumps: the extremes of a step are those of a Brownian bridge.
 */
export class PricePath {
  price: number
  /** Extremes of the last step. */
  low: number
  high: number
  /** Relative change of the last step by chance, in multiples of a usual step's standard deviation. */
  surprise = 0
  readonly #rng: Random
  readonly #stepHours: number
  /** Standard deviation of a usual step without jumps, of a usual hour, and of a jump. */
  readonly #usualStep: number
  readonly #usualHour: number
  readonly #volatility: Volatility
  #jumpIn: number

  constructor(price: number, annualVolatility: number, stepHours: number, rng: Random) {
    this.price = price
    this.low = price
    this.high = price
    this.#rng = rng
    this.#stepHours = stepHours
    this.#usualHour = annualVolatility / Math.sqrt(365 * 24)
    const diffusive = 1 - JUMPS_PER_HOUR * JUMP_SIZE * JUMP_SIZE
    this.#usualStep = this.#usualHour * Math.sqrt(diffusive * stepHours)
    this.#volatility = new Volatility(rng, stepHours)
    this.#jumpIn = rng.exponential() / JUMPS_PER_HOUR
  }

  /** Standard deviation of an hour's moves at the volatility of now. */
  get hourNow(): number {
    return this.#usualHour * this.#volatility.level
  }

  /** Volatility now, in multiples of the usual one. */
  get level(): number {
    return this.#volatility.level
  }

  /** @param drift in standard deviations of an hour's moves per hour */
  step(drift: number): void {
    const rng = this.#rng
    const stepHours = this.#stepHours
    this.#volatility.advance(stepHours)
    const sigma = this.#usualStep * this.#volatility.level
    let x = sigma * rng.normal()
    this.#jumpIn -= stepHours
    while (this.#jumpIn <= 0) {
      x += JUMP_SIZE * this.#usualHour * rng.normal()
      this.#jumpIn += rng.exponential() / JUMPS_PER_HOUR
    }
    this.surprise = x / this.#usualStep
    x = Math.max(-LARGEST, Math.min(LARGEST, x + drift * this.hourNow * stepHours))
    const from = this.price
    const to = from * (1 + x)
    // Extremes of a Brownian bridge, each for itself: (a + b ± √((b − a)² − 2σ²·ln U))/2.
    const spread = 2 * sigma * sigma * from * from
    const gap = (to - from) * (to - from)
    const up = Math.sqrt(gap + spread * rng.exponential())
    const down = Math.sqrt(gap + spread * rng.exponential())
    this.high = (from + to + up) / 2
    this.low = Math.max((from + to - down) / 2, Math.min(from, to) * LARGEST)
    this.price = to
  }

  /** Moves the price by this share at once: what forced closes do. */
  push(share: number): void {
    this.price *= 1 + Math.max(-LARGEST, Math.min(LARGEST, share))
    if (this.price < this.low) this.low = this.price
    if (this.price > this.high) this.high = this.price
  }
}

/** Mean of |x| for a standard normal x. */
export const MEAN_MOVE = Math.sqrt(2 / Math.PI)
