/** Messages to channels that wait for their reply. */
import type { Progress, Reply } from './protocol.ts'

interface PendingRequest {
  onProgress: ((progress: Progress) => void) | undefined
  resolve(reply: Reply): void
}

export class PendingRequests {
  readonly #pending = new Map<number, PendingRequest>()

  get ids(): number[] {
    return [...this.#pending.keys()]
  }

  /** Resolves with the reply. */
  add(id: number, onProgress: ((progress: Progress) => void) | undefined): Promise<Reply> {
    return new Promise(resolve => this.#pending.set(id, { onProgress, resolve }))
  }

  reportProgress(id: number, progress: Progress): void {
    this.#pending.get(id)?.onProgress?.(progress)
  }

  settle(id: number, reply: Reply): void {
    const request = this.#pending.get(id)
    this.#pending.delete(id)
    request?.resolve(reply)
  }

  settleAll(reply: Reply): void {
    for (const { resolve } of this.#pending.values()) resolve(reply)
    this.#pending.clear()
  }
}
