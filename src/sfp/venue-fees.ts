/** Published fees of perpetual futures by venue and tier. */
import { invalidOption, listWords } from '../common/options.ts'

export interface FeeTier {
  /** The venue's name of it. */
  tier: string
  /** Fractions of the notional. */
  takerFee: number
  makerFee: number
}

export interface VenueFees {
  /** Where the table was read, and when. */
  source: string
  /** From the lowest tier on. Discounts for holding or staking the venue's coin are left out. */
  tiers: readonly FeeTier[]
}

const tiers = (names: readonly string[], taker: readonly number[], maker: readonly number[]): FeeTier[] =>
  names.map((tier, i) => ({ tier, takerFee: taker[i]! / 1e4, makerFee: maker[i]! / 1e4 }))
const vip = (count: number) => Array.from({ length: count }, (_, i) => `VIP ${i}`)

/** Fees of linear perpetuals in basis points, by ccxt's name of the venue. They change: check those of your account. */
export const VENUE_FEES: Readonly<Record<'binanceusdm' | 'bybit' | 'hyperliquid' | 'okx', VenueFees>> = {
  binanceusdm: {
    source: 'binance.com/en/fee/futureFee, as in ccxt 4.5.84 and zb-binance.com, read 2026-11',
    tiers: tiers(vip(10), [5, 4, 3.5, 3.2, 3, 2.7, 2.5, 2.2, 2, 1.7], [2, 1.6, 1.4, 1.2, 1, 0.8, 0.6, 0.4, 0.2, 0]),
  },
  bybit: {
    source: 'Bybit help center, Trading Fee Structure (article 000001634), read 2026-11',
    tiers: tiers([...vip(6), 'Supreme VIP'], [5.5, 4, 3.75, 3.5, 3.2, 3.2, 3], [2, 1.8, 1.6, 1.4, 1.2, 1, 0]),
  },
  hyperliquid: {
    source: 'hyperliquid.gitbook.io/hyperliquid-docs/trading/fees, base rates by 14-day volume, read 2026-11',
    tiers: tiers(['0', '1', '2', '3', '4', '5', '6'], [4.5, 4, 3.5, 3, 2.8, 2.6, 2.4], [1.5, 1.2, 0.8, 0.4, 0, 0, 0]),
  },
  okx: {
    source: 'okx.com/fees, regular users, as in ccxt 4.5.84, read 2026-11',
    tiers: tiers(['Regular'], [5], [2]),
  },
}

/**
 * Fees of a venue for the options of a backtest.
 *
 * @param tier default: the lowest
 * @throws OptionError for a venue or tier that is not in {@link VENUE_FEES}
 * @example liq.sfp(btc, { levels: 'pivots' }).backtest({ ...liq.fees('binanceusdm', 'VIP 1'), slippageBps: 1 })
 */
export function fees(venue: keyof typeof VENUE_FEES, tier?: string): Pick<FeeTier, 'takerFee' | 'makerFee'> {
  if (!Object.hasOwn(VENUE_FEES, venue))
    throw invalidOption('liq.fees', 'venue', venue, listWords(Object.keys(VENUE_FEES)))
  const table = VENUE_FEES[venue].tiers
  const row = tier === undefined ? table[0] : table.find(row => row.tier === tier)
  if (!row) throw invalidOption('liq.fees', 'tier', tier, listWords(table.map(row => row.tier)))
  return { takerFee: row.takerFee, makerFee: row.makerFee }
}
