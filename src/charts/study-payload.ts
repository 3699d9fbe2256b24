export const STUDY_MIME = 'application/vnd.liqnb.study+json'

/** Content of `application/vnd.liqnb.study+json`: a backtest with all of its trades, for a reader who looks at them one by one. */
export interface StudyPayload {
  version: 1
  /** Names the view, so that what the reader chose in it comes back. */
  id: string
  symbol: string
  timeframe: string
  synthetic: boolean
  /** What was traded, such as `SFP of clusters`. */
  title: string
  /** What the study rests on, one a line. */
  assumptions: string[]
  /** Length of a bar. */
  barMs: number
  /** How many bars, candles (each may put several bars together), trades, and exits of all trades (a trade may leave in parts). */
  bars: number
  candles: number
  trades: number
  fills: number
  /** Prices of candles are kept as round(ln(price) / priceStep). */
  priceStep: number
  /** Equity at the start, USD, and the unit in which the equity is kept. */
  start: number
  equityStep: number
  /** Reasons of exits; trades hold an index. */
  reasons: string[]
  /** Length of the unpacked data. */
  bytes: number
  /**
   * Base64 of a raw deflate stream. First whole numbers, zigzag and then 7 bits a byte, lowest first, the highest bit set where
   * another byte follows; columns one after the other:
   * - opens of the bars in epoch ms: the first, then each step less `barMs`
   * - first bars of the candles: the first, then the steps
   * - opens less the close before, closes less the open, highs above the higher and lows below the lower of the two
   * - equity at the candles' closes: the first, then the steps
   * - of the trades: entry bars (the first, then the steps), bars from entry to exit, from signal to entry, from sweep to signal,
   *   from the bar that the level is known since to the sweep, and how many exits
   * - of the exits: bars from the trade's entry
   *
   * Then floats, little-endian: of the trades entry, exit, stop, target (NaN: none), inner and outer edge of the level, extreme of
   * the sweep, its depth in ATR, result in R, net USD, mae and mfe in R; of the exits the price. Then a byte a trade: side (1: short), reason,
   * convergence of the level, whether the order of stop and target was assumed.
   */
  data: string
}
