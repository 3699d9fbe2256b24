import type { Market } from '../../market/market.ts'
import { bracketsFromTiers } from './brackets-from-tiers.ts'
import { binanceMargin, bybitMargin, type MarginModel } from './margin-models.ts'

/**
 * The margin rule that a map uses when it is given none: with the leverage tiers that the market's exchange served (load it
 * with `with: ['brackets']`), by Bybit's rule on Bybit and by Binance's elsewhere; without them Binance's with the bundled
 * brackets of the coin. Tiers are those of the day of the download: nobody serves what they were before.
 *
 * @throws RangeError naming the tier that cannot be right
 */
export function defaultMargin({ symbol, source, leverageTiers }: Market): MarginModel {
  if (!leverageTiers) return binanceMargin(symbol)
  const brackets = bracketsFromTiers(leverageTiers)
  if (source === 'bybit') return { ...bybitMargin(brackets), name: 'Bybit linear, tiers as served' }
  const rule = binanceMargin(brackets)
  return {
    ...rule,
    name: source.startsWith('binance')
      ? 'Binance, brackets as served'
      : `Binance’s rule, tiers as ${source} serves them`,
  }
}
