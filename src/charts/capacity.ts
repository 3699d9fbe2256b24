/** The figure of a capacity curve. */
import { usdText } from '../common/number-text.ts'
import { type CapacityCurve, MAX_SIZE } from '../sfp/capacity.ts'
import { binary, type Figure } from './figure.ts'

/** Net result by size: mean % of the notional per trade, and USD of all trades. */
export function capacityFigure({ rows, zeroAt }: CapacityCurve, title: string): Figure {
  const column = (value: (row: CapacityCurve['rows'][number]) => number) => binary(Float64Array.from(rows, value))
  const marker = Number.isFinite(zeroAt) && zeroAt > 0
  return {
    data: [
      {
        type: 'scatter',
        mode: 'lines+markers',
        name: 'per trade, %',
        x: column(row => row.size),
        y: column(row => row.expectancy),
        line: { color: '#56b4e9' },
        hovertemplate: '%{x:,.0f} USD: %{y:.3f} %<extra></extra>',
      },
      {
        type: 'scatter',
        mode: 'lines+markers',
        name: 'all trades, USD',
        x: column(row => row.size),
        y: column(row => row.net),
        yaxis: 'y2',
        line: { color: '#e69f00', dash: 'dot' },
        hovertemplate: '%{x:,.0f} USD: %{y:,.0f} USD<extra></extra>',
      },
    ],
    layout: {
      title: { text: title, subtitle: { text: `Net result by size of a trade; ${capacityText(zeroAt)}` } },
      height: 380,
      margin: { l: 70, r: 80, t: 70, b: 60 },
      xaxis: { title: { text: 'USD per trade' }, type: 'log' },
      yaxis: { title: { text: 'Mean net result, %' }, zeroline: true },
      yaxis2: { title: { text: 'Net result, USD' }, overlaying: 'y', side: 'right', showgrid: false },
      shapes: marker
        ? [
            {
              type: 'line',
              x0: zeroAt,
              x1: zeroAt,
              yref: 'paper',
              y0: 0,
              y1: 1,
              line: { dash: 'dot', width: 1.5, color: '#009e73' },
            },
          ]
        : [],
      legend: { orientation: 'h', y: -0.25, yanchor: 'top', x: 0, xanchor: 'left' },
    },
  }
}

/** At which size the result reaches 0, in words. */
export function capacityText(zeroAt: number): string {
  if (Number.isNaN(zeroAt)) return 'no trades'
  if (zeroAt === 0) return 'it loses at any size'
  return zeroAt === Infinity ? `above ${usdText(MAX_SIZE)} USD a trade` : `0 at ${usdText(zeroAt)} USD a trade`
}
