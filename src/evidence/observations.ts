/** What a test observes in a market, and how several are put together. */
import { Sample, type SampleColumns } from './sample.ts'

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

/** Observations of one market on their way to those of several. */
export interface PartObservations extends Omit<Observations, 'sample'> {
  sample: SampleColumns
}

/** Puts the observations of one test in several markets together, one after the other, and keeps none of them. */
export class ObservationsPool {
  readonly #out = emptyObservations()
  readonly #counts = new Map<string, number | undefined>()
  #parts = 0
  #incomparable = 0
  #reason: string | undefined

  add({ sample, events, exclusions, incomparable }: PartObservations): void {
    this.#parts++
    if (incomparable !== undefined) {
      this.#incomparable++
      this.#reason ??= incomparable
    }
    this.#out.sample.append(sample)
    this.#out.events += events
    for (const { why, count } of exclusions)
      this.#counts.set(why, count === undefined ? undefined : (this.#counts.get(why) ?? 0) + count)
  }

  /** They cannot be compared only if those of no market can. Nothing may be added after. */
  finish(): Observations {
    const reason = this.#reason
    const isReason = reason !== undefined && this.#incomparable < this.#parts
    const counts = new Map([...(isReason ? [[reason, undefined] as const] : []), ...this.#counts])
    for (const [why, count] of counts) this.#out.exclusions.push({ why, ...(count !== undefined && { count }) })
    if (reason !== undefined && !isReason) this.#out.incomparable = reason
    return this.#out
  }
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
