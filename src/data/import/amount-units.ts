/** Amounts of files in coins. */
import { DataError } from '../../common/errors.ts'
import { type Instrument, isInverse } from '../../market/instrument.ts'
import type { ImportField } from './column-names.ts'
import type { Unit } from './layouts/layout.ts'

/** Fields that are amounts, and so have a unit. */
export const AMOUNT_FIELDS = [
  'volume',
  'takerBuyVolume',
  'openInterest',
  'longLiquidations',
  'shortLiquidations',
  'amount',
] as const satisfies readonly ImportField[]

export type AmountField = (typeof AMOUNT_FIELDS)[number]

/** Coins of an amount: amount × factor, divided by the price if `perPrice`. */
export interface Conversion {
  unit: Unit
  factor: number
  perPrice: boolean
  /** Of one contract. */
  contractSize?: number
  /** Whether the amount is the sum of both sides of each trade. */
  bothSides?: true
}

export const IN_COINS: Conversion = { unit: 'coins', factor: 1, perPrice: false }

/**
 * How an amount of some unit becomes coins.
 *
 * @param column its name in the file, for the error
 * @param contractSize coins of one contract, or of an inverse one the quote currency, if it is known
 * @throws DataError that asks for the size or the kind of the contract where the file does not state it
 */
export function conversionOf(
  unit: Unit,
  column: string,
  instrument: Instrument,
  contractSize: number | undefined,
): Conversion {
  if (unit === 'coins') return IN_COINS
  if (unit === 'quote') return { unit, factor: 1, perPrice: true }
  const inverse = isInverse(instrument)
  if (inverse === undefined)
    throw new DataError(
      `${column} counts contracts, but nothing says of which kind: set instrument: { kind: 'linear' } or { kind: 'inverse' }, and contractSize. If it counts coins, set unit: 'coins'`,
    )
  if (contractSize === undefined)
    throw new DataError(
      `${column} counts contracts, but the file does not say how large one is: set contractSize, ${
        inverse
          ? "the value of one contract in the quote currency, e.g. 100 for Binance's BTCUSD_PERP and OKX's BTC-USD-SWAP"
          : "the coins of one contract, e.g. 0.01 for OKX's BTC-USDT-SWAP"
      }. If it counts coins, set unit: 'coins'`,
    )
  return { unit, factor: contractSize, perPrice: inverse, contractSize }
}

/** Replaces amounts by coins. @param priceAt price of a row; called for amounts that depend on it */
export function convertAmounts(
  values: Float64Array,
  { factor, perPrice }: Conversion,
  priceAt: (row: number) => number,
): void {
  if (perPrice) for (let i = 0; i < values.length; i++) values[i] = (values[i]! * factor) / priceAt(i)
  else if (factor !== 1) for (let i = 0; i < values.length; i++) values[i]! *= factor
}

/** In words: `contracts of 0.01 coins`. */
export function describeConversion(conversion: Conversion, instrument: Instrument): string {
  const sides = conversion.bothSides ? ', those of buyer and seller of each trade,' : ''
  return `${describeUnit(conversion, instrument)}${sides}`
}

function describeUnit({ unit, perPrice, contractSize }: Conversion, instrument: Instrument): string {
  const quote = instrument.quote ?? 'the quote currency'
  if (unit === 'coins') return instrument.base ?? 'coins'
  if (unit === 'quote') return quote
  return `contracts of ${contractSize} ${perPrice ? quote : (instrument.base ?? 'coins')}`
}
