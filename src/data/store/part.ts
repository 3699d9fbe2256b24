/** Parts: the records of a series in a month or a day, as one file of the store holds them. */
import { createHash } from 'node:crypto'
import { lowerBound } from '../../common/binary-search.ts'
import { durationMs, formatTime } from '../../common/duration.ts'
import { clip, type Interval, unite } from './intervals.ts'
import { allocateRecords, SERIES_SCHEMAS, type SeriesRecords, type StoredColumn } from './schema.ts'
import { partBounds, type SeriesKey } from './series-key.ts'

/** The records of a series in a month or a day, and the time ranges for which they are complete. */
export interface Part {
  key: SeriesKey
  /** e.g. `2024-05`. */
  name: string
  /** Fetched time ranges. Where there is no record in them, the exchange has none. */
  coverage: readonly Interval[]
  records: SeriesRecords
}

export const emptyPart = (key: SeriesKey, name: string): Part => ({
  key,
  name,
  coverage: [],
  records: allocateRecords(key.series, 0),
})

/**
 * Replaces everything in [from, to) by `records`, which must be in that range; the range is then covered. `revised` counts
 * the stored records that changed or disappeared.
 */
export function replaceRange(
  part: Part,
  records: SeriesRecords,
  [from, to]: Interval,
): { part: Part; revised: number } {
  const old = part.records
  const before = lowerBound(old.time, from)
  const after = lowerBound(old.time, to)
  const n = records.time.length
  const merged = allocateRecords(part.key.series, before + n + old.time.length - after)
  const replace = (target: StoredColumn, oldValues?: StoredColumn, newValues?: StoredColumn) => {
    if (oldValues) target.set(oldValues.subarray(0, before))
    if (newValues) target.set(newValues, before)
    if (oldValues) target.set(oldValues.subarray(after), before + n)
  }
  replace(merged.time, old.time, records.time)
  for (const [name, column] of Object.entries(merged.columns)) replace(column, old.columns[name], records.columns[name])
  return {
    part: { ...part, records: merged, coverage: unite([...part.coverage, [from, to]]) },
    revised: countRevised(old, before, after, records),
  }
}

/** Number of old records in [before, after) without an equal among the new ones. */
function countRevised(old: SeriesRecords, before: number, after: number, records: SeriesRecords): number {
  const { time } = records
  const oldColumns = Object.entries(old.columns)
  const isEqual = (i: number, k: number) =>
    old.time[i] === time[k] &&
    oldColumns.every(([name, column]) => {
      const values = records.columns[name]
      return values === undefined || Object.is(column[i], values[k])
    })
  let revised = 0
  let k = 0
  for (let i = before; i < after; i++) {
    while (k < time.length && time[k]! < old.time[i]!) k++
    if (k < time.length && isEqual(i, k)) k++
    else revised++
  }
  return revised
}

/** The records of [from, to). Columns are views, not copies. */
export function sliceRecords({ time, columns }: SeriesRecords, [from, to]: Interval): SeriesRecords {
  const a = lowerBound(time, from)
  const b = lowerBound(time, to)
  const sliced = Object.entries(columns).map(([name, column]) => [name, column.subarray(a, b)])
  return { time: time.subarray(a, b), columns: Object.fromEntries(sliced) }
}

/** Joins records of a series. */
export function joinRecords(series: SeriesKey['series'], pieces: readonly SeriesRecords[]): SeriesRecords {
  const joined = allocateRecords(
    series,
    pieces.reduce((sum, { time }) => sum + time.length, 0),
  )
  let row = 0
  for (const piece of pieces) {
    joined.time.set(piece.time, row)
    for (const [name, column] of Object.entries(joined.columns)) column.set(piece.columns[name] ?? [], row)
    row += piece.time.length
  }
  return joined
}

/**
 * The step between two records, ms; undefined for a series without a timeframe.
 * @throws RangeError when candles have no timeframe
 */
export function seriesStepMs({ series, timeframe }: SeriesKey): number | undefined {
  if (timeframe !== '') return durationMs(timeframe, 'timeframe')
  if (series === 'candles') throw new RangeError('timeframe: empty, but expected the length of the candles, e.g. 1h')
  return undefined
}

/** What is wrong with records that are to be stored, or were; undefined when nothing is. */
export function findRecordsProblem(
  key: SeriesKey,
  { time, columns }: SeriesRecords,
  within: readonly Interval[],
): string | undefined {
  for (const [name, column] of Object.entries(columns)) {
    if (!(name in SERIES_SCHEMAS[key.series].columns)) return `${name} is not a column of ${key.series}`
    if (column.length !== time.length) return `${name} has ${column.length} values, but there are ${time.length} times`
  }
  const events = SERIES_SCHEMAS[key.series].times === 'events'
  let range = 0
  for (let i = 0; i < time.length; i++) {
    const at = time[i]!
    if (!Number.isInteger(at)) return `row ${i + 1}, time: ${at} is not a whole number of ms`
    if (i > 0 && (at < time[i - 1]! || (at === time[i - 1] && !events))) {
      const fault = at === time[i - 1] ? 'occurs twice' : 'is before the row above'
      return `row ${i + 1}, time: ${formatTime(at)} ${fault}`
    }
    while (range < within.length && at >= within[range]![1]) range++
    if (range === within.length || at < within[range]![0])
      return `row ${i + 1}, time: ${formatTime(at)} is outside the fetched ranges`
  }
  return undefined
}

/** What is wrong with a part as a whole; undefined when nothing is. */
export function findPartProblem({ key, name, coverage, records }: Part): string | undefined {
  const bounds = partBounds(name)
  if (JSON.stringify(clip(coverage, bounds)) !== JSON.stringify(coverage))
    return `its coverage is not in order within ${name}`
  return findRecordsProblem(key, records, coverage)
}

/** SHA-256 over `header` and every value, so that a change of any bit is noticed. */
export function computeDigest(header: string, { time, columns }: SeriesRecords): string {
  const hash = createHash('sha256').update(header)
  for (const column of [time, ...Object.values(columns)]) {
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
  }
  return `sha256:${hash.digest('hex')}`
}
