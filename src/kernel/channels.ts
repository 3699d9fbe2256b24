/**
 * Ways by which an output talks back: a value opens a channel while its cell runs and puts the channel's id into the top
 * level of its payload (`channel`); the renderer that draws the payload sends requests, and the handler answers them between
 * the kernel's other work.
 */
import { setMaxListeners } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import type { MimeBundle } from '../notebook/types.ts'
import { type ChannelHandler, progressOf } from './channel-handler.ts'
import type { Interrupts } from './interrupt.ts'
import type { Message, Reply, Request } from './protocol.ts'
import type { Run } from './run.ts'
import { leaveScope, type Scope, within } from './scope.ts'

/** Open channels hold what their handlers need; from here on the oldest make room. */
const MAX_CHANNELS = 500

// The cells' own timers are wrapped (see timers.ts); ours must not be.
const { setImmediate } = globalThis

interface Channel {
  handler: ChannelHandler
  run: Run
  onClose: (() => void) | undefined
  /** Whether an output names it, and the one that does. */
  shown: boolean
  displayId?: string | undefined
}

type ChannelRequest = Request & { type: 'request' }

export class Channels {
  readonly #send: (message: Message) => void
  readonly #interrupts: Interrupts
  readonly #channels = new Map<string, Channel>()
  readonly #answers = new Map<number, Answer>()
  readonly #waiting: Answer[] = []
  readonly #bell = new MessageChannel()
  #counter = 0

  constructor(send: (message: Message) => void, interrupts: Interrupts) {
    this.#send = send
    this.#interrupts = interrupts
    this.#bell.port1.on('message', () => this.#startNext())
    // The connection to the parent keeps the process up, and nothing else should.
    this.#bell.port1.unref()
  }

  open(handler: unknown, run: Run, onClose?: () => void): string {
    if (typeof handler !== 'function') throw new TypeError(`A channel's handler is a function, not ${typeof handler}.`)
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
    for (const answer of this.#answers.values()) if (answer.channel === id) answer.abort('The output was replaced.')
    this.#send({ type: 'channel', channel: id, open: false })
    try {
      channel.onClose?.()
    } catch (error) {
      // The kernel closes channels before it takes up a cell, which must run nevertheless.
      channel.run.fail(error)
    }
  }

  /** A cell runs again, or its run was given up: nothing of its outputs counts any more. */
  closeOf(cellId: string): void {
    for (const [id, { run }] of this.#channels) if (run.cellId === cellId) this.close(id)
  }

  /** The outputs of a cell are taken away: what they named is closed; what is yet to be shown stays. */
  cleared(cellId: string): void {
    for (const [id, { run, shown }] of this.#channels) if (shown && run.cellId === cellId) this.close(id)
  }

  /** An output was shown, under an id or as the value of a cell: the channels of what it replaces are closed. */
  shown(bundle: MimeBundle, displayId?: string): void {
    const named = new Set(Object.values(bundle).flatMap(content => channelNamedIn(content) ?? []))
    for (const [id, channel] of this.#channels) {
      if (named.has(id)) Object.assign(channel, { displayId, shown: true })
      else if (displayId !== undefined && channel.displayId === displayId) this.close(id)
    }
  }

  /** Takes a request. It starts when all that has arrived by now is read, so that a stale one never does. */
  request(request: ChannelRequest): void {
    const channel = this.#channels.get(request.channel)
    if (!channel) {
      const error = 'The kernel no longer holds this output: run the cell again.'
      this.#send({ type: 'reply', requestId: request.requestId, ok: false, error, cancelled: false })
      return
    }
    if (request.slot !== undefined) {
      for (const older of this.#answers.values()) {
        if (older.channel === request.channel && older.slot === request.slot) older.abort('A newer request came.')
      }
    }
    const answer = new Answer(request, channel, this.#send, () => this.#ended(answer))
    this.#answers.set(answer.id, answer)
    this.#waiting.push(answer)
    // A port's callback of its own, because an interrupt would take the loop's other immediates down with the handler.
    setImmediate(() => this.#bell.port2.postMessage(null))
  }

  cancel(requestId: number): void {
    this.#answers.get(requestId)?.abort('The request was cancelled.')
  }

  /** Stops all that is under way. `stopped`: code was terminated, and its bookkeeping with it. */
  interrupt(stopped: boolean): void {
    if (stopped) leaveScope()
    for (const answer of [...this.#answers.values()]) answer.abort('The kernel was interrupted.')
    this.#waiting.length = 0
  }

  #startNext(): void {
    const answer = this.#waiting.shift()
    if (!answer || answer.givenUp) return
    if (!this.#interrupts.begin(answer.id, 'answer')) answer.abort('The kernel was interrupted.')
    else void answer.start()
  }

  #ended(answer: Answer): void {
    this.#answers.delete(answer.id)
    this.#interrupts.endAnswer(answer.id)
  }
}

/** One request under way. */
class Answer implements Scope {
  readonly id: number
  readonly channel: string
  readonly slot: string | undefined
  readonly run: Run
  readonly timers = new Set<() => void>()
  givenUp = false
  readonly #handler: ChannelHandler
  readonly #message: unknown
  readonly #send: (message: Message) => void
  readonly #onEnd: () => void
  readonly #controller = new AbortController()

  constructor(request: ChannelRequest, channel: Channel, send: (message: Message) => void, onEnd: () => void) {
    this.id = request.requestId
    this.channel = request.channel
    this.slot = request.slot
    this.run = channel.run
    this.#handler = channel.handler
    this.#message = request.message
    this.#send = send
    this.#onEnd = onEnd
    setMaxListeners(0, this.#controller.signal)
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
      const value = await within(this, () => this.#handler(this.#message, context))
      this.#end({ ok: true, value })
    } catch (error) {
      this.#end({ ok: false, error: messageOf(error), cancelled: false })
    }
  }

  progress(message: string, fraction: number | null): void {
    if (!this.givenUp) this.#send({ type: 'step', requestId: this.id, progress: progressOf(message, fraction) })
  }

  /** Answers at once. Code that goes on nevertheless is not heard any more. */
  abort(why: string): void {
    if (this.givenUp) return
    this.#end({ ok: false, error: why, cancelled: true })
    this.#controller.abort(new DOMException(why, 'AbortError'))
    for (const clear of this.timers) clear()
    this.timers.clear()
  }

  #end(reply: Reply): void {
    if (this.givenUp) return
    this.givenUp = true
    try {
      this.#send({ type: 'reply', requestId: this.id, ...reply })
    } catch (error) {
      // What cannot be cloned: a function, say.
      const problem = `The answer cannot be sent to the output: ${messageOf(error)}`
      this.#send({ type: 'reply', requestId: this.id, ok: false, error: problem, cancelled: false })
    }
    this.#onEnd()
  }
}

function channelNamedIn(content: MimeBundle[string]): string | undefined {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return undefined
  return typeof content.channel === 'string' ? content.channel : undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
