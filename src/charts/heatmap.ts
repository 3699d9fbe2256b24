/** The Plotly heatmap of a liquidation map: time × price, with candles on top. */

import { usdText } from '../common/number-text.ts'
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
import { CANDLES_ON_MAP, candleTrace } from './candles.ts'
import { linearScale, logScale } from './colour.ts'
import { binary, type Figure } from './figure.ts'
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

/** Decades that the automatic colour scale spans. */
const DECADES = 2

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
  const max = range.max ?? percentile(z, 0.999)
  const min = range.min ?? max / 10 ** DECADES
  if (max <= min) throw invalidOption(CALLER, 'min', min, `less than max, which is ${max} USD`)

  const from = grid.bars[0]!
  const to = grid.bars[grid.columns - 1]!
  // A column shows what is known at the close of its bar, so it spans from there to the next column.
  const x = Float64Array.from({ length: grid.columns + 1 }, (_, k) =>
    k < grid.columns ? market.time[grid.bars[k]!]! + market.barMs : market.time[to]! + 2 * market.barMs,
  )
  const subject = mapSubject(map)[side]
  const records = recorded ? recordedTraces(market, from, to, side) : []
  return {
    data: [
      {
        type: 'heatmap',
        name: 'liquidations',
        x: binary(x),
        y: binary(grid.edges),
        z: binary(z, [grid.rows, grid.columns]),
        zmin: min,
        zmax: max,
        colorscale: logScale(min, max),
        showscale: false,
        hovertemplate: `%{x|%Y-%m-%d %H:%M}<br>price %{y:,.6~g}<br>%{z:.3s} ${mapUnit(map)}<extra></extra>`,
      },
      candleTrace(market, from, to, CANDLES_ON_MAP),
      colourBar(min, max, mapUnit(map)),
      ...records,
    ],
    layout: {
      title: {
        text: `${subject} · ${market.symbol} ${market.timeframe}`,
        subtitle: { text: `${market.synthetic ? 'Synthetic market. ' : ''}Levels as known at the close of each bar` },
      },
      height,
      margin: { l: 70, r: 20, t: 64, b: 40 },
      xaxis: { type: 'date', rangeslider: { visible: false }, range: [x[0], x[grid.columns]] },
      yaxis: {
        title: { text: 'Price' },
        // Wide price ranges are read as ratios, narrow ones as prices.
        type: grid.edges[grid.rows]! / grid.edges[0]! > 4 ? 'log' : 'linear',
        tickformat: ',~r',
      },
      hovermode: 'closest',
      dragmode: 'zoom',
      showlegend: records.length > 0,
      legend: { orientation: 'h', x: 1, xanchor: 'right', y: 1, yanchor: 'bottom', itemsizing: 'constant' },
    },
  }
}

function colourBar(min: number, max: number, unit: string): Record<string, unknown> {
  const tickvals: number[] = []
  for (let decade = Math.floor(Math.log10(min)); decade <= Math.log10(max); decade++)
    for (const digit of [1, 3]) {
      const value = digit * 10 ** decade
      if (value >= min && value <= max) tickvals.push(Math.log10(value))
    }
  return {
    type: 'scatter',
    mode: 'markers',
    name: 'scale',
    x: [null],
    y: [null],
    hoverinfo: 'skip',
    showlegend: false,
    marker: {
      color: [Math.log10(min)],
      cmin: Math.log10(min),
      cmax: Math.log10(max),
      colorscale: linearScale(),
      showscale: true,
      colorbar: {
        title: { text: unit, side: 'top' },
        tickvals,
        ticktext: tickvals.map(value => usdText(10 ** value)),
        thickness: 14,
        outlinewidth: 0,
      },
    },
  }
}

/** The value at this share of the finite cells above 0, in rising order; 1 when there are none. */
function percentile(values: Float32Array, share: number): number {
  const filled = values.filter(value => value > 0 && value < Infinity).sort()
  return filled[Math.min(filled.length - 1, Math.floor(share * filled.length))] ?? 1
}
