/** The payload of the explorer, and what the explorer may ask of the kernel. */
import type { Look } from '../common/look.ts'

export const EXPLORER_MIME = 'application/vnd.liqnb.explorer+json'

/** Part of a map on a grid of its own. */
export interface ExplorerPart {
  /** Row edges are spaced evenly in ln(price) from `low` to `high`; a row is `binsPerRow` price bins of the map. */
  grid: { columns: number; rows: number; low: number; high: number; binsPerRow: number }
  /** Level 0 is 0 USD, level q ≥ 1 is floor · 2^((q − 1) / perOctave) USD; `top` is the highest. `filled`: levels in `data`. */
  levels: { floor: number; perOctave: number; top: number; filled: number }
  /** Number of candles; each may combine several bars. */
  candles: number
  /** Prices of candles are stored as round(ln(price) / priceStep), closes at the columns as round(ln(price) / closeStep). */
  priceStep: number
  closeStep: number
  /**
   * Notional outside the rows but within the cluster rule's distance. `floor`: as in `levels`; `filled`: its levels in
   * `data`.
   */
  offGrid: { floor: number; filled: number }
  /** Length of the unpacked data. */
  bytes: number
  /**
   * Base64 of a raw deflate stream. Whole numbers, zigzag and then 7 bits per byte, lowest first, the highest bit set if another
   * byte follows; one after the other:
   * - drift by column, the first, then the steps: by how much a level that only decays is higher than in the first column, in
   *   256ths of a level
   * - layers: for each tier its longs, then its shorts, as if the tier held all of the notional; rows from the lowest price
   *   up. For every row of every layer the number of its changes; for every change the number of columns between it and the one
   *   before it (the first: the columns before it). Then the number of changes where nothing was expected, and their levels, a byte
   *   each; then of all other changes a byte: 0 for nothing from there on, else by how much the level is higher (mod 256) than is
   *   expected. Expected is the level of the change before, plus the drift since then; nothing stays nothing
   * - column edges, columns + 1 times in epoch ms: the first, then the steps; column k is the book as known at its first edge
   * - closes at the columns: the first, then the steps
   * - first moments of the candles, epoch ms: the first, then the steps; their lengths; opens less the previous close, closes less
   *   the open, highs above the higher and lows below the lower of the two
   * - off grid: for each layer one row of USD, packed like the rows of the layers; then for each layer and column the
   *   distance in bins from the edge of the map to the outermost filled bin: the first, then the steps
   * - if liquidations are {@link ExplorerPayload.recorded}: USD by candle, floats, little-endian, of longs, then of shorts,
   *   each the first bytes of all, then the second, and so on; NaN where nothing was recorded
   */
  data: string
}

/** Content of {@link EXPLORER_MIME}: a liquidation map that its reader mixes by leverage. */
export interface ExplorerPayload extends ExplorerPart {
  version: 6
  /** Name of the view: what the reader chose is saved under it. */
  id: string
  symbol: string
  timeframe: string
  synthetic: boolean
  /** Titles by the sides that are shown. */
  subject: { both: string; long: string; short: string }
  /** What its amounts are, in legends: with a relative scale they compare its levels with each other only. */
  unit: 'USD' | 'relative'
  /** Assumptions of the map, one a line. */
  assumptions: string[]
  /** Length of a bar. */
  barMs: number
  /** In order of leverage; `weight` is the initial share of the notional. */
  tiers: { leverage: number; weight: number }[]
  /** Named mixes: a share for each tier. A list, because a saved notebook sorts the keys of objects. */
  presets: { name: string; shares: number[] }[]
  /** How the map looks until its reader chooses; what is left out is as in `DEFAULT_LOOK`. */
  look?: Partial<Look>
  /** Parameters of the cluster rule. */
  rule: {
    maxDistance: number
    brightness: number
    gap: number
    minShare: number
    tierShare: number
    rankBy: 'brightest' | 'largest'
  }
  /** The newest bars in their full detail, where the map itself is coarser. */
  recent?: ExplorerPart
  /** What is shown at first: the newest bars, as many as are readable. Absent: all. */
  first?: 'recent'
  /** Liquidations on record are part of the data, by bar: at which price of a bar they happened is not known. */
  recorded?: 'bars'
  /** The last column in full resolution. */
  lastColumn: ExplorerColumn
  /** The call that gives this map; absent where there is none, as for a sum of maps. */
  code?: ExplorerCode
  /** Channel to the kernel that can rebuild the map; absent where it cannot, as for a sum of maps. */
  channel?: string
  /** The market goes on: the channel tells its {@link ExplorerFeed}. */
  live?: true
  /** What an {@link ExplorerRequest} may change, in the order of the screen. */
  choices?: ExplorerChoice[]
}

/** A call of `liq.heatmap`. */
export interface ExplorerCode {
  /** An expression: a variable of the notebook, `market` where none is known; of another timeframe `liq.resample(btc, '4h')`. */
  market: string
  /** Name and expression of the options that are not at their defaults. */
  options: [name: string, expression: string][]
  /** Share by tier as the option `leverage` says it; they need not sum to 1. */
  mix: number[]
}

/** One column in full resolution: the notional by price bin, so that clusters and sums are those of the library. */
export interface ExplorerColumn {
  /** Close of its bar, epoch ms. */
  time: number
  /** Price at that close. */
  close: number
  /** Width of a bin in ln(price): bin b begins at exp(b · binWidth). */
  binWidth: number
  /** Bins on either side of the close's bin that are included. */
  reach: number
  /** For each tier its longs, then its shorts: the first filled bin, and the number of bins to the last filled one. */
  spans: [fromBin: number, count: number][]
  /**
   * Base64 of a raw deflate stream: the USD of those bins as if the tier held all of the notional, layer after layer; the
   * upper 6 bytes of doubles, little-endian: of a layer the lowest of these bytes of all bins, then the next, and so on.
   */
  data: string
}

/** A parameter of the map: its present value, and the values on offer. */
export interface ExplorerChoice<Value extends ChoiceValue = ChoiceValue> {
  /** Property of {@link ExplorerRequest}. */
  name: string
  label: string
  value: Value
  options: { label: string; value: Value }[]
}

export type ChoiceValue = string | number | number[] | null

/**
 * Asks the kernel for the map with other parameters, as {@link ExplorerPayload}. What is left out stays as it is in the cell.
 */
export interface ExplorerRequest {
  /** null: positions do not decay. */
  halfLifeMs?: number | null
  /** null: the flow of the cell. */
  flow?: 'turnover' | 'volume' | 'openInterest' | 'trades' | 'constant' | null
  /** Venue of the margin rule; null: the rule of the cell. */
  margin?: 'Binance' | 'Hyperliquid' | null
  /** Width of a price bin in ln(price). */
  binWidth?: number
  timeframe?: string
  /** Leverages of further tiers, of weight 0 at first. */
  tiers?: number[]
  /** Build only this part, in its full detail: epoch ms. */
  range?: [from: number, to: number]
  /** Lowest and highest price of that part. */
  prices?: [low: number, high: number]
  /** Answer with only the {@link ExplorerColumn} known at this moment, epoch ms. */
  column?: number
  /** Answer with only the {@link ExplorerFeed} of now. */
  feed?: true
}

/** What is known of a live market between two bars. */
export interface ExplorerFeed {
  /** As `status.state` of `liq.live`; `ended`: the cell follows the market no longer. */
  state: 'live' | 'late' | 'broken' | 'ended'
  /** Since when, epoch ms. */
  since: number
  /** The bar that is not over: its open, epoch ms, and the newest price. */
  bar: { time: number; close: number } | null
}
