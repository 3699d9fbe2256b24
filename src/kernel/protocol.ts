/**
 * The messages between a session and its kernel process over pipes of their own (see message-stream.ts). The parent sends
 * {@link Request}s to file descriptor {@link REQUEST_FD}, the kernel process answers with {@link Message}s from
 * {@link MESSAGE_FD}, in order.
 *
 * Interrupts use a separate pipe, because the main thread that reads the messages may be busy: the parent writes lines
 * `<runId>\n` to file descriptor {@link INTERRUPT_FD}, which a worker thread of the kernel reads. Back it writes how much memory the
 * process takes, as lines of bytes.
 */
import type { KeyAnswer, KeyRequest } from '../common/exchange-key.ts'
import type { InitialControlValues } from '../common/host.ts'
import type { Output } from '../notebook/types.ts'
import { cutText } from './inspect.ts'

export const REQUEST_FD = 3
export const INTERRUPT_FD = 4
export const MESSAGE_FD = 5

/**
 * The kernel writes this marker to its raw stdout and stderr after each run. Raw text before it (from child processes and
 * native code, which the kernel does not capture) belongs to that run.
 */
export function endOfRunMarker(runId: number): string {
  return `\0liqnb:${runId}\0`
}

export const END_OF_RUN_MARKER = /\0liqnb:\d+\0/

/** The one argument on the command line of the kernel process, as JSON. */
export interface KernelArguments {
  /** Folder from which a cell's imports resolve. */
  notebookDir: string
  /** Private folder for compiled modules. The kernel creates it when needed; either side removes it. */
  cacheDir: string
}

/** One cell to run. */
export interface ExecuteRequest {
  type: 'execute'
  /** Unique per run of a cell, chosen by the parent. */
  runId: number
  code: string
  /** Whether the cell is a query, and `code` what was made of it. Errors then show no code. */
  isQuery: boolean
  /** 1-based position of the cell in the notebook: stack traces call it `Cell 3`. */
  cellNumber: number
  /** Identifies the cell across runs: a new run closes the channels that the previous one opened. */
  cellId: string
  values: InitialControlValues
  /** By which an attached debugger knows the cell. */
  sourceUrl?: string | undefined
}

export type Request =
  | ExecuteRequest
  /** A message for the handler of a channel. A newer request of the same `slot` of the channel aborts this one. */
  | { type: 'request'; requestId: number; channel: string; slot?: string | undefined; message: unknown }
  | { type: 'cancel'; requestId: number }
  /** Answers a {@link Message} of the same type. */
  | { type: 'key'; requestId: number; answer: KeyAnswer }
  /** Asks about the session's variables. */
  | { type: 'inspect'; requestId: number; query: VariableQuery }
  /** Lists the timers that have not fired. */
  | { type: 'timers'; requestId: number }
  /** Lets a debugger attach, or no longer. */
  | { type: 'debugger'; requestId: number; open: boolean }

export type VariableGroup = 'tables' | 'markets' | 'maps' | 'other'

export interface Variable {
  name: string
  type: string
  /** How many rows, bars or tiers; empty where the type says it. */
  shape: string
  /** The value as one line of text. */
  preview: string
  /** About how much memory it takes, or at least; null if that was not looked at. */
  size: { bytes: number; atLeast: boolean } | null
  group: VariableGroup
  /** Whether it can be opened as a table. */
  canOpen: boolean
  hasParts: boolean
}

/** The way from a value to a part of it: a property or element, an entry of a map or set by position, a table's column. */
export type PartStep = { property: string } | { entry: number } | { column: string }

export interface VariablePath {
  name: string
  steps: readonly PartStep[]
}

/** A part of a value. `expression` is what a cell writes to get it. */
export type VariablePart = Variable & { step: PartStep; expression: string }

/** Some parts of a value, and how many it has. */
export interface VariableParts {
  parts: VariablePart[]
  count: number
}

export type VariableQuery =
  /** Answered by a list of {@link Variable}. */
  | { kind: 'list' }
  /** Answered by {@link VariableParts}, from position `start` on. `expression` is that of the value. */
  | { kind: 'parts'; path: VariablePath; expression: string; start: number }
  /** Answered by the value as text. */
  | { kind: 'text'; path: VariablePath }
  /** Answered by the payload of a table's output. */
  | { kind: 'table'; path: VariablePath }
  /** Closes the channel of an opened table. */
  | { kind: 'close'; channel: string }

/** Progress of long work. `fraction` is 0…1, or null if the total is unknown. */
export interface Progress {
  message: string
  fraction: number | null
}

const MAX_PROGRESS_CHARS = 1000

/** A valid {@link Progress}: the fraction clamped to 0…1, or null if it is no finite number. */
export function toProgress(message: string, fraction: number | null): Progress {
  const valid = typeof fraction === 'number' && Number.isFinite(fraction)
  return {
    message: cutText(String(message), MAX_PROGRESS_CHARS),
    fraction: valid ? Math.min(1, Math.max(0, fraction)) : null,
  }
}

export type Message =
  /** The process has started, its library is loaded, and it accepts cells. */
  | { type: 'ready'; node: string; startMs: number }
  /** `displayId` identifies an output that a later `update` may replace in place. */
  | { type: 'output'; runId: number; output: Output; displayId?: string }
  | { type: 'update'; runId: number; output: Output; displayId: string }
  | { type: 'clear'; runId: number; wait: boolean }
  | { type: 'progress'; runId: number; progress: Progress | null }
  /** Something to tell the user outside the cell. */
  | { type: 'notification'; runId: number; text: string }
  | { type: 'done'; runId: number; ok: boolean; interrupted: boolean; ms: number }
  | ({ type: 'inspected'; requestId: number } & Reply)
  /** The number of the cell of each timer. */
  | { type: 'timers'; requestId: number; cellNumbers: number[] }
  /** The value is the address for the debugger. */
  | ({ type: 'debugger'; requestId: number } & Reply)
  /** A cell needs the user's key of an exchange. The kernel counts these requests itself. */
  | { type: 'key'; requestId: number; request: KeyRequest }
  /** A secret that the parent must hide in the text that does not come through the kernel. */
  | { type: 'hide'; secret: string; label: string }
  /** A cell started a detached process, which the parent ends with the kernel; or such a process ended. */
  | { type: 'detached'; pid: number; running: boolean }
  /** A channel opened or closed. */
  | { type: 'channel'; channel: string; open: boolean }
  | { type: 'step'; requestId: number; progress: Progress }
  | ({ type: 'reply'; requestId: number } & Reply)

/** The messages that a session handles; the process itself handles the others. */
export type SessionMessage = Exclude<Message, { type: 'detached' | 'hide' }>

/** How a request ended. `value` is what the handler returned, structured-cloned. */
export type Reply = { ok: true; value: unknown } | { ok: false; error: string; cancelled: boolean }
