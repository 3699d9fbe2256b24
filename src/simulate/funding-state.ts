import { HOUR } from '../common/duration.ts'
import type { Random } from '../stats/random.ts'

const INTERVAL = 8 * HOUR
/** Binance's interest rate for 8 hours, and how far the premium may be from it before the rate follows. */
const INTEREST = 0.0001
const CLAMP = 0.0005
/** Premium of the perpetual where all leveraged positions are long. */
const PREMIUM_OF_ALL_LONG = 0.003

/**
 * Funding paid by longs to shorts at a bar's open: due every 8 hours UTC, F = P + clamp(0.01 % − P, ±0.05 %) as on Binance,
 * with a premium P that follows the balance of the open positions. A bar that covers several dates has their sum.
 */
export function fundingDue(time: number, barMs: number, longCoins: number, shortCoins: number): number {
  const dates = Math.ceil((time + barMs) / INTERVAL) - Math.ceil(time / INTERVAL)
  if (dates === 0) return 0
  const all = longCoins + shortCoins
  const premium = all > 0 ? (PREMIUM_OF_ALL_LONG * (longCoins - shortCoins)) / all : 0
  return dates * (premium + Math.max(-CLAMP, Math.min(CLAMP, INTEREST - premium)))
}

/** Hours that it takes the mood to change. */
const MOOD_HOURS = 168

/** Whether traders would rather be long (above 0) or short: a slow mean-reverting walk with standard deviation 1. */
export class FundingState {
  level: number
  readonly #keep: number
  readonly #noise: number
  readonly #rng: Random

  constructor(rng: Random, barHours: number) {
    this.#rng = rng
    this.level = rng.normal()
    this.#keep = 1 / (1 + barHours / MOOD_HOURS)
    this.#noise = Math.sqrt(1 - this.#keep * this.#keep)
  }

  advance(): void {
    this.level = this.#keep * this.level + this.#noise * this.#rng.normal()
  }
}
