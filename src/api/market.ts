import { type Displayable, displayed, htmlBundle } from '../charts/display.ts'
import { marketHtml, marketText, tradeFlowHtml, tradeFlowText } from '../charts/market.ts'
import { durationMs } from '../common/duration.ts'
import { loadMarket, type MarketSource } from '../data/load-market.ts'
import { loadTradeFlow, type TradeFlowSource } from '../data/trades/load-trade-flow.ts'
import { type Market, requireMarket } from '../market/market.ts'
import { resample } from '../market/resample.ts'
import type { TradeFlow } from '../market/trade-flow/trade-flow.ts'

export function shown(loaded: Market): Market & Displayable {
  return displayed(loaded, () => htmlBundle(marketHtml(loaded), marketText(loaded)))
}

/**
 * Loads a market: `{ file }`, `{ exchange, symbol, timeframe, since }`, `{ sample: true }` or `{ simulate: { seed } }`.
 * @throws DataError
 */
export async function market(source: MarketSource): Promise<Market & Displayable> {
  return shown(await loadMarket(source))
}

/**
 * Adds up trades of files or of an exchange by bar, price bin and taker side, in memory that does not grow with their number.
 * The result can be given to a heatmap as its `flow`; `market()` gives the candles of the same trades.
 *
 * @example const flow = await liq.tradeFlow({ file: 'BTCUSDT-aggTrades-2024-*.zip', timeframe: '1h', minUsd: 10_000 })
 * liq.heatmap(flow.market(), { flow })
 * @throws DataError
 */
export async function tradeFlow(source: TradeFlowSource): Promise<TradeFlow & Displayable> {
  const flow = await loadTradeFlow(source)
  const candles = flow.market
  Object.assign(flow, { market: () => shown(candles()) })
  return displayed(flow, () => htmlBundle(tradeFlowHtml(flow), tradeFlowText(flow)))
}

/**
 * The same market in longer bars, e.g. `'4h'`, aligned as exchanges align them.
 * @throws DataError when its bars cannot be put together to such
 */
export function resampled(of: Market, timeframe: string): Market & Displayable {
  requireMarket(of, 'liq.resample')
  // A market that shows itself shows itself alone: a copy may show itself anew.
  return shown({ ...resample(of, durationMs(timeframe, 'timeframe')) })
}
