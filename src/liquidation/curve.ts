import { type ColumnTable, table } from 'arquero'
import { binOf, binPrice } from '../market/bins.ts'
import { barOf, type Cluster, type ClusterRule, findClusters, resolveRule } from './clusters.ts'
import type { LiquidationMap } from './map.ts'
import type { Side } from './margin/liquidation-price.ts'

export interface CurveOptions extends ClusterRule {
  /** Which bar's close: its number or its time. Default: the last bar. */
  at?: number | Date | string
}

/** Where the next liquidations are, as known at one close. */
export interface LiquidationCurve {
  bar: number
  close: number
  /** By price from the lowest: `price` (middle of the bin), `side`, `notional` (USD) and `cumulative` (USD from the close to there). */
  table: ColumnTable
  /** The nearest cluster of each side; null where there is none. */
  walls: { long: Cluster | null; short: Cluster | null }
  /** The price at which the most would be liquidated at once: the brightest bin of each side. */
  maxPain: { long: number | null; short: number | null }
  /** All that would be liquidated within `maxDistance` on each side, USD. */
  total: { long: number; short: number }
}

/**
 * The cumulative liquidation curve at one bar's close: how much would be force-closed on the way from the close to a price.
 *
 * @throws DataError when `at` is not in the market; RangeError naming the cluster parameter that is out of range
 */
export function liquidationCurve(map: LiquidationMap, options: CurveOptions = {}): LiquidationCurve {
  const { at = map.market.length - 1, ...given } = options
  const rule = resolveRule(given)
  const bar = barOf(map, at)
  const { binWidth } = map.options
  const close = map.market.close[bar]!
  const here = binOf(close, binWidth)
  const reach = Math.round(rule.maxDistance / binWidth)
  let columns: Record<Side, Float64Array> = { long: new Float64Array(0), short: new Float64Array(0) }
  let clusters: Record<Side, Cluster[]> = { long: [], short: [] }
  map.replay(
    (t, book) => {
      if (t !== bar) return
      columns = {
        long: book.column('long', here - reach, new Float64Array(reach)),
        short: book.column('short', here + 1, new Float64Array(reach)),
      }
      clusters = {
        long: findClusters(book, 'long', close, binWidth, rule),
        short: findClusters(book, 'short', close, binWidth, rule),
      }
    },
    { until: bar },
  )
  const { long, short } = columns
  const fromClose = { long: Float64Array.from(long), short: Float64Array.from(short) }
  for (let i = reach - 2; i >= 0; i--) fromClose.long[i]! += fromClose.long[i + 1]!
  for (let i = 1; i < reach; i++) fromClose.short[i]! += fromClose.short[i - 1]!
  const first = { long: here - reach, short: here + 1 }
  const price = (side: Side, i: number) => binPrice(first[side] + i + 0.5, binWidth)
  const rows = (['long', 'short'] as const).flatMap(side => Array.from({ length: reach }, (_, i) => ({ side, i })))
  return {
    bar,
    close,
    table: table({
      price: rows.map(({ side, i }) => price(side, i)),
      side: rows.map(({ side }) => side),
      notional: rows.map(({ side, i }) => columns[side][i]!),
      cumulative: rows.map(({ side, i }) => fromClose[side][i]!),
    }),
    walls: {
      long: clusters.long.reduce<Cluster | null>(
        (near, cluster) => (near && near.high > cluster.high ? near : cluster),
        null,
      ),
      short: clusters.short.reduce<Cluster | null>(
        (near, cluster) => (near && near.low < cluster.low ? near : cluster),
        null,
      ),
    },
    maxPain: { long: brightest(long, i => price('long', i)), short: brightest(short, i => price('short', i)) },
    total: { long: fromClose.long[0] ?? 0, short: fromClose.short.at(-1) ?? 0 },
  }
}

function brightest(column: Float64Array, price: (i: number) => number): number | null {
  let best = -1
  for (let i = 0; i < column.length; i++) if (column[i]! > (best < 0 ? 0 : column[best]!)) best = i
  return best < 0 ? null : price(best)
}
