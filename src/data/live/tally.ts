import { type Interval, subtract, unite } from '../store/intervals.ts'
import type { LiveEvent } from './events.ts'

/** Sums of the newest events by bar, and which time they are complete for. Memory: a few bars. */
export class Tally {
  readonly #barMs: number
  readonly #open: (time: number) => number
  readonly #sums = new Map<number, { flagged: number; other: number }>()
  #known: Interval[] = []

  /** `open` gives the open of the bar that holds a moment. */
  constructor(barMs: number, open: (time: number) => number) {
    this.#barMs = barMs
    this.#open = open
  }

  add(events: readonly LiveEvent[]): void {
    for (const { time, amount, flag } of events) {
      const bar = this.#open(time)
      const sum = this.#sums.get(bar) ?? { flagged: 0, other: 0 }
      sum[flag ? 'flagged' : 'other'] += amount
      this.#sums.set(bar, sum)
    }
  }

  know(range: Interval): void {
    this.#known = unite([...this.#known, range])
  }

  /** The stretches of the bar that nothing is known of. */
  missingOf(open: number): Interval[] {
    return subtract([open, open + this.#barMs], this.#known)
  }

  /** Base coins by flag; null where part of the bar was not heard. */
  of(open: number): { flagged: number; other: number } | null {
    return this.missingOf(open).length === 0 ? (this.#sums.get(open) ?? { flagged: 0, other: 0 }) : null
  }

  /** Bars that open before are not asked for any more. */
  forgetBefore(open: number): void {
    for (const bar of this.#sums.keys()) if (bar < open) this.#sums.delete(bar)
    this.#known = this.#known.filter(([, to]) => to > open)
  }
}
