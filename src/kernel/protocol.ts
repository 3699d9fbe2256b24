/**
 * What the two sides of a kernel say to each other over Node's IPC channel (`serialization: 'advanced'`).
 * The parent sends {@link Request}s, the kernel process answers with {@link Message}s, in order.
 */
import type { Output } from '../notebook/types.ts'

/** One cell to run. `path` is what stack traces call the cell, e.g. `Cell 3`. */
export interface ExecuteRequest {
  type: 'execute'
  /** Unique per run of a cell, chosen by the parent. */
  runId: number
  code: string
  /** 1-based position of the cell in the notebook, for error messages. */
  cellNumber: number
}

export type Request =
  | ExecuteRequest
  /** First step of an interrupt: abort the running cell's `signal`. The second step needs no message. */
  | { type: 'abort'; runId: number }
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
