import { formatTime } from '../duration.ts'
import { DataError } from '../errors.ts'
import type { FetchSeries, SeriesChunk, SeriesRequest } from '../exchange/series.ts'
import type { Task } from '../task.ts'
import { type Interval, subtract } from './intervals.ts'
import { describeKey, type SeriesKey } from './key.ts'
import { stepMs } from './part.ts'
import { type Records, SERIES, type SeriesName } from './schema.ts'
import type { Store } from './store.ts'

export interface CacheOptions {
  /** Use only what is stored; what is not is an error. */
  offline?: boolean
}

/** An exchange may be late with a record, so that nothing at the end of an answer is believed only when it is this old, ms. */
const SETTLED_MS = 3_600_000

/**
 * Stands before {@link FetchSeries}: asks the exchange only for what the store has not, stores each stretch as it comes, and
 * hands on all from the store. Work that is interrupted or killed goes on with the stretch that was not stored.
 *
 * The last bar that is known before a missing stretch is asked for again, so that one that the exchange has revised since
 * does not stay wrong.
 *
 * With `offline`, `until` may be Infinity: as far as the store goes on from `since` without a break.
 */
export function cachedSeries(fetch: FetchSeries, store: Store, { offline = false }: CacheOptions = {}): FetchSeries {
  return async (request, onChunk, task) => {
    const key = keyOf(request)
    const whole: Interval = [request.since, request.until]
    let loaded = await store.load(key, whole)
    const notes = loaded.damaged.map(
      ({ name, file, reason }) =>
        `The stored ${name} of ${describeKey(key)} cannot be used (${file}: ${reason}); it was asked for again`,
    )
    const end = offline ? knownEnd(loaded.coverage, whole) : request.until
    const missing = subtract([request.since, end], loaded.coverage)
    if (offline) refuseMissing(key, whole, missing, store)

    let until = end
    for (const stretch of missing) {
      const report = await fetchInto(store, key, fetch, request, stretch, loaded.coverage, task)
      notes.push(...report.notes)
      if (report.until >= stretch[1]) continue
      until = report.until
      break
    }
    if (missing.length > 0) loaded = await store.load(key, [request.since, until])
    // Of downloads that were killed.
    if (!offline) await store.compact(key, loaded.drafts)
    await onChunk(asChunk(key.series, loaded.records), request.since, until)
    return { until, notes }
  }
}

export function keyOf({ kind, exchange, symbol, timeframe }: SeriesRequest): SeriesKey {
  return { series: kind, exchange, symbol, timeframe: kind === 'funding' ? '' : timeframe }
}

/** Where what is known from the start of `whole` on ends, at the latest at its end. */
function knownEnd(coverage: readonly Interval[], [since, until]: Interval): number {
  if (until < Infinity) return until
  const run = coverage.find(([from, to]) => from <= since && since < to)
  return run ? run[1] : since
}

function refuseMissing(key: SeriesKey, [since]: Interval, missing: readonly Interval[], store: Store): void {
  const [first] = missing
  if (!first && since < Infinity) return
  const more = missing.length > 1 ? ` and ${missing.length - 1} more stretches` : ''
  const range = first ? `${formatTime(first[0])} to ${formatTime(first[1])}${more}` : formatTime(since)
  throw new DataError(
    `${describeKey(key)}: ${range} (UTC) is not in the store ${store.path}, and offline nothing is downloaded. Get it first, online`,
  )
}

async function fetchInto(
  store: Store,
  key: SeriesKey,
  fetch: FetchSeries,
  request: SeriesRequest,
  [from, to]: Interval,
  known: readonly Interval[],
  task: Task,
) {
  const step = stepMs(key)
  const overlaps = step !== undefined && known.some(([start, end]) => end === from && start <= from - step)
  const since = overlaps ? from - step : from
  const drafts = new Set<string>()
  let revised = 0
  await store.clean(key)
  try {
    const report = await fetch(
      { ...request, since, until: to },
      async (chunk, start, end) => {
        const settled = settledEnd(chunk.time, [start, end], step ?? 1)
        if (!(settled > start)) return
        const written = await store.write(key, chunk, [start, settled], true)
        revised += written.revised
        for (const part of written.parts) drafts.add(part)
      },
      task,
    )
    const notes = [...report.notes]
    if (revised > 0) {
      const what = revised === 1 ? '1 stored record was' : `${revised} stored records were`
      notes.push(`${what} revised by ${request.exchange} (${describeKey(key)}); the new values were stored`)
    }
    return { ...report, notes }
  } finally {
    await store.compact(key, drafts)
  }
}

/** The end of a stretch as far as it is to be believed: an empty end only when it is some time ago. */
function settledEnd(time: Float64Array, [from, to]: Interval, step: number): number {
  const answered = time.length > 0 ? time.at(-1)! + step : from
  return Math.min(to, Math.max(answered, Date.now() - SETTLED_MS))
}

/** Leaves out the columns that the exchange does not serve. */
function asChunk(series: SeriesName, { time, columns }: Records): SeriesChunk {
  const { optional = [] } = SERIES[series]
  const served = Object.entries(columns as Record<string, Float64Array>).filter(
    ([name, column]) => !optional.includes(name) || column.some(value => !Number.isNaN(value)),
  )
  return { time, columns: Object.fromEntries(served) }
}
