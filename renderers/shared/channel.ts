/** An output's way to the value in the kernel that it shows. */
import type { ToExtension } from '../../src/kernel/messaging.ts'
import type { Progress } from '../../src/kernel/protocol.ts'
import { type MessagingContext, messengerOf } from './messenger.ts'
import { fromWire } from './wire.ts'

export interface RequestOptions {
  /** Cancels the request. */
  signal?: AbortSignal | undefined
  /** A newer request of the same slot aborts this one. */
  slot?: string | undefined
  onProgress?: ((progress: Progress) => void) | undefined
}

/** Whether the kernel still holds the value; `why` not, in words for the reader. */
export interface ChannelState {
  open: boolean
  why: string
}

export interface Channel {
  /** Whether requests have any prospect: false in an exported page, and for payloads that name no channel. */
  readonly available: boolean
  /**
   * Asks the value in the kernel. Messages are JSON, answers may hold typed arrays.
   * Rejects with an `AbortError` when cancelled or overtaken, else with an error in words for the reader.
   */
  request(message: unknown, options?: RequestOptions): Promise<unknown>
  /**
   * Has the extension write a file of the texts that the channel gives for `message`, after asking the reader where to.
   * Resolves to the file's name, or null when the reader thought better of it.
   */
  export(name: string, message: object): Promise<string | null>
  /** Calls `listener` with the state as soon as it is known, and with every change; returns the function that stops it. */
  watch(listener: (state: ChannelState) => void): () => void
  /** Cancels what is under way. */
  dispose(): void
}

const NO_CHANNEL = 'This output is not connected to a kernel: run the cell again.'
/** VS Code draws all outputs anew once the workspace is trusted. */
const UNTRUSTED = 'This workspace is not trusted, so cells do not run: trust it, then run the cell again.'
const NO_EXTENSION = 'There is no kernel here: open the notebook in VS Code and run the cell.'

/** @param channelId the `channel` of the payload */
export function openChannel(context: MessagingContext | undefined, channelId: string | undefined): Channel {
  const messenger = messengerOf(context)
  if (!messenger) return closedChannel(NO_EXTENSION)
  if (channelId === undefined) return closedChannel(context?.workspace?.isTrusted === false ? UNTRUSTED : NO_CHANNEL)

  const disposal = new AbortController()
  const slots = new Map<string, AbortController>()

  const request = (message: unknown, { signal, slot, onProgress }: RequestOptions = {}): Promise<unknown> => {
    const more = { channel: channelId, ...(slot === undefined ? {} : { slot }), message }
    return ask(id => ({ type: 'request', id, ...more }), { signal, slot, onProgress })
  }
  const ask = (make: (id: string) => ToExtension, { signal, slot, onProgress }: RequestOptions): Promise<unknown> => {
    const overtaken = new AbortController()
    if (slot !== undefined) {
      slots.get(slot)?.abort(abortError('A newer request came.'))
      slots.set(slot, overtaken)
    }
    const stop = AbortSignal.any([disposal.signal, overtaken.signal, ...(signal ? [signal] : [])])
    if (stop.aborted) return Promise.reject(stop.reason)
    const id = messenger.newId()
    return new Promise((resolve, reject) => {
      const finish = () => {
        silence()
        stop.removeEventListener('abort', onStop)
        if (slot !== undefined && slots.get(slot) === overtaken) slots.delete(slot)
      }
      const onStop = () => {
        finish()
        messenger.post({ type: 'cancel', id })
        reject(stop.reason)
      }
      const silence = messenger.listen(answer => {
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
      stop.addEventListener('abort', onStop)
      messenger.post(make(id))
    })
  }

  return {
    available: true,
    request,
    export: async (name, message) =>
      (await ask(id => ({ type: 'export', id, channel: channelId, name, message }), {})) as string | null,
    watch(listener) {
      const stop = messenger.listen(message => {
        if (message.type === 'channel' && message.channel === channelId)
          listener({ open: message.open, why: message.why })
      })
      messenger.post({ type: 'watch', channel: channelId })
      disposal.signal.addEventListener('abort', stop)
      return stop
    },
    dispose: () => disposal.abort(abortError('The output is gone.')),
  }
}

function closedChannel(why: string): Channel {
  return {
    available: false,
    request: () => Promise.reject(new Error(why)),
    export: () => Promise.reject(new Error(why)),
    watch(listener) {
      listener({ open: false, why })
      return () => {}
    },
    dispose() {},
  }
}

/** Whether a request ended because it was not wanted any more. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}

function abortError(message: string): DOMException {
  return new DOMException(message, 'AbortError')
}
