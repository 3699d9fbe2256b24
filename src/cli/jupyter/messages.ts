/**
 * Messages of Jupyter's protocol on the wire: identities, a delimiter, a signature, and four parts as JSON.
 *
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { isRecord, type JsonObject } from '../../common/json.ts'

export const PROTOCOL_VERSION = '5.3'

const DELIMITER = '<IDS|MSG>'

/** A header, as sent on. */
export type Header = JsonObject & { msg_id: string; msg_type: string; session: string }

export interface Message {
  /** Frames that lead the answer back. */
  identities: Uint8Array[]
  header: Header
  metadata: JsonObject
  content: JsonObject
}

/** Reads and writes the messages of one connection. */
export class Wire {
  readonly #key: string
  readonly #session = randomUUID()

  /** @param key of the connection file; without one, messages are not signed */
  constructor(key: string) {
    this.#key = key
  }

  /** Undefined for what is no message of this connection: a wrong signature, or other frames. */
  read(frames: readonly Uint8Array[]): Message | undefined {
    const at = frames.findIndex(frame => Buffer.from(frame).toString() === DELIMITER)
    const [signature, ...parts] = frames.slice(at + 1)
    const signed = parts.slice(0, 4)
    if (at < 0 || signature === undefined || signed.length < 4) return undefined
    const expected = Buffer.from(this.#sign(signed))
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return undefined
    try {
      const [header, , metadata, content] = signed.map(part => JSON.parse(Buffer.from(part).toString()) as unknown)
      if (!isRecord(header) || typeof header.msg_type !== 'string' || typeof header.msg_id !== 'string')
        return undefined
      return {
        identities: frames.slice(0, at),
        header: header as Header,
        metadata: isRecord(metadata) ? (metadata as JsonObject) : {},
        content: isRecord(content) ? (content as JsonObject) : {},
      }
    } catch {
      return undefined // Not JSON.
    }
  }

  /** @param parent the header of the request that it answers; undefined for a message of the kernel's own */
  write(
    type: string,
    content: JsonObject,
    parent: Header | undefined,
    identities: readonly (Uint8Array | string)[],
  ): (Uint8Array | string)[] {
    const header: Header = {
      msg_id: randomUUID(),
      session: this.#session,
      username: 'liqnb',
      date: new Date().toISOString(),
      msg_type: type,
      version: PROTOCOL_VERSION,
    }
    const parts = [header, parent ?? {}, {}, content].map(part => Buffer.from(JSON.stringify(part)))
    return [...identities, DELIMITER, this.#sign(parts), ...parts]
  }

  #sign(parts: readonly Uint8Array[]): string {
    if (this.#key === '') return ''
    const hmac = createHmac('sha256', this.#key)
    for (const part of parts) hmac.update(part)
    return hmac.digest('hex')
  }
}
