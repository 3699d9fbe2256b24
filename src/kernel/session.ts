/**
 * The parent's side of one kernel: starts the child process, queues cells, interrupts, restarts, and turns a death of
 * the process into a plain message in the cell that was running. Used alike by the command line and by VS Code.
 */
import type { Output } from '../notebook/types.ts'
import { KernelChild } from './child.ts'
import { type Deferred, deferred } from './deferred.ts'
import { plainError } from './plain-error.ts'
import type { ControlValues, Message, Progress, Reply, Variable } from './protocol.ts'

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
  /** How long an interrupted cell may go on before the process is killed, ms. Default: 5000. */
  killAfterMs?: number
}

/** What a run of one cell reports while it goes on. All calls but the last happen in order and before `execute` resolves. */
export interface RunHandlers {
  /** The cell left the queue and runs now. */
  onStart?(): void
  onOutput?(output: Output, displayId?: string): void
  /** Replaces the outputs shown earlier under `displayId` (from any cell). */
  onUpdate?(output: Output, displayId: string): void
  onClear?(wait: boolean): void
  onProgress?(progress: Progress | null): void
  /**
   * Output of a timer or promise that outlived its cell; comes after `execute` has resolved. Updates of a display come
   * here too, with its `displayId`. Without this handler such output goes to the cell that runs, if one does.
   */
  onLateOutput?(output: Output, displayId?: string): void
}

export interface RunResult {
  ok: boolean
  interrupted: boolean
  /** Wall time in the kernel, ms. */
  ms: number
  /** The process died in this run (crash, out of memory, killed). The next run starts a fresh one. */
  died: boolean
}

/** What a cell is run with besides its code. */
export interface CellContext {
  /** What the cell is known by from run to run. Default: its number. */
  cellId?: string
  /** Values for its controls. Default: none. */
  values?: Partial<ControlValues>
}

/** A message for the channel of an output. */
export interface ChannelRequest {
  channel: string
  message: unknown
  /** A newer request of the same slot of the channel aborts this one. */
  slot?: string | undefined
  /** Cancels the request. */
  signal?: AbortSignal | undefined
  onProgress?(progress: Progress): void
}

export type SessionState = 'stopped' | 'starting' | 'idle' | 'busy'

export interface Session {
  readonly state: SessionState
  /** The process that runs, if one does. */
  readonly pid: number | undefined
  onDidChangeState(listener: (state: SessionState) => void): { dispose(): void }
  /**
   * Runs a cell after those already queued; starts the process when there is none. Resolves also when the cell throws:
   * the error is an output and `ok` is false, and cells queued behind it by then are resolved unrun with
   * `interrupted: true`.
   */
  execute(code: string, cellNumber: number, handlers?: RunHandlers, context?: CellContext): Promise<RunResult>
  /**
   * Stops the running cell and drops the queue; keeps the state where it can (abort → terminate → kill). Resolves when
   * the cell has ended.
   */
  interrupt(): Promise<void>
  /** Ends the process and starts a fresh one. Rejects with the reason when that does not start. */
  restart(): Promise<void>
  /** Whether the output that names this channel can still be talked to. */
  hasChannel(channel: string): boolean
  /** Called when channels were opened or closed, the kernel's end included. */
  onDidChangeChannels(listener: () => void): { dispose(): void }
  /** Whether a request of an output is under way; {@link interrupt} stops it. */
  readonly answering: boolean
  /** Asks the output's value. Never rejects: what went wrong is in the reply. */
  request(request: ChannelRequest): Promise<Reply>
  /** The variables that the cells have declared; none while there is no process. */
  variables(): Promise<Variable[]>
  dispose(): Promise<void>
}

export function createSession(options: SessionOptions): Session {
  return new KernelSession(options)
}

interface Job {
  runId: number
  code: string
  cellNumber: number
  context: CellContext
  handlers: RunHandlers
  /** Whether the kernel has it. */
  sent: boolean
  /** Characters of text that came past the kernel's capture. */
  rawChars: number
  resolve(result: RunResult): void
  ended: Promise<RunResult>
}

/** Runs whose late outputs still find their handlers. */
const REMEMBERED_RUNS = 500
const KILL_AFTER_MS = 5000
/** Text of child processes and native code beyond this is dropped; the kernel limits its own. */
const MAX_RAW_CHARS = 4 * 1024 * 1024
const UNRUN: RunResult = { ok: false, interrupted: true, ms: 0, died: false }
const NO_KERNEL = 'The kernel of this notebook is not running: run the cell again.'

interface Asked {
  onProgress: ((progress: Progress) => void) | undefined
  resolve(reply: Reply): void
}

class KernelSession implements Session {
  readonly #options: SessionOptions
  readonly #listeners = new Set<(state: SessionState) => void>()
  readonly #questions = new Map<number, (variables: Variable[]) => void>()
  readonly #past = new Map<number, RunHandlers>()
  readonly #channels = new Set<string>()
  readonly #channelListeners = new Set<() => void>()
  readonly #asked = new Map<number, Asked>()
  #state: SessionState = 'stopped'
  #child: KernelChild | null = null
  #started: Deferred<void> | null = null
  #queue: Job[] = []
  #running: Job | null = null
  #killTimer: NodeJS.Timeout | null = null
  /** The run or the requests that the interrupt is for: the kernel is killed when one of them does not end in time. */
  readonly #interrupted = new Set<number>()
  #killed = false
  #counter = 0
  #disposed = false

