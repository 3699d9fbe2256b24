/**
 * Channels from outputs back to the kernel: a value opens a channel while its cell runs and puts the channel's id into its
 * payload (`channel`, at the top level). The renderer that draws the payload sends requests, and the handler answers them
 * between the kernel's other work.
 */
import { MessageChannel } from 'node:worker_threads'
import type { ChannelHandler } from '../common/host.ts'
import type { MimeBundle } from '../notebook/types.ts'
import { createAbortController } from './abort.ts'
import { errorMessage, isError } from './errors.ts'
import { inspectValue } from './inspect.ts'
import type { Interrupts } from './interrupt.ts'
import { type Message, type Reply, type Request, toProgress } from './protocol.ts'
import type { OutputChannels, Run } from './run.ts'
import { resetScope, runInScope, type Scope } from './scope.ts'

/** Open channels keep what their handlers hold in memory; beyond this number the oldest are closed. */
const MAX_CHANNELS = 500

interface Channel {
  handler: ChannelHandler
  run: Run
  onClose: (() => void) | undefined
  /** Whether a shown output names the channel. */
  shown: boolean
  /** Display id of that output. */
  displayId?: string | undefined
}

type ChannelRequest = Request & { type: 'request' }

export class Channels implements OutputChannels {
  readonly #send: (message: Message) => void
  readonly #interrupts: Interrupts
  readonly #channels = new Map<string, Channel>()
  /** Requests without a reply yet, by id. */
  readonly #active = new Map<number, ActiveRequest>()
  /** The active requests that have not started. */
  readonly #queue: ActiveRequest[] = []
  readonly #starter = new MessageChannel()
  #counter = 0

  constructor(send: (message: Message) => void, interrupts: Interrupts) {
    this.#send = send
    this.#interrupts = interrupts
    this.#starter.port1.on('message', () => this.#startNext())
    // Only the connection to the parent keeps the process alive.
    this.#starter.port1.unref()
  }

