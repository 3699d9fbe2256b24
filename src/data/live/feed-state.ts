/** Whether what a live market shows is of now. */
import { formatTime } from '../../common/duration.ts'

/**
 * - `live` all feeds are connected, and the last bar that is over is there
 * - `late` all feeds are connected, but a bar that should be there is not
 * - `broken` a feed is not connected
 */
export type FeedState = 'live' | 'late' | 'broken'

/** A bar is late when it is missing for this many times the usual wait for it. */
const LATE_WAITS = 8

/**
 * The state at a moment.
 *
 * @param bars end of the bar that is expected next, and how long after its end it usually comes, ms
 */
export function feedState(
  now: number,
  connected: readonly boolean[],
  { expected, delayMs }: { expected: number; delayMs: number },
): FeedState {
  if (connected.includes(false)) return 'broken'
  return now > expected + LATE_WAITS * delayMs ? 'late' : 'live'
}

/** Remembers since when a state holds. */
export class FeedStateClock {
  #state: FeedState | undefined
  #since = 0

  /** @returns whether the state is another than before */
  set(state: FeedState, now: number): boolean {
    if (state === this.#state) return false
    this.#state = state
    this.#since = now
    return true
  }

  get current(): { state: FeedState; since: number } {
    return { state: this.#state ?? 'broken', since: this.#since }
  }

  get text(): string {
    const { state, since } = this.current
    return `${state} since ${formatTime(since)} UTC`
  }
}
