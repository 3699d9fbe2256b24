/** One row of an exchange's leverage tiers, named as in ccxt: maximum leverage and maintenance margin by position size. */
export interface LeverageTier {
  tier: number
  /** In the quote currency. Infinity in an open last tier. */
  minNotional: number
  maxNotional: number
  maintenanceMarginRate: number
  maxLeverage: number
  /** The row as the exchange sent it, if its amounts are in the quote currency. */
  info?: unknown
}
