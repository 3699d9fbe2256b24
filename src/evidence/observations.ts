/** What a test observes in a market, and how several are put together. */
import { Sample } from './sample.ts'

/** Why events were excluded, in words, after their number where it is known: `12`, `without a match in BTC/USDT:USDT 1h`. */
export interface Exclusion {
  why: string
  count?: number
}

/** The observations of one test in a market, or in several. */
export interface Observations {
  sample: Sample
  /** Events found, including excluded ones. */
  events: number
  exclusions: Exclusion[]
  /** Why there is nothing to compare the events with, in words; absent if there may be. */
  incomparable?: string
}

export function emptyObservations(): Observations {
  return { sample: new Sample(), events: 0, exclusions: [] }
}

/** The observations of one test in several markets. They cannot be compared only if those of no market can. */
export function poolObservations(parts: readonly Observations[]): Observations {
  const out = emptyObservations()
  const counts = new Map<string, number | undefined>()
  const reasons = parts.flatMap(({ incomparable }) => incomparable ?? [])
  const [reason] = reasons
  if (reason !== undefined && reasons.length === parts.length) out.incomparable = reason
  else if (reason !== undefined) counts.set(reason, undefined)
  for (const { sample, events, exclusions } of parts) {
    out.sample.append(sample)
    out.events += events
    for (const { why, count } of exclusions)
      counts.set(why, count === undefined ? undefined : (counts.get(why) ?? 0) + count)
  }
  for (const [why, count] of counts) out.exclusions.push({ why, ...(count !== undefined && { count }) })
  return out
}

/**
 * One sample of several timeframes: those claimed to be stronger against the others. Empty if one group has no observations,
 * as the other alone is not a comparison.
 */
export function timeframeContrast(
  byTimeframe: ReadonlyMap<string, Observations>,
  stronger: readonly string[],
): Observations {
  const out = emptyObservations()
  for (const [timeframe, { sample, events }] of byTimeframe) {
    out.sample.append(sample, { family: timeframe, sign: stronger.includes(timeframe) ? 1 : -1 })
    out.events += events
  }
  const signs = new Set(out.sample.strata.map(({ sign }) => sign))
  if (signs.size === 2) return out
  const incomparable = missingTimeframe([...byTimeframe.keys()], stronger)
  return { ...emptyObservations(), events: out.events, incomparable }
}

function missingTimeframe(timeframes: readonly string[], stronger: readonly string[]): string {
  const isStronger = (timeframe: string) => stronger.includes(timeframe)
  const names = timeframes.join(', ')
  if (timeframes.every(isStronger)) return `there is no shorter timeframe to compare ${names || 'them'} with`
  if (!timeframes.some(isStronger)) return `there is no longer timeframe to compare ${names} with`
  return 'only one of the two groups of timeframes has events'
}
