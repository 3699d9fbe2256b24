/** Funding of a simulated market, and the directional bias of its traders. */
import { HOUR } from '../common/duration.ts'
import type { Random } from '../stats/random.ts'

const INTERVAL = 8 * HOUR
/** Binance's interest rate for 8 hours, and the clamp of its difference from the premium. */
const INTEREST = 0.0001
const CLAMP = 0.0005
/** Premium of the perpetual when all leveraged positions are long. */
const ALL_LONG_PREMIUM = 0.003

/**
 * Funding paid by longs to shorts at a bar's open, due every 8 hours UTC: F = P + clamp(0.01 % − P, ±0.05 %) as on Binance,
 * with a premium P proportional to the net long share of the open positions. A bar with several due times gets their sum.
 */
export function fundingDue(time: number, barMs: number, longCoins: number, shortCoins: number): number {
  const dueCount = Math.ceil((time + barMs) / INTERVAL) - Math.ceil(time / INTERVAL)
  if (dueCount === 0) return 0
  const coins = longCoins + shortCoins
  const premium = coins > 0 ? (ALL_LONG_PREMIUM * (longCoins - shortCoins)) / coins : 0
  return dueCount * (premium + Math.max(-CLAMP, Math.min(CLAMP, INTEREST - premium)))
}

/** Relaxation time of the bias in hours. */
const RELAXATION_HOURS = 168

/** Directional bias of the traders, above 0 towards long: a slow AR(1) process with standard deviation 1. */
export class FundingState {
  level: number
  readonly #persistence: number
  readonly #noise: number
  readonly #rng: Random

  constructor(rng: Random, barHours: number) {
    this.#rng = rng
    this.level = rng.normal()
    this.#persistence = 1 / (1 + barHours / RELAXATION_HOURS)
    this.#noise = Math.sqrt(1 - this.#persistence * this.#persistence)
  }

  advance(): void {
    this.level = this.#persistence * this.level + this.#noise * this.#rng.normal()
  }
}
