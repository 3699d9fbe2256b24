import { type GridOptions, heatGrid } from '../liquidation/grid.ts'
import type { LiquidationMap } from '../liquidation/map.ts'
import { candleTrace, ON_MAP } from './candles.ts'
import { linearScale, logScale, shortUsd } from './colour.ts'
import { binary, type Figure } from './figure.ts'

export interface HeatmapOptions extends GridOptions {
  /** Which liquidations to show. Default `both`. */
  side?: 'both' | 'long' | 'short'
  /** USD of the brightest and the darkest colour. Default: the 99.9th percentile of the cells, and a hundredth of it. */
  max?: number
  min?: number
  /** Height in px. Default 520. */
  height?: number
}

const SIDES = ['both', 'long', 'short']

/** Decades that the automatic colour scale spans. */
const DECADES = 2

/**
 * Time × price, coloured by the USD that would be liquidated there, candles on top. Values are linear USD; only the colours
 * are logarithmic. The colour bar belongs to a trace without points, because Plotly knows no logarithmic colour axis.
 */
export function heatmapFigure(map: LiquidationMap, options: HeatmapOptions = {}): Figure {
  const { side = 'both', height = 520 } = options
  if (!SIDES.includes(side)) throw new RangeError(`side: ${side}, but expected ${SIDES.join(', ')}`)
  const { market } = map
  const grid = heatGrid(map, options)
  const z = new Float32Array(grid.long.length)
  for (let i = 0; i < z.length; i++)
    z[i] = (side === 'short' ? 0 : grid.long[i]!) + (side === 'long' ? 0 : grid.short[i]!)
  const max = options.max ?? percentile(z, 0.999)
  const min = options.min ?? max / 10 ** DECADES
  if (!(min > 0 && max > min)) throw new RangeError(`Colours from ${min} to ${max} USD: expected 0 < min < max`)

  const from = grid.bars[0]!
  const to = grid.bars[grid.columns - 1]!
  // A column is what is known at the close of its bar, so it stands from there to the next column's.
  const x = Float64Array.from({ length: grid.columns + 1 }, (_, k) =>
    k < grid.columns ? market.time[grid.bars[k]!]! + market.barMs : market.time[to]! + 2 * market.barMs,
  )
  const what = {
    both: 'Estimated liquidations',
    long: 'Estimated long liquidations',
    short: 'Estimated short liquidations',
  }[side]
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
        hovertemplate: '%{x|%Y-%m-%d %H:%M}<br>price %{y:,.6~g}<br>%{z:.3s} USD<extra></extra>',
      },
      candleTrace(market, from, to, ON_MAP),
      colourBar(min, max),
    ],
    layout: {
      title: {
        text: `${what} · ${market.symbol} ${market.timeframe}`,
        subtitle: { text: `${market.synthetic ? 'Synthetic market. ' : ''}Levels as known at the close of each bar` },
      },
      height,
      margin: { l: 70, r: 20, t: 64, b: 40 },
      xaxis: { type: 'date', rangeslider: { visible: false }, range: [x[0], x[grid.columns]] },
      yaxis: {
        title: { text: 'Price' },
        // Wide histories are read in ratios, short ones in prices.
        type: grid.edges[grid.rows]! / grid.edges[0]! > 4 ? 'log' : 'linear',
        tickformat: ',~r',
      },
      hovermode: 'closest',
      dragmode: 'zoom',
      showlegend: false,
    },
  }
}

function colourBar(min: number, max: number): Record<string, unknown> {
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
        title: { text: 'USD', side: 'top' },
        tickvals,
        ticktext: tickvals.map(value => shortUsd(10 ** value)),
        thickness: 14,
        outlinewidth: 0,
      },
    },
  }
}

/** The value that the given share of the cells above 0 stays below; 1 when all are 0. */
function percentile(values: Float32Array, share: number): number {
  const filled = values.filter(value => value > 0).sort()
  return filled.length === 0 ? 1 : filled[Math.min(filled.length - 1, Math.floor(share * filled.length))]!
}
