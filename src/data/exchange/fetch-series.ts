/** Downloads one series of one market. */
import { durationMs, formatDuration, formatTime, HOUR, MINUTE } from '../../common/duration.ts'
import type { Task } from '../../common/host.ts'
import { invalidOption } from '../../common/options.ts'
import { type Connection, connect, DEFAULT_CALLER } from './connect.ts'
import type { SeriesEndpoint } from './endpoint.ts'
import { SERIES_LABELS } from './missing-records.ts'
import { fetchPages, firstStep, type PagingPlan, type Repairs } from './paging.ts'
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from './retry.ts'
import { parseRows, type Row, toChunk } from './rows.ts'
import type { OnChunk, SeriesKind, SeriesReport, SeriesRequest } from './series.ts'
import { findEndpoint } from './venues.ts'

/** How long after its time (a candle: after its close) a record may still appear. */
const PUBLICATION_LAG_MS: Record<SeriesKind, number> = {
  candles: MINUTE,
  openInterest: 15 * MINUTE,
  longShortRatio: 15 * MINUTE,
  funding: MINUTE,
}

/** At most venues funding is due every eight hours. */
const FUNDING_INTERVAL_MS = 8 * HOUR

/** Page size for venues that send the whole series at once. */
const MAX_LIMIT = 5000

/**
 * Downloads a series page by page at the venue's rate limits and passes on each finished range, so that a caller who stores
 * them can continue after an interrupt or a crash. The exchange's clock decides whether a bar is over. Ends as soon as the
 * task is cancelled.
 *
 * @throws OptionError if the exchange, symbol, timeframe or series does not exist there
 * @throws DataError if a row is malformed, or no usable response came after all retries
 */
export async function fetchSeries(
  request: SeriesRequest,
  onChunk: OnChunk,
  task: Task,
  retryPolicy: RetryPolicy = DEFAULT_RETRY_POLICY,
): Promise<SeriesReport> {
  const { exchange, symbol, kind, timeframe, caller = DEFAULT_CALLER } = request
  const connection = await connect(request, task, retryPolicy)
  const endpoint = findEndpoint(connection, kind, caller)
  const stepMs = kind === 'funding' ? null : parseStep(connection, endpoint, kind, timeframe, caller)
  const series = SERIES_LABELS[kind]
  const label = `${series} of ${symbol}`
  const notes = [...connection.notes]

  const now = connection.now()
  const requestedEnd = Math.min(request.until, kind === 'funding' ? now - PUBLICATION_LAG_MS.funding : now)
  const to = kind === 'candles' && stepMs !== null ? endOfClosedBars(requestedEnd, now, stepMs) : requestedEnd
  let from = request.since
  const retentionMs = endpoint.retentionMs?.(stepMs ?? 0)
  if (retentionMs !== undefined && now - retentionMs > from) {
    const oldest = now - retentionMs
    // Whole steps, so that the venue still has the first record when it is requested.
    from = Math.min(to, stepMs === null ? Math.ceil(oldest) : firstStep(oldest, stepMs))
    notes.push(
      `${exchange} keeps ${series} for ${formatDuration(Math.round(retentionMs / HOUR) * HOUR)}${stepMs === null ? '' : ` at ${timeframe}`}: there are none before ${formatTime(from)}`,
    )
    await onChunk(toChunk([], endpoint), request.since, from)
  }
  if (kind === 'candles' && to < requestedEnd) notes.push('The last bar is still open and was dropped')

  let records = 0
  let until = Math.max(from, request.since)
  const fetchPage = async (start: number, end: number, limit: number) => {
    const page = { from: start, to: end, limit: Math.min(limit, MAX_LIMIT), timeframe }
    const send = () => endpoint.fetchPage(connection, page)
    const rows = await connection.request(send, `${label} from ${formatTime(start)}`)
    return parseRows(rows, endpoint, `${exchange}: ${label}`)
  }
  const repairs = await fetchPages(createPlan(endpoint, stepMs, from, to), fetchPage, async (rows, start, end) => {
    task.signal.throwIfAborted()
    const certain = now - PUBLICATION_LAG_MS[kind] - (kind === 'candles' && stepMs !== null ? stepMs : 0)
    until = stepMs === null ? end : publishedUntil(rows, start, end, stepMs, certain)
    await onChunk(toChunk(rows, endpoint), start, until)
    records += rows.length
    const message = `${exchange}: ${records} ${series} of ${symbol}${stepMs === null ? '' : ` ${timeframe}`}`
    task.progress(message, (end - request.since) / (to - request.since))
  })
  notes.push(...describeRepairs(repairs, series))
  return { until, notes, keptFrom: from }
}

/** The end of the bars that are over at `now`, at most `requestedEnd`. */
function endOfClosedBars(requestedEnd: number, now: number, barMs: number): number {
  const next = firstStep(requestedEnd, barMs)
  return next <= now ? requestedEnd : next - barMs
}

/**
 * The end of a range without its newest steps that have no record yet: venues publish late, and a range that counts as
 * complete is never requested again. Steps before `certain` without a record never get one.
 */
function publishedUntil(rows: readonly Row[], from: number, to: number, stepMs: number, certain: number): number {
  const last = rows.at(-1)
  const next = firstStep(last === undefined ? from : last[0] + 1, stepMs)
  return next < to && next > certain ? Math.max(from, next) : to
}

function createPlan(endpoint: SeriesEndpoint, stepMs: number | null, from: number, to: number): PagingPlan {
  const { pageSize, intervalMs = FUNDING_INTERVAL_MS, maxSpanMs = Infinity, ignoresEnd = false } = endpoint
  // Without steps one record less than a full page, which would look cut off and be requested again.
  const pageMs = stepMs === null ? (pageSize - 1) * intervalMs : pageSize * stepMs
  const spanMs = stepMs === null ? maxSpanMs : Math.max(1, Math.floor(maxSpanMs / stepMs)) * stepMs
  const windowMs = Math.min(pageMs, spanMs)
  return {
    from,
    to,
    stepMs,
    pageSize,
    windowMs: Number.isFinite(windowMs) ? windowMs : Math.max(1, to - from),
    canWiden: !ignoresEnd,
  }
}

function parseStep(
  { exchange }: Connection,
  endpoint: SeriesEndpoint,
  kind: SeriesKind,
  timeframe: string,
  caller: string,
): number {
  const offered = kind === 'candles' ? Object.keys(exchange.timeframes) : (endpoint.steps ?? [])
  if (offered.length > 0 && !offered.includes(timeframe)) {
    const series = kind === 'candles' ? '' : ` for ${SERIES_LABELS[kind]}`
    throw invalidOption(caller, 'timeframe', timeframe, `one of ${exchange.id}${series}: ${offered.join(', ')}`)
  }
  return durationMs(timeframe, 'timeframe')
}

function describeRepairs({ duplicates, revised, outOfOrder, refetched }: Repairs, series: string): string[] {
  const notes: string[] = []
  const records = (count: number) => `${count} ${count === 1 ? 'record' : 'records'} of ${series}`
  if (duplicates > 0) notes.push(`${records(duplicates)} came twice`)
  if (revised > 0) notes.push(`${records(revised)} came again with other values; the later response was kept`)
  if (outOfOrder > 0) notes.push(`${records(outOfOrder)} came out of order and were sorted`)
  if (refetched > 0) notes.push(`${records(refetched)} were missing from a response and came when requested again`)
  return notes
}
