/** The payload of the explorer: a liquidation map by tier, packed small enough to be saved in a notebook. */
import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { BACKGROUNDS, CANDLE_COLOURS, type Look, PALETTES } from '../common/look.ts'
import {
  assertKnownOptions,
  defineOptions,
  dropUndefined,
  listOf,
  numberThat,
  oneOf,
  option,
  optional,
  wholeNumber,
} from '../common/options.ts'
import { LEVERAGE_PRIORS } from '../liquidation/book/leverage.ts'
import { type ClusterRule, clusterRule } from '../liquidation/clusters.ts'
import { type ColumnVisitor, type GridOptions, gridOptions, type HeatGrid, tierGrids } from '../liquidation/grid.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import { collectOffGrid } from '../liquidation/off-grid.ts'
import type { Market } from '../market/market.ts'
import { groupCandles } from './candles.ts'
import { collectColumn } from './explorer-column.ts'
import type { ExplorerPayload } from './explorer-payload.ts'
import { type FloatLayer, LEVELS_PER_OCTAVE, quantise, TOP_LEVEL } from './quantise.ts'
import { mapSubject, mapUnit } from './subject.ts'

/** As fine as a screen can show; a saved map of this size takes about 250 kB. */
const COLUMNS = 1000
const ROWS = 500
const MAX_CANDLES = 2000

/** The cluster rule is that of `map.clusters`, with the same defaults: the outlines are the clusters of the table. */
export interface ExplorerOptions extends GridOptions, ClusterRule, Partial<Look> {
  /** Initial share of the notional by tier, 0…1. Default: the map's own weights. */
  weights?: readonly number[]
  /** Colours of the map. Default `viridis`; the reader's choice counts more, here and below. */
  palette?: Look['palette']
  /** Colours of rising and falling candles. Default `greenRed`. */
  candles?: Look['candles']
  /** `dark`: dark in a light theme too. Default `theme`. */
  background?: Look['background']
  /** 1 (fast) to 9 (small). Default 6, which takes a tenth of the time of 9 and 6 % more space. */
  compression?: number
}

/** The options besides those of the grid. */
export const explorerOptions = defineOptions<Omit<ExplorerOptions, keyof GridOptions>, 'weights' | keyof Look>(
  'map.explore',
  {
    ...clusterRule,
    weights: optional(
      listOf(
        numberThat('a share of 0 to 1', x => x >= 0 && x <= 1),
        'a list of shares, one for each tier',
      ),
    ),
    compression: option(6, wholeNumber(1, 9)),
    palette: optional(oneOf(...PALETTES)),
    candles: optional(oneOf(...CANDLE_COLOURS)),
    background: optional(oneOf(...BACKGROUNDS)),
  },
)

/**
 * One layer of USD for each tier and side, as if that tier held all of the notional, so that the explorer mixes them by any
 * weights. A tier of weight 0 is empty in the map: build the map with a tiny weight there, and set the real one in `weights`.
 *
 * @throws OptionError naming the option that is out of range
 */
