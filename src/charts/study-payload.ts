/** The payload of a study's own view. */
export const STUDY_MIME = 'application/vnd.liqnb.study+json'

/** Content of `application/vnd.liqnb.study+json`: a backtest with all its trades, to go through one by one. */
export interface StudyPayload {
  version: 2
  /** Name under which the reader's choices in the view are saved. */
  id: string
  symbol: string
  timeframe: string
  synthetic: boolean
  /** What was traded, e.g. `SFP of clusters`. */
  title: string
  /** Assumptions of the study, one per line. */
  assumptions: string[]
  /** The mean R of all trades against that at placebo levels, in words. */
  placebo?: string
  /** Length of a bar. */
  barMs: number
  /** Number of bars, candles (of one or more bars each), trades, and exits of all trades (a trade may exit in parts). */
  bars: number
  candles: number
  trades: number
  fills: number
  /** Candle prices are stored as round(ln(price) / priceStep). */
  priceStep: number
  /** Prices of trades are stored as round(ln(price) / tradeStep). */
  tradeStep: number
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
   * - of the trades: entries (the first, then the steps), stops less the entry, targets less the entry (0: none), exits less the stop,
   *   extremes of the sweeps less the stop, inner edges of the levels less the entry, outer edges less the inner
   * - of the exits: prices less the trade's exit
   *
   * Then floats, little-endian, the first bytes of a column, then the second, and so on: of the trades the depth of the sweep in ATR,
   * result in R, net USD, mae and mfe in R. Then one byte per trade for each of: side (1: short), reason, convergence of the
   * level, whether the order of stop and target was assumed.
   */
  data: string
}
