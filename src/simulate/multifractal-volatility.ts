/** Stochastic volatility with clustering on all scales. */
import type { Random } from '../stats/random.ts'

/** Mean durations of the components in hours, from bursts to regimes. */
const DURATIONS = [0.125, 0.5, 2, 8, 32, 128, 512, 2048]
/** Shorter components, in steps, would average out within a bar. */
const MIN_STEPS = 3
/** A component multiplies the variance by 1 ± SWING. */
const SWING = 0.46

/**
 * Poisson multifractal volatility (Calvet & Fisher 2001). The variance is the product of independent factors, each redrawn
 * (1 + s or 1 − s with equal chance) at the times of a Poisson process. It has mean 1, clusters on all scales and gives fat
 * tails. The price does not feed back into it.
 */
export class MultifractalVolatility {
  /** Current volatility in multiples of the long-run one. */
  level = 1
  readonly #factors: Float64Array
  readonly #durations: number[]
  /** Hours at which each factor changes next, and the earliest of them. */
  readonly #due: Float64Array
  #nextDue = 0
  #hours = 0
  readonly #rng: Random

  constructor(rng: Random, stepHours: number) {
    this.#rng = rng
    this.#durations = DURATIONS.filter(hours => hours >= MIN_STEPS * stepHours)
    this.#factors = Float64Array.from(this.#durations, () => this.#draw())
    this.#due = Float64Array.from(this.#durations, hours => hours * rng.exponential())
    this.#update()
  }

  #draw(): number {
    return this.#rng.uniform() < 0.5 ? 1 - SWING : 1 + SWING
  }

  /** Moves on by some hours. */
  advance(hours: number): void {
    this.#hours += hours
    if (this.#hours < this.#nextDue) return
    for (let k = 0; k < this.#durations.length; k++) {
      while (this.#due[k]! <= this.#hours) {
        this.#factors[k] = this.#draw()
        this.#due[k]! += this.#durations[k]! * this.#rng.exponential()
      }
    }
    this.#update()
  }

  #update(): void {
    let variance = 1
    let nextDue = Infinity
    for (let k = 0; k < this.#durations.length; k++) {
      variance *= this.#factors[k]!
      if (this.#due[k]! < nextDue) nextDue = this.#due[k]!
    }
    this.level = Math.sqrt(variance)
    this.#nextDue = nextDue
  }
}
