/** Draws a market whose series are known by candle, whether just built or read from a saved output. */
import { CANDLES_ON_PAGE, type Candles, candlesTrace, type Numbers } from './candles.ts'
import { binary, type Figure } from './figure.ts'
import type { MarketSeries } from './market-payload.ts'

export interface MarketContent {
  title: string
  subtitle: string
  /** What amounts and prices count; `quote` is empty where it is not known. */
  base: string
  quote: string
  candles: Candles<Numbers>
  /** By candle; NaN where nothing is on record. */
  volume: Numbers
  series: ReadonlyMap<MarketSeries, Numbers>
  /** Height in px. Default: 340, and 120 for each panel below the price. */
  height?: number
}

const PRICE_PX = 340
const PANEL_PX = 120
/** Between panels, as a share of the height. */
const GAP = 0.04

const LONG = '#56b4e9'
const SHORT = '#e69f00'
const NEUTRAL = '#8a94a0'

interface FigurePanel {
  title: string
  traces: Record<string, unknown>[]
}

/** Panels below each other on one axis of time: the price, the volume, and what else there is. */
export function drawMarket(content: MarketContent): Figure {
  const price: FigurePanel = {
    title: content.quote === '' ? 'Price' : `Price, ${content.quote}`,
    traces: [candlesTrace(content.candles, CANDLES_ON_PAGE)],
  }
  const panels = [price, ...otherPanels(content)]
  const below = panels.length - 1
  const share = PANEL_PX / (PRICE_PX + PANEL_PX * below)
  const axisName = (i: number) => (i === 0 ? '' : i + 1)
  const axes = panels.map(({ title }, i) => {
    // From the top down; Plotly counts from the bottom up.
    const bottom = share * (below - i)
    const domain = i === 0 ? [bottom, 1] : [bottom, bottom + share - GAP]
    return [`yaxis${axisName(i)}`, { domain, title: { text: title }, tickformat: i === 0 ? ',~r' : '~s' }]
  })
  return {
    data: panels.flatMap(({ traces }, i) =>
      traces.map(trace => ({ ...trace, showlegend: false, yaxis: `y${axisName(i)}` })),
    ),
    layout: {
      title: {
        text: content.title,
        subtitle: { text: content.subtitle },
      },
      height: content.height ?? PRICE_PX + PANEL_PX * below,
      margin: { l: 80, r: 20, t: 64, b: 40 },
      xaxis: { type: 'date', rangeslider: { visible: false }, anchor: `y${axisName(below)}` },
      ...Object.fromEntries(axes),
      barmode: 'relative',
      bargap: 0.2,
      hovermode: 'x',
    },
  }
}

function otherPanels({ candles: { time, end }, base, volume, series }: MarketContent): FigurePanel[] {
  const x = binary(time.map((open, k) => (open + end[k]!) / 2))
  const bars = (name: string, y: Numbers, colour: string, unit: string) => ({
    type: 'bar',
    name,
    x,
    y: binary(y),
    marker: { color: colour },
    hovertemplate: `${name} %{y:.4~s} ${unit}<extra></extra>`,
  })
  const panel = (name: MarketSeries, title: string, trace: (y: Numbers) => Record<string, unknown>) => {
    const y = series.get(name)
    return y ? [{ title, traces: [trace(y)] }] : []
  }
  const liquidations = [
    ...panel('shortLiquidations', '', y => bars('shorts liquidated', y, SHORT, 'USD')),
    ...panel('longLiquidations', '', y =>
      bars(
        'longs liquidated',
        y.map(usd => -usd),
        LONG,
        'USD',
      ),
    ),
  ].flatMap(({ traces }) => traces)
  return [
    { title: `Volume,<br>${base}`, traces: [bars('volume', volume, NEUTRAL, base)] },
    ...panel('openInterest', `Open interest,<br>${base}`, y => ({
      type: 'scatter',
      mode: 'lines',
      name: 'open interest',
      x: binary(end),
      y: binary(y),
      line: { color: '#cc79a7', width: 1.5 },
      hovertemplate: `open interest %{y:.4~s} ${base}<extra></extra>`,
    })),
    ...panel('fundingRate', 'Funding,<br>%', y =>
      bars(
        'funding',
        y.map(rate => 100 * rate),
        LONG,
        '%',
      ),
    ),
    ...(liquidations.length > 0 ? [{ title: 'Liquidated,<br>USD', traces: liquidations }] : []),
  ]
}
