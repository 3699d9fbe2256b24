/** Fetches series through the store: only what it lacks is requested. */
import { formatTime } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import type { Task } from '../../common/host.ts'
import { nearNames } from '../../common/options.ts'
import type { FetchSeries, SeriesChunk, SeriesReport, SeriesRequest } from '../exchange/series.ts'
import { listContents } from './contents.ts'
import { type Interval, subtract } from './intervals.ts'
import { seriesStepMs } from './part.ts'
import { SERIES_SCHEMAS, type SeriesName, type SeriesRecords } from './schema.ts'
import { describeKey, type SeriesKey } from './series-key.ts'
import type { Store } from './store.ts'

/** How late an exchange may publish a record: a store filled just now may end this long before the present. */
const PUBLICATION_DELAY_MS = 15 * 60_000

interface CacheOptions {
  /** Use only stored data; fail if some is missing. Default false. */
  offline?: boolean
}

/**
 * Wraps a {@link FetchSeries}: requests only what the store lacks, stores each range as it arrives, and delivers everything
 * from the store. After an interruption, the next call continues with the first range that was not stored.
 *
 * The last record before a missing range is requested again: if the exchange has revised it since, the new one is stored and
 * noted.
 *
 * `until` may be Infinity: up to the last finished record; when `offline`, as far as the store has data without a break from
 * `since` on.
 */
export function cachedSeries(fetch: FetchSeries, store: Store, { offline = false }: CacheOptions = {}): FetchSeries {
  return async (request, onChunk, task) => {
    const key = keyOf(request)
    let loaded = await store.load(key, [request.since, request.until])
    const notes = loaded.damaged.map(
      ({ name, file, reason }) => `The stored ${name} of ${describeKey(key)} cannot be used: ${reason} (${file})`,
    )
    const { missing, end } = findMissing(key, request, loaded.coverage, offline)
    if (offline && (missing.length > 0 || end === request.since))
      throw await notStored(key, request, missing, loaded.coverage, store)

    let until = end
    let keptFrom = request.since
    for (const range of missing) {
      const report = await fetchRange(store, key, fetch, request, range, loaded.coverage, task)
      notes.push(...report.notes)
      if (range[0] === request.since) keptFrom = report.keptFrom ?? keptFrom
      until = Math.min(end, report.until)
      if (report.until < range[1]) break
      until = end
    }
    if (missing.length > 0) loaded = await store.load(key, [request.since, until])
    // Drafts are left by downloads that were killed.
    if (!offline) await store.compact(key, loaded.drafts)
    await onChunk(toChunk(key.series, loaded.records), request.since, until)
    return { until, notes, keptFrom }
  }
}

function keyOf({ kind, exchange, symbol, timeframe }: SeriesRequest): SeriesKey {
  return { series: kind, exchange, symbol, timeframe: kind === 'funding' ? '' : timeframe }
}

/** The ranges to fetch, in order, and where the series ends after that. */
function findMissing(key: SeriesKey, request: SeriesRequest, coverage: readonly Interval[], offline: boolean) {
  const first = coverage.find(([from, to]) => from <= request.since && request.since < to)
  const isOpenEnded = offline && request.until === Infinity
  const end = isOpenEnded ? (first?.[1] ?? request.since) : request.until
  const missing = subtract([request.since, end], coverage)
  const last = missing.at(-1)
  if (!last) return { missing, end }
  const step = seriesStepMs(key) ?? 0
  // A bar that opens there is not finished yet; no request is needed to know that.
  const isUnfinishedBar = key.series === 'candles' && last[0] + step > Date.now()
  const isUnpublished = offline && key.series !== 'candles' && last[1] - last[0] <= step + PUBLICATION_DELAY_MS
  return isUnfinishedBar || isUnpublished ? { missing: missing.slice(0, -1), end: last[0] } : { missing, end }
}

async function notStored(
  key: SeriesKey,
  { since }: SeriesRequest,
  [first, ...others]: readonly Interval[],
  coverage: readonly Interval[],
  store: Store,
): Promise<DataError> {
  const formatRange = ([from, to]: Interval) => `${formatTime(from)} to ${formatTime(to)}`
  const missing = first && first[1] < Infinity ? formatRange(first) : `${formatTime(first?.[0] ?? since)} and later`
  const later = others.length === 0 ? '' : `, nor ${others.length} later ${others.length === 1 ? 'range' : 'ranges'}`
  const stored = coverage.length === 0 ? 'nothing' : coverage.map(formatRange).join(', ')
  const elsewhere = coverage.length === 0 ? await otherStored(key, store) : ''
  return new DataError(
    `${describeKey(key)}: ${missing} (UTC) is not stored${later}, and offline nothing is downloaded. Stored of the requested time: ${stored}, in ${store.path}${elsewhere}`,
  )
}

/** What is stored instead of a series, the nearest symbol first. */
async function otherStored({ series, exchange, symbol }: SeriesKey, store: Store): Promise<string> {
  const { series: found } = await listContents(store.path, { series }, 'liq.market')
  const keys = found.map(({ key }) => key)
  const symbols = [...new Set(keys.map(key => key.symbol))]
  const near = nearNames(symbol, symbols)
  const rank = (key: SeriesKey) =>
    Number(key.symbol === symbol || near.includes(key.symbol)) * 2 + Number(key.exchange === exchange)
  const nearest = keys.sort((a, b) => rank(b) - rank(a)).slice(0, MAX_OTHERS)
  return nearest.length === 0
    ? ''
    : `. There ${nearest.length === 1 ? 'is' : 'are'} ${nearest.map(describeKey).join(', ')}`
}

/** Other series that an error lists at most. */
const MAX_OTHERS = 5

async function fetchRange(
  store: Store,
  key: SeriesKey,
  fetch: FetchSeries,
  request: SeriesRequest,
  [from, to]: Interval,
  coverage: readonly Interval[],
  task: Task,
): Promise<SeriesReport> {
  const step = seriesStepMs(key)
  const since =
    step !== undefined && coverage.some(([start, end]) => end === from && start <= from - step) ? from - step : from
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
    const subject = revised === 1 ? '1 stored record was' : `${revised} stored records were`
    const note = `${subject} revised by ${request.exchange} since (${describeKey(key)}); the new values are stored now`
    return { ...report, notes: [...report.notes, note] }
  } finally {
    await store.compact(key, drafts)
  }
}

/** Leaves out the columns that the exchange does not serve. */
function toChunk(series: SeriesName, { time, columns }: SeriesRecords): SeriesChunk {
  const { optional = [] } = SERIES_SCHEMAS[series]
  const served = Object.entries(columns as Record<string, Float64Array>).filter(
    ([name, column]) => !optional.includes(name) || column.some(value => !Number.isNaN(value)),
  )
  return { time, columns: Object.fromEntries(served) }
}
