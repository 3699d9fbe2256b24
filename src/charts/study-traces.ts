/** Draws a backtest whose trades are known, whether just run or read from a saved output. */
import { decimalText } from '../common/number-text.ts'
import { CANDLES_ON_PAGE, type Candles, candlesTrace, type Numbers } from './candles.ts'
import { binary, type Figure } from './figure.ts'

/** Moments are opens of bars, epoch ms. */
export interface DrawnTrade {
  side: 'long' | 'short'
  /** When the level became known; the first bar for one that was known before. */
  since: number
  signal: number
  entered: number
  exited: number
  /** The near edge of the swept level. */
  inner: number
  entry: number
  stop: number
  /** NaN: none. */
  target: number
  exit: number
  reason: string
  r: number
  net: number
}

export interface StudyContent {
  title: string
  subtitle: string
  barMs: number
  candles: Candles<Numbers>
  /** Points of the equity curve: epoch ms, USD, and % below the highest equity so far. */
  equity: { time: Float64Array; usd: Float64Array; drawdown: Float32Array }
  trades: DrawnTrade[]
}

export const LONG = '#56b4e9'
export const SHORT = '#e69f00'

/** With more trades, lines and labels are left out; the study's own view has them. */
const MAX_DETAILED = 200

/** Trades on the price above, equity and drawdown below, on one time axis. */
export function drawStudy(content: StudyContent): Figure {
  const { barMs, equity, trades } = content
  return {
    data: [
      candlesTrace(content.candles, CANDLES_ON_PAGE),
      ...(trades.length > MAX_DETAILED ? [] : planTraces(trades, barMs)),
      ...(['long', 'short'] as const).flatMap(side => tradeTraces(trades, side, barMs)),
      ...equityTraces(equity),
    ],
    layout: {
      title: {
        text: content.title,
        ...(content.subtitle === '' ? {} : { subtitle: { text: content.subtitle } }),
      },
      height: 640,
      margin: { l: 70, r: 20, t: 64, b: 64 },
      xaxis: { type: 'date', rangeslider: { visible: false }, anchor: 'y3' },
      yaxis: { domain: [0.44, 1], title: { text: 'Price' }, tickformat: ',~r' },
      yaxis2: { domain: [0.2, 0.4], title: { text: 'Equity, USD' }, tickformat: ',~r' },
      yaxis3: { domain: [0, 0.16], title: { text: 'Drawdown, %' } },
      hovermode: 'closest',
      legend: { orientation: 'h', y: -0.06, yanchor: 'top', x: 0, xanchor: 'left' },
    },
  }
}

/** Equity on the second axis, drawdown on the third. */
export function equityTraces({ time, usd, drawdown }: StudyContent['equity']): Record<string, unknown>[] {
  const line = { type: 'scatter', mode: 'lines', x: binary(time), showlegend: false }
  return [
    {
      ...line,
      name: 'equity',
      y: binary(usd),
      yaxis: 'y2',
      line: { color: '#009e73', width: 1.5 },
      hovertemplate: '%{x|%Y-%m-%d %H:%M}<br>equity %{y:,.0f} USD<extra></extra>',
    },
    {
      ...line,
      name: 'drawdown',
      y: binary(drawdown),
      yaxis: 'y3',
      fill: 'tozeroy',
      line: { color: '#cc79a7', width: 1 },
      hovertemplate: '%{x|%Y-%m-%d %H:%M}<br>drawdown %{y:.1f} %<extra></extra>',
    },
  ]
}

/** % below the highest value so far. */
function drawdownOf(equity: Float64Array): Float64Array {
  let peak = -Infinity
  return equity.map(usd => {
    peak = Math.max(peak, usd)
    return 100 * (usd / peak - 1)
  })
}

