/** Histogram of a backtest's results. */
import { decimalText } from '../common/number-text.ts'
import type { Trade } from '../sfp/position.ts'
import { binary, type Figure } from './figure.ts'

/** Width of a bar in R; doubled until there are at most about {@link MAX_BINS}. */
const BIN = 0.25
const MAX_BINS = 500

/** Trades by net result in multiples of the risk, losses and gains in two colours. */
export function rFigure(trades: readonly Trade[], title: string): Figure {
  const results = trades.map(trade => trade.r).filter(Number.isFinite)
  const [min, max] = results.reduce(([low, high], r) => [Math.min(low, r), Math.max(high, r)], [0, 0])
  // Both colours share their bars, which span all trades: Plotly drops what lies outside.
  const size = BIN * 2 ** Math.max(0, Math.ceil(Math.log2((max - min) / BIN / MAX_BINS)))
  const xbins = { start: Math.floor(min / size) * size, end: (Math.floor(max / size) + 1) * size, size }
  const average = results.reduce((sum, r) => sum + r, 0) / results.length
  const bars = (name: string, values: number[], color: string) => ({
    type: 'histogram',
    name: `${name} (${values.length})`,
    x: binary(Float64Array.from(values)),
    xbins,
    marker: { color },
    hovertemplate: '%{x} R<br>Trades: %{y}<extra></extra>',
  })
  return {
    data: [
      bars(
        'losses',
        results.filter(r => r <= 0),
        '#e69f00',
      ),
      bars(
        'gains',
        results.filter(r => r > 0),
        '#56b4e9',
      ),
    ],
    layout: {
      title: {
        text: title,
        subtitle: {
          text: `Net result by trade; mean ${Number.isNaN(average) ? 'n/a' : `${decimalText(average, 3)} R`}`,
        },
      },
      height: 320,
      margin: { l: 60, r: 20, t: 70, b: 50 },
      barmode: 'overlay',
      xaxis: { title: { text: 'Net result, R' } },
      yaxis: { title: { text: 'Trades' } },
      shapes: Number.isNaN(average)
        ? []
        : [
            {
              type: 'line',
              x0: average,
              x1: average,
              yref: 'paper',
              y0: 0,
              y1: 1,
              line: { dash: 'dot', width: 1.5, color: '#009e73' },
            },
          ],
      legend: { orientation: 'h', y: -0.2, yanchor: 'top', x: 0, xanchor: 'left' },
    },
  }
}
