/** The ledger of a project: a file of one JSON object a line, to which notebooks append. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as v from 'valibot'
import { DataError } from '../common/errors.ts'
import { isRecord, type JsonObject } from '../common/json.ts'
import type { LedgerRecord } from '../common/ledger-record.ts'
import { schemaProblem } from '../common/schema.ts'

const schema = v.strictObject({
  kind: v.picklist(['test', 'holdout', 'plan']),
  key: v.string(),
  name: v.string(),
  p: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  markets: v.array(v.string()),
  from: v.optional(v.number()),
  to: v.optional(v.number()),
  plan: v.optional(v.custom<JsonObject>(isRecord, 'an object')),
  at: v.pipe(v.string(), v.isoTimestamp()),
})

/** An opened ledger: what the file held, in order, and how to add to it. */
export interface LedgerFile {
  readonly path: string
  readonly records: readonly LedgerRecord[]
  /**
   * Appends a record in one write, so that notebooks which run at the same time do not mix their lines.
   * @returns the record with its time
   */
  append(record: LedgerRecord): LedgerRecord
}

/**
 * Opens a ledger; the first record makes the file.
 *
 * @param now the time of records
 * @throws DataError naming file, line and field of what is not a record
 */
export function openLedgerFile(path: string, now: () => Date = () => new Date()): LedgerFile {
  const text = readText(path)
  const records = text
    .split('\n')
    .flatMap((line, i) => (line.trim() === '' ? [] : [parseLine(line, `${path}, line ${i + 1}`)]))
  let gap = text === '' || text.endsWith('\n') ? '' : '\n'
  return {
    path,
    records,
    append(record) {
      const written = { ...record, at: now().toISOString() }
      mkdirSync(dirname(path), { recursive: true })
      appendFileSync(path, `${gap}${JSON.stringify(written)}\n`)
      gap = ''
      return written
    },
  }
}

function parseLine(line: string, place: string): LedgerRecord {
  let record: unknown
  try {
    record = JSON.parse(line)
  } catch {
    throw new DataError(
      `${place}: not JSON, but expected a record of a ledger. Was the file merged, or a write cut off?`,
    )
  }
  const problem = schemaProblem(schema, record)
  if (problem !== undefined) throw new DataError(`${place}: ${problem}`)
  return record as LedgerRecord
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isRecord(error) && error.code === 'ENOENT') return ''
    throw new DataError(`${path}: cannot be read as a ledger: ${(error as Error).message}`, { cause: error })
  }
}
