/** The cumulative liquidation curve at the close of one bar. */
import { type ColumnTable, table } from 'arquero'
import { withFormats } from '../common/column-format.ts'
import { anything, defineOptions, optional } from '../common/options.ts'
import { binOf, binPrice } from '../market/bins.ts'
import { type Cluster, type ClusterRule, clusterRule, findBar, findClusters, tierWeights } from './clusters.ts'
import { amountFormat, type LiquidationMap } from './map.ts'
import type { Side } from './side.ts'

export interface CurveOptions extends ClusterRule {
  /** The bar at whose close the curve is known: its number or a time within it. Default: the last bar. */
  at?: number | Date | string
}

const curveOptions = defineOptions<CurveOptions, 'at'>('map.curve', { ...clusterRule, at: optional(anything) })

/** Where the next liquidations are, as known at one close. */
export interface LiquidationCurve {
  bar: number
  close: number
  /** By price from the lowest: `price` (middle of the bin), `side`, `notional` (USD) and `cumulative` (USD from the close to there). */
  table: ColumnTable
  /** The nearest cluster of each side; null where there is none. */
  walls: { long: Cluster | null; short: Cluster | null }
  /** Price of the brightest bin of each side, where most would be liquidated at once; null on an empty side. */
  maxPain: { long: number | null; short: number | null }
  /** Notional within `maxDistance` on each side, USD. */
  total: { long: number; short: number }
}

/**
 * The cumulative liquidation curve at one bar's close: USD force-closed on the way from the close to a price.
 *
 * @throws OptionError naming the option that is out of range, also when `at` is not in the market
 */
export function liquidationCurve(map: LiquidationMap, options: CurveOptions = {}): LiquidationCurve {
  const { at = map.market.length - 1, ...rule } = curveOptions.resolve(options)
  const bar = findBar(map, at, 'map.curve')
  const { binWidth } = map.options
  const weights = tierWeights(map)
  const close = map.market.close[bar]!
  const closeBin = binOf(close, binWidth)
  const binCount = Math.round(rule.maxDistance / binWidth)
  const firstBin = { long: closeBin - binCount, short: closeBin + 1 }
  let columns: Record<Side, Float64Array> = { long: new Float64Array(0), short: new Float64Array(0) }
  let clusters: Record<Side, Cluster[]> = { long: [], short: [] }
  map.replay(
    (t, book) => {
      if (t !== bar) return
      columns = {
        long: book.column('long', firstBin.long, new Float64Array(binCount)),
        short: book.column('short', firstBin.short, new Float64Array(binCount)),
      }
      clusters = {
        long: findClusters(book, 'long', close, binWidth, weights, rule),
        short: findClusters(book, 'short', close, binWidth, weights, rule),
      }
    },
    { until: bar },
  )
  const { long, short } = columns
  const cumulative = { long: Float64Array.from(long), short: Float64Array.from(short) }
  for (let i = binCount - 2; i >= 0; i--) cumulative.long[i]! += cumulative.long[i + 1]!
  for (let i = 1; i < binCount; i++) cumulative.short[i]! += cumulative.short[i - 1]!
  const price = (side: Side, i: number) => binPrice(firstBin[side] + i + 0.5, binWidth)
  const rows = (['long', 'short'] as const).flatMap(side => Array.from({ length: binCount }, (_, i) => ({ side, i })))
  return {
    bar,
    close,
    table: withFormats(
      table({
        price: rows.map(({ side, i }) => price(side, i)),
        side: rows.map(({ side }) => side),
        notional: rows.map(({ side, i }) => columns[side][i]!),
        cumulative: rows.map(({ side, i }) => cumulative[side][i]!),
      }),
      { notional: amountFormat(map), cumulative: amountFormat(map) },
    ),
    walls: {
      long: clusters.long.reduce<Cluster | null>(
        (nearest, cluster) => (nearest && nearest.high > cluster.high ? nearest : cluster),
        null,
      ),
      short: clusters.short.reduce<Cluster | null>(
        (nearest, cluster) => (nearest && nearest.low < cluster.low ? nearest : cluster),
        null,
      ),
    },
    maxPain: {
      long: brightestPrice(long, i => price('long', i)),
      short: brightestPrice(short, i => price('short', i)),
    },
    total: { long: cumulative.long[0] ?? 0, short: cumulative.short.at(-1) ?? 0 },
  }
}

function brightestPrice(column: Float64Array, price: (i: number) => number): number | null {
  let brightest = -1
  for (let i = 0; i < column.length; i++) if (column[i]! > (brightest < 0 ? 0 : column[brightest]!)) brightest = i
  return brightest < 0 ? null : price(brightest)
}
