/** The payload of a market's own view, and what the view may ask of the kernel. */

export const MARKET_MIME = 'application/vnd.liqnb.market+json'

/** Series that a market may have besides its candles, in the order of the data. Liquidations are USD, the others as recorded. */
export const MARKET_SERIES = ['openInterest', 'fundingRate', 'longLiquidations', 'shortLiquidations'] as const
export type MarketSeries = (typeof MARKET_SERIES)[number]

/** A span of a market, its bars combined to as many candles as are readable. */
export interface MarketPart {
  /** Number of candles. */
  candles: number
  /** Length of the unpacked data. */
  bytes: number
  /**
   * Base64 of a raw deflate stream. First whole numbers, zigzag and then 7 bits per byte, lowest first, the highest bit set if
   * another byte follows; columns one after another:
   * - opens of the candles in epoch ms: the first, then the steps; lengths in ms
   * - prices as src/charts/pack-prices.ts packs them
   *
   * Then the upper three bytes of floats, little-endian: volume in coins, then the series of {@link MarketPayload.series}. NaN
   * where nothing is on record. Open interest is that of the last bar on record, all else the sum over the bars.
   */
  data: string
}

/** Content of {@link MARKET_MIME}: the whole market in coarse candles. */
export interface MarketPayload extends MarketPart {
  version: 2
  /** Name under which the reader's choices in the view are saved. */
  view: string
  symbol: string
  timeframe: string
  synthetic: boolean
  /** Length of a bar. */
  barMs: number
  /** What amounts and prices count, e.g. `BTC` and `USDT`; `coins` and empty where it is not known. */
  base: string
  quote: string
  /** Close of the last bar, exactly. */
  price: number
  /** Source, instrument, bars, span and so on, as on the market's card. */
  facts: [name: string, value: string][]
  /** Findings and repairs while loading. */
  notes: string[]
  series: MarketSeries[]
  /** Prices are stored as round(ln(price) / priceStep). */
  priceStep: number
  /** The newest bars, one by one, where the whole is coarser. */
  recent?: MarketPart
  /** Channel to the kernel that has all bars. */
  channel?: string
}

/** Asks the kernel for a span in as much detail as is readable: epoch ms. The answer is a {@link MarketPart}. */
export interface MarketRequest {
  range: [from: number, to: number]
}
