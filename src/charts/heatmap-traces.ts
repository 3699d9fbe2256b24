/** Draws a liquidation map whose cells are known, whether just built or read from a saved output. */
import { usdText } from '../common/number-text.ts'
import { CANDLES_ON_MAP, type Candles, candlesTrace, type Numbers } from './candles.ts'
import { linearScale, logScale } from './colour.ts'
import { binary, type Figure } from './figure.ts'

/** A matrix of cells, row by row from the lowest price: `x` are the edges of columns in epoch ms, `y` those of rows. */
export interface HeatmapCells {
  x: Float64Array
  y: Float64Array
  z: Float32Array
}

/** Amounts of the darkest and of the brightest colour. */
export interface ColourRange {
  min: number
  max: number
}

export interface HeatmapContent {
  title: string
  subtitle: string
  /** px */
  height: number
  /** What the amounts are: `USD`, or `relative`. */
  unit: string
  cells: HeatmapCells
  colours: ColourRange
  candles: Candles<Numbers>
  /** Traces of liquidations on record. */
  records: Record<string, unknown>[]
}

/** Values are linear; only the colours are logarithmic. Plotly has no logarithmic colour axis, so the colour bar belongs to a trace without points. */
export function drawHeatmap(content: HeatmapContent): Figure {
  const { title, subtitle, height, unit, cells, colours, candles, records } = content
  const { x, y } = cells
  return {
    data: [
      cellsTrace(cells, colours, unit),
      candlesTrace(candles, CANDLES_ON_MAP),
      colourBar(colours, unit),
      ...records,
    ],
    layout: {
      title: { text: title, subtitle: { text: subtitle } },
      height,
      margin: { l: 70, r: 20, t: 64, b: records.length > 0 ? 64 : 40 },
      xaxis: { type: 'date', rangeslider: { visible: false }, range: [x[0], x[x.length - 1]] },
      yaxis: { title: { text: 'Price' }, type: priceAxisType(y), tickformat: ',~r' },
      hovermode: 'closest',
      dragmode: 'zoom',
      showlegend: records.length > 0,
      legend: { orientation: 'h', x: 0, xanchor: 'left', y: -0.08, yanchor: 'top', itemsizing: 'constant' },
    },
  }
}

export function cellsTrace({ x, y, z }: HeatmapCells, { min, max }: ColourRange, unit: string) {
  return {
    type: 'heatmap',
    name: 'liquidations',
    x: binary(x),
    y: binary(y),
    z: binary(z, [y.length - 1, x.length - 1]),
    zmin: min,
    zmax: max,
    colorscale: logScale(min, max),
    showscale: false,
    hovertemplate: `%{x|%Y-%m-%d %H:%M}<br>price %{y:,.6~g}<br>%{z:.3s} ${unit}<extra></extra>`,
  }
}

/** Wide price ranges are read as ratios, narrow ones as prices. */
export const priceAxisType = (edges: Float64Array): 'log' | 'linear' =>
  edges[edges.length - 1]! / edges[0]! > 4 ? 'log' : 'linear'

/** Decades that the automatic colour scale spans. */
const DECADES = 2

/** By default up to the 99.9th percentile of the cells, from a hundredth of it. */
export function colourRange(
  z: Float32Array,
  { min, max }: { [end in keyof ColourRange]?: number | undefined } = {},
): ColourRange {
  const top = max ?? percentile(z, 0.999)
  return { min: min ?? top / 10 ** DECADES, max: top }
}

function colourBar({ min, max }: ColourRange, unit: string): Record<string, unknown> {
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
