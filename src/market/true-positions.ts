/** Ground truth of a simulated market: every position, and the book at each bar. */
import { invalidOption, wholeNumber } from '../common/options.ts'

/** How a position ended: still open, closed (holding time over or fully stopped out), or liquidated. */
export const ENDINGS = ['open', 'closed', 'liquidated'] as const

/**
 * All leveraged positions of a simulated market, in order of opening, as columns of the same length. A position stands for
 * several traders who did the same; a share of them had a stop.
 */
export interface TruePositions {
  readonly length: number
  /** 1 long, −1 short. */
  readonly side: Int8Array
  readonly leverage: Float64Array
  /** Added margin in multiples of the initial margin. */
  readonly extraMargin: Float64Array
  /** Entry price. */
  readonly entry: Float64Array
  /** Liquidation price; 0 for a long that no price liquidates. */
  readonly liquidation: Float64Array
  /** Size in base coins, and the part of it that a stop closes. */
  readonly size: Float64Array
  readonly stoppable: Float64Array
  /** Bar of the entry and of the end; `endBar` is the market's length while open. */
  readonly openBar: Int32Array
  readonly endBar: Int32Array
  /** Bar in which the stop was reached; the market's length if it was not. */
  readonly stopBar: Int32Array
  /** Index into {@link ENDINGS}. */
  readonly ending: Uint8Array
}

/** The open positions of one side at one time, one element per position. */
export interface TrueLevels {
  /** Liquidation price. */
  readonly price: Float64Array
  /** USD at entry. */
  readonly notional: Float64Array
  readonly leverage: Float64Array
  readonly entry: Float64Array
  readonly openBar: Int32Array
}

/** True liquidation levels after the close of a bar. */
export interface TrueBook {
  readonly bar: number
  readonly long: TrueLevels
  readonly short: TrueLevels
}

/** What only a simulated market reveals. */
export interface LiquidationTruth {
  readonly positions: TruePositions
  /**
   * The book after the close of bar `bar`. Takes time linear in the positions opened by then.
   * @throws OptionError for a bar that does not exist
   */
  at(bar: number): TrueBook
}

/** Builds the book at any bar from entry and end of each position. */
export function liquidationTruth(positions: TruePositions, bars: number): LiquidationTruth {
  return {
    positions,
    at(bar) {
      const mismatch = wholeNumber(0, bars - 1)(bar)
      if (mismatch) throw invalidOption('truth.at', 'bar', bar, mismatch)
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
