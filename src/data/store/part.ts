import { createHash } from 'node:crypto'
import { lowerBound } from '../../common/binary-search.ts'
import { durationMs, formatTime } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import { clip, type Interval, unite } from './intervals.ts'
import { partBounds, type SeriesKey } from './key.ts'
import { allocate, noRecords, type Records, SERIES } from './schema.ts'

/** One file of the store: the records of a series in a month or a day, and of which stretches it knows all there is. */
export interface Part {
  key: SeriesKey
  /** e.g. `2024-05`. */
  name: string
  /**
   * Stretches that were asked for and answered. A moment in here without a record is an honest gap: the exchange has none.
   */
  coverage: readonly Interval[]
  records: Records
}

export const emptyPart = (key: SeriesKey, name: string): Part => ({
  key,
  name,
  coverage: [],
  records: noRecords(key.series),
})

/**
 * The part with everything in [from, to) replaced by `records`, which must lie in there; that stretch is known from now
 * on. `revised` counts the records that were known already and are not what they were, or are gone.
 */
export function replaceStretch(part: Part, records: Records, [from, to]: Interval): { part: Part; revised: number } {
  const old = part.records
  const before = lowerBound(old.time, from)
  const after = lowerBound(old.time, to)
  const n = records.time.length
  const merged = allocate(part.key.series, before + n + old.time.length - after)
  for (const [target, fresh, kept] of columnsOf(merged, records, old)) {
    target.set(kept.subarray(0, before))
    if (fresh) target.set(fresh, before)
    target.set(kept.subarray(after), before + n)
  }
  return {
    part: { ...part, records: merged, coverage: unite([...part.coverage, [from, to]]) },
    revised: countRevised(old, before, after, records),
  }
}

/** Time and each column of three sets of records; the middle one may lack columns. */
function* columnsOf(a: Records, b: Records, c: Records) {
  yield [a.time, b.time, c.time] as const
  for (const name of Object.keys(a.columns)) yield [a.columns[name]!, b.columns[name], c.columns[name]!] as const
}

/** How many of the old records in [before, after) have no equal among the new ones. */
function countRevised(old: Records, before: number, after: number, fresh: Records): number {
  const names = Object.keys(old.columns)
  const same = (i: number, k: number) =>
    old.time[i] === fresh.time[k] &&
    names.every(name => fresh.columns[name] === undefined || Object.is(old.columns[name]![i], fresh.columns[name][k]))
  let revised = 0
  let k = 0
  for (let i = before; i < after; i++) {
    while (k < fresh.time.length && fresh.time[k]! < old.time[i]!) k++
    if (k < fresh.time.length && same(i, k)) k++
    else revised++
  }
  return revised
}

/** The records of [from, to). Columns are views, not copies. */
export function sliceRecords({ time, columns }: Records, [from, to]: Interval): Records {
  const a = lowerBound(time, from)
  const b = lowerBound(time, to)
  const sliced = Object.entries(columns).map(([name, column]) => [name, column.subarray(a, b)])
  return { time: time.subarray(a, b), columns: Object.fromEntries(sliced) }
}

/** Records of a series, one after the other. */
export function joinRecords(series: SeriesKey['series'], pieces: readonly Records[]): Records {
  const joined = allocate(
    series,
    pieces.reduce((sum, { time }) => sum + time.length, 0),
  )
  let row = 0
  for (const piece of pieces) {
    joined.time.set(piece.time, row)
    for (const [name, column] of Object.entries(joined.columns)) column.set(piece.columns[name]!, row)
    row += piece.time.length
  }
  return joined
}

/**
 * The step between two records of a series that has one, ms.
 * @throws DataError when a series that counts in bars has no timeframe
 */
export function stepMs({ series, timeframe }: SeriesKey): number | undefined {
  if (timeframe !== '') return durationMs(timeframe, 'timeframe')
  if (series === 'candles') throw new DataError('timeframe: candles have one, e.g. 1h, but it is empty')
  return undefined
}

/** What is wrong with records that are about to be kept, or were; undefined when nothing is. */
export function recordsProblem(
  key: SeriesKey,
  { time, columns }: Records,
  within: readonly Interval[],
): string | undefined {
  for (const [name, column] of Object.entries(columns)) {
    if (!(name in SERIES[key.series].columns)) return `${name} is not a column of ${key.series}`
    if (column.length !== time.length) return `${name} has ${column.length} values, but there are ${time.length} times`
  }
  const events = SERIES[key.series].times === 'events'
  let stretch = 0
  for (let i = 0; i < time.length; i++) {
    const at = time[i]!
    if (!Number.isInteger(at)) return `row ${i + 1}, time: ${at} is not a whole number of ms`
    if (i > 0 && (at < time[i - 1]! || (at === time[i - 1] && !events))) {
      const what = at === time[i - 1] ? 'occurs twice' : 'is before the row above'
      return `row ${i + 1}, time: ${formatTime(at)} ${what}`
    }
    while (stretch < within.length && at >= within[stretch]![1]) stretch++
    if (stretch === within.length || at < within[stretch]![0])
      return `row ${i + 1}, time: ${formatTime(at)} lies outside what was fetched`
  }
  return undefined
}

/** What is wrong with a part as a whole; undefined when nothing is. */
export function partProblem({ key, name, coverage, records }: Part): string | undefined {
  const bounds = partBounds(name)
  if (JSON.stringify(clip(coverage, bounds)) !== JSON.stringify(coverage))
    return `the stretches it says it knows are not in order within ${name}`
  return recordsProblem(key, records, coverage)
}

/** SHA-256 over `head` and every value, so that no bit can change unseen. */
export function digestOf(head: string, { time, columns }: Records): string {
  const hash = createHash('sha256').update(head)
  for (const column of [time, ...Object.values(columns)]) {
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
  }
  return `sha256:${hash.digest('hex')}`
}
