/** Opens the files of one market, each of which may say what the others do not. */
import { DataError } from '../../common/errors.ts'
import type { Instrument } from '../../market/instrument.ts'
import type { BesideFile } from './file-options.ts'
import type { FileEntry } from './find-files.ts'
import { besideFiles, type FileRows, type OpenFile, openFile } from './read-rows.ts'

interface OpenedFile {
  path: string
  open: OpenFile
}

/**
 * Opens files in their order. Candles and trades whose names and columns say nothing of the contract are of the same one as
 * those beside them.
 *
 * @param symbol of the whole market, if the user gives one
 */
export async function openFiles(entries: readonly FileEntry[], symbol: string | undefined): Promise<OpenedFile[]> {
  const opened: OpenedFile[] = []
  const unsure: { entry: FileEntry; k: number; error: unknown }[] = []
  for (const [k, entry] of entries.entries()) {
    try {
      opened[k] = { path: entry.file, open: await openFile(entry, symbol) }
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      // What it asks for may be said by another file.
      unsure.push({ entry, k, error })
    }
  }
  const beside = marketOf(
    opened.flatMap(file => file?.open ?? []),
    [],
  )
  for (const { entry, k, error } of unsure) {
    if (beside === null) throw error
    opened[k] = { path: entry.file, open: await openFile(entry, symbol, beside) }
  }
  if (beside !== null)
    for (const file of opened)
      if (isPriced(file.open) && file.open.plan.instrument.kind === 'unknown')
        file.open = await besideFiles(file.open, file.path, beside)
  return opened
}

function isPriced({ plan }: OpenFile): boolean {
  return plan.kind === 'candles' || plan.kind === 'trades'
}

/** What the candles or trades of a market say of it; null without any. @param candles those that have been read */
export function marketOf(files: readonly OpenFile[], candles: readonly FileRows[]): BesideFile | null {
  const priced = files.filter(isPriced)
  if (priced.length === 0) return null
  // The file that says most of the contract comes last, and so counts.
  const instruments = priced.map(({ plan }) => plan.instrument)
  const known = instruments.filter(({ kind }) => kind !== 'unknown')
  const instrument = Object.assign({}, ...instruments.toReversed(), ...known.toReversed()) as Instrument
  const sizes = priced.flatMap(({ plan, options }) => {
    const conversion = plan.conversions.volume ?? plan.conversions.amount
    return conversion?.contractSize ?? options.contractSize ?? []
  })
  const prices = priceRange(candles)
  return {
    instrument,
    ...(sizes[0] !== undefined && { contractSize: sizes[0] }),
    ...(prices && { prices }),
  }
}

function priceRange(candles: readonly FileRows[]): { low: number; high: number } | null {
  let low = Infinity
  let high = 0
  for (const { columns } of candles) {
    for (const price of columns.low ?? []) if (price < low) low = price
    for (const price of columns.high ?? []) if (price > high) high = price
  }
  return low <= high ? { low, high } : null
}
