/** One cell in the queue of a session: its request to the kernel, and the handlers that receive what it reports. */
import type { InitialControlValues } from '../common/host.ts'
import type { Output } from '../notebook/types.ts'
import { deferred } from './deferred.ts'
import type { ExecuteRequest, Message, Progress } from './protocol.ts'

/** Receives what a run reports. All calls except `onLateOutput` happen in order and before `execute` resolves. */
export interface RunHandlers {
  /** The cell has left the queue and runs. */
  onStart?(): void
  onOutput?(output: Output, displayId?: string): void
  /** Replaces the outputs that any cell showed under `displayId`. */
  onUpdate?(output: Output, displayId: string): void
  onClear?(wait: boolean): void
  onProgress?(progress: Progress | null): void
  /** Something to tell the user outside the cell; also after `execute` has resolved. */
  onNotification?(text: string): void
  /**
   * Output of a timer or promise that outlived its cell, after `execute` has resolved. For an update of a display,
   * `displayId` is set. Without this handler, such output goes to the running cell if there is one.
   */
  onLateOutput?(output: Output, displayId?: string): void
}

export interface RunResult {
  ok: boolean
  interrupted: boolean
  /** Wall time in the kernel, ms. */
  ms: number
  /**
   * The process ended in this run: it crashed, ran out of memory or was killed, or (if `ok`) the cell called `process.exit(0)`.
   * The next run starts a new one.
   */
  died: boolean
}

/** What a cell runs with besides its code. */
export interface CellContext {
  /** Identifies the cell across runs. Default: its number. */
  cellId?: string
  /** Values for its controls. Default: none. */
  values?: Partial<InitialControlValues>
  /** By which an attached debugger knows the cell. Default: it does not know it. */
  sourceUrl?: string | undefined
  /** Whether the cell is a query, and its code what was made of it: errors then show no code. Default: false. */
  isQuery?: boolean
  /** An error of the cell does not keep the cells behind it from running. Default: false. */
  mayFail?: boolean
}

/** Messages about the outputs of a run. */
export type RunMessage = Extract<Message, { type: 'output' | 'update' | 'clear' | 'progress' | 'notification' }>

/** The result of a cell that did not run. */
export const NOT_RUN: RunResult = { ok: false, interrupted: true, ms: 0, died: false }

/** Raw text of child processes and native code beyond this is dropped; the kernel limits its own text. */
const MAX_RAW_CHARS = 4 * 1024 * 1024

export class CellJob {
  readonly runId: number
  readonly request: ExecuteRequest
  readonly handlers: RunHandlers
  readonly ended: Promise<RunResult>
  readonly end: (result: RunResult) => void
  readonly mayFail: boolean
  /** Whether the kernel has received the request. */
  sent = false
  #rawChars = 0

  constructor(runId: number, code: string, cellNumber: number, handlers: RunHandlers, context: CellContext) {
    this.runId = runId
    this.handlers = handlers
    this.mayFail = context.mayFail ?? false
    const cellId = context.cellId ?? String(cellNumber)
    const values = { saved: {}, given: {}, ...context.values }
    const { sourceUrl, isQuery = false } = context
    this.request = { type: 'execute', runId, code, isQuery, cellNumber, cellId, values, sourceUrl }
    const { promise, resolve } = deferred<RunResult>()
    this.ended = promise
    this.end = resolve
  }

  report(message: RunMessage): void {
    if (message.type === 'output') this.handlers.onOutput?.(message.output, message.displayId)
    else if (message.type === 'update') this.handlers.onUpdate?.(message.output, message.displayId)
    else if (message.type === 'clear') this.handlers.onClear?.(message.wait)
    else if (message.type === 'notification') this.handlers.onNotification?.(message.text)
    else this.handlers.onProgress?.(message.progress)
  }

  reportRawText(name: 'stdout' | 'stderr', text: string): void {
    if (this.#rawChars > MAX_RAW_CHARS) return
    this.#rawChars += text.length
    const note = this.#rawChars > MAX_RAW_CHARS ? '\n… further output of child processes is left out …\n' : ''
    this.handlers.onOutput?.({ output_type: 'stream', name, text: text + note })
  }
}
