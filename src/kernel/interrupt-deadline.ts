/** Limits the time that interrupted work may take to end. */
export class InterruptDeadline {
  readonly #onExpired: () => void
  readonly #timeoutMs: number
  /** The interrupted runs or requests; work that began after the interrupt does not count. */
  readonly #ids = new Set<number>()
  #timer: NodeJS.Timeout | null = null

  constructor(timeoutMs: number, onExpired: () => void) {
    this.#timeoutMs = timeoutMs
    this.#onExpired = onExpired
  }

  /** A further interrupt does not extend the deadline. */
  start(ids: readonly number[]): void {
    for (const id of ids) this.#ids.add(id)
    this.#timer ??= setTimeout(this.#onExpired, this.#timeoutMs)
  }

  /** A run or request has ended. */
  ended(id: number): void {
    this.#ids.delete(id)
    if (this.#ids.size === 0) this.#stopTimer()
  }

  cancel(): void {
    this.#ids.clear()
    this.#stopTimer()
  }

  #stopTimer(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }
}
