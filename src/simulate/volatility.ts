import type { Random } from '../stats/random.ts'

/** Mean lives of the components in hours, from the pace of a burst to that of a regime. */
const LIVES = [0.125, 0.5, 2, 8, 32, 128, 512, 2048]
/** Components shorter than this many steps would average out within a bar. */
const SHORTEST = 3
/** A component multiplies the variance by 1 ± this. */
const SWING = 0.46

/**
 * How volatile the market is just now: a Poisson multifractal (Calvet & Fisher 2001). The variance is the product of
 * independent factors, each of which is drawn anew (1 + s or 1 − s, half each) at random moments, the slow ones seldom. It
 * gives volatility that clusters on all scales and fat tails, and has mean 1. Nothing that the price does feeds back into it.
 */
export class Volatility {
  /** Standard deviation now, in multiples of the usual one. */
  level = 1
  readonly #factors: Float64Array
  readonly #lives: number[]
  /** Hours at which each factor changes, and the first of them. */
  readonly #due: Float64Array
  #next = 0
  #hours = 0
  readonly #rng: Random

  constructor(rng: Random, stepHours: number) {
    this.#rng = rng
    this.#lives = LIVES.filter(life => life >= SHORTEST * stepHours)
    this.#factors = Float64Array.from(this.#lives, () => this.#draw())
    this.#due = Float64Array.from(this.#lives, life => life * rng.exponential())
    this.#update()
  }

  #draw(): number {
    return this.#rng.uniform() < 0.5 ? 1 - SWING : 1 + SWING
  }

  /** Lets time pass. */
  advance(hours: number): void {
    this.#hours += hours
    if (this.#hours < this.#next) return
    for (let k = 0; k < this.#lives.length; k++) {
      while (this.#due[k]! <= this.#hours) {
        this.#factors[k] = this.#draw()
        this.#due[k]! += this.#lives[k]! * this.#rng.exponential()
      }
    }
    this.#update()
  }

  #update(): void {
    let variance = 1
    let next = Infinity
    for (let k = 0; k < this.#lives.length; k++) {
      variance *= this.#factors[k]!
      if (this.#due[k]! < next) next = this.#due[k]!
    }
    this.level = Math.sqrt(variance)
    this.#next = next
  }
}
