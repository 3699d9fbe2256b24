/** The payload of a study's own view. */
export const STUDY_MIME = 'application/vnd.liqnb.study+json'

/** Content of `application/vnd.liqnb.study+json`: a backtest with all its trades, to go through one by one. */
export interface StudyPayload {
  version: 1
  /** Name under which the reader's choices in the view are saved. */
  id: string
  symbol: string
  timeframe: string
  synthetic: boolean
  /** What was traded, e.g. `SFP of clusters`. */
  title: string
  /** Assumptions of the study, one per line. */
  assumptions: string[]
  /** Length of a bar. */
  barMs: number
  /** Number of bars, candles (of one or more bars each), trades, and exits of all trades (a trade may exit in parts). */
  bars: number
  candles: number
  trades: number
  fills: number
  /** Candle prices are stored as round(ln(price) / priceStep). */
  priceStep: number
  /** Initial equity, and the unit of stored equity, in USD. */
  start: number
  equityStep: number
  /** Exit reasons; trades hold an index. */
  reasons: string[]
  /** Length of the unpacked data. */
  bytes: number
  /**
   * Base64 of a raw deflate stream. First whole numbers, zigzag and then 7 bits per byte, lowest first, the highest bit set if
   * another byte follows; columns one after another:
   * - open times of the bars in epoch ms: the first, then each step less `barMs`
   * - first bars of the candles: the first, then the steps
   * - opens less the previous close, closes less the open, highs above the higher and lows below the lower of the two
   * - equity at the candles' closes: the first, then the steps
   * - of the trades: entry bars (the first, then the steps), bars from entry to exit, from signal to entry, from sweep to signal,
   *   from the bar at which the level became known to the sweep, and the number of exits
   * - of the exits: bars from the trade's entry
   *
   * Then floats, little-endian: of the trades entry, exit, stop, target (NaN: none), inner and outer edge of the level, extreme of
   * the sweep, its depth in ATR, result in R, net USD, mae and mfe in R; of the exits the price. Then one byte per trade for each of:
   * side (1: short), reason, convergence of the level, whether the order of stop and target was assumed.
   */
  data: string
}
