/** Lengths of time that can be shown up to now, by their buttons. */
import { DAY } from '../../src/common/duration.ts'
import type { Maps } from './maps.ts'
import { fullRange } from './maps.ts'

export const SPANS = [
  { name: '24h', ms: DAY, title: 'the last 24 hours' },
  { name: '3d', ms: 3 * DAY, title: 'the last 3 days' },
  { name: '1w', ms: 7 * DAY, title: 'the last week' },
  { name: '1m', ms: 30 * DAY, title: 'the last 30 days' },
  { name: '3m', ms: 90 * DAY, title: 'the last 90 days' },
  { name: '1y', ms: 365 * DAY, title: 'the last 365 days' },
] as const

/** `first`: as the explorer opens; `all`: the whole map. */
export type SpanName = (typeof SPANS)[number]['name'] | 'first' | 'all'
export const SPAN_NAMES = ['first', 'all', ...SPANS.map(({ name }) => name)] as const satisfies readonly SpanName[]

/** Fewer bars are no chart. */
const MIN_BARS = 12

/** Those that are long enough to be read and shorter than the map, then `all`. */
export function offeredSpans(maps: Maps): { name: SpanName; ms: number; title: string }[] {
  const { timeFrom, timeTo } = fullRange(maps)
  const length = timeTo - timeFrom
  const { barMs } = maps.whole.header
  return [
    ...SPANS.filter(({ ms }) => ms >= MIN_BARS * barMs && ms < length),
    { name: 'all', ms: length, title: 'the whole map' },
  ]
}

/** The next longer (1) or shorter (−1) span than what is shown; undefined at the end of the row. */
export function neighbourSpan(maps: Maps, shownMs: number, step: 1 | -1): SpanName | undefined {
  const spans = offeredSpans(maps)
  const next = step > 0 ? spans.find(({ ms }) => ms > shownMs * 1.01) : spans.findLast(({ ms }) => ms < shownMs * 0.99)
  return next?.name
}

/** Width of a bar at first: body and gap of a candle can still be told apart. */
const BAR_PX = 3.5

/** The length of a span, for a plot of this width. */
export function spanMs(maps: Maps, name: SpanName, plotWidth: number): number {
  const { timeFrom, timeTo } = fullRange(maps)
  const length = timeTo - timeFrom
  if (name === 'all' || (name === 'first' && maps.whole.header.first === undefined)) return length
  if (name === 'first')
    return Math.min(length, Math.max(MIN_BARS, Math.floor(plotWidth / BAR_PX)) * maps.whole.header.barMs)
  return Math.min(length, SPANS.find(span => span.name === name)!.ms)
}