  open(handler: unknown, run: Run, onClose?: () => void): string {
    if (typeof handler !== 'function')
      throw new TypeError(`A channel handler must be a function, not ${typeof handler}.`)
    const id = `${process.pid}.${run.id}.${++this.#counter}`
    this.#channels.set(id, { handler: handler as ChannelHandler, run, onClose, shown: false })
    this.#send({ type: 'channel', channel: id, open: true })
    for (const oldest of this.#channels.keys()) {
      if (this.#channels.size <= MAX_CHANNELS) break
      this.close(oldest)
    }
    return id
  }

  close(id: string): void {
    const channel = this.#channels.get(id)
    if (!channel) return
    this.#channels.delete(id)
    for (const request of this.#active.values()) if (request.channel === id) request.abort('The output was replaced.')
    this.#send({ type: 'channel', channel: id, open: false })
    try {
      channel.onClose?.()
    } catch (error) {
      // Channels close before the next run of a cell, which must start nevertheless.
      channel.run.fail(error)
    }
  }

  /** Closes all channels of a cell: it runs again, or its run was abandoned. */
  closeCell(cellId: string): void {
    for (const [id, { run }] of this.#channels) if (run.cellId === cellId) this.close(id)
  }

  /** Closes the channels of a cell's cleared outputs; those that no output names yet stay open. */
  outputsCleared(cellId: string): void {
    for (const [id, { run, shown }] of this.#channels) if (shown && run.cellId === cellId) this.close(id)
  }

  /** Marks the channels that a new output names, and closes those of the output that it replaces. */
  outputShown(bundle: MimeBundle, displayId?: string): void {
    const named = new Set(Object.values(bundle).flatMap(content => channelIdIn(content) ?? []))
    for (const [id, channel] of this.#channels) {
      if (named.has(id)) Object.assign(channel, { displayId, shown: true })
      else if (displayId !== undefined && channel.displayId === displayId) this.close(id)
    }
  }

  /** Queues a request. It starts after all messages that have already arrived are read, so that no stale request starts. */
  request(request: ChannelRequest): void {
    const channel = this.#channels.get(request.channel)
    if (!channel) {
      const error = 'The kernel no longer holds this output: run the cell again.'
      this.#send({ type: 'reply', requestId: request.requestId, ok: false, error, cancelled: false })
      return
    }
    if (request.slot !== undefined) {
      for (const older of this.#active.values()) {
        if (older.channel === request.channel && older.slot === request.slot)
          older.abort('Replaced by a newer request.')
      }
    }
    const active = new ActiveRequest(request, channel, this.#send, () => this.#onEnd(active))
    this.#active.set(active.id, active)
    this.#queue.push(active)
    // Started by a port's message: interrupting a handler inside an immediate would also drop the other immediates.
    setImmediate(() => this.#starter.port2.postMessage(null))
  }

  cancel(requestId: number): void {
    this.#active.get(requestId)?.abort('The request was cancelled.')
  }

  /** Aborts all requests. `terminated`: V8 stopped the running code without its `finally` blocks. */
  interrupt(terminated: boolean): void {
    if (terminated) resetScope()
    for (const request of [...this.#active.values()]) request.abort('The kernel was interrupted.')
    this.#queue.length = 0
  }

  #startNext(): void {
    const request = this.#queue.shift()
    if (!request || request.abandoned) return
    if (!this.#interrupts.begin(request.id, 'request')) request.abort('The kernel was interrupted.')
    else void request.start()
  }

  #onEnd(request: ActiveRequest): void {
    this.#active.delete(request.id)
    this.#interrupts.endRequest(request.id)
  }
}

/** One request without a reply yet. */
class ActiveRequest implements Scope {
  readonly id: number
  readonly channel: string
  readonly slot: string | undefined
  readonly run: Run
  readonly timers = new Set<() => void>()
  abandoned = false
  readonly #handler: ChannelHandler
  readonly #message: unknown
  readonly #send: (message: Message) => void
  readonly #onEnd: () => void
  readonly #controller = createAbortController()

  constructor(request: ChannelRequest, channel: Channel, send: (message: Message) => void, onEnd: () => void) {
    this.id = request.requestId
    this.channel = request.channel
    this.slot = request.slot
    this.run = channel.run
    this.#handler = channel.handler
    this.#message = request.message
    this.#send = send
    this.#onEnd = onEnd
  }

  get abortSignal(): AbortSignal {
    return this.#controller.signal
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  async start(): Promise<void> {
    const context = {
      signal: this.signal,
      progress: (message: string, fraction: number | null = null) => this.progress(message, fraction),
    }
    try {
      const value = await runInScope(this, () => this.#handler(this.#message, context))
      this.#end({ ok: true, value })
    } catch (error) {
      this.#end({ ok: false, error: messageOf(error), cancelled: false })
    }
  }

  progress(message: string, fraction: number | null): void {
    if (!this.abandoned) this.#send({ type: 'step', requestId: this.id, progress: toProgress(message, fraction) })
  }

  /** Replies at once; what the handler does later is ignored. */
  abort(reason: string): void {
    if (this.abandoned) return
    this.#end({ ok: false, error: reason, cancelled: true })
    this.#controller.abort(new DOMException(reason, 'AbortError'))
    for (const clear of this.timers) clear()
    this.timers.clear()
  }

  #end(reply: Reply): void {
    if (this.abandoned) return
    this.abandoned = true
    try {
      this.#send({ type: 'reply', requestId: this.id, ...reply })
    } catch (error) {
      // The value cannot be cloned, e.g. a function.
      const problem = `The answer cannot be sent to the output: ${messageOf(error)}`
      this.#send({ type: 'reply', requestId: this.id, ok: false, error: problem, cancelled: false })
    }
    this.#onEnd()
  }
}

function channelIdIn(content: MimeBundle[string]): string | undefined {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return undefined
  return typeof content.channel === 'string' ? content.channel : undefined
}

function messageOf(error: unknown): string {
  return isError(error) ? errorMessage(error) : inspectValue(error, { depth: 0, maxStringLength: 1000 })
}
