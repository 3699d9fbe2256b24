/** Price process of a simulated market. */
import type { Random } from '../stats/random.ts'
import { MultifractalVolatility } from './multifractal-volatility.ts'

/** Jumps per hour, and their size in standard deviations of an hour. Together 6 % of the variance. */
const JUMPS_PER_HOUR = 1 / 200
const JUMP_SIZE = 3.5
/** Largest relative move of a step. Never reached at usual volatilities. */
const MAX_MOVE = 0.5

/**
 * The price of a simulated market, step by step: p ← p·(1 + x) with x symmetric around the drift, so without drift the price
 * is a martingale. The extremes of a step are those of a Brownian bridge.
 */
export class PricePath {
  price: number
  /** Extremes of the last step. */
  low: number
  high: number
  /** Random part of the last step, in long-run standard deviations of a step. */
  shock = 0
  readonly #rng: Random
  readonly #stepHours: number
  /** Long-run standard deviation of a step without jumps, and of an hour. */
  readonly #stepSigma: number
  readonly #hourSigma: number
  readonly #volatility: MultifractalVolatility
  #hoursToJump: number

  constructor(price: number, annualVolatility: number, stepHours: number, rng: Random) {
    this.price = price
    this.low = price
    this.high = price
    this.#rng = rng
    this.#stepHours = stepHours
    this.#hourSigma = annualVolatility / Math.sqrt(365 * 24)
    const diffusive = 1 - JUMPS_PER_HOUR * JUMP_SIZE * JUMP_SIZE
    this.#stepSigma = this.#hourSigma * Math.sqrt(diffusive * stepHours)
    this.#volatility = new MultifractalVolatility(rng, stepHours)
    this.#hoursToJump = rng.exponential() / JUMPS_PER_HOUR
  }

  /** Standard deviation of an hour at the current volatility. */
  get hourlySigma(): number {
    return this.#hourSigma * this.#volatility.level
  }

  /** Current volatility in multiples of the long-run one. */
  get volatilityLevel(): number {
    return this.#volatility.level
  }

  /** @param drift in hourly standard deviations per hour */
  step(drift: number): void {
    const rng = this.#rng
    const stepHours = this.#stepHours
    this.#volatility.advance(stepHours)
    const sigma = this.#stepSigma * this.#volatility.level
    let x = sigma * rng.normal()
    this.#hoursToJump -= stepHours
    while (this.#hoursToJump <= 0) {
      x += JUMP_SIZE * this.#hourSigma * rng.normal()
      this.#hoursToJump += rng.exponential() / JUMPS_PER_HOUR
    }
    this.shock = x / this.#stepSigma
    x = Math.max(-MAX_MOVE, Math.min(MAX_MOVE, x + drift * this.hourlySigma * stepHours))
    const from = this.price
    const to = from * (1 + x)
    // Extremes of a Brownian bridge, drawn independently: (a + b ± √((b − a)² − 2σ²·ln U))/2.
    const spread = 2 * sigma * sigma * from * from
    const gap = (to - from) * (to - from)
    const up = Math.sqrt(gap + spread * rng.exponential())
    const down = Math.sqrt(gap + spread * rng.exponential())
    this.high = (from + to + up) / 2
    this.low = Math.max((from + to - down) / 2, Math.min(from, to) * MAX_MOVE)
    this.price = to
  }

  /** Moves the price by a share at once: the impact of liquidations. */
  applyImpact(share: number): void {
    this.price *= 1 + Math.max(-MAX_MOVE, Math.min(MAX_MOVE, share))
    if (this.price < this.low) this.low = this.price
    if (this.price > this.high) this.high = this.price
  }
}

/** E|x| of a standard normal x. */
export const MEAN_ABS_NORMAL = Math.sqrt(2 / Math.PI)
