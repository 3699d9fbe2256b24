/** The figures of a portfolio. */

import { decimalText } from '../common/number-text.ts'
import type { MarketCorrelation, PortfolioCurves } from '../sfp/portfolio/portfolio-statistics.ts'
import { binary, type Figure } from './figure.ts'
import { curvePoints, equityPoints, equityTraces, LONG, SHORT } from './study-traces.ts'
import { DIVERGING } from './sweep.ts'

/** Okabe and Ito's colours, safe for colour blindness; further markets have the same with dashes. */
const COLOURS = ['#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#0072b2', '#d55e00', '#8a8f98']
const DASHES = ['solid', 'dash', 'dot', 'dashdot']

/** Contributions of the markets, equity beside holding, drawdown and exposure, on one time axis. */
export function portfolioFigure(curves: PortfolioCurves, title: string, subtitle: string): Figure {
  const { time, equity, hold, contributions, gross, net } = curves
  const curve = (values: Float64Array, more: Record<string, unknown>) => {
    const shown = curvePoints(values)
    return {
      type: 'scatter',
      mode: 'lines',
      x: binary(Float64Array.from(shown, k => time[k]!)),
      y: binary(Float64Array.from(shown, k => values[k]!)),
      ...more,
    }
  }
  const [equityTrace, drawdownTrace] = equityTraces(equityPoints(time, equity))
  const readout = (name: string, value: string) => `%{x|%Y-%m-%d %H:%M}<br>${name} ${value}<extra></extra>`
  return {
    data: [
      ...contributions.map(({ name, result }, i) =>
        curve(result, {
          name,
          line: { color: COLOURS[i % COLOURS.length], dash: DASHES[Math.floor(i / COLOURS.length) % 4], width: 1.5 },
          hovertemplate: readout(name, '%{y:+,.0f} USD'),
        }),
      ),
      { ...equityTrace, name: 'equity', showlegend: true, legend: 'legend2' },
      curve(hold, {
        name: 'holding all, equal amounts',
        yaxis: 'y2',
        line: { color: '#8a8f98', dash: 'dot', width: 1.5 },
        legend: 'legend2',
        hovertemplate: readout('holding', '%{y:,.0f} USD'),
      }),
      { ...drawdownTrace },
      // Longs above 0 and shorts below: together the gross exposure, their sum the net one.
      ...(['long', 'short'] as const).map(side =>
        curve(
          gross.map((total, k) => (side === 'long' ? net[k]! + total : net[k]! - total) / 2),
          {
            name: side,
            yaxis: 'y4',
            fill: 'tozeroy',
            line: { color: side === 'long' ? LONG : SHORT, width: 1 },
            showlegend: false,
            hovertemplate: readout(side, '%{y:.2f} of the equity'),
          },
        ),
      ),
    ],
    layout: {
      title: { text: title, subtitle: { text: subtitle } },
      height: 790,
      margin: { l: 80, r: 20, t: 112, b: 48 },
      xaxis: { type: 'date', anchor: 'y4' },
      yaxis: { domain: [0.73, 1], title: { text: 'Results, USD' }, tickformat: ',~r', zeroline: true },
      yaxis2: { domain: [0.4, 0.65], title: { text: 'Equity, USD' }, tickformat: ',~r' },
      yaxis3: { domain: [0.2, 0.35], title: { text: 'Drawdown, %' } },
      yaxis4: { domain: [0, 0.15], title: { text: 'Long, short' }, tickformat: '.1f' },
      hovermode: 'closest',
      legend: { orientation: 'h', y: 1.0, yanchor: 'bottom', x: 0, xanchor: 'left' },
      legend2: { orientation: 'h', y: 0.65, yanchor: 'bottom', x: 0, xanchor: 'left' },
    },
  }
}

/** Correlations of the markets' returns (left) and of their trades' results (right). */
export function correlationFigure(
  names: readonly string[],
  pairs: readonly MarketCorrelation[],
  title: string,
): Figure {
  const matrix = (of: (pair: MarketCorrelation) => number) =>
    names.map(a =>
      names.map(b => {
        if (a === b) return null
        const pair = pairs.find(each => (each.a === a && each.b === b) || (each.a === b && each.b === a))
        const value = pair ? of(pair) : Number.NaN
        return Number.isNaN(value) ? null : value
      }),
    )
  const heatmap = (z: (number | null)[][], axis: string, what: string, showscale: boolean) => ({
    type: 'heatmap',
    x: names,
    y: names,
    z,
    xaxis: `x${axis}`,
    yaxis: `y${axis}`,
    zmin: -1,
    zmax: 1,
    colorscale: DIVERGING,
    showscale,
    text: z.map(row => row.map(value => (value === null ? '' : decimalText(value, 2)))),
    hoverongaps: false,
    texttemplate: '%{text}',
    textfont: { color: '#222' },
    hovertemplate: `%{x} and %{y}<br>${what} %{text}<extra></extra>`,
  })
  const heading = (text: string, x: number) => ({
    text,
    x,
    xref: 'paper',
    xanchor: 'center',
    y: 1,
    yref: 'paper',
    yanchor: 'bottom',
    showarrow: false,
    bgcolor: 'rgba(0,0,0,0)',
    borderwidth: 0,
  })
  const axis = { type: 'category', automargin: true }
  return {
    data: [
      heatmap(
        matrix(pair => pair.returns),
        '',
        'returns',
        false,
      ),
      heatmap(
        matrix(pair => pair.results),
        '2',
        'results',
        true,
      ),
    ],
    layout: {
      title: { text: `${title}: correlations` },
      height: 220 + 44 * names.length,
      margin: { l: 110, r: 20, t: 90, b: 60 },
      xaxis: { ...axis, domain: [0, 0.44] },
      yaxis: { ...axis, autorange: 'reversed' },
      xaxis2: { ...axis, domain: [0.56, 1] },
      yaxis2: { ...axis, anchor: 'x2', autorange: 'reversed', showticklabels: false },
      annotations: [heading('Returns', 0.22), heading('Results of trades, by day', 0.78)],
    },
  }
}
