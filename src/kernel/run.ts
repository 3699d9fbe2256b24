/** One run of a cell in the kernel process: what it sends, its signal, and how it ends. */
import { setMaxListeners } from 'node:events'
import type { MimeBundle, Output } from '../notebook/types.ts'
import { type ChannelHandler, progressOf } from './channel-handler.ts'
import { bundleOf } from './display.ts'
import { type CellSource, toErrorOutput } from './errors.ts'
import { Outbox } from './outbox.ts'
import type { ControlValues, ExecuteRequest, Message, Progress } from './protocol.ts'

const PROGRESS_MS = 50

// The cells' own timers are wrapped (see timers.ts); ours must not be.
const { setTimeout, clearTimeout } = globalThis

/** How outputs stay in touch with their values. */
export interface Outputs {
  open(handler: ChannelHandler, run: Run): string
  /** Told of every bundle that is shown. */
  shown(bundle: MimeBundle, displayId?: string): void
  /** Told when the outputs of a cell are taken away. */
  cleared(cellId: string): void
}

export class Run implements CellSource {
  readonly id: number
  readonly code: string
  readonly cellNumber: number
  readonly cellId: string
  readonly values: ControlValues
  readonly startedAt = performance.now()
  readonly outbox: Outbox
  /** Timers to clear when the run is interrupted. */
  readonly timers = new Set<() => void>()
  state: 'running' | 'finished' | 'abandoned' = 'running'
  interrupted = false
  /** An error that no code of the cell caught, or that a display failed with. */
  failed = false
  /** Whether the cell asked for its signal, and so may want to end in good order when it is aborted. */
  watchesSignal = false

  readonly #send: (message: Message) => void
  readonly #outputs: Outputs
  readonly #controller = new AbortController()
  readonly #displayIds = new Set<string>()
  #pendingDisplays: Promise<void>[] = []
  #progressAt = Number.NEGATIVE_INFINITY
  #progress: Progress | null = null
  #progressTimer: NodeJS.Timeout | undefined
  #displays = 0

  constructor(request: ExecuteRequest, send: (message: Message) => void, outputs: Outputs) {
    this.id = request.runId
    this.code = request.code
    this.cellNumber = request.cellNumber
    this.cellId = request.cellId
    this.values = request.values
    this.#outputs = outputs
    this.#send = send
    this.outbox = new Outbox(this.id, send)
    // A hundred parallel sleeps listen to it without that being a leak.
    setMaxListeners(0, this.#controller.signal)
  }

  get run(): this {
    return this
  }

  get givenUp(): boolean {
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
   * Shows a value, or what a promise of one resolves to, in its place in the order; again under the same id replaces it.
   * Returns the id. Throws what the value's own display throws.
   */
  display(value: unknown, id?: string): string {
    const displayId = id ?? `${process.pid}.${this.id}.${++this.#displays}`
    const known = this.#displayIds.has(displayId)
    this.#displayIds.add(displayId)
    this.#show(value, displayId, known ? 'update' : 'output')
    return displayId
  }

  /** Replaces what was shown under an id, by this run or an earlier one. */
  update(value: unknown, displayId: string): void {
    this.#show(value, displayId, 'update')
  }

  #show(value: unknown, displayId: string, type: 'output' | 'update'): void {
    const messageOf = (data: MimeBundle): Message => {
      this.#outputs.shown(data, displayId)
      const output: Output = { output_type: 'display_data', data, metadata: {} }
      return { type, runId: this.id, output, displayId }
    }
    this.#place(value instanceof Promise ? value.then(item => this.#bundleOf(item)) : this.#bundleOf(value), messageOf)
  }

  /** Shows an error in place of what was shown under an id. */
  fail(error: unknown, displayId: string): void
  /** Reports an error that nothing caught; the run counts as failed when it is not over yet. */
  fail(error: unknown): void
  fail(error: unknown, displayId?: string): void {
    const output = toErrorOutput(error, this)
    if (displayId !== undefined) {
      this.#outputs.shown({}, displayId)
      this.outbox.post({ type: 'update', runId: this.id, output, displayId })
      return
    }
    this.failed = true
    this.output(output)
  }

  /** Shows the value of the cell. */
  result(value: unknown): void {
    this.#place(this.#bundleOf(value), data => {
      this.#outputs.shown(data)
      const output: Output = { output_type: 'execute_result', data, metadata: {}, execution_count: null }
      return { type: 'output', runId: this.id, output }
    })
  }

  #bundleOf(value: unknown): MimeBundle | Promise<MimeBundle> {
    return bundleOf(value, handler => this.#outputs.open(handler, this))
  }

  #place(bundle: MimeBundle | Promise<MimeBundle>, messageOf: (data: MimeBundle) => Message): void {
    if (!(bundle instanceof Promise)) {
      this.outbox.post(messageOf(bundle))
      return
    }
    const fill = this.outbox.reserve()
    this.#pendingDisplays.push(
      bundle.then(
        data => fill(messageOf(data)),
        (error: unknown) => {
          this.failed = true
          fill({ type: 'output', runId: this.id, output: toErrorOutput(error, this) })
        },
      ),
    )
  }

  /** Resolves when no display is under way. */
  async displaysSettled(): Promise<void> {
    while (this.#pendingDisplays.length > 0) {
      const pending = this.#pendingDisplays
      this.#pendingDisplays = []
      await Promise.all(pending)
    }
  }

  clear(wait: boolean): void {
    // Later there is nothing that would be cleared.
    if (this.state === 'running') this.#outputs.cleared(this.cellId)
    this.outbox.post({ type: 'clear', runId: this.id, wait })
  }

  progress(message: string, fraction: number | null): void {
    if (this.state !== 'running') return
    this.#progress = progressOf(message, fraction)
    const wait = this.#progressAt + PROGRESS_MS - performance.now()
    // A cell that never yields keeps the timer from firing, but then it comes here again.
    if (wait <= 0) this.#sendProgress()
    else this.#progressTimer ??= setTimeout(() => this.#sendProgress(), wait)
  }

  #sendProgress(): void {
    clearTimeout(this.#progressTimer)
    this.#progressTimer = undefined
    this.#progressAt = performance.now()
    this.#send({ type: 'progress', runId: this.id, progress: this.#progress })
  }

  /** The last words: what is left of the outputs, then `done`. Later outputs are still sent, under this run's id. */
  end(ok: boolean): void {
    this.outbox.finish()
    if (this.#progress) {
      this.#progress = null
      this.#sendProgress()
    }
    this.state = this.state === 'abandoned' ? 'abandoned' : 'finished'
    if (this.state === 'abandoned') this.outbox.close()
    const ms = performance.now() - this.startedAt
    this.#send({ type: 'done', runId: this.id, ok, interrupted: this.interrupted, ms })
  }
}
