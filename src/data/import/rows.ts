import { basename } from 'node:path'
import { DataError } from '../../common/errors.ts'
import { Growing } from '../../common/growing.ts'
import { detectFormat, type FileKind, type Plan } from './detect-format.ts'
import type { Field } from './fields.ts'
import { type FileEntry, shiftMs } from './files.ts'
import { openTable } from './open-table.ts'
import type { Table } from './table.ts'

/** A file whose columns are known, ready to be read. */
export interface OpenFile {
  entry: FileEntry
  name: string
  table: Table
  plan: Plan
}

/** What a file holds, in memory: one column a field, rows as in the file. */
export interface FileRows {
  name: string
  kind: FileKind
  entry: FileEntry
  length: number
  columns: Partial<Record<Field, Float64Array>> & { time: Float64Array }
  /** Dates without a zone were taken to be of this one. */
  assumedZone: string | null
}

/** Opens a file and finds out what it holds. @throws DataError beginning with the file's name */
export function openFile(entry: FileEntry): Promise<OpenFile> {
  const name = basename(entry.file)
  return named(name, async () => {
    const table = await openTable(entry.file)
    return { entry, name, table, plan: detectFormat(table, entry) }
  })
}

/** Reads all rows, with the file's `shift` added to the times. @throws DataError beginning with the file's name */
export function readRows({ entry, name, table, plan }: OpenFile): Promise<FileRows> {
  return named(name, async () => {
    const grown = plan.fields.map(() => new Growing())
    for await (const { length, values } of table.rows(plan.columns))
      for (let k = 0; k < grown.length; k++) grown[k]!.append(values[k]!, length)
    const columns = Object.fromEntries(plan.fields.map((field, k) => [field, grown[k]!.take()])) as FileRows['columns']
    const shift = shiftMs(entry.shift)
    if (shift !== 0) for (let i = 0; i < columns.time.length; i++) columns.time[i]! += shift
    const assumedZone = plan.time.assumedZone ? (entry.zone ?? 'UTC') : null
    return { name, kind: plan.kind, entry, length: columns.time.length, columns, assumedZone }
  })
}

/** `oi-1.csv and 3 more`. */
export function namesOf(files: readonly { name: string }[]): string {
  return files.length === 1 ? files[0]!.name : `${files[0]!.name} and ${files.length - 1} more`
}

/** One word a zone on what was assumed, however many files there are. */
export function zoneNotes(files: readonly FileRows[]): string[] {
  const zones = [...new Set(files.flatMap(({ assumedZone }) => assumedZone ?? []))]
  return zones.map(
    zone => `${namesOf(files.filter(file => file.assumedZone === zone))}: times name no zone and were taken as ${zone}`,
  )
}

/** Puts the file's name before what goes wrong inside. */
export async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DataError && !error.message.startsWith(`${name}: `))
      throw new DataError(`${name}: ${error.message}`)
    throw error
  }
}
