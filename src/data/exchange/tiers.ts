import type { LeverageTier as CcxtTier } from 'ccxt'
import { DataError } from '../../common/errors.ts'
import type { LeverageTier } from '../../market/leverage-tier.ts'
import { type Connection, USUAL } from './connect.ts'
import { listIn, raw } from './rule.ts'
import { whoServes } from './venues.ts'

/**
 * The venue's own leverage tiers of a market, with notionals in the quote currency.
 *
 * @param price where tiers are counted in contracts or coins (OKX, Kraken), they are worth this price
 * @throws DataError where the venue serves none, or only with a key, naming those that serve theirs openly
 */
export async function fetchTiers(connection: Connection, price: number): Promise<LeverageTier[]> {
  const { exchange, listing } = connection
  const what = `leverage tiers of ${listing.symbol}`
  if (exchange.id === 'hyperliquid') return connection.ask(() => hyperliquidTiers(connection), what)
  const open = whoServes(USUAL.filter(id => id !== 'binanceusdm'))
  if (!exchange.has.fetchMarketLeverageTiers && !exchange.has.fetchLeverageTiers)
    throw new DataError(`with: ${exchange.id} serves no leverage tiers. ${open}`)
  if (exchange.id === 'binanceusdm' && !exchange.apiKey)
    throw new DataError(
      `with: binanceusdm serves its brackets only to a key (ccxt: { apiKey, secret }). ${open} without one. A dated table of Binance's: liq.brackets.binance`,
    )
  const tiers = await connection.ask(async () => {
    if (exchange.has.fetchMarketLeverageTiers === true) return exchange.fetchMarketLeverageTiers(listing.symbol)
    return (await exchange.fetchLeverageTiers([listing.symbol]))[listing.symbol] ?? []
  }, what)
  if (tiers.length === 0) throw new DataError(`with: ${exchange.id} has no leverage tiers of ${listing.symbol}`)
  return inQuote(tiers, unitOf(connection, price))
}

/** What one of the venue's units is worth. */
function unitOf({ exchange, listing }: Connection, price: number): number {
  if (exchange.id === 'okx') return listing.inverse ? (listing.contractSize ?? 1) : (listing.contractSize ?? 1) * price
  if (exchange.id === 'krakenfutures') return listing.inverse ? 1 : price
  return 1
}

/** Each tier begins where the one before ends: OKX counts whole contracts, 0…2000, 2001…4000. */
function inQuote(tiers: readonly CcxtTier[], unit: number): LeverageTier[] {
  return tiers.map((tier, i) => ({
    tier: i + 1,
    minNotional: (i === 0 ? (tier.minNotional ?? 0) : (tiers[i - 1]!.maxNotional ?? Number.NaN)) * unit,
    maxNotional: tier.maxNotional === undefined ? Number.POSITIVE_INFINITY : tier.maxNotional * unit,
    maintenanceMarginRate: tier.maintenanceMarginRate ?? Number.NaN,
    maxLeverage: tier.maxLeverage ?? Number.NaN,
    // OKX's and Kraken's own rows are in units that are not the notional's.
    ...(unit === 1 ? { info: tier.info } : {}),
  }))
}

/** "The maintenance margin rate is half of the initial margin rate at max leverage" of the tier. */
async function hyperliquidTiers(connection: Connection): Promise<LeverageTier[]> {
  const meta = (await raw(connection, 'publicPostInfo', { type: 'meta' })) as Record<string, unknown>
  const tables = new Map(listIn(meta, 'marginTables') as [number, { marginTiers: unknown[] }][])
  const name = (connection.listing as unknown as { baseName: string }).baseName
  const coins = listIn(meta, 'universe') as { name: string; marginTableId: number; maxLeverage: number }[]
  const coin = coins.find(({ name: other }) => other === name)
  if (coin === undefined) throw new DataError(`with: hyperliquid has no leverage tiers of ${connection.listing.symbol}`)
  // A table whose number is a leverage has that one tier and is not listed.
  const rows = (tables.get(coin.marginTableId)?.marginTiers ?? [
    { lowerBound: '0', maxLeverage: coin.maxLeverage },
  ]) as {
    lowerBound: string
    maxLeverage: number
  }[]
  return rows.map(({ lowerBound, maxLeverage }, i) => ({
    tier: i + 1,
    minNotional: Number(lowerBound),
    maxNotional: i + 1 < rows.length ? Number(rows[i + 1]!.lowerBound) : Number.POSITIVE_INFINITY,
    maintenanceMarginRate: 1 / (2 * maxLeverage),
    maxLeverage,
  }))
}
