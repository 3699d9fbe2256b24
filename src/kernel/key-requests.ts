/** Asks the parent for keys of exchanges. What it gives is hidden in everything that the kernel sends from then on. */
import { type KeyAnswer, type KeyRequest, keyLabel, keyParts } from '../common/exchange-key.ts'
import { deferred } from './deferred.ts'
import type { Message, Request } from './protocol.ts'
import { secrets } from './secrets.ts'

export class KeyRequests {
  readonly #send: (message: Message) => void
  readonly #pending = new Map<number, { name: string; resolve: (answer: KeyAnswer) => void }>()
  #counter = 0

  constructor(send: (message: Message) => void) {
    this.#send = send
  }

  ask(asked: KeyRequest): Promise<KeyAnswer> {
    const name = String(asked.name)
    const server = asked.server === undefined ? undefined : String(asked.server)
    const requestId = ++this.#counter
    const { promise, resolve } = deferred<KeyAnswer>()
    this.#pending.set(requestId, { name, resolve })
    this.#send({ type: 'key', requestId, request: { name, ...(server !== undefined && { server }) } })
    return promise
  }

  receive({ requestId, answer }: Request & { type: 'key' }): void {
    const pending = this.#pending.get(requestId)
    this.#pending.delete(requestId)
    if (pending === undefined) return
    if ('key' in answer) for (const part of keyParts(answer.key)) secrets.add(part, keyLabel(pending.name))
    pending.resolve(answer)
  }
}
