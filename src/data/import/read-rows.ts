/** Opens a file, detects its fields, and reads its rows into memory. */
import { basename } from 'node:path'
import { DataError } from '../../common/errors.ts'
import { GrowableArray } from '../../common/growable-array.ts'
import { AMOUNT_FIELDS, type AmountField, type Conversion, convertAmounts, describeConversion } from './amount-units.ts'
import type { ImportField } from './column-names.ts'
import { detectFormat, type ReadPlan } from './detect-format.ts'
import { unusedContractSize } from './detect-units.ts'
import { type BesideFile, fileOptions, type ResolvedFileOptions, shiftMs } from './file-options.ts'
import { type FileEntry, summarizeNames } from './find-files.ts'
import type { FileKind } from './layouts/layout.ts'
import { openTable } from './open-table.ts'
import type { Table } from './table.ts'
import { parseZone } from './time-zone.ts'

/** A file whose columns are known, ready to be read. */
export interface OpenFile {
  name: string
  options: ResolvedFileOptions
  table: Table
  plan: ReadPlan
}

/** The content of a file in memory: one column per field, rows as in the file. */
export interface FileRows {
  name: string
  kind: FileKind
  options: ResolvedFileOptions
  /** How the file was read. */
  plan: ReadPlan
  length: number
  columns: Partial<Record<ImportField, Float64Array>> & { time: Float64Array }
  /** The zone that was assumed for dates without one. */
  assumedZone: string | null
}

/**
 * Opens a file and detects what it holds.
 *
 * @param symbol of the whole market, if the user gives one
 * @param beside what the files beside it say of the market
 * @throws DataError beginning with the file's name
 */
export function openFile(
  { file, ...entryOptions }: FileEntry,
  symbol?: string,
  beside?: BesideFile,
): Promise<OpenFile> {
  const name = basename(file)
  const options = {
    ...fileOptions.resolve(entryOptions),
    ...(symbol !== undefined && { symbol }),
    ...(beside && { beside }),
  }
  return withFileName(name, async () => {
    const table = await openTable(file)
    return { name, options, table, plan: await detectFormat(table, options, file) }
  })
}

/** The file as it is to be read beside those of a market, which say what it does not say itself. */
export function besideFiles(open: OpenFile, path: string, beside: BesideFile): Promise<OpenFile> {
  const options = { ...open.options, beside }
  return withFileName(open.name, async () => ({
    ...open,
    options,
    plan: await detectFormat(open.table, options, path),
  }))
}

/**
 * Reads all rows, with the file's `shift` added to the times. Amounts are in coins, except for those of records that need the
 * price of their bar, see {@link pendingConversion}.
 *
 * @throws DataError beginning with the file's name
 */
export function readRows({ name, options, table, plan }: OpenFile): Promise<FileRows> {
  return withFileName(name, async () => {
    const series = plan.fields.map(field => ({ field, values: new GrowableArray() }))
    for await (const { length, values } of table.rows(plan.columns))
      for (let k = 0; k < series.length; k++) series[k]!.values.append(values[k]!, length)
    const columns = Object.fromEntries(series.map(({ field, values }) => [field, values.take()])) as FileRows['columns']
    joinClock(columns, options)
    joinAccounts(columns)
    if (plan.layout?.percent && columns.fundingRate) columns.fundingRate = columns.fundingRate.map(rate => rate / 100)
    convertRows(plan, columns)
    const shift = shiftMs(options.shift)
    if (shift !== 0)
      for (const times of [columns.time, columns.fundingTime])
        if (times) for (let i = 0; i < times.length; i++) times[i]! += shift
    const assumedZone = plan.time.assumedZone || columns.clock ? options.zone : null
    return { name, kind: plan.kind, options, plan, length: columns.time.length, columns, assumedZone }
  })
}

/** A date in one column and the time of day in another are one time. */
function joinClock({ time, clock }: FileRows['columns'], { zone }: ResolvedFileOptions): void {
  if (clock === undefined) return
  const { toUtc } = parseZone(zone)
  for (let i = 0; i < time.length; i++) time[i] = toUtc(time[i]! + clock[i]!)
}

function joinAccounts(columns: FileRows['columns']): void {
  const { longAccounts, shortAccounts } = columns
  if (longAccounts === undefined || shortAccounts === undefined) return
  columns.longShortRatio = longAccounts.map((long, i) => long / shortAccounts[i]!)
}

/** Converts amounts that their own row can convert. */
function convertRows(plan: ReadPlan, columns: FileRows['columns']): void {
  const { high, low, close, price } = columns
  const middle = (row: number) => (high![row]! + low![row]! + close![row]!) / 3
  for (const field of AMOUNT_FIELDS) {
    const values = columns[field]
    const conversion = plan.conversions[field]
    if (values === undefined || conversion === undefined || pendingConversion(plan, field)) continue
    if (plan.kind === 'candles') convertAmounts(values, conversion, field === 'openInterest' ? t => close![t]! : middle)
    else
      convertAmounts(values, conversion, row => {
        const at = price?.[row] ?? Number.NaN
        if (at > 0) return at
        throw new DataError(
          `Row ${row + 1}, price: ${at}, but expected a price above 0, by which ${field} becomes coins`,
        )
      })
  }
}

/** The conversion of a record's amount that needs the price of its bar; undefined where there is none left to do. */
export function pendingConversion(
  plan: Pick<ReadPlan, 'kind' | 'conversions'>,
  field: AmountField,
): Conversion | undefined {
  const conversion = plan.conversions[field]
  return plan.kind === 'records' && conversion?.perPrice ? conversion : undefined
}

/** What was done to amounts that do not count coins: one note per way and files. */
export function conversionNotes(files: readonly FileRows[]): string[] {
  const names = new Map<string, string[]>()
  for (const { name, plan } of files)
    for (const [field, conversion] of Object.entries(plan.conversions)) {
      const exact = plan.kind === 'trades' || plan.kind === 'liquidations' || !conversion.perPrice
      const how = exact ? '' : field === 'openInterest' ? ' at the close of the bar' : ' at the mean price of the bar'
      const text = `${field} counts ${describeConversion(conversion, plan.instrument)} and was converted to coins${how}`
      names.set(text, [...(names.get(text) ?? []), name])
    }
  const unused = files.flatMap(({ name, plan, options }) => {
    const note = unusedContractSize(plan.fields, plan.conversions, options)
    return note === null ? [] : [`${name}: ${note}`]
  })
  return [...[...names].map(([text, list]) => `${summarizeNames(list)}: ${text}`), ...unused]
}

/** One note per zone that was assumed, however many files there are. */
export function assumedZoneNotes(files: readonly FileRows[]): string[] {
  const zones = [...new Set(files.flatMap(({ assumedZone }) => assumedZone ?? []))]
  return zones.map(zone => {
    const names = files.filter(file => file.assumedZone === zone).map(({ name }) => name)
    return `${summarizeNames(names)}: times without a zone were read as ${zone}`
  })
}

/** Puts the file's name before the message of a DataError. */
export async function withFileName<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw addFileName(name, error)
  }
}

/** The error with the file's name before its message, if it is a DataError. */
export function addFileName(name: string, error: unknown): unknown {
  if (!(error instanceof DataError) || error.message.startsWith(`${name}: `)) return error
  return new DataError(`${name}: ${error.message}`)
}
