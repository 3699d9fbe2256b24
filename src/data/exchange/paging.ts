import { barOpen } from '../../common/duration.ts'
import type { Row } from './rows.ts'

/** A stretch to page through, and how. */
export interface Plan {
  /** Epoch ms, [from, to). */
  from: number
  to: number
  /** Step between two records; null where records have times of their own. */
  stepMs: number | null
  /** The most records of one answer. */
  page: number
  /** How much to ask for at once, in ms. */
  widthMs: number
  /** Whether an answer finds something anywhere in a stretch that is longer than that. */
  wide: boolean
}

/** What had to be put right. */
export interface Repairs {
  /** Records that came more than once without having been asked for. */
  twice: number
  /** Records that came again with other values: the later answer was kept. */
  revised: number
  /** Records that stood neither in rising nor in falling order. */
  disorder: number
  /** Records that a first answer lacked and a second one had. */
  refetched: number
}

export type Ask = (from: number, to: number, limit: number) => Promise<readonly Row[]>

/**
 * Hands on a series stretch by stretch, each once, in order and complete: what an answer lacks is asked for again by
 * itself, so that neither a page that went missing nor a limit below the documented one loses anything; what does not
 * come then either is a gap. Stretches with nothing in them (before the listing, an outage of months) become longer and
 * longer, so that years of nothing cost a few requests.
 */
export async function walk(
  plan: Plan,
  ask: Ask,
  emit: (rows: Row[], from: number, to: number) => void | Promise<void>,
): Promise<Repairs> {
  const repairs: Repairs = { twice: 0, revised: 0, disorder: 0, refetched: 0 }
  const base = plan.widthMs
  let width = base
  let narrowing = false
  let cursor = plan.from
  while (cursor < plan.to) {
    const end = Math.min(plan.to, cursor + width)
    if (width > base) {
      const rows = await askTwice(ask, cursor, end, plan.page)
      if (rows.some(([time]) => time! >= cursor && time! < end)) {
        // Something begins in here: halve until it lies in a stretch of the usual length.
        width = Math.max(base, Math.floor(width / 2 / base) * base)
        narrowing = true
        continue
      }
      await emit([], cursor, end)
      cursor = end
      if (!narrowing) width *= 2
      continue
    }
    const rows = await settle(plan, cursor, end, ask, repairs)
    await emit(rows, cursor, end)
    cursor = end
    narrowing = false
    if (rows.length === 0 && plan.wide) width *= 2
  }
  return repairs
}

async function askTwice(ask: Ask, from: number, to: number, limit: number): Promise<readonly Row[]> {
  const rows = await ask(from, to, limit)
  return rows.length > 0 ? rows : ask(from, to, limit)
}

/** Everything that the venue has in [from, to), in order. */
async function settle(plan: Plan, from: number, to: number, ask: Ask, repairs: Repairs): Promise<Row[]> {
  const found = new Map<number, Row>()
  const open = [{ from, to, first: true }]
  for (let stretch = open.pop(); stretch !== undefined; stretch = open.pop()) {
    const rows = await ask(stretch.from, stretch.to, plan.page)
    repairs.disorder += disorderIn(rows)
    const seen = new Set<number>()
    let fresh = 0
    let oldest = Number.POSITIVE_INFINITY
    let newest = Number.NEGATIVE_INFINITY
    for (const row of rows) {
      const time = row[0]!
      // Overlapping pages: what lies before has been handed on already.
      if (time >= plan.from && time < from) repairs.twice++
      if (!(time >= from && time < to)) continue
      oldest = Math.min(oldest, time)
      newest = Math.max(newest, time)
      const before = found.get(time)
      if (before === undefined) fresh++
      // Known from another answer: asked for once more together with what lies around it.
      else if (seen.has(time)) repairs.twice++
      if (before?.some((value, i) => value !== row[i])) repairs.revised++
      seen.add(time)
      found.set(time, row)
    }
    if (!stretch.first) repairs.refetched += fresh
    if (fresh === 0) {
      if (stretch.first) open.push({ ...stretch, first: false })
      continue
    }
    // What a limit has cut off lies before the oldest or behind the newest; what got lost may lie between them.
    const pieces = [
      [stretch.from, oldest],
      [oldest, newest],
      [newest + 1, stretch.to],
    ] as const
    for (const [i, [start, end]] of pieces.entries()) {
      const cut = i !== 1 && rows.length >= plan.page && start < end ? { from: start, to: end } : null
      const missing = plan.stepMs === null ? cut : missingIn(found, start, end, plan.stepMs)
      if (missing !== null) open.push({ ...missing, first: false })
    }
  }
  return [...found.values()].sort((a, b) => a[0]! - b[0]!)
}

/** From the first to the last record of a series in steps that is not there. */
function missingIn(found: ReadonlyMap<number, Row>, from: number, to: number, stepMs: number) {
  let first = -1
  let last = -1
  for (let time = firstStep(from, stepMs); time < to; time += stepMs) {
    if (found.has(time)) continue
    if (first < 0) first = time
    last = time
  }
  return first < 0 ? null : { from: first, to: last + stepMs }
}

/** The first moment at or after `from` that a record of that step stands at. */
export function firstStep(from: number, stepMs: number): number {
  const open = barOpen(from, stepMs)
  return open < from ? open + stepMs : open
}

/** Venues send newest or oldest first, so whichever is rarer within a page is the disorder. */
function disorderIn(rows: readonly Row[]): number {
  let rising = 0
  let falling = 0
  for (let i = 1; i < rows.length; i++) {
    if (rows[i]![0]! > rows[i - 1]![0]!) rising++
    if (rows[i]![0]! < rows[i - 1]![0]!) falling++
  }
  return Math.min(rising, falling)
}
