/** Fetches an exchange's leverage tiers. */
import type { LeverageTier as CcxtTier } from 'ccxt'
import { DataError } from '../../common/errors.ts'
import type { Task } from '../../common/host.ts'
import { invalidOption } from '../../common/options.ts'
import type { LeverageTier } from '../../market/leverage-tier.ts'
import { type Connection, MAIN_VENUES } from './connect.ts'
import { callApi, listAt } from './endpoint.ts'
import { signWithKey } from './sign-with-key.ts'
import { venueNumber } from './venue-number.ts'
import { notServed } from './venues.ts'

/** Venues that serve their tiers without a key. */
const PUBLIC_PROVIDERS = MAIN_VENUES.filter(id => id !== 'binanceusdm')

/**
 * The venue's own leverage tiers of an instrument, with notionals in the quote currency.
 *
 * @param price what tiers in contracts or coins (OKX, Kraken) are converted with
 * @param task is asked for the user's key, where the venue serves them only with one
 * @throws OptionError if the venue serves no tiers, or only with a key and there is none
 * @throws DataError if it has no tiers of this instrument
 */
export async function fetchLeverageTiers(
  connection: Connection,
  price: number,
  caller: string,
  task: Task,
): Promise<LeverageTier[]> {
  const { exchange, instrument } = connection
  const label = `leverage tiers of ${instrument.symbol}`
  if (exchange.id === 'hyperliquid')
    return checkTiers(await connection.request(() => fetchHyperliquidTiers(connection), label), connection)
  if (!exchange.has.fetchMarketLeverageTiers && !exchange.has.fetchLeverageTiers)
    throw notServed(caller, 'brackets', exchange.id, 'leverage tiers', PUBLIC_PROVIDERS)
  if (exchange.id === 'binanceusdm') {
    const refusal = await signWithKey(connection, task)
    if (refusal !== undefined)
      throw invalidOption(
        caller,
        'with',
        'brackets',
        `a key, which binanceusdm requires for its brackets, unlike ${PUBLIC_PROVIDERS.join(', ')}: ${refusal}; liq.brackets.binance is a dated table of Binance's`,
      )
  }
  const tiers = await connection.request(async () => {
    if (exchange.has.fetchMarketLeverageTiers === true) return exchange.fetchMarketLeverageTiers(instrument.symbol)
    return (await exchange.fetchLeverageTiers([instrument.symbol]))[instrument.symbol] ?? []
  }, label)
  if (tiers.length === 0) throw noTiers(connection)
  return checkTiers(toQuoteCurrency(tiers, unitValue(connection, price)), connection)
}

/** @throws DataError naming the tier and the field that is not a number */
function checkTiers(tiers: LeverageTier[], { exchange, instrument }: Connection): LeverageTier[] {
  for (const { tier, minNotional, maxNotional, maintenanceMarginRate, maxLeverage } of tiers)
    for (const [field, value] of Object.entries({ minNotional, maxNotional, maintenanceMarginRate, maxLeverage }))
      if (Number.isNaN(value) || value < 0)
        throw new DataError(
          `${exchange.id}: leverage tiers of ${instrument.symbol}, tier ${tier}, ${field}: ${value}, but expected a number`,
        )
  return tiers
}

function noTiers({ exchange, instrument }: Connection): DataError {
  return new DataError(`with: ${exchange.id} has no leverage tiers of ${instrument.symbol}`)
}

/** The value of one of the venue's units in the quote currency. */
function unitValue({ exchange, instrument }: Connection, price: number): number {
  const { inverse, contractSize = 1 } = instrument
  if (exchange.id === 'okx') return inverse ? contractSize : contractSize * price
  if (exchange.id === 'krakenfutures') return inverse ? 1 : price
  return 1
}

/** Each tier begins where the one before ends: OKX counts whole contracts, 0…2000, 2001…4000. */
function toQuoteCurrency(tiers: readonly CcxtTier[], unit: number): LeverageTier[] {
  return tiers.map((tier, i) => ({
    tier: i + 1,
    minNotional: (i === 0 ? (tier.minNotional ?? 0) : (tiers[i - 1]?.maxNotional ?? Number.NaN)) * unit,
    maxNotional: tier.maxNotional === undefined ? Number.POSITIVE_INFINITY : tier.maxNotional * unit,
    maintenanceMarginRate: tier.maintenanceMarginRate ?? Number.NaN,
    maxLeverage: tier.maxLeverage ?? Number.NaN,
    // The raw rows of OKX and Kraken are not in the unit of the notional.
    ...(unit === 1 ? { info: tier.info } : {}),
  }))
}

interface HyperliquidTier {
  lowerBound: string
  maxLeverage: number
}

/** "The maintenance margin rate is half of the initial margin rate at max leverage" of the tier. */
async function fetchHyperliquidTiers(connection: Connection): Promise<LeverageTier[]> {
  const meta = await callApi(connection, 'publicPostInfo', { type: 'meta' })
  const tables = new Map(listAt(meta, 'marginTables') as [number, { marginTiers: HyperliquidTier[] }][])
  const { baseName } = connection.instrument as unknown as { baseName: string }
  const coins = listAt(meta, 'universe') as { name: string; marginTableId: number; maxLeverage: number }[]
  const coin = coins.find(({ name }) => name === baseName)
  if (coin === undefined) throw noTiers(connection)
  // A table whose id is a leverage has a single tier and is not listed.
  const tiers = tables.get(coin.marginTableId)?.marginTiers ?? [{ lowerBound: '0', maxLeverage: coin.maxLeverage }]
  return tiers.map(({ lowerBound, maxLeverage }, i) => ({
    tier: i + 1,
    minNotional: venueNumber(lowerBound),
    maxNotional: i + 1 < tiers.length ? venueNumber(tiers[i + 1]?.lowerBound) : Infinity,
    maintenanceMarginRate: 1 / (2 * maxLeverage),
    maxLeverage,
  }))
}
