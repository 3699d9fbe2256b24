/**
 * What the two sides of a kernel say to each other over Node's IPC channel (`serialization: 'advanced'`).
 * The parent sends {@link Request}s, the kernel process answers with {@link Message}s, in order.
 *
 * Interrupts go another way, because the main thread that reads the IPC channel may be busy: the parent writes lines
 * `<runId>\n` to the pipe at file descriptor {@link INTERRUPT_FD}, which a worker thread of the kernel reads.
 */

import type { JsonObject } from '../common/json.ts'
import type { Output } from '../notebook/types.ts'

export const INTERRUPT_FD = 4

/**
 * What the kernel writes to its raw stdout and stderr after each run. Text that came past our own capture (from child
 * processes and native code) before this line belongs to that run.
 */
export function endOfRun(runId: number): string {
  return `\0liqnb:${runId}\0`
}

/** How the parent sets the process up: one JSON argument on its command line. */
export interface KernelArguments {
  /** Folder from which a cell's imports resolve. */
  notebookDir: string
  /** Private folder for compiled modules. The kernel creates it when needed; both sides remove it. */
  cacheDir: string
}

/** One cell to run. */
export interface ExecuteRequest {
  type: 'execute'
  /** Unique per run of a cell, chosen by the parent. */
  runId: number
  code: string
  /** 1-based position of the cell in the notebook: stack traces call it `Cell 3`. */
  cellNumber: number
  /** What the cell is known by from run to run: a further run closes the channels that the last one opened. */
  cellId: string
  /** Values for the controls of the cell, by name. */
  values: ControlValues
}

/** Values for controls, by the controls' names. */
export interface ControlValues {
  /** Kept in the notebook from an earlier run; a value that no longer fits its control is passed over. */
  saved: JsonObject
  /** Asked for on the command line; a value that does not fit is an error. */
  given: JsonObject
}

export type Request =
  | ExecuteRequest
  /** A message for the handler of a channel. A newer request of the same `slot` of the channel aborts this one. */
  | { type: 'request'; requestId: number; channel: string; slot?: string | undefined; message: unknown }
  | { type: 'cancel'; requestId: number }
  /** Ask for the session's variables (name, type, one-line preview). */
  | { type: 'variables'; requestId: number }

export interface Variable {
  name: string
  type: string
  preview: string
}

/** A step of long work. `fraction` is 0…1, or null when the total is unknown. */
export interface Progress {
  message: string
  fraction: number | null
}

export type Message =
  /** The process is up, its library is loaded, and it takes cells. */
  | { type: 'ready'; node: string; startMs: number }
  /** `displayId` marks an output that a later `update` may replace in place. */
  | { type: 'output'; runId: number; output: Output; displayId?: string }
  | { type: 'update'; runId: number; output: Output; displayId: string }
  | { type: 'clear'; runId: number; wait: boolean }
  | { type: 'progress'; runId: number; progress: Progress | null }
  | { type: 'done'; runId: number; ok: boolean; interrupted: boolean; ms: number }
  | { type: 'variables'; requestId: number; variables: Variable[] }
  /** A channel takes requests from now on, or no longer. */
  | { type: 'channel'; channel: string; open: boolean }
  | { type: 'step'; requestId: number; progress: Progress }
  | ({ type: 'reply'; requestId: number } & Reply)

/** How a request ended. The value is what the handler returned, structured-cloned. */
export type Reply = { ok: true; value: unknown } | { ok: false; error: string; cancelled: boolean }
