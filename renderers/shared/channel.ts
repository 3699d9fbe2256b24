/** Connects an output to its value in the kernel. */
import type { ToExtension } from '../../src/kernel/messaging.ts'
import type { Progress } from '../../src/kernel/protocol.ts'
import { getMessenger, type MessagingContext } from './messenger.ts'
import { fromWire } from './wire.ts'

export interface RequestOptions {
  signal?: AbortSignal | undefined
  /** A newer request in the same slot aborts this one. */
  slot?: string | undefined
  onProgress?: ((progress: Progress) => void) | undefined
}

/** Whether the kernel still holds the value. */
export interface ChannelState {
  open: boolean
  /** Why it is closed, as a sentence for the reader. */
  reason: string
}

export interface Channel {
  /** false where requests always fail: in an exported page, and for payloads without a channel. */
  readonly available: boolean
  /**
   * Sends a request to the value in the kernel: JSON; the answer may hold typed arrays. Rejects with an `AbortError` when
   * cancelled or replaced by a newer request, else with an error for the reader.
   */
  request(message: unknown, options?: RequestOptions): Promise<unknown>
  /**
   * The extension asks the reader for a file and writes to it the text that the channel returns for `message`.
   * Resolves to the file's name, or null when the reader cancels.
   */
  export(name: string, message: object): Promise<string | null>
  /** Calls `listener` with the state now and with every change. @returns stops it */
  watch(listener: (state: ChannelState) => void): () => void
  /** Aborts all requests. */
  dispose(): void
}

const NO_CHANNEL = 'This output is not connected to a kernel: run the cell again.'
/** VS Code renders all outputs again once the workspace is trusted. */
const UNTRUSTED = 'This workspace is not trusted, so cells do not run: trust it, then run the cell again.'
const NO_EXTENSION = 'There is no kernel here: open the notebook in VS Code and run the cell.'

/** @param channelId the `channel` of the payload */
export function openChannel(context: MessagingContext | undefined, channelId: string | undefined): Channel {
  const messenger = getMessenger(context)
  if (!messenger) return closedChannel(NO_EXTENSION)
  if (channelId === undefined) return closedChannel(context?.workspace?.isTrusted === false ? UNTRUSTED : NO_CHANNEL)

  const disposal = new AbortController()
  const slots = new Map<string, AbortController>()

  const request = (message: unknown, { signal, slot, onProgress }: RequestOptions = {}): Promise<unknown> => {
    const parts = { channel: channelId, ...(slot === undefined ? {} : { slot }), message }
    return send(id => ({ type: 'request', id, ...parts }), { signal, slot, onProgress })
  }
  const send = (
    toMessage: (id: string) => ToExtension,
    { signal, slot, onProgress }: RequestOptions,
  ): Promise<unknown> => {
    const replaced = new AbortController()
    if (slot !== undefined) {
      slots.get(slot)?.abort(abortError('Replaced by a newer request.'))
      slots.set(slot, replaced)
    }
    const aborted = AbortSignal.any([disposal.signal, replaced.signal, ...(signal ? [signal] : [])])
    if (aborted.aborted) return Promise.reject(aborted.reason)
    const id = messenger.newId()
    return new Promise((resolve, reject) => {
      const finish = () => {
        stopListening()
        aborted.removeEventListener('abort', onAbort)
        if (slot !== undefined && slots.get(slot) === replaced) slots.delete(slot)
      }
      const onAbort = () => {
        finish()
        messenger.post({ type: 'cancel', id })
        reject(aborted.reason)
      }
      const stopListening = messenger.listen(answer => {
        if ((answer.type !== 'reply' && answer.type !== 'step') || answer.id !== id) return
        if (answer.type === 'step') return onProgress?.(answer.progress)
        finish()
        try {
          if (answer.ok) resolve(fromWire(answer.value))
          else reject(answer.cancelled ? abortError(answer.error) : new Error(answer.error))
        } catch (error) {
          reject(error)
        }
      })
      aborted.addEventListener('abort', onAbort)
      messenger.post(toMessage(id))
    })
  }

  return {
    available: true,
    request,
    export: async (name, message) =>
      (await send(id => ({ type: 'export', id, channel: channelId, name, message }), {})) as string | null,
    watch(listener) {
      const stop = messenger.listen(message => {
        if (message.type === 'channel' && message.channel === channelId)
          listener({ open: message.open, reason: message.reason })
      })
      messenger.post({ type: 'watch', channel: channelId })
      disposal.signal.addEventListener('abort', stop)
      return stop
    },
    dispose: () => disposal.abort(abortError('The output was removed.')),
  }
}

function closedChannel(reason: string): Channel {
  return {
    available: false,
    request: () => Promise.reject(new Error(reason)),
    export: () => Promise.reject(new Error(reason)),
    watch(listener) {
      listener({ open: false, reason })
      return () => {}
    },
    dispose() {},
  }
}

/** Whether an error says that a request was cancelled or replaced. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}

function abortError(message: string): DOMException {
  return new DOMException(message, 'AbortError')
}
