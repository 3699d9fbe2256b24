/** Mixes the whole map again when its weights change. */
import { addTier, type CellRange, clearUnconverged, type Mixture, mix } from './mix.ts'
import type { Model, Side } from './model.ts'
import { CONVERGING_TIERS, partSum, tierParts, type ViewState } from './state.ts'

export class Mixer {
  /** The mixed map: both sides in one array, or an array for each. USD are its values divided by {@link unit}. */
  mixture: Mixture
  /**
   * Sum of the tiers' parts. The mixture is of parts, not of shares: when one slider moves, the shares of all tiers change,
   * but only one part does.
   */
  unit = 1
  readonly #model: Model
  readonly #range: CellRange
  readonly #long: Float32Array
  #short: Float32Array | null = null
  #counts: Uint8Array | null = null
  /** The sum of all tiers except the one whose slider moves, so that each move mixes only that tier. */
  #otherTiers: { key: string; values: Float32Array } | null = null
  #lastWeights: readonly number[] | null = null

  /** @param unused a mixer whose memory is taken over, if its map has as many cells */
  constructor(model: Model, unused?: Mixer) {
    const cells = model.rows * model.columns
    const memory = unused && unused.#long.length === cells ? unused : null
    this.#model = model
    this.#range = { rowFrom: 0, rowTo: model.rows, columnFrom: 0, columnTo: model.columns }
    this.#long = memory ? memory.#long : new Float32Array(cells)
    this.#short = memory ? memory.#short : null
    this.#counts = memory ? memory.#counts : null
    this.mixture = { long: this.#long, short: this.#long }
  }

  /** Forgets intermediate sums, after the layers have changed. */
  reset(): void {
    this.#otherTiers = null
    this.#lastWeights = null
  }

  mix(state: ViewState, sides: readonly Side[]): void {
    const weights = tierParts(state)
    this.unit = partSum(weights) || 1
    const bySide = state.look.palette === 'sides'
    if (!bySide && !state.converging) this.#mixSum(weights, sides)
    else this.#mixSides(state, weights, sides)
  }

  #mixSum(weights: readonly number[], sides: readonly Side[]): void {
    const model = this.#model
    const range = this.#range
    const longs = this.#long
    const last = this.#lastWeights
    this.mixture = { long: longs, short: longs }
    const changed = last ? weights.flatMap((weight, tier) => (weight === last[tier] ? [] : [tier])) : []
    const [tier = -1] = changed.length === 1 ? changed : []
    const key = [sides, tier, weights.map((weight, other) => (other === tier ? '' : weight))].join()
    this.#lastWeights = weights
    if (tier < 0) {
      this.#otherTiers = null
      mix(model, weights, range, this.mixture, sides)
      return
    }
    if (this.#otherTiers?.key !== key) {
      const values = this.#otherTiers?.values ?? new Float32Array(longs.length)
      const others = weights.map((weight, other) => (other === tier ? 0 : weight))
      mix(model, others, range, { long: values, short: values }, sides)
      this.#otherTiers = { key, values }
    }
    longs.set(this.#otherTiers.values)
    addTier(model, tier, weights[tier]!, range, this.mixture, sides)
  }

  #mixSides(state: ViewState, weights: readonly number[], sides: readonly Side[]): void {
    const model = this.#model
    const range = this.#range
    const longs = this.#long
    this.#lastWeights = null
    this.#otherTiers = null
    this.#short ??= new Float32Array(longs.length)
    this.mixture = { long: longs, short: this.#short }
    mix(model, weights, range, this.mixture, sides)
    if (!state.converging) return
    this.#counts ??= new Uint8Array(longs.length)
    clearUnconverged(model, weights, range, this.mixture, CONVERGING_TIERS, model.header.rule.tierShare, this.#counts)
    if (state.look.palette === 'sides') return
    for (let i = 0; i < longs.length; i++) longs[i]! += this.#short[i]!
    this.mixture = { long: longs, short: longs }
  }

  /** The arrays of the mixture, each once. */
  get arrays(): Float32Array[] {
    const { long, short } = this.mixture
    return long === short ? [long] : [long, short]
  }
}
