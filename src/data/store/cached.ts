import { formatTime } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import type { Task } from '../../common/task.ts'
import type { FetchSeries, SeriesChunk, SeriesReport, SeriesRequest } from '../exchange/series.ts'
import { type Interval, subtract } from './intervals.ts'
import { describeKey, type SeriesKey } from './key.ts'
import { stepMs } from './part.ts'
import { type Records, SERIES, type SeriesName } from './schema.ts'
import type { Store } from './store.ts'

/** How late an exchange may be with a record, so that a store that was filled just now ends that much before the present. */
const LATE_MS = 15 * 60_000

export interface CacheOptions {
  /** Use only what is stored; what is not is an error. */
  offline?: boolean
}

/**
 * Stands before a {@link FetchSeries}: asks it only for what the store has not, stores each stretch as it comes, and hands
 * on all from the store. Work that was interrupted or killed goes on with the first stretch that was not stored.
 *
 * The last record before a missing stretch is asked for again: should the exchange have revised it since, the new one is
 * stored, and `notes` say so.
 *
 * `until` may be Infinity: up to the last finished record; `offline`, as far as the store goes on from `since` without a
 * break.
 */
export function cachedSeries(fetch: FetchSeries, store: Store, { offline = false }: CacheOptions = {}): FetchSeries {
  return async (request, onChunk, task) => {
    const key = keyOf(request)
    let loaded = await store.load(key, [request.since, request.until])
    const notes = loaded.damaged.map(
      ({ name, file, reason }) => `The stored ${name} of ${describeKey(key)} cannot be used: ${reason} (${file})`,
    )
    const { missing, end } = missingIn(key, request, loaded.coverage, offline)
    if (offline && (missing.length > 0 || end === request.since)) throw notStored(key, request, missing, loaded, store)

    let until = end
    for (const stretch of missing) {
      const report = await fetchInto(store, key, fetch, request, stretch, loaded.coverage, task)
      notes.push(...report.notes)
      until = Math.min(end, report.until)
      if (report.until < stretch[1]) break
      until = end
    }
    if (missing.length > 0) loaded = await store.load(key, [request.since, until])
    // Of downloads that were killed.
    if (!offline) await store.compact(key, loaded.drafts)
    if (missing.length === 0) notes.push(...lateStart(key, request.since, loaded.records.time))
    await onChunk(asChunk(key.series, loaded.records), request.since, until)
    return { until, notes }
  }
}

function keyOf({ kind, exchange, symbol, timeframe }: SeriesRequest): SeriesKey {
  return { series: kind, exchange, symbol, timeframe: kind === 'funding' ? '' : timeframe }
}

/** What has to be fetched, in order, and where what will then be known ends. */
function missingIn(key: SeriesKey, request: SeriesRequest, known: readonly Interval[], offline: boolean) {
  const run = known.find(([from, to]) => from <= request.since && request.since < to)
  const openEnd = offline && request.until === Infinity
  const end = openEnd ? (run?.[1] ?? request.since) : request.until
  const missing = subtract([request.since, end], known)
  const last = missing.at(-1)
  if (!last) return { missing, end }
  const step = stepMs(key) ?? 0
  // A bar that opens there is not over yet: that is known without asking.
  const noBarYet = key.series === 'candles' && last[0] + step > Date.now()
  const neverStored = offline && key.series !== 'candles' && last[1] - last[0] <= step + LATE_MS
  return noBarYet || neverStored ? { missing: missing.slice(0, -1), end: last[0] } : { missing, end }
}

function notStored(
  key: SeriesKey,
  { since }: SeriesRequest,
  [first, ...more]: readonly Interval[],
  { coverage }: { coverage: readonly Interval[] },
  store: Store,
): DataError {
  const range = ([from, to]: Interval) => `${formatTime(from)} to ${formatTime(to)}`
  const missing = first && first[1] < Infinity ? range(first) : `${formatTime(first?.[0] ?? since)} and later`
  const rest = more.length === 0 ? '' : `, nor ${more.length} later ${more.length === 1 ? 'stretch' : 'stretches'}`
  const stored = coverage.length === 0 ? 'nothing' : coverage.map(range).join(', ')
  return new DataError(
    `${describeKey(key)}: ${missing} (UTC) is not stored${rest}, and offline nothing is downloaded. Of what was asked for there is ${stored}, in ${store.path}`,
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
): Promise<SeriesReport> {
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
        const written = await store.write(key, chunk, [start, end], true)
        revised += written.revised
        for (const part of written.parts) drafts.add(part)
      },
      task,
    )
    if (revised === 0) return report
    const what = revised === 1 ? '1 stored record was' : `${revised} stored records were`
    const note = `${what} revised by ${request.exchange} since (${describeKey(key)}); the new values are stored now`
    return { ...report, notes: [...report.notes, note] }
  } finally {
    await store.compact(key, drafts)
  }
}

/** Whoever fetched the series was told that it starts late; those who find it stored should be too. */
function lateStart(key: SeriesKey, since: number, time: Float64Array): string[] {
  const first = time[0]
  const step = stepMs(key)
  if (first === undefined || step === undefined || first - since < 2 * step) return []
  return [`${describeKey(key)}: there are none before ${formatTime(first)}`]
}

/** Leaves out the columns that the exchange does not serve. */
function asChunk(series: SeriesName, { time, columns }: Records): SeriesChunk {
  const { optional = [] } = SERIES[series]
  const served = Object.entries(columns as Record<string, Float64Array>).filter(
    ([name, column]) => !optional.includes(name) || column.some(value => !Number.isNaN(value)),
  )
  return { time, columns: Object.fromEntries(served) }
}
