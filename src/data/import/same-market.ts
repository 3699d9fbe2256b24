/** Refuses files of different markets. */
import { DataError } from '../../common/errors.ts'
import { describeInstrument, type Instrument, instrumentConflicts } from '../../market/instrument.ts'

interface NamedFile {
  name: string
  plan: { own: Instrument }
}

/** What must agree between files of candles, or of trades. */
const OF_PRICES = ['base', 'quote', 'kind', 'expiry', 'venue'] as const
/** What must agree between candles and records beside them: records of all venues together belong to a coin. */
const OF_RECORDS = ['base'] as const

/**
 * Checks that files are of one market, as far as their columns, names and folders say.
 *
 * @param prices files of candles or trades, which become one series
 * @param records files of records beside them
 * @returns notes on records of another contract or venue of the same coin
 * @throws DataError naming two files of different markets
 */
export function assertSameMarket(prices: readonly NamedFile[], records: readonly NamedFile[]): string[] {
  for (const [i, file] of prices.entries())
    for (const earlier of prices.slice(0, i)) {
      const conflicts = instrumentConflicts(earlier.plan.own, file.plan.own).filter(name =>
        OF_PRICES.includes(name as never),
      )
      const price = (earlier.plan.own.price ?? 'trade') !== (file.plan.own.price ?? 'trade')
      if (conflicts.length > 0 || price) throw differentMarkets(earlier, file)
    }
  const notes = new Set<string>()
  for (const file of records)
    for (const candles of prices) {
      const conflicts = instrumentConflicts(candles.plan.own, file.plan.own)
      if (conflicts.some(name => OF_RECORDS.includes(name as never))) throw differentMarkets(candles, file)
      if (conflicts.length > 0)
        notes.add(
          `${file.name} is of ${describeInstrument(file.plan.own)}, ${candles.name} of ${describeInstrument(candles.plan.own)}: its records were taken as those of the same market`,
        )
    }
  return [...notes]
}

function differentMarkets(one: NamedFile, other: NamedFile): DataError {
  return new DataError(
    `${other.name} is of another market than ${one.name}: ${describeInstrument(other.plan.own)}, not ${describeInstrument(one.plan.own)}. Load each by itself; where a name is wrong, say what it is with { file, instrument: { … } }`,
  )
}
