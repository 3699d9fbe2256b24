/** Lengths of time that can be shown up to now, by their buttons. */
import { DAY } from '../../src/common/duration.ts'

export const SPANS = [
  { name: '24h', ms: DAY, title: 'the last 24 hours' },
  { name: '3d', ms: 3 * DAY, title: 'the last 3 days' },
  { name: '1w', ms: 7 * DAY, title: 'the last week' },
  { name: '1m', ms: 30 * DAY, title: 'the last 30 days' },
  { name: '3m', ms: 90 * DAY, title: 'the last 90 days' },
  { name: '1y', ms: 365 * DAY, title: 'the last 365 days' },
] as const

/** `first`: as the chart opens; `all`: the whole history. */
export type SpanName = (typeof SPANS)[number]['name'] | 'first' | 'all'
export const SPAN_NAMES = ['first', 'all', ...SPANS.map(({ name }) => name)] as const satisfies readonly SpanName[]

/** Everything that can be shown. */
export interface History {
  timeFrom: number
  timeTo: number
  /** Length of a bar. */
  barMs: number
  /** Opens with all of it, instead of the newest bars. */
  opensWhole?: boolean
}

/** Fewer bars are no chart. */
const MIN_BARS = 12

/** Those that are long enough to be read and shorter than the history, then `all`. @param whole the title of `all` */
export function offeredSpans(
  { timeFrom, timeTo, barMs }: History,
  whole = 'all of it',
): { name: SpanName; ms: number; title: string }[] {
  const length = timeTo - timeFrom
  return [...SPANS.filter(({ ms }) => ms >= MIN_BARS * barMs && ms < length), { name: 'all', ms: length, title: whole }]
}

/** The next longer (1) or shorter (−1) span than what is shown; undefined at the end of the row. */
export function neighbourSpan(history: History, shownMs: number, step: 1 | -1): SpanName | undefined {
  const spans = offeredSpans(history)
  const next = step > 0 ? spans.find(({ ms }) => ms > shownMs * 1.01) : spans.findLast(({ ms }) => ms < shownMs * 0.99)
  return next?.name
}

/** Width of a bar at first: body and gap of a candle can still be told apart. */
const BAR_PX = 3.5

/** The length of a span, for a plot of this width. @param barPx width of a bar in the first view */
export function spanMs(history: History, name: SpanName, plotWidth: number, barPx = BAR_PX): number {
  const { timeFrom, timeTo, barMs, opensWhole = false } = history
  const length = timeTo - timeFrom
  if (name === 'all' || (name === 'first' && opensWhole)) return length
  if (name === 'first') return Math.min(length, Math.max(MIN_BARS, Math.floor(plotWidth / barPx)) * barMs)
  return Math.min(length, SPANS.find(span => span.name === name)!.ms)
}