  constructor(options: SessionOptions) {
    this.#options = options
  }

  get state(): SessionState {
    return this.#state
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  onDidChangeState(listener: (state: SessionState) => void): { dispose(): void } {
    this.#listeners.add(listener)
    return { dispose: () => this.#listeners.delete(listener) }
  }

  execute(code: string, cellNumber: number, handlers: RunHandlers = {}, context: CellContext = {}): Promise<RunResult> {
    if (this.#disposed) return Promise.reject(new Error('This session is disposed.'))
    const { promise: ended, resolve } = deferred<RunResult>()
    const runId = ++this.#counter
    this.#queue.push({ runId, code, cellNumber, context, handlers, sent: false, rawChars: 0, resolve, ended })
    this.#next()
    return ended
  }

  async interrupt(): Promise<void> {
    this.#dropQueue()
    const job = this.#running
    if (job && !job.sent) return this.#end(job, UNRUN)
    const ids = job ? [job.runId] : [...this.#asked.keys()]
    if (ids.length === 0) return
    for (const id of ids) {
      this.#interrupted.add(id)
      this.#child?.interrupt(id)
    }
    this.#killTimer ??= setTimeout(() => {
      this.#killed = true
      this.#child?.kill()
    }, this.#killAfterMs)
    await job?.ended
  }

  get answering(): boolean {
    return this.#asked.size > 0
  }

  hasChannel(channel: string): boolean {
    return this.#channels.has(channel)
  }

  onDidChangeChannels(listener: () => void): { dispose(): void } {
    this.#channelListeners.add(listener)
    return { dispose: () => this.#channelListeners.delete(listener) }
  }

  request({ channel, message, slot, signal, onProgress }: ChannelRequest): Promise<Reply> {
    const child = this.#child
    if (!child || this.#state === 'starting') return Promise.resolve({ ok: false, error: NO_KERNEL, cancelled: false })
    if (signal?.aborted) return Promise.resolve({ ok: false, error: 'The request was cancelled.', cancelled: true })
    const requestId = ++this.#counter
    const cancel = () => child.send({ type: 'cancel', requestId })
    signal?.addEventListener('abort', cancel, { once: true })
    return new Promise<Reply>(resolve => {
      this.#asked.set(requestId, { onProgress, resolve })
      child.send({ type: 'request', requestId, channel, slot, message })
    }).finally(() => signal?.removeEventListener('abort', cancel))
  }

  async restart(): Promise<void> {
    if (this.#disposed) throw new Error('This session is disposed.')
    await this.#stop('The kernel was restarted.')
    if (!this.#disposed) await this.#start()
  }

  variables(): Promise<Variable[]> {
    const child = this.#child
    if (!child || this.#state === 'starting') return Promise.resolve([])
    const requestId = ++this.#counter
    return new Promise(resolve => {
      this.#questions.set(requestId, resolve)
      child.send({ type: 'variables', requestId })
    })
  }

  async dispose(): Promise<void> {
    this.#disposed = true
    await this.#stop('The kernel was shut down.')
    this.#listeners.clear()
    this.#channelListeners.clear()
  }

  get #killAfterMs(): number {
    return this.#options.killAfterMs ?? KILL_AFTER_MS
  }

  #next(): void {
    this.#running ??= this.#queue.shift() ?? null
    const job = this.#running
    if (!job || job.sent || this.#disposed) return
    if (this.#state === 'stopped') this.#start().catch(() => {})
    if (this.#state !== 'idle') return
    job.sent = true
    this.#setState('busy')
    job.handlers.onStart?.()
    const { runId, code, cellNumber, context } = job
    const values = { saved: {}, given: {}, ...context.values }
    this.#child!.send({
      type: 'execute',
      runId,
      code,
      cellNumber,
      cellId: context.cellId ?? String(cellNumber),
      values,
    })
  }

  /** Resolves when the kernel takes cells. A failure is reported by the rejection and in the cell that waits. */
  #start(): Promise<void> {
    if (this.#started) return this.#started.promise
    const started = deferred<void>()
    this.#started = started
    started.promise.catch(() => {})
    const { entry, cwd, notebookDir = cwd, execPath = process.execPath, maxMemoryMb, env } = this.#options
    const child = new KernelChild(
      { entry, cwd, notebookDir, execPath, maxMemoryMb, env },
      {
        onMessage: message => this.#child === child && this.#receive(message),
        onRawText: (name, text) => this.#child === child && this.#takeRawText(name, text),
        onExit: reason => this.#child === child && this.#died(reason),
      },
    )
    this.#child = child
    this.#setState('starting')
    return started.promise
  }

  #receive(message: Message): void {
    if (message.type === 'ready') {
      this.#setState('idle')
      this.#started?.resolve()
      this.#next()
    } else if (message.type === 'variables') {
      this.#questions.get(message.requestId)?.(message.variables)
      this.#questions.delete(message.requestId)
    } else if (message.type === 'channel') {
      if (message.open) this.#channels.add(message.channel)
      else this.#channels.delete(message.channel)
      for (const listener of this.#channelListeners) listener()
    } else if (message.type === 'step') {
      this.#asked.get(message.requestId)?.onProgress?.(message.progress)
    } else if (message.type === 'reply') {
      this.#replied(message)
    } else if (message.type === 'done') {
      void this.#done(message)
    } else {
      this.#report(message)
    }
  }

  #replied(message: Message & { type: 'reply' }): void {
    const { requestId, type: _, ...reply } = message
    const asked = this.#asked.get(requestId)
    this.#asked.delete(requestId)
    this.#ended(requestId)
    asked?.resolve(reply)
  }

  /** What began after the interrupt is not what it was for. */
  #ended(id: number): void {
    this.#interrupted.delete(id)
    if (this.#interrupted.size === 0) this.#stopKillTimer()
  }

  #stopKillTimer(): void {
    if (this.#killTimer) clearTimeout(this.#killTimer)
    this.#killTimer = null
  }

  #report(message: Message & { runId: number }): void {
    const job = this.#running
    if (!job || job.runId !== message.runId) {
      if (message.type === 'output' || message.type === 'update') this.#reportLate(message)
      return
    }
    const { handlers } = job
    if (message.type === 'output') handlers.onOutput?.(message.output, message.displayId)
    else if (message.type === 'update') handlers.onUpdate?.(message.output, message.displayId)
    else if (message.type === 'clear') handlers.onClear?.(message.wait)
    else if (message.type === 'progress') handlers.onProgress?.(message.progress)
  }

  #reportLate(message: Message & { type: 'output' | 'update' }): void {
    const own = this.#past.get(message.runId)
    const running = this.#running?.sent ? this.#running.handlers : undefined
    if (own?.onLateOutput) own.onLateOutput(message.output, message.displayId)
    else if (message.type === 'update') running?.onUpdate?.(message.output, message.displayId)
    else running?.onOutput?.(message.output, message.displayId)
  }

  #takeRawText(name: 'stdout' | 'stderr', text: string): void {
    const job = this.#running
    if (!job?.sent || job.rawChars > MAX_RAW_CHARS) return
    job.rawChars += text.length
    const note = job.rawChars > MAX_RAW_CHARS ? '\n… the rest of what programs printed is left out …\n' : ''
    job.handlers.onOutput?.({ output_type: 'stream', name, text: text + note })
  }

  async #done(message: Message & { type: 'done' }): Promise<void> {
    const job = this.#running
    if (!job || job.runId !== message.runId) return
    await this.#child!.drained(message.runId)
    if (this.#running !== job) return
    const { ok, interrupted, ms } = message
    if (!ok || interrupted) this.#dropQueue()
    this.#setState('idle')
    this.#end(job, { ok, interrupted, ms, died: false })
  }

  #end(job: Job, result: RunResult): void {
    this.#ended(job.runId)
    this.#running = null
    this.#past.set(job.runId, job.handlers)
    for (const runId of this.#past.keys()) {
      if (this.#past.size <= REMEMBERED_RUNS) break
      this.#past.delete(runId)
    }
    job.resolve(result)
    this.#next()
  }

  #died(reason: string): void {
    const killed = this.#killed
    const started = this.#started
    this.#forget()
    started?.reject(new Error(reason))
    const why = killed
      ? `The cell did not react to the interrupt within ${this.#killAfterMs / 1000} s, so the kernel was killed. All variables are lost.`
      : reason
    this.#fail(killed, why)
  }

  /** Ends the running cell with an error and drops the others. */
  #fail(interrupted: boolean, why: string): void {
    this.#dropQueue()
    const job = this.#running
    if (!job) return
    const [first, ...details] = why.split('\n')
    if (!job.sent) job.handlers.onStart?.()
    job.handlers.onOutput?.(plainError('KernelDied', first!, details))
    this.#end(job, { ok: false, interrupted, ms: 0, died: true })
  }

  async #stop(why: string): Promise<void> {
    const child = this.#child
    const started = this.#started
    this.#forget()
    started?.reject(new Error(why))
    this.#fail(true, why)
    await child?.leave()
  }

  /** The process is gone, or soon will be: nothing of it counts any more. */
  #forget(): void {
    this.#child = null
    this.#started = null
    this.#killed = false
    for (const answer of this.#questions.values()) answer([])
    this.#questions.clear()
    for (const { resolve } of this.#asked.values()) resolve({ ok: false, error: NO_KERNEL, cancelled: false })
    this.#asked.clear()
    this.#interrupted.clear()
    this.#stopKillTimer()
    this.#channels.clear()
    this.#setState('stopped')
    for (const listener of this.#channelListeners) listener()
  }

  #dropQueue(): void {
    const dropped = this.#queue
    this.#queue = []
    for (const job of dropped) job.resolve(UNRUN)
  }

  #setState(state: SessionState): void {
    if (this.#state === state) return
    this.#state = state
    for (const listener of this.#listeners) listener(state)
  }
}
