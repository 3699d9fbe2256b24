/** Bars that are not over yet, as they are streamed. */

import type { SeriesChunk } from '../exchange/series.ts'
import { venueNumber } from '../exchange/venue-number.ts'
import type { LiveBar } from './types.ts'

/** The newest streamed state of each of the last few bars. */
export class FormingBars {
  readonly #bars = new Map<number, LiveBar>()
  readonly #onChange: () => void

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** Takes rows of ccxt: [time, open, high, low, close, volume]. Invalid and outdated rows are ignored. */
  update(rows: readonly unknown[]): void {
    for (const row of rows) {
      if (!Array.isArray(row)) continue
      const [time = NaN, open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN] = row.map(venueNumber)
      const bar = { time, open, high, low, close, volume }
      if (!Object.values(bar).every(Number.isFinite)) continue
      // Volume only grows, so a smaller one is outdated.
      if (bar.volume < (this.#bars.get(bar.time)?.volume ?? 0)) continue
      this.#bars.set(bar.time, bar)
      this.#onChange()
    }
  }

  /** The newest bar that opens at or after `time`. */
  newestFrom(time: number): LiveBar | null {
    let newest: LiveBar | null = null
    for (const bar of this.#bars.values()) if (bar.time >= time && bar.time > (newest?.time ?? -1)) newest = bar
    return newest
  }

  /** Whether a bar was streamed that opens at or after `time`. */
  hasOpened(time: number): boolean {
    return this.newestFrom(time) !== null
  }

  dropBefore(time: number): void {
    for (const open of this.#bars.keys()) if (open < time) this.#bars.delete(open)
  }

  /** Whether the bars after `since` match their last streamed states. */
  matches({ time, columns }: SeriesChunk, since: number): boolean {
    const { high = [], low = [], close = [] } = columns
    return time.every((open, i) => {
      const bar = this.#bars.get(open)
      if (open <= since || bar === undefined) return true
      return high[i]! >= bar.high && low[i]! <= bar.low && close[i] === bar.close
    })
  }
}
