/** Sums events by bar. */
import { type Interval, subtract, unite } from '../store/intervals.ts'
import type { LiveEvent } from './events.ts'

/** Base coins of the events with a flag (taker buys, longs) and of the others. */
interface EventSum {
  flagged: number
  other: number
}

/** Sums of the newest events by bar, and the times for which they are complete. Holds a few bars. */
export class EventSums {
  readonly #barMs: number
  readonly #barOpen: (time: number) => number
  readonly #sums = new Map<number, EventSum>()
  #coverage: Interval[] = []

  /** @param barOpen the open of the bar that holds a time */
  constructor(barMs: number, barOpen: (time: number) => number) {
    this.#barMs = barMs
    this.#barOpen = barOpen
  }

  add(events: readonly LiveEvent[]): void {
    for (const { time, amount, flag } of events) {
      const bar = this.#barOpen(time)
      const sum = this.#sums.get(bar) ?? { flagged: 0, other: 0 }
      sum[flag ? 'flagged' : 'other'] += amount
      this.#sums.set(bar, sum)
    }
  }

  /** All events of this range have been added, or will be at once. */
  addCoverage(range: Interval): void {
    this.#coverage = unite([...this.#coverage, range])
  }

  /** The parts of the bar that are not covered. */
  missingIn(open: number): Interval[] {
    return subtract([open, open + this.#barMs], this.#coverage)
  }

  /** The sum of a bar; null if part of the bar is not covered. */
  sumOf(open: number): EventSum | null {
    return this.missingIn(open).length === 0 ? (this.#sums.get(open) ?? { flagged: 0, other: 0 }) : null
  }

  /** Forgets the bars that open before. */
  dropBefore(open: number): void {
    for (const bar of this.#sums.keys()) if (bar < open) this.#sums.delete(bar)
    this.#coverage = this.#coverage.filter(([, to]) => to > open)
  }
}
