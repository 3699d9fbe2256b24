/** Puts the events of a feed in order. */
import type { Interval } from '../store/intervals.ts'
import type { LiveEvent } from './events.ts'

/** A time range that was received completely, and all its events in order. */
export interface EventBatch {
  range: Interval
  events: LiveEvent[]
}

/** Events whose ids are remembered, to recognise duplicates. */
const MAX_REMEMBERED_IDS = 20_000

/**
 * Turns events that come twice, late or out of order into complete time ranges. A range is sealed up to the last activity
 * less the lag, so that late events still get in.
 */
export class EventBuffer {
  readonly #maxLagMs: number
  /** End of the last sealed range; null before the first. */
  sealedTo: number | null = null
  /** Start of the time for which the buffer is complete; null while not connected. */
  #unsealedFrom: number | null = null
  /** Start of the time that this connection has received completely. */
  #connectedFrom = 0
  #lastActivity = 0
  #events: LiveEvent[] = []
  readonly #ids = new Set<string>()
  /** Events that came twice. */
  duplicates = 0

  constructor(maxLagMs: number) {
    this.#maxLagMs = maxLagMs
  }

  /** Start of what was received and not sealed yet; null while not connected. */
  get unsealedFrom(): number | null {
    return this.#unsealedFrom
  }

  /** A connection receives everything from `time` (whole ms) on. */
  begin(time: number): void {
    this.#unsealedFrom = Math.max(time, this.sealedTo ?? time)
    this.#connectedFrom = this.#unsealedFrom
    this.#lastActivity = time
  }

  /** The connection is alive at `time`: earlier events have come, or will come within the lag. */
  advance(time: number): void {
    if (time > this.#lastActivity) this.#lastActivity = time
  }

  /** Adds events. Returns those that are new, and the ones among them whose range is sealed already. */
  add(events: readonly LiveEvent[]): { fresh: LiveEvent[]; late: LiveEvent[] } {
    const fresh: LiveEvent[] = []
    const late: LiveEvent[] = []
    for (const event of events) {
      if (this.#unsealedFrom === null || this.#isDuplicate(event)) continue
      if (this.sealedTo !== null && event.time < this.sealedTo) {
        // From before this connection: a venue may start with its last events.
        if (event.time < this.#connectedFrom) continue
        late.push(event)
      } else {
        // Events from while the subscription was being set up count, older ones do not.
        if (event.time < this.#connectedFrom - this.#maxLagMs) continue
        this.#unsealedFrom = Math.min(this.#unsealedFrom, event.time)
        this.#events.push(event)
      }
      fresh.push(event)
    }
    return { fresh, late }
  }

  /** Seals what is complete by now; null if that is nothing new. */
  seal(): EventBatch | null {
    return this.#sealTo(Math.floor(this.#lastActivity - this.#maxLagMs))
  }

  /** The connection is lost: seals everything up to its last activity. */
  end(): EventBatch | null {
    const newest = this.#events.reduce((max, { time }) => Math.max(max, time), 0)
    const batch = this.#sealTo(Math.max(Math.floor(this.#lastActivity - this.#maxLagMs), newest + 1))
    this.discard()
    return batch
  }

  /** Everything before `time` is known from another source. */
  skipTo(time: number): void {
    this.sealedTo = Math.max(this.sealedTo ?? time, time)
    this.#connectedFrom = Math.max(this.#connectedFrom, time)
    if (this.#unsealedFrom !== null) this.#unsealedFrom = Math.max(this.#unsealedFrom, time)
    this.#events = this.#events.filter(event => event.time >= time)
  }

  /** The connection is lost, and what is not sealed counts as incomplete. */
  discard(): void {
    for (const { id } of this.#events) if (id !== undefined) this.#ids.delete(id)
    this.#unsealedFrom = null
    this.#events = []
  }

  #sealTo(to: number): EventBatch | null {
    const from = this.#unsealedFrom
    if (from === null || to <= from) return null
    const events = this.#events.filter(({ time }) => time < to).sort((a, b) => a.time - b.time)
    this.#events = this.#events.filter(({ time }) => time >= to)
    this.#unsealedFrom = to
    this.sealedTo = to
    return { range: [from, to], events }
  }

  #isDuplicate({ id }: LiveEvent): boolean {
    if (id === undefined) return false
    if (this.#ids.has(id)) {
      this.duplicates++
      return true
    }
    this.#ids.add(id)
    if (this.#ids.size > MAX_REMEMBERED_IDS) for (const oldest of this.#ids) return !this.#ids.delete(oldest)
    return false
  }
}
