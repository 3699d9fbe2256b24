/** The default margin rule of a market. */
import type { Market } from '../../market/market.ts'
import { bracketsFromTiers } from './brackets-from-tiers.ts'
import { binanceMargin, bybitMargin, type MarginModel } from './margin-models.ts'

/**
 * The margin rule of a map without the option `margin`. With the leverage tiers that the market's exchange served (load it
 * with `with: ['brackets']`): Bybit's rule on Bybit, Binance's elsewhere. Without them: Binance's with the bundled
 * brackets of the coin. Tiers are those of the day of the download: no exchange serves past ones.
 *
 * @throws DataError naming the invalid tier
 */
export function defaultMargin({ symbol, source, leverageTiers }: Market): MarginModel {
  if (!leverageTiers) return binanceMargin(symbol)
  const brackets = bracketsFromTiers(leverageTiers)
  if (source === 'bybit') return { ...bybitMargin(brackets), name: 'Bybit linear, tiers from the exchange' }
  const rule = binanceMargin(brackets)
  return {
    ...rule,
    name: source.startsWith('binance') ? 'Binance, brackets from the exchange' : `Binance’s rule, tiers from ${source}`,
  }
}
