/** One run of a cell in the kernel process: what it sends, its signal, and how it ends. */
import { types } from 'node:util'
import type { ChannelHandler, InitialControlValues } from '../common/host.ts'
import type { MimeBundle, Output } from '../notebook/types.ts'
import { createAbortController } from './abort.ts'
import type { SessionView } from './advice.ts'
import { toMimeBundle } from './display.ts'
import { type CellSource, toErrorOutput } from './errors.ts'
import { cutText } from './inspect.ts'
import { Outbox } from './outbox.ts'
import { type ExecuteRequest, type Message, type Progress, toProgress } from './protocol.ts'

const PROGRESS_INTERVAL_MS = 50
const MAX_NOTIFICATION_CHARS = 500

/** The channels of outputs, which follow what happens to the outputs. */
export interface OutputChannels {
  open(handler: ChannelHandler, run: Run): string
  /** Called for every bundle that is shown. */
  outputShown(bundle: MimeBundle, displayId?: string): void
  /** Called when the outputs of a cell are cleared. */
  outputsCleared(cellId: string): void
}

export class Run implements CellSource {
  readonly id: number
  readonly code: string
  readonly isQuery: boolean
  readonly cellNumber: number
  readonly cellId: string
  readonly values: InitialControlValues
  readonly sourceUrl: string | undefined
  readonly startedAt = performance.now()
  readonly outbox: Outbox
  readonly timers = new Set<() => void>()
  state: 'running' | 'finished' | 'abandoned' = 'running'
  interrupted = false
  /** Whether the cell left an error uncaught, or a display failed. */
  failed = false
  /** Whether the cell has read its signal, and so may clean up when it is aborted. */
  watchesSignal = false

  /** Where advice on errors is found. */
  readonly session: SessionView

  readonly #send: (message: Message) => void
  readonly #channels: OutputChannels
  readonly #controller = createAbortController()
  readonly #displayIds = new Set<string>()
  #pendingDisplays: Promise<void>[] = []
  #progressAt = Number.NEGATIVE_INFINITY
  #progress: Progress | null = null
  #progressTimer: NodeJS.Timeout | undefined
  #displays = 0

  constructor(
    request: ExecuteRequest,
    send: (message: Message) => void,
    channels: OutputChannels,
    session: SessionView,
  ) {
    this.session = session
    this.id = request.runId
    this.code = request.code
    this.isQuery = request.isQuery
    this.cellNumber = request.cellNumber
    this.cellId = request.cellId
    this.values = request.values
    this.sourceUrl = request.sourceUrl
    this.#channels = channels
    this.#send = send
    this.outbox = new Outbox(this.id, send)
  }

  /** A run is the scope (see scope.ts) of its own code. */
  get run(): this {
    return this
  }

  get abandoned(): boolean {
    return this.state === 'abandoned'
  }

  get abortSignal(): AbortSignal {
    return this.#controller.signal
  }

  get signal(): AbortSignal {
    this.watchesSignal = true
    return this.#controller.signal
  }

  abort(): void {
    this.interrupted = true
    this.#controller.abort(new DOMException('The cell was interrupted.', 'AbortError'))
    for (const clear of this.timers) clear()
    this.timers.clear()
  }

  output(output: Output): void {
    this.outbox.post({ type: 'output', runId: this.id, output })
  }

  /**
   * Shows a value, or what a promise resolves to, in order with the other outputs. A second call with the same id replaces
   * the output.
   * @returns the id
   * @throws what the value's display method throws
   */
  display(value: unknown, id?: string): string {
    const displayId = id ?? `${process.pid}.${this.id}.${++this.#displays}`
    const isUpdate = this.#displayIds.has(displayId)
    this.#displayIds.add(displayId)
    this.#show(value, displayId, isUpdate ? 'update' : 'output')
    return displayId
  }

  /** Replaces the output with an id, shown by this run or an earlier one. */
  update(value: unknown, displayId: string): void {
    this.#show(value, displayId, 'update')
  }

