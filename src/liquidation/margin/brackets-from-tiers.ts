import { type Bracket, type BracketFields, checkAmounts, checkLadder, withAmounts } from './brackets.ts'

/** One row of ccxt's `fetchMarketLeverageTiers` or of a symbol in `fetchLeverageTiers`. */
export interface LeverageTierInput {
  tier?: number
  minNotional?: number
  maxNotional?: number
  maintenanceMarginRate?: number
  maxLeverage?: number
  /** The row as the exchange served it. Read for the maintenance amount: `cum` (Binance), `mmDeduction` (Bybit). */
  info?: unknown
}

export interface TierOptions {
  /**
   * A floor that lies at most so much above the cap before it leaves no gap. Default 0. OKX counts whole contracts
   * (1…2000, 2001…4000): 1.
   */
  lot?: number
}

const FIELDS: BracketFields = {
  table: 'tiers',
  floor: 'minNotional',
  cap: 'maxNotional',
  maintenanceRate: 'maintenanceMarginRate',
  maintenanceAmount: 'info.cum',
  maxLeverage: 'maxLeverage',
}

/**
 * Brackets as an exchange serves them, from ccxt's leverage tiers. Amounts are those of continuity; where the exchange
 * serves its own they must agree within a basis point of the floor.
 *
 * @throws RangeError naming the row and the field when a value is missing or not finite, when tiers leave gaps or
 *   overlap, when a rate falls, or when a served amount would make a step
 * @example bracketsFromTiers(await exchange.fetchMarketLeverageTiers('BTC/USDT:USDT'))
 */
export function bracketsFromTiers(tiers: readonly LeverageTierInput[], { lot = 0 }: TierOptions = {}): Bracket[] {
  if (!(lot >= 0 && lot < Infinity)) throw new RangeError(`lot: ${lot}, but expected 0 or more`)
  if (!(tiers?.length >= 0))
    throw new RangeError(
      `tiers: ${tiers}, but expected the tiers of one symbol, e.g. (await fetchLeverageTiers())[symbol]`,
    )
  const brackets = tiers.map((tier, row): Bracket => {
    const before = row === 0 ? 0 : Number(tiers[row - 1]!.maxNotional)
    const floor = Number(tier.minNotional)
    return {
      floor: floor > before && floor - before <= lot ? before : floor,
      cap: Number(tier.maxNotional),
      maintenanceRate: Number(tier.maintenanceMarginRate),
      maintenanceAmount: 0,
      maxLeverage: Number(tier.maxLeverage),
    }
  })
  checkLadder(brackets, FIELDS)
  const exact = withAmounts(brackets)
  const served = exact.map((bracket, row) => {
    const maintenanceAmount = servedAmount(tiers[row]!.info)
    return maintenanceAmount === undefined ? bracket : { ...bracket, maintenanceAmount }
  })
  checkAmounts(served, FIELDS)
  return exact
}

function servedAmount(info: unknown): number | undefined {
  if (typeof info !== 'object' || info === null) return undefined
  const { cum, mmDeduction } = info as Record<string, unknown>
  const amount = cum ?? mmDeduction
  return amount === undefined || amount === null || amount === '' ? undefined : Number(amount)
}
