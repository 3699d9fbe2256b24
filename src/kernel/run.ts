/** One run of a cell in the kernel process: what it sends, its signal, and how it ends. */
import { setMaxListeners } from 'node:events'
import type { MimeBundle, Output } from '../notebook/types.ts'
import { bundleOf } from './display.ts'
import { type CellSource, toErrorOutput } from './errors.ts'
import { Outbox } from './outbox.ts'
import type { ExecuteRequest, Message, Progress } from './protocol.ts'

const PROGRESS_MS = 50

// The cells' own timers are wrapped (see timers.ts); ours must not be.
const { setTimeout, clearTimeout } = globalThis

export class Run implements CellSource {
  readonly id: number
  readonly code: string
  readonly cellNumber: number
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
  readonly #controller = new AbortController()
  readonly #displayIds = new Set<string>()
  #pendingDisplays: Promise<void>[] = []
  #progressAt = Number.NEGATIVE_INFINITY
  #progress: Progress | null = null
  #progressTimer: NodeJS.Timeout | undefined
  #displays = 0

  constructor(request: ExecuteRequest, send: (message: Message) => void) {
    this.id = request.runId
    this.code = request.code
    this.cellNumber = request.cellNumber
    this.#send = send
    this.outbox = new Outbox(this.id, send)
    // A hundred parallel sleeps listen to it without that being a leak.
    setMaxListeners(0, this.#controller.signal)
  }

  /** The signal for the kernel's own wrappers. */
  get abortSignal(): AbortSignal {
    return this.#controller.signal
  }

  /** The signal for the cell. */
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

  /** Reports an error that nothing caught; the run counts as failed when it is not over yet. */
  fail(error: unknown): void {
    this.failed = true
    this.output(toErrorOutput(error, this))
  }

  /** Shows a value; again under the same id replaces it. Returns the id. Throws what the value's own display throws. */
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
      const output: Output = { output_type: 'display_data', data, metadata: {} }
      return { type, runId: this.id, output, displayId }
    }
    this.#place(bundleOf(value), messageOf)
  }

  /** Shows the value of the cell. */
  result(value: unknown): void {
    this.#place(bundleOf(value), data => ({
      type: 'output',
      runId: this.id,
      output: { output_type: 'execute_result', data, metadata: {}, execution_count: null },
    }))
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
    this.outbox.post({ type: 'clear', runId: this.id, wait })
  }

  progress(message: string, fraction: number | null): void {
    if (this.state !== 'running') return
    const valid = typeof fraction === 'number' && Number.isFinite(fraction)
    this.#progress = { message: String(message), fraction: valid ? Math.min(1, Math.max(0, fraction)) : null }
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
