/** What a position of some size may be leveraged and must keep: a row of an exchange's leverage tiers, as ccxt names it. */
export interface LeverageTier {
  tier: number
  /** In the quote currency. The last tier may be open: Infinity. */
  minNotional: number
  maxNotional: number
  maintenanceMarginRate: number
  maxLeverage: number
  /** The row as the exchange served it, where its amounts are in the quote currency. */
  info?: unknown
}
