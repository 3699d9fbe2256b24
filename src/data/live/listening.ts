import type { Interval } from '../store/intervals.ts'
import type { LiveEvent } from './events.ts'

/** A stretch of time that was listened to from its start to its end, and all that happened in it, in order. */
export interface Heard {
  range: Interval
  events: LiveEvent[]
}

/** Ids are remembered for so many events, to know those that come twice. */
const REMEMBERED = 20_000

/**
 * Turns events as they come, twice, late or out of order, into stretches that are complete. A stretch ends a little before
 * the last sign of life, so that what comes late still finds its place.
 */
export class Listening {
  readonly #lagMs: number
  /** End of what was sealed last; where there was none yet, null. */
  sealedTo: number | null = null
  /** From when on the events in the buffer are all there are; null while nobody listens. */
  #from: number | null = null
  /** Start of what this connection has brought whole. */
  #began = 0
  #heardAt = 0
  #buffer: LiveEvent[] = []
  readonly #seen = new Set<string>()
  /** Events that came twice. */
  twice = 0

  constructor(lagMs: number) {
    this.#lagMs = lagMs
  }

  /** Start of what was heard and not sealed yet; null while nobody listens. */
  get from(): number | null {
    return this.#from
  }

  /** Somebody listens from `at` on (whole ms). */
  begin(at: number): void {
    this.#from = Math.max(at, this.sealedTo ?? at)
    this.#began = this.#from
    this.#heardAt = at
  }

  /** A sign of life: what happened up to now has come, or will within the lag. */
  hear(at: number): void {
    if (at > this.#heardAt) this.#heardAt = at
  }

  /** Takes new events; gives back those that were not known, and of them those that are too late for their stretch. */
  add(events: readonly LiveEvent[]): { fresh: LiveEvent[]; late: LiveEvent[] } {
    const fresh: LiveEvent[] = []
    const late: LiveEvent[] = []
    for (const event of events) {
      if (this.#from === null || this.#isTwice(event)) continue
      if (this.sealedTo !== null && event.time < this.sealedTo) {
        // Of a time that nobody listened to; a venue may begin with what was last.
        if (event.time < this.#began) continue
        late.push(event)
      } else {
        // What happened while the subscription was on its way, and nothing older.
        if (event.time < this.#began - this.#lagMs) continue
        this.#from = Math.min(this.#from, event.time)
        this.#buffer.push(event)
      }
      fresh.push(event)
    }
    return { fresh, late }
  }

  /** What is complete by now; null when nothing new is. */
  seal(): Heard | null {
    return this.#sealTo(Math.floor(this.#heardAt - this.#lagMs))
  }

  /** The connection is gone: what was heard to its last sign of life is complete. */
  end(): Heard | null {
    const newest = this.#buffer.reduce((max, { time }) => Math.max(max, time), 0)
    const heard = this.#sealTo(Math.max(Math.floor(this.#heardAt - this.#lagMs), newest + 1))
    this.forget()
    return heard
  }

  /** Everything before `at` is known from elsewhere. */
  skipTo(at: number): void {
    this.sealedTo = Math.max(this.sealedTo ?? at, at)
    this.#began = Math.max(this.#began, at)
    if (this.#from !== null) this.#from = Math.max(this.#from, at)
    this.#buffer = this.#buffer.filter(({ time }) => time >= at)
  }

  /** Nobody listens any more, and what was not sealed is not complete. */
  forget(): void {
    for (const { id } of this.#buffer) if (id !== undefined) this.#seen.delete(id)
    this.#from = null
    this.#buffer = []
  }

  #sealTo(to: number): Heard | null {
    const from = this.#from
    if (from === null || to <= from) return null
    const events = this.#buffer.filter(({ time }) => time < to).sort((a, b) => a.time - b.time)
    this.#buffer = this.#buffer.filter(({ time }) => time >= to)
    this.#from = to
    this.sealedTo = to
    return { range: [from, to], events }
  }

  #isTwice({ id }: LiveEvent): boolean {
    if (id === undefined) return false
    if (this.#seen.has(id)) {
      this.twice++
      return true
    }
    this.#seen.add(id)
    if (this.#seen.size > REMEMBERED) for (const oldest of this.#seen) return !this.#seen.delete(oldest)
    return false
  }
}
