/** The instrument of a file. */
import type { Instrument } from '../../market/instrument.ts'
import { recognizeInstrument } from '../../market/recognize-instrument.ts'
import { EXCHANGE_COLUMN_NAMES, MARKET_COLUMN_NAMES, normalizeName } from './column-names.ts'
import type { ResolvedFileOptions } from './file-options.ts'
import { isHyperliquidCandle } from './layouts/venues.ts'
import type { Table } from './table.ts'

/** What a file names by its columns, its name and its folders, and the same after the user's options. */
export function instrumentOf(
  table: Pick<Table, 'names' | 'firstRow'>,
  { where = {}, instrument, symbol }: ResolvedFileOptions,
  path: string,
): { own: Instrument; instrument: Instrument } {
  const cells = (known: readonly string[]) =>
    table.names.flatMap((name, index) => {
      if (!known.includes(normalizeName(name))) return []
      const text = where[name] ?? table.firstRow[index] ?? ''
      return text === '' ? [] : [text]
    })
  const hyperliquid = isHyperliquidCandle(table.names)
  const symbols = hyperliquid ? [table.firstRow[table.names.indexOf('s')] ?? ''] : cells(MARKET_COLUMN_NAMES)
  const [exchange] = hyperliquid ? ['hyperliquid'] : cells(EXCHANGE_COLUMN_NAMES)
  const own = recognizeInstrument({ symbols, path, ...(exchange !== undefined && { exchange }) })
  const stated = symbol === undefined ? {} : statedBy(symbol, own)
  return { own, instrument: { ...own, ...stated, ...instrument } }
}

/** What a symbol that the user gives says beyond the file. */
function statedBy(symbol: string, own: Instrument): Partial<Instrument> {
  const hints = { symbols: [symbol], ...(own.venue !== undefined && { exchange: own.venue }) }
  const { kind, base, quote, settle, expiry } = recognizeInstrument(hints)
  if (base === undefined || quote === undefined) return {}
  return {
    base,
    quote,
    ...(kind !== 'unknown' && {
      kind,
      ...(settle !== undefined && { settle }),
      ...(expiry !== undefined && { expiry }),
    }),
  }
}
