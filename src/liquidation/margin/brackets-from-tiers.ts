/** Brackets from the leverage tiers that an exchange serves. */

import { DataError } from '../../common/errors.ts'
import { isRecord } from '../../common/json.ts'
import { defineOptions, numberThat, option } from '../../common/options.ts'
import type { LeverageTier } from '../../market/leverage-tier.ts'
import {
  type Bracket,
  type BracketSource,
  checkAmounts,
  checkLadder,
  checkRows,
  invalidTable,
  withAmounts,
} from './brackets.ts'

export interface TierOptions {
  /**
   * Largest distance from a cap to the next floor that is no gap. Default 0. OKX counts whole contracts (1…2000, 2001…4000):
   * use 1.
   */
  lot?: number
}

const tierOptions = defineOptions<TierOptions>('liq.brackets.fromTiers', {
  lot: option(
    0,
    numberThat('0 or more', x => x >= 0 && x < Infinity),
  ),
})

const SOURCE: BracketSource = {
  caller: 'liq.brackets.fromTiers',
  table: 'tiers',
  fields: {
    floor: 'minNotional',
    cap: 'maxNotional',
    maintenanceRate: 'maintenanceMarginRate',
    maintenanceAmount: 'info.cum',
    maxLeverage: 'maxLeverage',
  },
  error: DataError,
}

/**
 * Brackets as an exchange serves them, from the rows of ccxt's `fetchMarketLeverageTiers`, or of a symbol in
 * `fetchLeverageTiers`. Amounts are those of continuity. Amounts that the exchange serves in `info`, as `cum` (Binance) or
 * `mmDeduction` (Bybit), must agree within a basis point of the floor.
 *
 * @throws DataError naming the row and the field when a value is missing or not finite, when tiers leave gaps or overlap,
 *   when a rate falls, or when a served amount would make a step
 * @throws OptionError naming the option that is out of range
 * @example liq.brackets.fromTiers(await exchange.fetchMarketLeverageTiers('BTC/USDT:USDT'))
 */
export function bracketsFromTiers(tiers: readonly Partial<LeverageTier>[], options: TierOptions = {}): Bracket[] {
  const { lot } = tierOptions.resolve(options)
  if (!Array.isArray(tiers))
    throw invalidTable(SOURCE, '', tiers, 'the tiers of one symbol, e.g. (await fetchLeverageTiers())[symbol]')
  checkRows(tiers, isRecord, SOURCE, 'an object with minNotional, maxNotional, …')
  const brackets = tiers.map((tier, row): Bracket => {
    const previous = tiers[row - 1]
    const start = previous ? Number(previous.maxNotional) : 0
    const floor = Number(tier.minNotional)
    return {
      floor: floor > start && floor - start <= lot ? start : floor,
      cap: Number(tier.maxNotional),
      maintenanceRate: Number(tier.maintenanceMarginRate),
      maintenanceAmount: 0,
      maxLeverage: Number(tier.maxLeverage),
    }
  })
  checkLadder(brackets, SOURCE)
  const continuous = withAmounts(brackets)
  const served = continuous.map((bracket, row) => {
    const maintenanceAmount = servedAmount(tiers[row]!.info)
    return maintenanceAmount === undefined ? bracket : { ...bracket, maintenanceAmount }
  })
  checkAmounts(served, SOURCE)
  return continuous
}

function servedAmount(info: unknown): number | undefined {
  if (!isRecord(info)) return undefined
  const amount = info.cum ?? info.mmDeduction
  return amount === undefined || amount === null || amount === '' ? undefined : Number(amount)
}
