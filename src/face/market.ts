import { type Displayable, displayed, htmlBundle } from '../charts/display.ts'
import { marketHtml, marketText } from '../charts/market.ts'
import type { Market } from '../market/market.ts'
import { loadMarket, type MarketSource } from '../market/source.ts'

/**
 * Loads a market: `{ file }`, `{ exchange, symbol, timeframe, since }`, `{ sample: true }` or `{ simulate: { seed } }`.
 * @throws DataError
 */
export async function market(source: MarketSource): Promise<Market & Displayable> {
  const loaded = await loadMarket(source)
  return displayed(loaded, () => htmlBundle(marketHtml(loaded), marketText(loaded)))
}
