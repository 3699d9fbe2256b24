/** `liq.market`, `liq.tradeFlow` and `liq.resample`: market data that displays itself. */
import { type Displayable, displayed, htmlBundle } from '../charts/display.ts'
import { marketHtml, marketText, tradeFlowHtml, tradeFlowText } from '../charts/market.ts'
import { durationMs } from '../common/duration.ts'
import { loadMarket, type MarketSource } from '../data/load-market.ts'
import { loadTradeFlow, type TradeFlowSource } from '../data/trades/load-trade-flow.ts'
import { assertMarket, type Market } from '../market/market.ts'
import { resample as resampleMarket } from '../market/resample.ts'
import type { TradeFlow } from '../market/trade-flow/trade-flow.ts'

/** The market, displaying itself as a table of facts. */
export function displayedMarket(market: Market): Market & Displayable {
  return displayed(market, () => htmlBundle(marketHtml(market), marketText(market)))
}

/**
 * Loads a market: `{ file }`, `{ exchange, symbol, timeframe, since }`, `{ sample: true }` or `{ simulate: { seed } }`.
 * @throws OptionError naming the option; DataError for data that cannot be used
 * @example await liq.market({ file: 'btc.csv' })
 */
export async function market(source: MarketSource): Promise<Market & Displayable> {
  return displayedMarket(await loadMarket(source))
}

/**
 * Sums the trades of files or an exchange by bar, price bin and taker side, in memory that does not grow with their number.
 * A heatmap takes the result as its `flow`; `market()` has the candles of the same trades.
 *
 * @example const flow = await liq.tradeFlow({ file: 'btc-trades-*.csv', timeframe: '1h', minUsd: 10 })
 * liq.heatmap(flow.market(), { flow })
 * @throws OptionError naming the option; DataError for trades that cannot be used
 */
export async function tradeFlow(source: TradeFlowSource): Promise<TradeFlow & Displayable> {
  const flow = await loadTradeFlow(source)
  const candles = flow.market
  Object.assign(flow, { market: () => displayedMarket(candles()) })
  return displayed(flow, () => htmlBundle(tradeFlowHtml(flow), tradeFlowText(flow)))
}

/**
 * The same market in longer bars, e.g. `'4h'`, aligned as exchanges align them.
 * @throws OptionError unless `timeframe` is a duration and a multiple of the market's; DataError if the data does not fill one bar
 * @example liq.resample(btc, '1d')
 */
export function resample(market: Market, timeframe: string): Market & Displayable {
  assertMarket(market, 'liq.resample')
  // A copy: a result may be the market itself, whose display method cannot be defined twice.
  return displayedMarket({ ...resampleMarket(market, durationMs(timeframe, 'liq.resample: timeframe')) })
}
