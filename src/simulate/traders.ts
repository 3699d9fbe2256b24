/** The leveraged traders of a simulated market. */
import { HOUR } from '../common/duration.ts'
import { ENDINGS, type TruePositions } from '../market/true-positions.ts'
import type { Random } from '../stats/random.ts'
import type { LevelHistogram } from './level-histogram.ts'
import type { ResolvedSimulation, WeightedValue } from './simulate-options.ts'
import { TriggerHeap } from './trigger-heap.ts'

const CLOSED = ENDINGS.indexOf('closed')
const LIQUIDATED = ENDINGS.indexOf('liquidated')

/** Range of the stops, as shares of the distance from entry to liquidation. */
const MIN_STOP = 0.2
const MAX_STOP = 0.9
/** Leverage that the holding time of {@link ResolvedSimulation.population} refers to. */
const REFERENCE_LEVERAGE = 10

/**
 * The leveraged positions of a simulated market. Each stands for several traders who do the same. It ends when its holding
 * time is over or its liquidation price is reached; the share with a stop leaves at the stop. Isolated margin on a linear
 * contract: P = p·(1 ∓ margin)/(1 ∓ m).
 */
export class Traders {
  /** Base coins in open positions, and number of positions. */
  longCoins = 0
  shortCoins = 0
  longs = 0
  shorts = 0
  /** Coins liquidated by the last {@link processRange}. */
  liquidatedLong = 0
  liquidatedShort = 0

  readonly #side: Int8Array
  readonly #leverage: Float64Array
  readonly #extraMargin: Float64Array
  readonly #entry: Float64Array
  readonly #liquidation: Float64Array
  readonly #size: Float64Array
  readonly #openBar: Int32Array
  readonly #endBar: Int32Array
  readonly #ending: Uint8Array
  readonly #stopBar: Int32Array
  readonly #stoppable: Float64Array
  readonly #tier: Uint8Array
  /** Linked lists of the positions due at each bar's close: the first by bar, and the next by position. */
  readonly #firstDue: Int32Array
  readonly #nextDue: Int32Array
  readonly #below = new TriggerHeap(1)
  readonly #above = new TriggerHeap(-1)
  #count = 0

  readonly #rng: Random
  readonly #options: ResolvedSimulation['population']
  readonly #holdingBars: Float64Array
  readonly #bars: number
  readonly #levels: LevelHistogram | null

