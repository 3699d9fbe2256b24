/** The Plotly figure of a market: price, volume, and what else it has, on one axis of time. */
import {
  assertKnownOptions,
  defineOptions,
  invalidOption,
  numberThat,
  optional,
  wholeNumber,
} from '../common/options.ts'
import type { Market } from '../market/market.ts'
import { CANDLES_ON_PAGE, type Candles, candleTrace, groupCandles } from './candles.ts'
import { binary, type Figure } from './figure.ts'
import type { MarketSeries } from './market-payload.ts'
import { seriesByCandle } from './market-series.ts'

export interface MarketFigureOptions {
  /** First and last bar. Default: all. */
  from?: number
  to?: number
  /** Height in px. Default: 340, and 120 for each panel below the price. */
  height?: number
}

const CALLER = 'market.figure'
const MAX_CANDLES = 400

const figureOptions = defineOptions<MarketFigureOptions, 'from' | 'to' | 'height'>(CALLER, {
  from: optional(wholeNumber(0)),
  to: optional(wholeNumber(0)),
  height: optional(numberThat('above 0 px', x => x > 0 && x < Infinity)),
})

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

/**
 * Candles, volume, and the open interest, funding and recorded liquidations that the market has; at most {@link MAX_CANDLES}
 * candles, of several bars each.
 * @throws OptionError naming the option
 */
export function marketFigure(market: Market, options: MarketFigureOptions = {}): Figure {
  assertKnownOptions(options, figureOptions.names, CALLER)
  const last = market.length - 1
  const { from = 0, to = last, height } = figureOptions.resolve(options)
  if (to > last) throw invalidOption(CALLER, 'to', to, `a bar of the market, whose last is ${last}`)
  if (from > to) throw invalidOption(CALLER, 'from', from, `at most to, which is ${to}`)
  const { quote } = market.instrument
  const price: FigurePanel = {
    title: quote === undefined ? 'Price' : `Price, ${quote}`,
    traces: [candleTrace(market, from, to, CANDLES_ON_PAGE, MAX_CANDLES)],
  }
  const panels = [price, ...otherPanels(market, groupCandles(market, from, to, MAX_CANDLES))]
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
        text: `${market.symbol} ${market.timeframe}`,
        subtitle: { text: `${market.source}${market.synthetic ? ', not a real market' : ''}` },
      },
      height: height ?? PRICE_PX + PANEL_PX * below,
      margin: { l: 80, r: 20, t: 64, b: 40 },
      xaxis: { type: 'date', rangeslider: { visible: false }, anchor: `y${axisName(below)}` },
      ...Object.fromEntries(axes),
      barmode: 'relative',
      bargap: 0.2,
      hovermode: 'x',
    },
  }
}

function otherPanels(market: Market, candles: Candles): FigurePanel[] {
  const { time, end } = candles
  const { base = 'coins' } = market.instrument
  const { volume, others } = seriesByCandle(market, candles)
  const values = new Map(others)
  const x = binary(time.map((open, k) => (open + end[k]!) / 2))
  const bars = (name: string, y: Float64Array, colour: string, unit: string) => ({
    type: 'bar',
    name,
    x,
    y: binary(y),
    marker: { color: colour },
    hovertemplate: `${name} %{y:.4~s} ${unit}<extra></extra>`,
  })
  const panel = (name: MarketSeries, title: string, trace: (y: Float64Array) => Record<string, unknown>) => {
    const y = values.get(name)
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
    { title: `Volume, ${base}`, traces: [bars('volume', volume, NEUTRAL, base)] },
    ...panel('openInterest', `Open interest, ${base}`, y => ({
      type: 'scatter',
      mode: 'lines',
      name: 'open interest',
      x: binary(end),
      y: binary(y),
      line: { color: '#cc79a7', width: 1.5 },
      hovertemplate: `open interest %{y:.4~s} ${base}<extra></extra>`,
    })),
    ...panel('fundingRate', 'Funding, %', y =>
      bars(
        'funding',
        y.map(rate => 100 * rate),
        LONG,
        '%',
      ),
    ),
    ...(liquidations.length > 0 ? [{ title: 'Liquidated, USD', traces: liquidations }] : []),
  ]
}
