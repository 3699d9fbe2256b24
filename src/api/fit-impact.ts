/** `liq.fitImpact`: the impact of an order, from recorded order books. */
import { assertKnownOptions, invalidOption } from '../common/options.ts'
import { readBookDepth } from '../data/book-depth.ts'
import type { FileSelection } from '../data/import/find-files.ts'
import { type FittedImpact, fitBooks, fitDepth, type OrderBook } from '../sfp/fit-impact.ts'

/** Files of depth by distance (`bookDepth` of data.binance.vision), or whole order books as ccxt gives them. */
export type ImpactSource = { file: FileSelection } | { books: readonly OrderBook[] }

/**
 * Fits depth and exponent of {@link ImpactOptions} to recorded order books: the median over moments and sides of straight lines
 * through ln(USD) against ln(distance).
 *
 * @throws OptionError for any other source
 * @throws DataError for a file that is missing or has no such columns, and for books from which no depth follows
 * @example const book = { bids: [[99.9, 10], [99.5, 40], [98, 150]], asks: [[100.1, 10], [100.5, 40], [102, 150]] }
 * const { options } = await liq.fitImpact({ books: [book] })
 * liq.sfp(btc, { levels: 'pivots' }).backtest(options)
 */
export async function fitImpact(source: ImpactSource): Promise<FittedImpact> {
  assertKnownOptions(source, ['file', 'books'], 'liq.fitImpact')
  const { file, books } = source as { file?: FileSelection; books?: readonly OrderBook[] }
  if (file !== undefined && books !== undefined)
    throw invalidOption('liq.fitImpact', 'books', books, 'either file or books, not both')
  if (file !== undefined) return fitDepth(await readBookDepth(file, 'liq.fitImpact'))
  if (!Array.isArray(books) || books.length === 0)
    throw invalidOption('liq.fitImpact', 'books', books, 'a list of order books, { bids, asks }, or the option file')
  return fitBooks(books)
}