export function explorerPayload(map: LiquidationMap, options: ExplorerOptions = {}): ExplorerPayload {
  assertKnownOptions(options, [...explorerOptions.names, ...gridOptions.names], 'map.explore')
  const resolved = explorerOptions.resolve(explorerOptions.pick(options))
  const {
    weights = map.options.tiers.map(tier => tier.weight),
    compression,
    palette,
    candles: candleColours,
    background,
    ...rule
  } = resolved
  const look = dropUndefined({ palette, candles: candleColours, background })
  const { market } = map
  const offGrid = collectOffGrid(map, rule.maxDistance)
  const size = { columns: COLUMNS, rows: ROWS }
  const last = collectColumn(map, options.to ?? market.length - 1, rule.maxDistance)
  const visit: ColumnVisitor = (column, books) => {
    offGrid.visit(column, books)
    last.visit(column, books)
  }
  const layers = tierGrids(map, { ...size, ...gridOptions.pick(options) }, visit, 'map.explore')
  const frame = layers[0]!
  const { columns, rows, bars, edges } = frame
  const { tiers, binWidth } = map.options
  const fullLayers = layers.flatMap((layer, tier) => scaleToFullWeight(layer, tiers[tier]!.weight))
  const { floor, from, length, bytes } = quantise(fullLayers, columns)
  const offGridLayers = offGrid.tiers.flatMap(({ long, short }) => [long, short])
  const sums = quantise(
    offGridLayers.map(({ usd }, i) => ({ values: Float32Array.from(usd), factor: fullLayers[i]!.factor })),
    columns,
  )
  const candles = groupCandles(market, bars[0]!, bars[columns - 1]!, MAX_CANDLES)
  const packed = deflateRawSync(
    Buffer.concat([
      raw(from),
      raw(length),
      bytes,
      raw(columnEdges(market, bars)),
      raw(Float32Array.from(bars, bar => market.close[bar]!)),
      raw(candles.time),
      raw(candles.end),
      ...[candles.open, candles.high, candles.low, candles.close].map(values => raw(Float32Array.from(values))),
      raw(sums.from),
      raw(sums.length),
      sums.bytes,
      ...offGridLayers.map(({ bins }) => raw(Uint16Array.from(bins))),
    ]),
    { level: compression, memLevel: 9 },
  ).toString('base64')
  return {
    version: 5,
    id: viewId(map),
    symbol: market.symbol,
    timeframe: market.timeframe,
    synthetic: market.synthetic,
    subject: mapSubject(map),
    unit: mapUnit(map),
    assumptions: [...map.assumptions],
    barMs: market.barMs,
    grid: { columns, rows, low: edges[0]!, high: edges[rows]!, binsPerRow: binsPerRow(frame, binWidth) },
    tiers: tiers.map(({ leverage }, tier) => ({ leverage, weight: weights[tier] ?? 0 })),
    presets: presetsFor(tiers.map(tier => tier.leverage)),
    levels: { floor, perOctave: LEVELS_PER_OCTAVE, top: TOP_LEVEL, filled: bytes.length },
    candles: candles.time.length,
    offGrid: { floor: sums.floor, filled: sums.bytes.length },
    ...(Object.keys(look).length > 0 && { look }),
    rule,
    data: packed,
    lastColumn: last.column(),
  }
}

/** The same market and tiers are the same view: what the reader chose is kept when other assumptions change. */
function viewId({ market, options, isObserved }: LiquidationMap): string {
  const leverages = options.tiers.map(tier => tier.leverage)
  const observed = isObserved ? ['observed', options.layer] : []
  const key = JSON.stringify([market.symbol, market.timeframe, leverages, ...observed])
  return `explorer-${createHash('sha256').update(key).digest('base64url').slice(0, 12)}`
}

function scaleToFullWeight({ long, short }: HeatGrid, weight: number): FloatLayer[] {
  const factor = weight > 0 ? 1 / weight : 1
  return [long, short].map(values => ({ values, factor }))
}

/** A column shows what is known at the close of its bar, so it spans from there to the close of the next column's bar. */
function columnEdges(market: Market, bars: Int32Array): Float64Array {
  const n = bars.length
  const stride = n > 1 ? Math.max(1, Math.round((bars[n - 1]! - bars[0]!) / (n - 1))) : 1
  const close = (k: number) => market.time[bars[k]!]! + market.barMs
  return Float64Array.from({ length: n + 1 }, (_, k) => (k < n ? close(k) : close(n - 1) + stride * market.barMs))
}

const binsPerRow = ({ edges, rows }: HeatGrid, binWidth: number): number =>
  Math.round(Math.log(edges[rows]! / edges[0]!) / rows / binWidth)

/** Published mixes, reduced to the tiers of the map; shares by tier, summing to 1. */
function presetsFor(leverages: readonly number[]): ExplorerPayload['presets'] {
  return Object.entries<Readonly<Record<number, number>>>(LEVERAGE_PRIORS).flatMap(([name, mix]) => {
    const parts = leverages.map(leverage => mix[leverage] ?? 0)
    const sum = parts.reduce((total, part) => total + part, 0)
    return sum > 0 ? [{ name, shares: parts.map(part => part / sum) }] : []
  })
}

/** Bytes in the machine's order, which is little-endian wherever Node runs. */
function raw(values: Float64Array | Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
