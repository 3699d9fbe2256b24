/** The instrument of a file. */
import type { Instrument } from '../../market/instrument.ts'
import { recognizeInstrument } from '../../market/recognize-instrument.ts'
import { EXCHANGE_COLUMN_NAMES, MARKET_COLUMN_NAMES, normalizeName } from './column-names.ts'
import type { ResolvedFileOptions } from './file-options.ts'
import type { Layout } from './layouts/layout.ts'
import type { Table } from './table.ts'

const MARKET_KINDS = ['spot', 'linear', 'inverse'] as const

/** What a file names by its columns, its name and its folders, and the same after the user's options. */
export function instrumentOf(
  table: Pick<Table, 'names' | 'firstRow' | 'stated'>,
  { where = {}, instrument, symbol }: ResolvedFileOptions,
  path: string,
  layout: Layout | null = null,
): { own: Instrument; instrument: Instrument } {
  const stated = Object.entries(table.stated ?? {})
  const cells = (known: readonly string[]) => [
    ...table.names.flatMap((name, index) => {
      if (!known.includes(normalizeName(name))) return []
      const text = where[name] ?? table.firstRow[index] ?? ''
      return text === '' ? [] : [text]
    }),
    ...stated.flatMap(([name, text]) => (known.includes(normalizeName(name)) && text !== '' ? [text] : [])),
  ]
  const ownColumn = layout?.symbolColumn === undefined ? -1 : table.names.indexOf(layout.symbolColumn)
  const symbols = ownColumn < 0 ? cells(MARKET_COLUMN_NAMES) : [table.firstRow[ownColumn] ?? '']
  const [exchange] = cells(EXCHANGE_COLUMN_NAMES)
  // Bybit names the kind of its contracts beside the rows.
  const market = MARKET_KINDS.find(kind => kind === table.stated?.category) ?? layout?.market
  const named = recognizeInstrument({
    symbols,
    path,
    ...(exchange !== undefined && { exchange }),
    ...(layout?.venue !== undefined && { venue: layout.venue }),
    ...(market !== undefined && { market }),
  })
  // Figures have shown what the names do not say.
  const mayBeInverse = named.kind === 'unknown' && (named.quote ?? 'USD') === 'USD'
  const shown = mayBeInverse && layout?.contract === 'inverse' && layout.sameTrades !== undefined
  const own: Instrument = shown ? { ...named, kind: 'inverse' } : named
  const asked = symbol === undefined ? {} : statedBy(symbol, own)
  return { own, instrument: { ...own, ...asked, ...instrument } }
}

/** What a symbol that the user gives says beyond the file. */
function statedBy(symbol: string, own: Instrument): Partial<Instrument> {
  const hints = { symbols: [symbol], ...(own.venue !== undefined && { venue: own.venue }) }
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
