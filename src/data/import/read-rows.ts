/** Opens a file, detects its fields, and reads its rows into memory. */
import { basename } from 'node:path'
import { DataError } from '../../common/errors.ts'
import { GrowableArray } from '../../common/growable-array.ts'
import type { ImportField } from './column-names.ts'
import { detectFormat, type ReadPlan } from './detect-format.ts'
import { type FileKind, fileOptions, type ResolvedFileOptions, shiftMs } from './file-options.ts'
import { type FileEntry, summarizeNames } from './find-files.ts'
import { openTable } from './open-table.ts'
import type { Table } from './table.ts'

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
  length: number
  columns: Partial<Record<ImportField, Float64Array>> & { time: Float64Array }
  /** The zone that was assumed for dates without one. */
  assumedZone: string | null
}

/** Opens a file and detects what it holds. @throws DataError beginning with the file's name */
export function openFile({ file, ...entryOptions }: FileEntry): Promise<OpenFile> {
  const name = basename(file)
  const options = fileOptions.resolve(entryOptions)
  return withFileName(name, async () => {
    const table = await openTable(file)
    return { name, options, table, plan: detectFormat(table, options) }
  })
}

/** Reads all rows, with the file's `shift` added to the times. @throws DataError beginning with the file's name */
export function readRows({ name, options, table, plan }: OpenFile): Promise<FileRows> {
  return withFileName(name, async () => {
    const series = plan.fields.map(field => ({ field, values: new GrowableArray() }))
    for await (const { length, values } of table.rows(plan.columns))
      for (let k = 0; k < series.length; k++) series[k]!.values.append(values[k]!, length)
    const columns = Object.fromEntries(series.map(({ field, values }) => [field, values.take()])) as FileRows['columns']
    const shift = shiftMs(options.shift)
    if (shift !== 0) for (let i = 0; i < columns.time.length; i++) columns.time[i]! += shift
    const assumedZone = plan.time.assumedZone ? options.zone : null
    return { name, kind: plan.kind, options, length: columns.time.length, columns, assumedZone }
  })
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
