/** The payload of a board of many maps, and what the board may ask of the kernel. */

export const BOARD_MIME = 'application/vnd.liqnb.board+json'

/** The newest bars of a map, mixed: longs and shorts of all tiers in one layer. */
export interface BoardMap {
  symbol: string
  timeframe: string
  synthetic: boolean
  /** What its amounts are: relative ones compare its levels with each other only. */
  unit: 'USD' | 'relative'
  /** Close of the last bar. */
  price: number
  /** The first cluster of each side, which the map is tagged with. */
  clusters: BoardCluster[]
  /** A column for each bar; row edges are spaced evenly in ln(price) from `low` to `high`. */
  grid: { columns: number; rows: number; low: number; high: number }
  /** Level 0 is nothing, level q ≥ 1 is floor · 2^((q − 1) / perOctave) USD; `top` is the highest. `filled`: levels in `data`. */
  levels: { floor: number; perOctave: number; top: number; filled: number }
  /** Prices are stored as round(ln(price) / priceStep). */
  priceStep: number
  /** Length of the unpacked data. */
  bytes: number
  /**
   * Base64 of a raw deflate stream. Whole numbers, zigzag and then 7 bits per byte, lowest first, the highest bit set if another
   * byte follows; columns one after another:
   * - opens of the bars in epoch ms: the first, then the steps; lengths in ms
   * - prices as src/charts/pack-prices.ts packs them
   * - one layer of rows, from the lowest price up, packed as those of `ExplorerPart` with a drift of 0. Column k is the book as known
   *   at the close of bar k
   */
  data: string
}

export interface BoardCluster {
  side: 'long' | 'short'
  low: number
  high: number
  peak: number
  notional: number
  /** From the close to the near edge, in %. */
  distance: number
}

/** Content of {@link BOARD_MIME}: small maps, and the table of all that was scanned. */
export interface BoardPayload {
  version: 2
  /** Name under which the reader's choices are saved. */
  view: string
  /** By symbol, then by timeframe. */
  maps: BoardMap[]
  /** Number of maps that are only in the table. */
  more: number
  /** Content of `application/vnd.dataresource+json`. */
  table: unknown
  /** Channel to the kernel that has the whole maps. */
  channel?: string
}

/** Asks the kernel for a map of the board in full: the answer is an explorer's payload. */
export interface BoardRequest {
  /** Index into {@link BoardPayload.maps}. */
  map: number
}
