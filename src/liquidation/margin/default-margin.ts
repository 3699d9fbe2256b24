/** The default margin rule of a market. */
import { isInverse } from '../../market/instrument.ts'
import type { Market } from '../../market/market.ts'
import { binanceBrackets } from './bracket-tables.ts'
import { type Bracket, withAmounts } from './brackets.ts'
import { bracketsFromTiers } from './brackets-from-tiers.ts'
import { binanceMargin, bybitInverseMargin, bybitMargin, type MarginModel } from './margin-models.ts'

/**
 * The margin rule of a map without the option `margin`. With the leverage tiers that the market's exchange served (load it
 * with `with: ['brackets']`): Bybit's rule on Bybit, Binance's elsewhere. Without them: Binance's with the bundled
 * brackets of the coin. Tiers are those of the day of the download: no exchange serves past ones. An inverse contract gets the
 * rule of inverse contracts. The name says what was assumed: other coins' brackets, and the rule of linear contracts where the
 * contract is not known or is spot, which has no liquidations.
 *
 * @throws DataError naming the invalid tier
 */
export function defaultMargin(market: Market): MarginModel {
  const inverse = isInverse(market.instrument)
  const rule = inverse === true ? inverseRule(market) : linearRule(market)
  if (market.synthetic) return rule
  if (market.instrument.kind === 'spot')
    return { ...rule, name: `${rule.name}, as if this spot market were a linear perpetual` }
  if (inverse === undefined)
    return { ...rule, name: `${rule.name}, assuming a linear contract: which one it is, is not known` }
  return rule
}

function linearRule({ symbol, source, leverageTiers, instrument }: Market): MarginModel {
  if (leverageTiers) {
    const brackets = bracketsFromTiers(leverageTiers)
    if (source === 'bybit') return { ...bybitMargin(brackets), name: 'Bybit linear, tiers from the exchange' }
    const rule = binanceMargin(brackets)
    return {
      ...rule,
      name: source.startsWith('binance')
        ? 'Binance, brackets from the exchange'
        : `Binance’s rule, tiers from ${source}`,
    }
  }
  const { brackets, name } = bundledBrackets({ symbol, instrument })
  return { ...binanceMargin(brackets), name }
}

/**
 * Contracts of 1 USD: a position's size in USD is what a map knows. Brackets of inverse contracts count coins; the bundled ones
 * are in USD and are converted at the first close, so that they do not depend on later bars.
 */
function inverseRule(market: Market): MarginModel {
  const { source, leverageTiers, instrument } = market
  const price = market.close[0]!
  const inCoins = leverageTiers
    ? { brackets: bracketsFromTiers(leverageTiers), name: `tiers from ${source}` }
    : convertBrackets(bundledBrackets(market), price)
  if (instrument.venue === 'bybit')
    return { ...bybitInverseMargin(inCoins.brackets), name: `Bybit inverse, ${inCoins.name}` }
  return {
    ...binanceMargin(inCoins.brackets),
    contract: 'inverse',
    name: `Binance’s rule of inverse contracts, ${inCoins.name}`,
  }
}

function convertBrackets({ brackets, name }: { brackets: Bracket[]; name: string }, price: number) {
  const inCoins = brackets.map(bracket => ({ ...bracket, floor: bracket.floor / price, cap: bracket.cap / price }))
  return { brackets: withAmounts(inCoins), name: `brackets of ${name}, at the first close` }
}

/** Binance's bundled brackets, and whose they are: another coin's where the market's own are not bundled. */
function bundledBrackets({ symbol, instrument }: Pick<Market, 'symbol' | 'instrument'>) {
  const { base } = instrument
  const found = binanceBrackets(base ?? symbol)
  if (base === undefined || found.name.startsWith(`Binance ${base}USDT`)) return found
  return { ...found, name: `${found.name}, as ${base}’s own are not bundled` }
}