  /** @param levels is updated with the open positions */
  constructor({ bars, barMs, population }: ResolvedSimulation, rng: Random, levels: LevelHistogram | null = null) {
    const capacity = bars * population.positionsPerBar
    this.#side = new Int8Array(capacity)
    this.#leverage = new Float64Array(capacity)
    this.#extraMargin = new Float64Array(capacity)
    this.#entry = new Float64Array(capacity)
    this.#liquidation = new Float64Array(capacity)
    this.#size = new Float64Array(capacity)
    this.#openBar = new Int32Array(capacity)
    this.#endBar = new Int32Array(capacity)
    this.#ending = new Uint8Array(capacity)
    this.#stopBar = new Int32Array(capacity)
    this.#stoppable = new Float64Array(capacity)
    this.#tier = new Uint8Array(capacity)
    this.#firstDue = new Int32Array(bars).fill(-1)
    this.#nextDue = new Int32Array(capacity)
    this.#rng = rng
    this.#options = population
    this.#bars = bars
    this.#levels = levels
    const meanBars = (population.holdingHours * HOUR) / barMs
    this.#holdingBars = Float64Array.from(
      population.leverage,
      ({ value }) => meanBars * Math.sqrt(REFERENCE_LEVERAGE / value),
    )
  }

  /** Opens a position. */
  open(price: number, coins: number, longChance: number, bar: number): void {
    const rng = this.#rng
    const options = this.#options
    const id = this.#count++
    const long = rng.uniform() < longChance
    const tier = drawIndex(options.leverage, rng)
    const leverage = options.leverage[tier]!.value
    const extra = options.extraMargin[drawIndex(options.extraMargin, rng)]!.value * 2 * rng.uniform()
    const margin = (1 + extra) / leverage
    const rate = options.maintenanceRate
    const liquidation = long ? Math.max(0, (price * (1 - margin)) / (1 - rate)) : (price * (1 + margin)) / (1 + rate)
    const stop = price + (MIN_STOP + (MAX_STOP - MIN_STOP) * rng.uniform()) * (liquidation - price)
    const due = Math.floor(this.#holdingBars[tier]! * rng.exponential() + rng.uniform())

    this.#side[id] = long ? 1 : -1
    this.#leverage[id] = leverage
    this.#extraMargin[id] = extra
    this.#entry[id] = price
    this.#liquidation[id] = liquidation
    this.#size[id] = coins
    this.#openBar[id] = bar
    this.#endBar[id] = this.#bars
    this.#stopBar[id] = this.#bars
    this.#stoppable[id] = coins * options.stopShare
    this.#tier[id] = tier
    ;(long ? this.#below : this.#above).push(options.stopShare > 0 ? stop : liquidation, id)
    if (bar + due < this.#bars) {
      this.#nextDue[id] = this.#firstDue[bar + due]!
      this.#firstDue[bar + due] = id
    }
    if (long) this.longs++
    else this.shorts++
    this.#add(id, coins)
  }

  /** Triggers the stops and liquidations in a price range. */
  processRange(low: number, high: number, bar: number): void {
    this.liquidatedLong = 0
    this.liquidatedShort = 0
    while (this.#below.top >= low) this.#trigger(this.#below.pop(), bar)
    while (this.#above.top <= high) this.#trigger(this.#above.pop(), bar)
  }

  #trigger(id: number, bar: number): void {
    if (this.#ending[id] !== 0) return
    const long = this.#side[id]! > 0
    if (this.#options.stopShare > 0 && this.#stopBar[id] === this.#bars) {
      this.#stopBar[id] = bar
      this.#add(id, -this.#stoppable[id]!)
      if (this.#options.stopShare === 1) this.#end(id, bar, CLOSED)
      else (long ? this.#below : this.#above).push(this.#liquidation[id]!, id)
      return
    }
    if (long) this.liquidatedLong += this.#coins(id)
    else this.liquidatedShort += this.#coins(id)
    this.#end(id, bar, LIQUIDATED)
  }

  /** Closes the positions whose holding time ends with this bar. */
  closeDue(bar: number): void {
    for (let id = this.#firstDue[bar]!; id >= 0; id = this.#nextDue[id]!) {
      if (this.#ending[id] === 0) this.#end(id, bar, CLOSED)
    }
    this.#compact(this.#below, this.longs)
    this.#compact(this.#above, this.shorts)
  }

  #end(id: number, bar: number, ending: number): void {
    this.#ending[id] = ending
    this.#endBar[id] = bar
    if (this.#side[id]! > 0) this.longs--
    else this.shorts--
    this.#add(id, -this.#coins(id))
  }

  /** Remaining coins of an open position. */
  #coins(id: number): number {
    return this.#stopBar[id] === this.#bars ? this.#size[id]! : this.#size[id]! - this.#stoppable[id]!
  }

  #add(id: number, coins: number): void {
    if (this.#side[id]! > 0) this.longCoins += coins
    else this.shortCoins += coins
    this.#levels?.add(this.#side[id]!, this.#tier[id]!, this.#liquidation[id]!, coins)
  }

  /** Removes obsolete triggers once they outnumber the open positions. */
  #compact(triggers: TriggerHeap, openCount: number): void {
    if (triggers.length > 2 * openCount + 256) triggers.retain(id => this.#ending[id] === 0)
  }

  positions(): TruePositions {
    const count = this.#count
    return {
      length: count,
      side: this.#side.subarray(0, count),
      leverage: this.#leverage.subarray(0, count),
      extraMargin: this.#extraMargin.subarray(0, count),
      entry: this.#entry.subarray(0, count),
      liquidation: this.#liquidation.subarray(0, count),
      size: this.#size.subarray(0, count),
      stoppable: this.#stoppable.subarray(0, count),
      openBar: this.#openBar.subarray(0, count),
      endBar: this.#endBar.subarray(0, count),
      stopBar: this.#stopBar.subarray(0, count),
      ending: this.#ending.subarray(0, count),
    }
  }
}

/** Draws the index of a value by the shares. */
function drawIndex(values: readonly WeightedValue[], rng: Random): number {
  const x = rng.uniform()
  let i = 0
  // Ends in time: the last cumulative share is 1.
  while (values[i]!.cumulativeShare <= x) i++
  return i
}
