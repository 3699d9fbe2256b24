import { durationMs, formatDuration, formatTime, HOUR, MINUTE } from '../../common/duration.ts'
import { DataError, quoteValue } from '../../common/errors.ts'
import type { Task } from '../../common/task.ts'
import { type Connection, connect } from './connect.ts'
import { firstStep, type Plan, type Repairs, walk } from './paging.ts'
import { PATIENCE, type Patience } from './retry.ts'
import { checkRows, chunkOf, type Row } from './rows.ts'
import type { SeriesRule } from './rule.ts'
import type { OnChunk, SeriesKind, SeriesReport, SeriesRequest } from './series.ts'
import { ruleFor } from './venues.ts'

/** How long after its time (a candle: after its close) a record may still appear. */
const LAG_MS: Record<SeriesKind, number> = {
  candles: MINUTE,
  openInterest: 15 * MINUTE,
  longShortRatio: 15 * MINUTE,
  funding: MINUTE,
}

/** At most venues funding is due every eight hours. */
const EVERY_MS = 8 * HOUR

/**
 * Downloads a series page by page at the venue's rate limits and hands each finished stretch on, so that whoever keeps
 * them can go on after an interrupt or a crash. Bars count as over by the exchange's clock. Ends at once when the task
 * is cancelled.
 *
 * @throws DataError when exchange, symbol, timeframe or series is not to be had there (naming those that are), when a row
 *   is malformed, or when no usable answer came after all retries
 */
export async function fetchSeries(
  request: SeriesRequest,
  onChunk: OnChunk,
  task: Task,
  patience: Patience = PATIENCE,
): Promise<SeriesReport> {
  const { exchange, symbol, kind, timeframe } = request
  const connection = await connect(request, task, patience)
  const rule = ruleFor(connection, kind)
  const stepMs = kind === 'funding' ? null : stepOf(connection, rule, kind, timeframe)
  const what = `${SAID[kind]} of ${symbol}`
  const notes = [...connection.notes]

  const now = connection.now()
  const asked = Math.min(request.until, kind === 'funding' ? now - LAG_MS.funding : now)
  const to = kind === 'candles' && stepMs !== null ? closedBefore(asked, now, stepMs) : asked
  const kept = rule.keepsMs?.(stepMs ?? 0)
  const oldest = kept === undefined ? Number.NEGATIVE_INFINITY : now - kept
  let from = request.since
  if (oldest > from) {
    // Whole steps, so that the first record is one that the venue still has when it is asked.
    from = Math.min(to, stepMs === null ? Math.ceil(oldest) : firstStep(oldest, stepMs))
    notes.push(
      `${exchange} keeps ${SAID[kind]} for ${formatDuration(Math.round(kept! / HOUR) * HOUR)}${stepMs === null ? '' : ` at ${timeframe}`}: there are none before ${formatTime(from)}`,
    )
    await onChunk(chunkOf([], rule), request.since, from)
  }
  if (kind === 'candles' && to < asked) notes.push('The last bar is not over yet and was left out')

  let records = 0
  let until = Math.max(from, request.since)
  const ask = async (start: number, end: number, limit: number) => {
    const stretch = { from: start, to: end, limit: Math.min(limit, MOST), timeframe }
    const rows = await connection.ask(() => rule.ask(connection, stretch), `${what} from ${formatTime(start)}`)
    return checkRows(rows, rule, `${exchange}: ${what}`)
  }
  const repairs = await walk(planOf(rule, stepMs, from, to), ask, async (rows, start, end) => {
    task.signal.throwIfAborted()
    until =
      stepMs === null
        ? end
        : publishedBefore(rows, start, end, stepMs, now - LAG_MS[kind] - (kind === 'candles' ? stepMs : 0))
    await onChunk(chunkOf(rows, rule), start, until)
    records += rows.length
    const message = `${exchange}: ${records} ${SAID[kind]} of ${symbol}${stepMs === null ? '' : ` ${timeframe}`}`
    task.progress(message, (end - request.since) / (to - request.since))
  })
  notes.push(...describe(repairs, SAID[kind]))
  return { until, notes }
}

/** How a series is called in messages. */
export const SAID: Record<SeriesKind, string> = {
  candles: 'candles',
  openInterest: 'open interest',
  funding: 'funding rates',
  longShortRatio: 'long/short ratios',
}

/** For venues that send everything at once a limit means nothing. */
const MOST = 5000

/** The end of what is over: a bar that opened before `asked` and is not over at `now` is not among it. */
function closedBefore(asked: number, now: number, barMs: number): number {
  const next = firstStep(asked, barMs)
  return next <= now ? asked : next - barMs
}

/**
 * The end of a stretch, without the newest steps that no record has come for yet: venues publish late, and what is said
 * to be complete is not asked for again.
 */
function publishedBefore(rows: readonly Row[], from: number, to: number, stepMs: number, surely: number): number {
  const next = firstStep(rows.length > 0 ? rows.at(-1)![0]! + 1 : from, stepMs)
  return next < to && next > surely ? Math.max(from, next) : to
}

function planOf(rule: SeriesRule, stepMs: number | null, from: number, to: number): Plan {
  const { page, everyMs = EVERY_MS, reachMs = Infinity, short = false } = rule
  // Without steps, one record less than a full page, which would have to be asked for more.
  const full = stepMs === null ? (page - 1) * everyMs : page * stepMs
  const usual = Math.min(full, stepMs === null ? reachMs : Math.max(1, Math.floor(reachMs / stepMs)) * stepMs)
  return { from, to, stepMs, page, widthMs: Number.isFinite(usual) ? usual : Math.max(1, to - from), wide: !short }
}

function stepOf({ exchange }: Connection, rule: SeriesRule, kind: SeriesKind, timeframe: string): number {
  const offered = kind === 'candles' ? Object.keys(exchange.timeframes) : (rule.steps ?? [])
  if (offered.length > 0 && !offered.includes(timeframe)) {
    const series = kind === 'candles' ? '' : ` ${SAID[kind]} at`
    throw new DataError(`timeframe: ${exchange.id} has no${series} ${quoteValue(timeframe)}, but ${offered.join(', ')}`)
  }
  return durationMs(timeframe, 'timeframe')
}

function describe({ twice, revised, disorder, refetched }: Repairs, said: string): string[] {
  const notes: string[] = []
  const records = (count: number) => `${count} ${count === 1 ? 'record' : 'records'} of ${said}`
  if (twice > 0) notes.push(`${records(twice)} came twice`)
  if (revised > 0) notes.push(`${records(revised)} came again with other values; the later answer was kept`)
  if (disorder > 0) notes.push(`${records(disorder)} came out of order and were sorted`)
  if (refetched > 0) notes.push(`${records(refetched)} were missing from an answer and came when asked for again`)
  return notes
}
