export const EXPLORER_MIME = 'application/vnd.liqnb.explorer+json'

/** Content of `application/vnd.liqnb.explorer+json`: a liquidation map that its reader mixes by leverage. */
export interface ExplorerPayload {
  version: 2
  /** Names the view, so that what the reader chose in it comes back. */
  id: string
  symbol: string
  timeframe: string
  synthetic: boolean
  /** What the map rests on, one a line. */
  assumptions: string[]
  /** Length of a bar. */
  barMs: number
  /** Row edges are spaced evenly in ln(price) from `low` to `high`; a row is `binsPerRow` price bins of the map. */
  grid: { columns: number; rows: number; low: number; high: number; binsPerRow: number }
  /** In order of leverage; `weight` is the share of the notional to start with. */
  tiers: { leverage: number; weight: number }[]
  /** Named mixes: a share for each tier. */
  presets: Record<string, number[]>
  /** Level 0 is 0 USD, level q ≥ 1 is floor · 2^((q − 1) / perOctave) USD; `top` is the highest. `filled`: levels in `data`. */
  levels: { floor: number; perOctave: number; top: number; filled: number }
  /** How many candles; each may put several bars together. */
  candles: number
  /**
   * Of what lies beyond the rows, but within the cluster rule's distance; absent in older payloads. `floor`: as in `levels`;
   * `filled`: its levels in `data`.
   */
  offGrid?: { floor: number; filled: number }
  /** Parameters of the cluster rule. */
  rule: { maxDistance: number; brightness: number; gap: number; minShare: number; tierShare: number }
  /**
   * Base64 of a raw deflate stream of, one after the other and little-endian:
   * - layers are for each tier its long and its short one, as if the tier held all of the notional; their rows go from the
   *   lowest price up. For each row of all layers the first column that holds anything, unsigned and 2 bytes long; then for
   *   each how many columns follow from there, the same
   * - the levels of those stretches, `filled` bytes, each the change (mod 256) from the column before, the first from 0
   * - column edges, columns + 1 doubles, epoch ms; column k is the book as known at its first edge
   * - closes at the columns, floats
   * - first and last moments of the candles, doubles, epoch ms; then their opens, highs, lows and closes, floats
   * - where there is `beyond`, for each layer one row of USD, packed like the rows of the layers; then for each layer and column how
   *   many bins it is from the edge of the map to the outermost one that holds any of it, unsigned and 2 bytes long
   */
  data: string
  /** Where a running kernel builds the map anew; absent in a map that nobody can rebuild. */
  channel?: string
  /** What may be asked of the channel, by name of the option: its present value and the ones to choose from. */
  choices?: Record<string, ExplorerChoice>
}

export interface ExplorerChoice {
  label: string
  value: string
  options: string[]
}
