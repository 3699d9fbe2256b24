/** One column of the explorer at the full resolution of the map: every price bin by tier, so that its clusters are the table's. */
import { deflateColumns } from '../common/deflate.ts'
import type { LayeredBook } from '../liquidation/book/level-book.ts'
import type { ColumnVisitor } from '../liquidation/grid.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import type { Side } from '../liquidation/side.ts'
import { binOf } from '../market/bins.ts'
import type { ExplorerColumn } from './explorer-payload.ts'

/** Adds the notional of a tier and side by bin, from `fromBin` on, to `out`. */
type ReadTier = (side: Side, fromBin: number, out: Float64Array, tier: number) => void

/** Packs the book as known at the close of `bar`, up to `maxDistance` in ln(price) from it, while a grid is sampled. */
export function collectColumn(
  map: LiquidationMap,
  bar: number,
  maxDistance: number,
): { visit: ColumnVisitor; column(): ExplorerColumn } {
  let packed: ExplorerColumn | undefined
  return {
    visit(column, books) {
      if (column.bar !== bar) return
      packed = packColumn(map, bar, maxDistance, (side, fromBin, out, tier) =>
        addColumns(books, side, fromBin, out, tier),
      )
    },
    column() {
      if (!packed) throw new Error(`bar ${bar} is no column of the grid`)
      return packed
    },
  }
}

/** The same, with a replay of its own. */
export function explorerColumn(map: LiquidationMap, bar: number, maxDistance: number): ExplorerColumn {
  let packed: ExplorerColumn | undefined
  map.replay(
    (t, book) => {
      if (t === bar)
        packed = packColumn(map, bar, maxDistance, (side, fromBin, out, tier) => book.column(side, fromBin, out, tier))
    },
    { until: bar },
  )
  if (!packed) throw new Error(`bar ${bar} is not in the market`)
  return packed
}

function addColumns(books: readonly LayeredBook[], side: Side, fromBin: number, out: Float64Array, tier: number): void {
  for (const book of books) book.addColumn(side, fromBin, out, tier)
}

function packColumn(
  { market, options }: LiquidationMap,
  bar: number,
  maxDistance: number,
  read: ReadTier,
): ExplorerColumn {
  const { binWidth, tiers } = options
  const close = market.close[bar]!
  const reach = Math.round(maxDistance / binWidth)
  const firstBin = binOf(close, binWidth) - reach
  const spans: ExplorerColumn['spans'] = []
  const parts: Uint8Array[] = []
  for (const [tier, { weight }] of tiers.entries())
    for (const side of ['long', 'short'] as const) {
      const usd = new Float64Array(2 * reach + 1)
      read(side, firstBin, usd, tier)
      const first = usd.findIndex(isFilled)
      const values = first < 0 ? usd.subarray(0, 0) : usd.subarray(first, usd.findLastIndex(isFilled) + 1)
      spans.push([first < 0 ? 0 : firstBin + first, values.length])
      parts.push(shortDoubles(values, weight > 0 ? 1 / weight : 1))
    }
  return {
    time: market.time[bar]! + market.barMs,
    close,
    binWidth,
    reach,
    spans,
    data: deflateColumns([Buffer.concat(parts)]),
  }
}

const isFilled = (usd: number): boolean => usd > 0

/** Of 8. */
const KEPT_BYTES = 6

/**
 * The values times `factor` as the upper 6 bytes of doubles, little-endian: the lowest of these bytes of all values, then the next, and
 * so on. They are rounded to 37 bits, far below what any text shows, which makes equal what differs by rounding only: all tiers hold the
 * same positions at other prices, and so repeat each other's bytes.
 */
function shortDoubles(values: Float64Array, factor: number): Uint8Array {
  const rounded = values.map(value => {
    // Veltkamp's splitting: the upper 37 of 53 bits.
    const scaled = value * factor * 65_537
    return scaled - (scaled - value * factor)
  })
  const bytes = new Uint8Array(rounded.buffer)
  const count = rounded.length
  return Uint8Array.from({ length: KEPT_BYTES * count }, (_, at) => {
    const plane = Math.floor(at / count)
    return bytes[8 * (at - plane * count) + 8 - KEPT_BYTES + plane]!
  })
}
