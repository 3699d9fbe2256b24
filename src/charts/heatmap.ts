/** The Plotly heatmap of a liquidation map: time × price, with candles on top. */
import {
  assertKnownOptions,
  defineOptions,
  invalidOption,
  numberThat,
  oneOf,
  option,
  optional,
  trueOrFalse,
} from '../common/options.ts'
import { type GridOptions, gridOptions, heatGrid } from '../liquidation/grid.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import { groupCandles, MAX_CANDLES } from './candles.ts'
import type { Figure } from './figure.ts'
import { colourRange, drawHeatmap } from './heatmap-traces.ts'
import { recordedTraces } from './recorded-traces.ts'
import { mapSubject, mapUnit } from './subject.ts'

export interface HeatmapFigureOptions extends GridOptions {
  /** Whose liquidations to show. Default `both`. */
  side?: 'both' | 'long' | 'short'
  /** USD of the brightest and the darkest colour. Default: the 99.9th percentile of the cells, and a hundredth of `max`. */
  max?: number
  min?: number
  /** Height in px. Default 520. */
  height?: number
  /** Draw the liquidations on record, where the market has them; the legend switches them off and on. Default true. */
  recorded?: boolean
}

const CALLER = 'map.figure'
/** Guards the colour scale against endless decades. */
const inUsd = numberThat('1e-9 to 1e18 USD', x => x >= 1e-9 && x <= 1e18)

/** The options besides those of the grid. */
const figureOptions = defineOptions<Omit<HeatmapFigureOptions, keyof GridOptions>, 'max' | 'min'>(CALLER, {
  side: option('both', oneOf('both', 'long', 'short')),
  max: optional(inUsd),
  min: optional(inUsd),
  recorded: option(true, trueOrFalse),
  height: option(
    520,
    numberThat('above 0 px', x => x > 0 && x < Infinity),
  ),
})

/**
 * Time × price, coloured by the USD that would be liquidated there, candles on top. Values are linear USD; only the colours
 * are logarithmic. Plotly has no logarithmic colour axis, so the colour bar belongs to a trace without points.
 *
 * @throws OptionError naming the option
 */
export function heatmapFigure(map: LiquidationMap, options: HeatmapFigureOptions = {}): Figure {
  assertKnownOptions(options, [...figureOptions.names, ...gridOptions.names], CALLER)
  const { side, height, recorded, ...range } = figureOptions.resolve(figureOptions.pick(options))
  const { market } = map
  const grid = heatGrid(map, gridOptions.pick(options), CALLER)
  const z = new Float32Array(grid.long.length)
  for (let i = 0; i < z.length; i++)
    z[i] = (side === 'short' ? 0 : grid.long[i]!) + (side === 'long' ? 0 : grid.short[i]!)
  const { min, max } = colourRange(z, range)
  if (max <= min) throw invalidOption(CALLER, 'min', min, `less than max, which is ${max} USD`)

  const from = grid.bars[0]!
  const to = grid.bars[grid.columns - 1]!
  // A column shows what is known at the close of its bar, so it spans from there to the next column.
  const x = Float64Array.from({ length: grid.columns + 1 }, (_, k) =>
    k < grid.columns ? market.time[grid.bars[k]!]! + market.barMs : market.time[to]! + 2 * market.barMs,
  )
  return drawHeatmap({
    title: `${mapSubject(map)[side]} · ${market.symbol} ${market.timeframe}`,
    subtitle: `${market.synthetic ? 'Synthetic market. ' : ''}Levels as known at the close of each bar`,
    height,
    unit: mapUnit(map),
    cells: { x, y: grid.edges, z },
    colours: { min, max },
    candles: groupCandles(market, from, to, MAX_CANDLES),
    records: recorded ? recordedTraces(market, from, to, side) : [],
  })
}
