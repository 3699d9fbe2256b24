/**
 * The parent's side of one kernel: starts the child process, queues cells, interrupts, restarts, and turns a death of
 * the process into a plain message in the cell that was running. Used alike by the command line and by VS Code.
 */
import type { Output } from '../notebook/types.ts'
import type { Progress, Variable } from './protocol.ts'

export interface SessionOptions {
  /** Absolute path of the built kernel process, `dist/kernel.mjs`. */
  entry: string
  /** Working directory of the kernel. */
  cwd: string
  /** Folder from which a cell's imports resolve (the notebook's folder). Default: `cwd`. */
  notebookDir?: string
  /** The runtime. Default: `process.execPath`, with `ELECTRON_RUN_AS_NODE=1`. */
  execPath?: string
  /** Heap limit of the kernel process in MB. Default: V8's own. */
  maxMemoryMb?: number
  env?: Record<string, string>
}

/** What a run of one cell reports while it goes on. All calls happen in order and before `execute` resolves. */
export interface RunHandlers {
  /** The cell left the queue and runs now. */
  onStart?(): void
  onOutput?(output: Output, displayId?: string): void
  /** Replaces the outputs shown earlier under `displayId` (from any cell). */
  onUpdate?(output: Output, displayId: string): void
  onClear?(wait: boolean): void
  onProgress?(progress: Progress | null): void
}

export interface RunResult {
  ok: boolean
  interrupted: boolean
  /** Wall time in the kernel, ms. */
  ms: number
  /** The process died in this run (crash, out of memory, killed). The next run starts a fresh one. */
  died: boolean
}

export type SessionState = 'stopped' | 'starting' | 'idle' | 'busy'

export interface Session {
  readonly state: SessionState
  onDidChangeState(listener: (state: SessionState) => void): { dispose(): void }
  /**
   * Runs a cell after those already queued; starts the process when there is none. Resolves also when the cell throws:
   * the error is an output and `ok` is false, and cells queued behind it by then are resolved unrun with
   * `interrupted: true`.
   */
  execute(code: string, cellNumber: number, handlers?: RunHandlers): Promise<RunResult>
  /** Stops the running cell and drops the queue; keeps the state where it can (abort → terminate → kill). */
  interrupt(): Promise<void>
  restart(): Promise<void>
  variables(): Promise<Variable[]>
  dispose(): Promise<void>
}

export declare function createSession(options: SessionOptions): Session
