/** Contracts of a market, and what they are worth. */
import type { Market } from '../market/market.ts'

/** What one contract is: a coin, settled in USD (linear), or a USD, settled in the coin (inverse). */
export type ContractKind = 'linear' | 'inverse'

/** USD of a contract at the close of bar t. */
export function contractUsd(market: Market, contract: ContractKind, t: number): number {
  return contract === 'linear' ? market.close[t]! : 1
}