  #show(value: unknown, displayId: string, type: 'output' | 'update'): void {
    const toMessage = (data: MimeBundle): Message => {
      this.#channels.outputShown(data, displayId)
      const output: Output = { output_type: 'display_data', data, metadata: {} }
      return { type, runId: this.id, output, displayId }
    }
    this.#post(types.isPromise(value) ? this.#resolve(value) : this.#toBundle(value), toMessage)
  }

  /** Replaces the output with an id by an error. */
  fail(error: unknown, displayId: string): void
  /** Reports an uncaught error; fails the run if it has not ended. */
  fail(error: unknown): void
  fail(error: unknown, displayId?: string): void {
    const output = toErrorOutput(error, this)
    if (displayId !== undefined) {
      this.#channels.outputShown({}, displayId)
      this.outbox.post({ type: 'update', runId: this.id, output, displayId })
      return
    }
    this.failed = true
    this.output(output)
  }

  /** Shows the value of the cell. */
  result(value: unknown): void {
    this.#post(this.#toBundle(value), data => {
      this.#channels.outputShown(data)
      const output: Output = { output_type: 'execute_result', data, metadata: {}, execution_count: null }
      return { type: 'output', runId: this.id, output }
    })
  }

  #toBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
    return toMimeBundle(value, handler => this.#channels.open(handler, this))
  }

  async #resolve(value: Promise<unknown>): Promise<MimeBundle> {
    return this.#toBundle(await value)
  }

  #post(bundle: MimeBundle | Promise<MimeBundle>, toMessage: (data: MimeBundle) => Message): void {
    if (!(bundle instanceof Promise)) {
      this.outbox.post(toMessage(bundle))
      return
    }
    const fill = this.outbox.reserve()
    this.#pendingDisplays.push(
      bundle.then(
        data => fill(toMessage(data)),
        (error: unknown) => {
          this.failed = true
          fill({ type: 'output', runId: this.id, output: toErrorOutput(error, this) })
        },
      ),
    )
  }

  /** Resolves when all promised displays, and what {@link waitFor} was given, have settled. */
  async displaysSettled(): Promise<void> {
    while (this.#pendingDisplays.length > 0) {
      const pending = this.#pendingDisplays
      this.#pendingDisplays = []
      await Promise.all(pending)
    }
  }

  clear(wait: boolean): void {
    // After the end of the run nothing is cleared.
    if (this.state === 'running') this.#channels.outputsCleared(this.cellId)
    this.outbox.post({ type: 'clear', runId: this.id, wait })
  }

  progress(message: string, fraction: number | null): void {
    if (this.state !== 'running') return
    this.#progress = toProgress(message, fraction)
    const wait = this.#progressAt + PROGRESS_INTERVAL_MS - performance.now()
    // The timer cannot fire while a cell never yields, but then later calls send the progress.
    if (wait <= 0) this.#sendProgress()
    else this.#progressTimer ??= setTimeout(() => this.#sendProgress(), wait)
  }

  /** Tells the user something outside the cell, also after its end. */
  notify(text: string): void {
    if (this.state !== 'abandoned')
      this.#send({ type: 'notification', runId: this.id, text: cutText(String(text), MAX_NOTIFICATION_CHARS) })
  }

  /** The run does not end before the promise has settled; how it settles does not matter. */
  waitFor(work: Promise<unknown>): void {
    const settled = () => {}
    this.#pendingDisplays.push(work.then(settled, settled))
  }

  #sendProgress(): void {
    clearTimeout(this.#progressTimer)
    this.#progressTimer = undefined
    this.#progressAt = performance.now()
    this.#send({ type: 'progress', runId: this.id, progress: this.#progress })
  }

  /** Sends the remaining outputs, then `done`. Later outputs are still sent, with this run's id. */
  end(ok: boolean): void {
    this.outbox.finish()
    if (this.#progress) {
      this.#progress = null
      this.#sendProgress()
    }
    if (this.state === 'abandoned') this.outbox.close()
    else this.state = 'finished'
    const ms = performance.now() - this.startedAt
    this.#send({ type: 'done', runId: this.id, ok, interrupted: this.interrupted, ms })
  }
}