/** Swept level, stop and target of each trade; the legend toggles each of the three. */
function planTraces(trades: readonly DrawnTrade[], barMs: number): Record<string, unknown>[] {
  const during = ({ entered, exited }: DrawnTrade) => [entered, exited + barMs] as const
  const lines = (
    name: string,
    line: Record<string, unknown>,
    span: (trade: DrawnTrade) => readonly [number, number],
    price: (trade: DrawnTrade) => number,
  ) => {
    const x = new Float64Array(trades.length * 3)
    const y = new Float32Array(trades.length * 3)
    for (const [i, trade] of trades.entries()) {
      const [from, to] = span(trade)
      x.set([from, to, to], i * 3)
      y.set([price(trade), price(trade), Number.NaN], i * 3)
    }
    return { type: 'scatter', mode: 'lines', name, x: binary(x), y: binary(y), line, hoverinfo: 'skip' }
  }
  const swept = ({ since, signal }: DrawnTrade) => [since, signal + barMs] as const
  return [
    lines('swept levels', { color: 'rgba(128,128,128,.8)', width: 1.5 }, swept, trade => trade.inner),
    lines('stops', { color: '#d55e00', width: 1, dash: 'dot' }, during, trade => trade.stop),
    lines('targets', { color: '#009e73', width: 1, dash: 'dot' }, during, trade => trade.target),
  ]
}

/** Entries as triangles, exits as crosses, and a thin line between the two. */
function tradeTraces(trades: readonly DrawnTrade[], side: 'long' | 'short', barMs: number): Record<string, unknown>[] {
  const sideTrades = trades.filter(trade => trade.side === side)
  const color = side === 'long' ? LONG : SHORT
  const path = { x: new Float64Array(sideTrades.length * 3), y: new Float64Array(sideTrades.length * 3) }
  const entry = { x: new Float64Array(sideTrades.length), y: new Float64Array(sideTrades.length) }
  for (const [i, trade] of sideTrades.entries()) {
    entry.x[i] = trade.entered
    entry.y[i] = trade.entry
    // Half a bar at least, so that a trade within one bar is visible.
    const end = Math.max(trade.exited, entry.x[i]! + barMs / 2)
    path.x.set([entry.x[i]!, end, end], i * 3)
    path.y.set([trade.entry, trade.exit, Number.NaN], i * 3)
  }
  return [
    {
      type: 'scatter',
      mode: 'lines',
      x: binary(path.x),
      y: binary(path.y),
      line: { color, width: 1.5 },
      hoverinfo: 'skip',
      showlegend: false,
    },
    {
      type: 'scatter',
      mode: 'markers',
      name: `${side}s (${sideTrades.length})`,
      x: binary(entry.x),
      y: binary(entry.y),
      marker: {
        color,
        size: 8,
        symbol: side === 'long' ? 'triangle-up' : 'triangle-down',
        line: { color: '#000', width: 0.5 },
      },
      text: (trades.length > MAX_DETAILED ? [] : sideTrades).map(
        trade =>
          `${side} at ${trade.entry.toPrecision(6)}<br>${trade.reason} at ${trade.exit.toPrecision(6)}<br>${decimalText(trade.r, 2)} R, ${decimalText(trade.net, 2)} USD`,
      ),
      hovertemplate: `%{x|%Y-%m-%d %H:%M}<br>${trades.length > MAX_DETAILED ? '%{y}' : '%{text}'}<extra></extra>`,
    },
  ]
}

/** A curve is drawn by the lowest, highest and last value of this many spans. */
const MAX_SPANS = 600

/** Indices of the values by which a curve is drawn. */
export function curvePoints(values: ArrayLike<number>): number[] {
  const length = Math.max(1, Math.ceil(values.length / MAX_SPANS))
  const points: number[] = []
  for (let a = 0; a < values.length; a += length) {
    const b = Math.min(a + length, values.length)
    let low = a
    let high = a
    for (let t = a; t < b; t++) {
      if (values[t]! < values[low]!) low = t
      if (values[t]! > values[high]!) high = t
    }
    points.push(...new Set([Math.min(low, high), Math.max(low, high), b - 1]))
  }
  return [...new Set(points)].sort((x, y) => x - y)
}

/** @param time moments of the equity */
export function equityPoints(time: Float64Array, equity: Float64Array): StudyContent['equity'] {
  const shown = curvePoints(equity)
  const fall = drawdownOf(equity)
  return {
    time: Float64Array.from(shown, t => time[t]!),
    usd: Float64Array.from(shown, t => equity[t]!),
    drawdown: Float32Array.from(shown, t => fall[t]!),
  }
}
