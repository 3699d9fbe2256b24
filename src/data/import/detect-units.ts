/** Finds what the amounts of a file count. */
import { DataError } from '../../common/errors.ts'
import { describeInstrument, type Instrument, isInverse } from '../../market/instrument.ts'
import { AMOUNT_FIELDS, type AmountField, type Conversion, conversionOf } from './amount-units.ts'
import type { ImportField } from './column-names.ts'
import type { ResolvedFileOptions } from './file-options.ts'
import type { Layout, Unit } from './layouts/layout.ts'
import { layoutColumn } from './match-layout.ts'
import { sampleColumns } from './sample.ts'
import type { Table } from './table.ts'

/** What decides on the units of a file. */
export interface UnitSource {
  fields: readonly ImportField[]
  /** Positions of their columns. */
  fieldColumns: ReadonlyMap<ImportField, number>
  layout: Layout | null
  table: Table
  instrument: Instrument
  options: ResolvedFileOptions
}

/** A note where the user states the size of contracts, and no amount of the file counts contracts; null else. */
export function unusedContractSize(
  fields: readonly ImportField[],
  conversions: Partial<Record<AmountField, Conversion>>,
  { contractSize }: Pick<ResolvedFileOptions, 'contractSize'>,
): string | null {
  if (contractSize === undefined) return null
  const amounts = AMOUNT_FIELDS.filter(field => fields.includes(field))
  if (amounts.some(field => conversions[field]?.contractSize !== undefined)) return null
  return amounts.length === 0
    ? null
    : `contractSize: ${contractSize} was not used, as ${amounts.join(' and ')} ${amounts.length === 1 ? 'does' : 'do'} not count contracts in this layout`
}

/**
 * How the amounts of a file become coins: by its layout, or as the user states.
 * @throws DataError that asks for what the file does not state
 */
export async function unitConversions({
  fields,
  fieldColumns,
  layout,
  table,
  instrument,
  options,
}: UnitSource): Promise<Partial<Record<AmountField, Conversion>>> {
  const conversions: Partial<Record<AmountField, Conversion>> = {}
  for (const field of AMOUNT_FIELDS) {
    if (!fields.includes(field)) continue
    const index = fieldColumns.get(field)!
    const column = table.names[index] ?? field
    const unit =
      options.unit ??
      unitOf(layout, index, table, instrument) ??
      (options.contractSize ? 'contracts' : usualUnit(instrument))
    if (unit === undefined) throw unknownUnit(column, instrument)
    const size =
      options.contractSize ??
      layout?.contractSize?.(instrument) ??
      (await statedSize(layout, table, instrument)) ??
      options.beside?.contractSize
    const conversion = conversionOf(unit, column, instrument, size)
    if (layout?.bothSides) conversions[field] = { ...conversion, factor: conversion.factor / 2, bothSides: true }
    else if (conversion.unit !== 'coins') conversions[field] = conversion
  }
  return conversions
}

/** Venues whose amounts count contracts even where those are settled in the quote currency. */
const COUNTING_CONTRACTS = new Set(['okx', 'bitmex', 'huobi', 'kucoin', 'gate', 'mexc', 'poloniex', 'bitmart'])

/** Other venues at which what is quoted in USD is likely to be settled in the coin. */
const INVERSE_IN_USD = new Set(['binance', 'bybit', 'bitget', 'bingx', 'phemex', 'deribit'])

/** Coins, but where contracts may be counted: always of what is settled in the coin, of others at some venues. */
function usualUnit(instrument: Instrument): Unit | undefined {
  const { kind, venue, quote } = instrument
  const inverse = isInverse(instrument) ?? (kind === 'unknown' && quote === 'USD' && INVERSE_IN_USD.has(venue ?? ''))
  const mayCount = inverse || (kind !== 'spot' && venue !== undefined && COUNTING_CONTRACTS.has(venue))
  return mayCount ? undefined : 'coins'
}

function unknownUnit(column: string, instrument: Instrument): DataError {
  const inverse = isInverse(instrument)
  const size = inverse
    ? "contractSize: … with the value of one contract in the quote currency, e.g. 100 for Binance's BTCUSD_PERP and 1 for Bybit's BTCUSD"
    : "contractSize: … with the coins of one contract, e.g. 0.01 for OKX's BTC-USDT-SWAP"
  const spot = instrument.kind === 'unknown' ? ", or instrument: { kind: 'spot' } if it is no contract" : ''
  return new DataError(
    `${column} may count coins, contracts or the quote currency: venues differ where the market is ${describeInstrument(instrument)}, and the file does not say which. Set unit: 'coins', unit: 'quote', or ${size}${spot}`,
  )
}

/** The unit that a layout states for a column; undefined where the file has none that does. */
function unitOf(layout: Layout | null, index: number, table: Table, instrument: Instrument): Unit | undefined {
  if (layout === null || layout.unitVaries) return undefined
  const entries = Object.entries(layout.units ?? {})
  return entries.find(([name]) => layoutColumn(table.names, name, instrument) === index)?.[1] ?? 'coins'
}

/** The size of a contract in a column of the file. */
async function statedSize(layout: Layout | null, table: Table, instrument: Instrument): Promise<number | undefined> {
  if (layout?.contractSizeColumn === undefined) return undefined
  const index = layoutColumn(table.names, layout.contractSizeColumn, instrument)
  if (index < 0) return undefined
  const sizes = new Set((await sampleColumns(table, [index], 1000)).get(index))
  const [size] = sizes
  return sizes.size === 1 && Number(size) > 0 ? Number(size) : undefined
}
