/** The figure of a capacity curve. */
import { usdText } from '../common/number-text.ts'
import { type CapacityCurve, MAX_SIZE } from '../sfp/capacity.ts'
import { binary, type Figure } from './figure.ts'

/** Mean net result of a trade by its size, in % of the notional; the USD of all trades are in the readout. */
export function capacityFigure({ rows, zeroAt }: CapacityCurve, title: string): Figure {
  const column = (value: (row: CapacityCurve['rows'][number]) => number) => binary(Float64Array.from(rows, value))
  const marker = Number.isFinite(zeroAt) && zeroAt > 0
  return {
    data: [
      {
        type: 'scatter',
        mode: 'lines+markers',
        x: column(row => row.size),
        y: column(row => row.expectancy),
        line: { color: '#56b4e9' },
        customdata: rows.map(row => row.net),
        hovertemplate: '%{x:,.0f} USD a trade: %{y:.3f} %<br>all trades: %{customdata:,.0f} USD<extra></extra>',
      },
    ],
    layout: {
      title: { text: title, subtitle: { text: `Net result by size of a trade; ${capacityText(zeroAt)}` } },
      height: 380,
      margin: { l: 70, r: 20, t: 70, b: 60 },
      xaxis: { title: { text: 'USD per trade' }, type: 'log' },
      yaxis: { title: { text: 'Mean net result, %' }, zeroline: true },
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
    },
  }
}

/** At which size the result reaches 0, in words. */
export function capacityText(zeroAt: number): string {
  if (Number.isNaN(zeroAt)) return 'no trades'
  if (zeroAt === 0) return 'it loses at any size'
  return zeroAt === Infinity ? `above ${usdText(MAX_SIZE)} USD a trade` : `0 at ${usdText(zeroAt)} USD a trade`
}
