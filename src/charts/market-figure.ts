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
import { groupCandles, MAX_CANDLES } from './candles.ts'
import type { Figure } from './figure.ts'
import { seriesByCandle } from './market-series.ts'
import { drawMarket } from './market-traces.ts'

export interface MarketFigureOptions {
  /** First and last bar. Default: all. */
  from?: number
  to?: number
  /** Height in px. Default: 340, and 120 for each panel below the price. */
  height?: number
}

const CALLER = 'market.figure'

const figureOptions = defineOptions<MarketFigureOptions, 'from' | 'to' | 'height'>(CALLER, {
  from: optional(wholeNumber(0)),
  to: optional(wholeNumber(0)),
  height: optional(numberThat('above 0 px', x => x > 0 && x < Infinity)),
})

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
  const candles = groupCandles(market, from, to, MAX_CANDLES)
  const { volume, others } = seriesByCandle(market, candles)
  return drawMarket({
    title: `${market.symbol} ${market.timeframe}`,
    subtitle: `${market.source}${market.synthetic ? ', not a real market' : ''}`,
    base: market.instrument.base ?? 'coins',
    quote: market.instrument.quote ?? '',
    candles,
    volume,
    series: new Map(others),
    ...(height !== undefined && { height }),
  })
}
