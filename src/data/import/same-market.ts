/** Refuses files of different markets. */
import { DataError } from '../../common/errors.ts'
import { describeInstrument, type Instrument, instrumentConflicts } from '../../market/instrument.ts'
import { summarizeNames } from './find-files.ts'

interface NamedFile {
  name: string
  plan: { own: Instrument }
  options: { instrument?: Partial<Instrument> | undefined }
}

/** What the file says of itself, and the user of the file. */
function statedInstrument({ plan, options }: NamedFile): Instrument {
  return { ...plan.own, ...options.instrument }
}

/**
 * Checks that files are of one market, as far as their columns, names and folders say.
 *
 * @param prices files of candles or trades, which become one series
 * @param records files of records beside them
 * @returns notes on records of another contract or venue of the same coin
 * @throws DataError naming two files of different markets
 */
export function assertSameMarket(prices: readonly NamedFile[], records: readonly NamedFile[]): string[] {
  // The first file that states a property speaks for all of them, so that thousands of files are compared once each.
  const stated = new Map<string, NamedFile>()
  for (const file of prices)
    for (const [property, value] of statedProperties(statedInstrument(file))) {
      const first = stated.get(property) ?? file
      stated.set(property, first)
      if (statedProperties(statedInstrument(first)).get(property) !== value) throw differentMarkets(first, file)
    }
  const notes = new Set<string>()
  const nameless = prices.filter(file => statedInstrument(file).base === undefined)
  if (prices.length > 1 && nameless.length > 0)
    notes.add(
      `${summarizeNames(nameless.map(({ name }) => name))}: neither columns nor names say of which coin; they were taken as parts of one market`,
    )
  for (const file of records)
    for (const candles of new Set(stated.values())) {
      const [market, own] = [statedInstrument(candles), statedInstrument(file)]
      const conflicts = instrumentConflicts(market, own)
      // Records of all venues together belong to a coin, those of its contracts may stand beside its spot market.
      const otherContract =
        conflicts.includes('expiry') || (conflicts.includes('kind') && market.kind !== 'spot' && own.kind !== 'spot')
      if (conflicts.includes('base') || otherContract) throw differentMarkets(candles, file)
      if (conflicts.length > 0)
        notes.add(
          `${file.name} is of ${describeInstrument(own)}, ${candles.name} of ${describeInstrument(market)}: its records were taken as those of the same market`,
        )
    }
  const [candles] = nameless
  const named = records.filter(file => statedInstrument(file).base !== undefined)
  if (candles !== undefined && nameless.length === prices.length && named.length > 0)
    notes.add(
      `${summarizeNames(named.map(({ name }) => name))} is of ${describeInstrument(statedInstrument(named[0]!))}, but neither columns nor name of ${candles.name} say of which coin it is: they were taken as those of one market`,
    )
  return [...notes]
}

/** What an instrument states. Prices are those of trades unless a name says otherwise. */
function statedProperties({ base, quote, kind, expiry, venue, price }: Instrument): Map<string, string> {
  const known = kind === 'unknown' ? undefined : kind
  const properties = { base, quote, kind: known, expiry, venue, price: price ?? 'trade' }
  return new Map(Object.entries(properties).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

function differentMarkets(one: NamedFile, other: NamedFile): DataError {
  return new DataError(
    `${other.name} is of another market than ${one.name}: ${describeInstrument(statedInstrument(other))}, not ${describeInstrument(statedInstrument(one))}. Load each by itself; where a name is wrong, say what it is with { file, instrument: { … } }`,
  )
}
