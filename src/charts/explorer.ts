import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { dropUndefined } from '../common/options.ts'
import { LEVERAGE_PRIORS } from '../liquidation/book/leverage.ts'
import { DEFAULT_RULE } from '../liquidation/clusters.ts'
import { type GridOptions, type HeatGrid, tierGrids } from '../liquidation/grid.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import { collectOffGrid } from '../liquidation/off-grid.ts'
import type { Market } from '../market/market.ts'
import { groupCandles } from './candles.ts'
import type { ExplorerPayload } from './explorer-payload.ts'
import { type FloatLayer, LEVELS_PER_OCTAVE, quantise, TOP_LEVEL } from './quantise.ts'

/** As fine as screens show it; a saved map of this size takes about 250 kB. */
const COLUMNS = 1000
const ROWS = 500
const MOST_CANDLES = 2000
/** A look wants more clusters than a table of the most striking ones. */
const RULE = { ...DEFAULT_RULE, brightness: 2 }

export interface ExplorerOptions extends GridOptions {
  /** Shares of the notional at the start, by tier of the map. Default: the map's own. */
  weights?: readonly number[]
  /** 1 (fast) to 9 (small). Default 6, which takes a tenth of the time of 9 and 6 % more room. */
  compression?: number
}

/**
 * The map in the form in which the explorer reads it: one layer of USD for each tier and side, as if that tier held all of
 * the notional, so that the explorer mixes them by any weights. A tier of weight 0 is empty in the map; build the map
 * with a tiny weight there and give the wanted ones in `weights`.
 *
 * @throws DataError naming the option that is out of range
 */
export function explorerPayload(map: LiquidationMap, options: ExplorerOptions = {}): ExplorerPayload {
  const { weights = map.options.tiers.map(tier => tier.weight), compression = 6, ...grid } = options
  const { market } = map
  const beyond = collectOffGrid(map, RULE.maxDistance)
  const layers = tierGrids(map, { columns: COLUMNS, rows: ROWS, ...dropUndefined(grid) }, beyond.visit)
  const frame = layers[0]!
  const { columns, rows, bars, edges } = frame
  const { tiers, binWidth } = map.options
  const units = layers.flatMap((layer, tier) => scaleToFullWeight(layer, tiers[tier]!.weight))
  const { floor, from, length, bytes } = quantise(units, columns)
  const outside = beyond.tiers.flatMap(({ long, short }) => [long, short])
  const sums = quantise(
    outside.map(({ usd }, i) => ({ values: Float32Array.from(usd), factor: units[i]!.factor })),
    columns,
  )
  const candles = groupCandles(market, bars[0]!, bars[columns - 1]!, MOST_CANDLES)
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
      ...outside.map(({ bins }) => raw(Uint16Array.from(bins))),
    ]),
    { level: compression, memLevel: 9 },
  ).toString('base64')
  return {
    version: 2,
    id: viewId(map),
    symbol: market.symbol,
    timeframe: market.timeframe,
    synthetic: market.synthetic,
    assumptions: [...map.assumptions],
    barMs: market.barMs,
    grid: { columns, rows, low: edges[0]!, high: edges[rows]!, binsPerRow: binsPerRow(frame, binWidth) },
    tiers: tiers.map(({ leverage }, tier) => ({ leverage, weight: weights[tier] ?? 0 })),
    presets: presetsFor(tiers.map(tier => tier.leverage)),
    levels: { floor, perOctave: LEVELS_PER_OCTAVE, top: TOP_LEVEL, filled: bytes.length },
    candles: candles.time.length,
    offGrid: { floor: sums.floor, filled: sums.bytes.length },
    rule: RULE,
    data: packed,
  }
}

/** The same market and tiers are the same view: what the reader chose outlasts other assumptions. */
function viewId({ market, options }: LiquidationMap): string {
  const what = JSON.stringify([market.symbol, market.timeframe, options.tiers.map(tier => tier.leverage)])
  return `explorer-${createHash('sha256').update(what).digest('base64url').slice(0, 12)}`
}

function scaleToFullWeight({ long, short }: HeatGrid, weight: number): FloatLayer[] {
  const factor = weight > 0 ? 1 / weight : 1
  return [long, short].map(values => ({ values, factor }))
}

/** A column is what is known at the close of its bar, so it stands from there to the close of the next one's. */
function columnEdges(market: Market, bars: Int32Array): Float64Array {
  const n = bars.length
  const stride = n > 1 ? Math.max(1, Math.round((bars[n - 1]! - bars[0]!) / (n - 1))) : 1
  const close = (k: number) => market.time[bars[k]!]! + market.barMs
  return Float64Array.from({ length: n + 1 }, (_, k) => (k < n ? close(k) : close(n - 1) + stride * market.barMs))
}

const binsPerRow = ({ edges, rows }: HeatGrid, binWidth: number): number =>
  Math.round(Math.log(edges[rows]! / edges[0]!) / rows / binWidth)

/** Published mixes, as far as they have tiers of the map; by tier, summing to 1. */
function presetsFor(leverages: readonly number[]): Record<string, number[]> {
  const presets: Record<string, number[]> = {}
  for (const [name, mix] of Object.entries<Readonly<Record<number, number>>>(LEVERAGE_PRIORS)) {
    const shares = leverages.map(leverage => mix[leverage] ?? 0)
    const sum = shares.reduce((total, share) => total + share, 0)
    if (sum > 0) presets[name] = shares.map(share => share / sum)
  }
  return presets
}

/** Little-endian bytes, which is what every machine that runs Node has. */
function raw(values: Float64Array | Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
