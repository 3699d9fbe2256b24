import type { Follower } from './follow.ts'
import type { Forming } from './forming.ts'

/** Candles need no recorder: bars that were missed are fetched when they are over, whatever the stream has told. */
export class CandleFeed implements Follower {
  connectedNow = false
  #lost = false
  readonly #forming: Forming
  readonly #say: (text: string) => void

  constructor(forming: Forming, say: (text: string) => void) {
    this.#forming = forming
    this.#say = say
  }

  connected(): void {
    if (this.#lost) this.#say('candles: connected again')
    this.connectedNow = true
    this.#lost = false
  }

  life(): void {}

  rows(rows: readonly unknown[]): void {
    this.#forming.take(rows)
  }

  lost(reason: string): void {
    if (this.connectedNow) this.#say(`candles: ${reason}; connecting again`)
    this.#lost ||= this.connectedNow
    this.connectedNow = false
  }
}
