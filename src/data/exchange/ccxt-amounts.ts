/** Amounts of ccxt's unified methods in coins: what they count differs by venue, and ccxt does not say it with the data. */
import { OptionError } from '../../common/errors.ts'
import {
  CCXT_BOTH_SIDES,
  CCXT_CANDLES_IN_CONTRACTS,
  CCXT_INTEREST_IN_CONTRACTS,
  CCXT_INVERSE_IN_COINS,
} from '../../market/ccxt-units.ts'
import { venueOf } from '../../market/instrument-words.ts'
import type { Instrument } from './connect.ts'

/** Coins of an amount at a price; what is no number passes, to be refused with the row. */
type ToCoins = <T>(amount: T, price: unknown) => T | number

type Series = 'candles' | 'open interest'

const CONTRACTS: Record<Series, readonly string[]> = {
  candles: CCXT_CANDLES_IN_CONTRACTS,
  'open interest': CCXT_INTEREST_IN_CONTRACTS,
}

/**
 * How the amounts of a series become coins; null if they are coins.
 * @throws OptionError where it is not known what they count, or how large a contract is
 */
export function coinsOf(series: Series, id: string, instrument: Instrument): ToCoins | null {
  if (instrument.contract !== true) return null
  const venue = venueOf(id) ?? id
  const { inverse, symbol, contractSize } = instrument
  if (CONTRACTS[series].includes(venue) || (inverse && venue === 'kraken')) {
    const size = contractSize ?? (venue === 'kraken' ? 1 : undefined)
    if (size === undefined || !(size > 0))
      throw new OptionError(
        `liq.market: symbol: ${symbol}: ${id} counts its ${series} in contracts, and does not say how large one is. Load it from a file, with contractSize`,
      )
    // An inverse contract is worth its size in the quote currency.
    return inverse ? scaled((amount, price) => (amount * size) / price) : scaled(amount => amount * size)
  }
  if (inverse && (series === 'open interest' || !CCXT_INVERSE_IN_COINS.includes(venue)))
    throw new OptionError(
      `liq.market: symbol: ${symbol}: whether ${id} counts the ${series} of inverse contracts in coins or in contracts is not known. Load it from a file, with unit and contractSize`,
    )
  if (series === 'candles' && CCXT_BOTH_SIDES.includes(venue)) return scaled(amount => amount / 2)
  return null
}

const scaled =
  (convert: (amount: number, price: number) => number): ToCoins =>
  (amount, price) =>
    typeof amount === 'number' && typeof price === 'number' ? convert(amount, price) : amount

interface InterestRow {
  openInterestAmount?: unknown
  openInterestValue?: unknown
}

/**
 * ccxt's history of open interest, with its amounts in coins. An inverse contract's coins need a price, which the rows do not have,
 * so there it must be served in coins.
 */
export function interestInCoins<Row extends InterestRow>(
  id: string,
  instrument: Instrument,
  rows: readonly Row[],
): readonly Row[] {
  const coins = coinsOf('open interest', id, instrument)
  if (coins === null) return rows
  if (instrument.inverse)
    throw new OptionError(
      `liq.market: with: openInterest of ${instrument.symbol}: ${id} counts contracts of ${instrument.contractSize} USD, whose coins depend on the price. Load it from a file`,
    )
  return rows.map(row => ({ ...row, openInterestAmount: coins(row.openInterestAmount, 1) }))
}
