/**
 * Margin models of further venues: Gate, Bitget, MEXC, BitMEX. Deribit has none, as it knows no isolated margin and its requirement
 * rises with the size of the whole account's position; nor have the inverse contracts of these venues, whose published formulas
 * contradict each other.
 */
import { OptionError } from '../../common/errors.ts'
import { defineOptions, option } from '../../common/options.ts'
import { type Bracket, checkLadder } from './brackets.ts'
import { checkBrackets, type MarginModel, NO_FEE, takerFee } from './margin-models.ts'

export interface ClosingFeeOptions {
  /** Taker fee rate for closing at the liquidation price, added to the maintenance rate. Default: the venue's without VIP level. */
  takerFee?: number
}

const gateOptions = defineOptions<ClosingFeeOptions>('liq.margin.gate', { takerFee: option(0.00075, takerFee) })
const bitgetOptions = defineOptions<ClosingFeeOptions>('liq.margin.bitget', { takerFee: option(0.0006, takerFee) })

/**
 * Gate USDT contracts: (entry ∓ margin / size) / (1 ∓ (maintenance rate + taker fee)), on the mark notional. Since July 2025 the
 * rate of a tier applies to the part of the position in it, which the brackets' amounts express.
 * https://www.gate.com/help/futures/futures/27724/liquidation-price-bankruptcy-price
 *
 * @param brackets with notionals in the quote currency
 * @throws OptionError naming the invalid bracket or option
 * @example liq.margin.gate(brackets)
 */
export function gateMargin(brackets: readonly Bracket[], options: ClosingFeeOptions = {}): MarginModel {
  const caller = 'liq.margin.gate'
  const { takerFee: closingFee } = gateOptions.resolve(options, caller)
  return linear('Gate linear, custom brackets', checkBrackets(caller, brackets), 'mark', closingFee)
}

/**
 * Bitget USDT contracts: (margin − d·size·entry) / (size · (maintenance rate + taker fee − d)), d = 1 for longs and −1 for shorts, on
 * the mark notional. Since November 2025 the rate of a tier applies to the part of the position in it.
 * https://www.bitget.com/support/articles/12560603808759
 *
 * @param brackets with notionals in the quote currency
 * @throws OptionError naming the invalid bracket or option
 * @example liq.margin.bitget(brackets)
 */
export function bitgetMargin(brackets: readonly Bracket[], options: ClosingFeeOptions = {}): MarginModel {
  const caller = 'liq.margin.bitget'
  const { takerFee: closingFee } = bitgetOptions.resolve(options, caller)
  return linear('Bitget linear, custom brackets', checkBrackets(caller, brackets), 'mark', closingFee)
}

/**
 * MEXC USDT contracts: maintenance = rate · size · entry, the tier's rate for all of the position:
 * (maintenance − margin + size·entry) / size for longs. Its fees are not in the published formula.
 * https://blog.mexc.fm/liquidation-in-futures-2
 *
 * @param tiers with notionals in the quote currency; amounts are ignored
 * @throws OptionError naming the invalid tier
 * @example liq.margin.mexc(brackets)
 */
export function mexcMargin(tiers: readonly Bracket[]): MarginModel {
  return linear('MEXC linear, custom tiers', wholeRates('liq.margin.mexc', tiers), 'entry', 0)
}

/**
 * BitMEX linear contracts: maintenance = rate · notional at entry, the risk limit's rate for all of the position, without the fees
 * that it reserves.
 * https://www.bitmex.com/app/isolatedMarginExamples
 *
 * @param riskLimits with notionals in the settlement currency; amounts are ignored
 * @throws OptionError naming the invalid risk limit
 * @example liq.margin.bitmex(brackets)
 */
export function bitmexMargin(riskLimits: readonly Bracket[]): MarginModel {
  return linear('BitMEX linear, custom risk limits', wholeRates('liq.margin.bitmex', riskLimits), 'entry', 0)
}

function linear(
  name: string,
  brackets: readonly Bracket[],
  maintenanceOn: MarginModel['maintenanceOn'],
  closingFee: number,
): MarginModel {
  return { ...NO_FEE, name, contract: 'linear', brackets, maintenanceOn, closingFee }
}

/** Brackets whose rate applies to the whole position. */
function wholeRates(caller: string, tiers: readonly Bracket[]): Bracket[] {
  checkLadder(tiers, { caller, table: 'tiers', error: OptionError })
  return tiers.map(tier => ({ ...tier, maintenanceAmount: 0 }))
}
