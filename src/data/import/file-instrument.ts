/** The instrument of a file. */
import { DataError } from '../../common/errors.ts'
import { type Instrument, instrumentConflicts } from '../../market/instrument.ts'
import { readSymbol } from '../../market/instrument-spellings.ts'
import { contradictoryNames, recognizeInstrument } from '../../market/recognize-instrument.ts'
import { EXCHANGE_COLUMN_NAMES, MARKET_COLUMN_NAMES, normalizeName } from './column-names.ts'
import type { ResolvedFileOptions } from './file-options.ts'
import type { Layout } from './layouts/layout.ts'
import type { Table } from './table.ts'

const MARKET_KINDS = ['spot', 'linear', 'inverse'] as const

type NamedTable = Pick<Table, 'names' | 'firstRow' | 'stated'>

/**
 * What a file names by its columns, its name and its folders, and the same after the user's options and the files beside it.
 * @throws DataError when the columns name another market than the file's name and folders
 */
export function instrumentOf(
  table: NamedTable,
  { where = {}, instrument, symbol, beside }: ResolvedFileOptions,
  path: string,
  layout: Layout | null = null,
): { own: Instrument; instrument: Instrument } {
  const stated = Object.entries(table.stated ?? {})
  const statedBeside = (known: readonly string[]) =>
    stated.flatMap(([name, text]) => (known.includes(normalizeName(name)) && text !== '' ? [text] : []))
  const cellsOf = (columns: readonly number[]) =>
    columns.flatMap(index => {
      const text = where[table.names[index]!] ?? table.firstRow[index] ?? ''
      return text === '' ? [] : [text]
    })
  const symbols = [
    ...cellsOf(marketColumns(table, layout)),
    ...statedBeside(MARKET_COLUMN_NAMES),
    ...stated.flatMap(([name, text]) => (isTopic(name) ? symbolsOfTopic(text) : [])),
  ]
  const exchanges = table.names.flatMap((name, index) =>
    EXCHANGE_COLUMN_NAMES.includes(normalizeName(name)) ? [index] : [],
  )
  const [exchange] = [...cellsOf(exchanges), ...statedBeside(EXCHANGE_COLUMN_NAMES)]
  // Bybit names the kind of its contracts beside the rows.
  const market = MARKET_KINDS.find(kind => kind === table.stated?.category) ?? layout?.market
  const hints = {
    symbols,
    path,
    ...(exchange !== undefined && { exchange }),
    ...(layout?.venue !== undefined && { venue: layout.venue }),
    ...(market !== undefined && { market }),
  }
  const named = recognizeInstrument(hints)
  const twice = instrument === undefined && Object.keys(where).length === 0 ? contradictoryNames(hints) : null
  if (twice !== null)
    throw new DataError(
      `The rows are of ${twice[0]}, but the name of the file or of a folder says ${twice[1]}: say which is right with instrument: { … }, e.g. instrument: { base: '${named.base}' }`,
    )
  // Figures have shown what the names do not say.
  const mayBeInverse = named.kind === 'unknown' && (named.quote ?? 'USD') === 'USD'
  const shown = mayBeInverse && layout?.contract === 'inverse' && layout.sameTrades !== undefined
  const own: Instrument = shown ? { ...named, kind: 'inverse' } : named
  const asked = symbol === undefined ? {} : statedBy(symbol, own)
  const completed = beside === undefined ? own : completedBy(own, beside.instrument)
  return { own, instrument: { ...completed, ...asked, ...instrument } }
}

/** The columns of a file that name the market of a row. */
export function marketColumns({ names, firstRow }: NamedTable, layout: Layout | null): number[] {
  const own = layout?.symbolColumn === undefined ? -1 : names.indexOf(layout.symbolColumn)
  if (own >= 0) return [own]
  return names.flatMap((name, index) =>
    MARKET_COLUMN_NAMES.includes(normalizeName(name)) ||
    // Messages of Binance and Bybit call it s, which may be anything elsewhere.
    (name === 's' && readSymbol(firstRow[index] ?? '', undefined) !== undefined)
      ? [index]
      : [],
  )
}

/** What a message names its channel by. */
function isTopic(name: string): boolean {
  return name === 'topic' || name === 'stream' || name === 'ch'
}

/** Parts of `publicTrade.BTCUSDT`, `btcusdt@aggTrade`, `market.btcusdt.kline.1min`. */
function symbolsOfTopic(topic: string): string[] {
  return topic.split(/[.@/:]/).filter(part => readSymbol(part, undefined) !== undefined)
}

/** What a file says of its instrument, completed by that of the files beside it where they do not contradict each other. */
function completedBy(own: Instrument, beside: Instrument): Instrument {
  if (instrumentConflicts(own, beside).some(property => property !== 'venue')) return own
  const { base, quote, venue, kind, settle, expiry } = beside
  // Candles of a spot market may have records of a contract beside them.
  const contract =
    own.kind === 'unknown' && kind !== 'spot'
      ? { kind, ...(settle !== undefined && { settle }), ...(expiry !== undefined && { expiry }) }
      : {}
  return {
    ...(base !== undefined && { base }),
    ...(quote !== undefined && { quote }),
    ...(venue !== undefined && { venue }),
    ...own,
    ...contract,
  }
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
