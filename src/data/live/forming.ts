import type { SeriesChunk } from '../exchange/series.ts'
import type { LiveBar } from './types.ts'

/** Bars as they are streamed: the newest word on each of the last few. */
export class Forming {
  readonly #bars = new Map<number, LiveBar>()
  readonly #changed: () => void

  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** Rows of ccxt: [time, open, high, low, close, volume]. What is not a bar, or older than what is known, is left out. */
  take(rows: readonly unknown[]): void {
    for (const row of rows) {
      if (!Array.isArray(row)) continue
      const [time, open, high, low, close, volume] = row.map(Number)
      const bar = { time: time!, open: open!, high: high!, low: low!, close: close!, volume: volume! }
      if (!Object.values(bar).every(Number.isFinite)) continue
      // Volume only grows, so a smaller one is an older word.
      if (bar.volume < (this.#bars.get(bar.time)?.volume ?? 0)) continue
      this.#bars.set(bar.time, bar)
      this.#changed()
    }
  }

  /** The newest bar that opens at or after that moment. */
  since(time: number): LiveBar | null {
    let newest: LiveBar | null = null
    for (const bar of this.#bars.values()) if (bar.time >= time && bar.time > (newest?.time ?? -1)) newest = bar
    return newest
  }

  /** Whether a bar has been seen that opens at or after that moment. */
  hasBegun(time: number): boolean {
    return this.since(time) !== null
  }

  forgetBefore(time: number): void {
    for (const open of this.#bars.keys()) if (open < time) this.#bars.delete(open)
  }

  /** Whether the bars behind `since` are what was last streamed of them. */
  agrees({ time, columns }: SeriesChunk, since: number): boolean {
    return time.every((open, i) => {
      const bar = this.#bars.get(open)
      if (open <= since || bar === undefined) return true
      return columns.high![i]! >= bar.high && columns.low![i]! <= bar.low && columns.close![i] === bar.close
    })
  }
}
