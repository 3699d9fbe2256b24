/** Receives streamed candles. */
import type { FeedListener } from './feed.ts'
import type { FormingBars } from './forming-bars.ts'

/** Needs no recorder: missed bars are fetched once they are over, whatever was streamed. */
export class CandleFeed implements FeedListener {
  isConnected = false
  #wasLost = false
  readonly #forming: FormingBars
  readonly #note: (text: string) => void

  constructor(forming: FormingBars, note: (text: string) => void) {
    this.#forming = forming
    this.#note = note
  }

  onConnected(): void {
    if (this.#wasLost) this.#note('candles: connected again')
    this.isConnected = true
    this.#wasLost = false
  }

  onActivity(): void {}

  onRows(rows: readonly unknown[]): void {
    this.#forming.update(rows)
  }

  onDisconnected(reason: string): void {
    if (this.isConnected) this.#note(`candles: ${reason}; connecting again`)
    this.#wasLost ||= this.isConnected
    this.isConnected = false
  }
}
