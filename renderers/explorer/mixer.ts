/** Keeps a map mixed while its weights change. */
import { addTier, keepConverging, type Mixture, mix, type Window } from './mix.ts'
import { type Model, SIDES, type Side } from './model.ts'
import { CONVERGING_TIERS, effectiveWeights, type ViewState } from './state.ts'

export class Mixer {
  /** What is to be painted: both sides in one array, or an array for each. */
  mixture: Mixture
  readonly #model: Model
  readonly #window: Window
  readonly #own: Float32Array
  #other: Float32Array | null = null
  #counts: Uint8Array | null = null
  /** The map without the tier whose slider moves, so that a move costs one tier rather than all. */
  #rest: { key: string; values: Float32Array } | null = null
  /** The weights of the last sum. */
  #last: readonly number[] | null = null

  constructor(model: Model) {
    this.#model = model
    this.#window = { rowFrom: 0, rowTo: model.rows, columnFrom: 0, columnTo: model.columns }
    this.#own = new Float32Array(model.rows * model.columns)
    this.mixture = { long: this.#own, short: this.#own }
  }

  /** The layers are others now. */
  forget(): void {
    this.#rest = null
    this.#last = null
  }

  /** Mixes the whole map as `state` wants it. */
  mix(state: ViewState, sides: readonly Side[]): void {
    const weights = effectiveWeights(state)
    if (!state.twoPalettes && !state.converging) this.#mixSum(weights, sides)
    else this.#mixSides(state, weights, sides)
  }

  #mixSum(weights: readonly number[], sides: readonly Side[]): void {
    const model = this.#model
    const window = this.#window
    const own = this.#own
    const last = this.#last
    this.mixture = { long: own, short: own }
    const moved = last ? weights.flatMap((weight, tier) => (weight === last[tier] ? [] : [tier])) : []
    const tier = moved.length === 1 ? moved[0]! : -1
    const key = [sides, tier, weights.map((weight, other) => (other === tier ? '' : weight))].join()
    this.#last = weights
    if (tier < 0) {
      this.#rest = null
      mix(model, weights, window, this.mixture, sides)
      return
    }
    if (this.#rest?.key !== key) {
      const values = this.#rest?.values ?? new Float32Array(own.length)
      const others = weights.map((weight, other) => (other === tier ? 0 : weight))
      mix(model, others, window, { long: values, short: values }, sides)
      this.#rest = { key, values }
    }
    own.set(this.#rest.values)
    addTier(model, tier, weights[tier]!, window, this.mixture, sides)
  }

  #mixSides(state: ViewState, weights: readonly number[], sides: readonly Side[]): void {
    const model = this.#model
    const window = this.#window
    const own = this.#own
    this.#last = null
    this.#rest = null
    this.#other ??= new Float32Array(own.length)
    this.mixture = { long: own, short: this.#other }
    mix(model, weights, window, this.mixture, sides)
    if (!state.converging) return
    this.#counts ??= new Uint8Array(own.length)
    keepConverging(model, weights, window, this.mixture, CONVERGING_TIERS, model.header.rule.tierShare, this.#counts)
    if (state.twoPalettes) return
    for (let i = 0; i < own.length; i++) own[i]! += this.#other[i]!
    this.mixture = { long: own, short: own }
  }

  /** The arrays that hold anything to see. */
  get shown(): Float32Array[] {
    const { long, short } = this.mixture
    return [...new Set(SIDES.map(side => (side === 'long' ? long : short)))]
  }
}
