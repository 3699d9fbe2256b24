/** How a position ended: it did not, its time was over or a stop took out all of it, or the price reached its liquidation. */
export const ENDINGS = ['open', 'closed', 'liquidated'] as const
export type Ending = (typeof ENDINGS)[number]

/**
 * Every leveraged position that a simulated market had, in order of opening. Columns of the same length. A position stands
 * for traders who did the same, a share of whom had a stop.
 */
export interface TruePositions {
  readonly length: number
  /** 1 long, −1 short. */
  readonly side: Int8Array
  readonly leverage: Float64Array
  /** Margin added, in multiples of the initial margin. */
  readonly extraMargin: Float64Array
  /** Price at which it opened. */
  readonly entry: Float64Array
  /** Price at which it is force-closed; 0 for a long that no price closes. */
  readonly liquidation: Float64Array
  /** Base coins, and those of them that a stop took out before. */
  readonly size: Float64Array
  readonly stoppable: Float64Array
  /** Bar in which it opened, and the one in which it ended: the number of bars where it did not. */
  readonly openBar: Int32Array
  readonly endBar: Int32Array
  /** Bar in which the stop was reached: the number of bars where it was not. */
  readonly stopBar: Int32Array
  /** Index into {@link ENDINGS}. */
  readonly ending: Uint8Array
}

/** One side's open positions at one moment, one element a position. */
export interface TrueLevels {
  /** Price of liquidation. */
  readonly price: Float64Array
  /** USD at entry. */
  readonly notional: Float64Array
  readonly leverage: Float64Array
  readonly entry: Float64Array
  readonly openBar: Int32Array
}

/** Where positions would really be force-closed, after the close of a bar. */
export interface TrueBook {
  readonly bar: number
  readonly long: TrueLevels
  readonly short: TrueLevels
}

/** What is known of a simulated market and of no real one. */
export interface LiquidationTruth {
  readonly positions: TruePositions
  /** The book after the close of bar `bar`; costs a look at each position that opened until then. @throws RangeError */
  at(bar: number): TrueBook
}

/** The book at any bar from the life of each position. */
export function liquidationTruth(positions: TruePositions, bars: number): LiquidationTruth {
  return {
    positions,
    at(bar) {
      if (!(Number.isInteger(bar) && bar >= 0 && bar < bars))
        throw new RangeError(`truth.at: bar ${bar}, but expected a whole number from 0 to ${bars - 1}`)
      const { openBar, endBar, side } = positions
      const long: number[] = []
      const short: number[] = []
      for (let i = 0; i < positions.length && openBar[i]! <= bar; i++)
        if (endBar[i]! > bar) (side[i]! > 0 ? long : short).push(i)
      return { bar, long: levels(positions, long, bar), short: levels(positions, short, bar) }
    },
  }
}

function levels(positions: TruePositions, rows: readonly number[], bar: number): TrueLevels {
  const { entry, liquidation, leverage, size, stoppable, stopBar, openBar } = positions
  const n = rows.length
  const out = {
    price: new Float64Array(n),
    notional: new Float64Array(n),
    leverage: new Float64Array(n),
    entry: new Float64Array(n),
    openBar: new Int32Array(n),
  }
  for (let k = 0; k < n; k++) {
    const i = rows[k]!
    out.price[k] = liquidation[i]!
    out.notional[k] = entry[i]! * (size[i]! - (stopBar[i]! <= bar ? stoppable[i]! : 0))
    out.leverage[k] = leverage[i]!
    out.entry[k] = entry[i]!
    out.openBar[k] = openBar[i]!
  }
  return out
}
