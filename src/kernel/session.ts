/**
 * The parent's side of one kernel: starts the process, queues cells, interrupts and restarts, and reports the death of the
 * process in the cell that was running. Used by the command line and by VS Code.
 */
import type { KeyAnswer, KeyRequest } from '../common/exchange-key.ts'
import { createErrorOutput } from '../notebook/outputs.ts'
import { type CellContext, CellJob, NOT_RUN, type RunHandlers, type RunMessage, type RunResult } from './cell-job.ts'
import { KernelProcess } from './child-process.ts'
import { type Deferred, deferred } from './deferred.ts'
import { InterruptDeadline } from './interrupt-deadline.ts'
import { PendingRequests } from './pending-requests.ts'
import type { Progress, Reply, SessionMessage, Variable, VariableQuery } from './protocol.ts'

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
  /** Gives cells the user's keys of exchanges, each when a cell asks for it. Default: there are none. */
  exchangeKey?(request: KeyRequest): Promise<KeyAnswer>
  /** How long an interrupted cell may continue before the process is killed, ms. Default: 5000. */
  killAfterMs?: number
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
  /** Id of the kernel process, if there is one. */
  readonly pid: number | undefined
  onDidChangeState(listener: (state: SessionState) => void): { dispose(): void }
  /** How much memory the kernel process takes, in bytes; undefined while there is none. */
  readonly memoryBytes: number | undefined
  onDidChangeMemory(listener: () => void): { dispose(): void }
  /** Called with the reason when the process ends by itself after it had started: it crashed, ran out of memory, was killed. */
  onDidDie(listener: (reason: string) => void): { dispose(): void }
  /**
   * Runs a cell after those already queued; starts the process if there is none. Also resolves if the cell throws: the
   * error is an output and `ok` is false. Unless the cell may fail, the cells queued behind it then resolve without running,
   * with `interrupted: true`.
   */
  execute(code: string, cellNumber: number, handlers?: RunHandlers, context?: CellContext): Promise<RunResult>
  /**
   * Stops the running cell and drops the queue; keeps the variables if possible (abort → terminate → kill). Resolves when
   * the cell has ended.
   */
  interrupt(): Promise<void>
  /** Ends the process and starts a new one. Rejects with the reason if that does not start. */
  restart(): Promise<void>
  /** Whether the channel accepts requests. */
  hasChannel(channel: string): boolean
  /** Called when channels open or close, also when the kernel ends. */
  onDidChangeChannels(listener: () => void): { dispose(): void }
  /** Whether a request to a channel is pending; {@link interrupt} stops it. */
  readonly hasActiveRequests: boolean
  /** Sends a message to a channel. Never rejects: errors are in the reply. */
  request(request: ChannelRequest): Promise<Reply>
  /** Asks about the variables; a busy kernel answers when it can. Never rejects: errors are in the reply. */
  inspect(query: VariableQuery): Promise<Reply>
  /** The variables that the cells have declared; none while there is no process. */
  variables(): Promise<Variable[]>
  /**
   * Lets a debugger attach to the kernel, and starts the process if there is none.
   * @returns the address, ws://127.0.0.1:…; the same one while it is open
   * @throws Error with the reason if the kernel does not start, or its runtime has no inspector
   */
  openDebugger(): Promise<string>
  /** Closes what {@link openDebugger} opened. Does nothing while the process is not running. */
  closeDebugger(): Promise<void>
  /** The number of the cell of each timer that has not fired, once per timer; none while there is no process. */
  pendingTimers(): Promise<number[]>
  dispose(): Promise<void>
}

export function createSession(options: SessionOptions): Session {
  return new KernelSession(options)
}

/** Ended runs whose late outputs still reach their handlers. */
const MAX_ENDED_RUNS = 500
const DEFAULT_KILL_AFTER_MS = 5000
const NO_KERNEL: Reply = {
  ok: false,
  error: 'The kernel of this notebook is not running: run the cell again.',
  cancelled: false,
}

class KernelSession implements Session {
  readonly #options: SessionOptions
  readonly #killAfterMs: number
  readonly #stateListeners = new Set<(state: SessionState) => void>()
  readonly #channelListeners = new Set<() => void>()
  readonly #memoryListeners = new Set<() => void>()
  readonly #deathListeners = new Set<(reason: string) => void>()
  #memoryBytes: number | undefined
  readonly #channels = new Set<string>()
  readonly #requests = new PendingRequests()
  readonly #inspections = new PendingRequests()
  readonly #debuggerRequests = new PendingRequests()
  readonly #timerRequests = new Map<number, (cellNumbers: number[]) => void>()
  readonly #endedRuns = new Map<number, RunHandlers>()
  readonly #interruptDeadline: InterruptDeadline
  #state: SessionState = 'stopped'
  #process: KernelProcess | null = null
  #started: Deferred<void> | null = null
  #queue: CellJob[] = []
  #running: CellJob | null = null
  /** Whether the process was killed because it did not respond to an interrupt. */
  #killed = false
  #counter = 0
  #disposed = false

  constructor(options: SessionOptions) {
    this.#options = options
    this.#killAfterMs = options.killAfterMs ?? DEFAULT_KILL_AFTER_MS
    this.#interruptDeadline = new InterruptDeadline(this.#killAfterMs, () => {
      this.#killed = true
      this.#process?.kill()
    })
  }

  get state(): SessionState {
    return this.#state
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  onDidChangeState(listener: (state: SessionState) => void): { dispose(): void } {
    this.#stateListeners.add(listener)
    return { dispose: () => this.#stateListeners.delete(listener) }
  }

  get memoryBytes(): number | undefined {
    return this.#memoryBytes
  }

  onDidChangeMemory(listener: () => void): { dispose(): void } {
    this.#memoryListeners.add(listener)
    return { dispose: () => this.#memoryListeners.delete(listener) }
  }

  onDidDie(listener: (reason: string) => void): { dispose(): void } {
    this.#deathListeners.add(listener)
    return { dispose: () => this.#deathListeners.delete(listener) }
  }

  execute(code: string, cellNumber: number, handlers: RunHandlers = {}, context: CellContext = {}): Promise<RunResult> {
    if (this.#disposed) return Promise.reject(new Error('This session is disposed.'))
    const job = new CellJob(++this.#counter, code, cellNumber, handlers, context)
    this.#queue.push(job)
    this.#next()
    return job.ended
  }

  async interrupt(): Promise<void> {
    this.#dropQueue()
    const job = this.#running
    if (job && !job.sent) return this.#end(job, NOT_RUN)
    const ids = job ? [job.runId] : this.#requests.ids
    if (ids.length === 0) return
    for (const id of ids) this.#process?.interrupt(id)
    this.#interruptDeadline.start(ids)
    await job?.ended
  }

  get hasActiveRequests(): boolean {
    return this.#requests.ids.length > 0
  }

  hasChannel(channel: string): boolean {
    return this.#channels.has(channel)
  }

  onDidChangeChannels(listener: () => void): { dispose(): void } {
    this.#channelListeners.add(listener)
    return { dispose: () => this.#channelListeners.delete(listener) }
  }

  async request({ channel, message, slot, signal, onProgress }: ChannelRequest): Promise<Reply> {
    const kernel = this.#process
    if (!kernel || this.#state === 'starting') return NO_KERNEL
    if (signal?.aborted) return { ok: false, error: 'The request was cancelled.', cancelled: true }
    const requestId = ++this.#counter
    const cancel = () => kernel.send({ type: 'cancel', requestId })
    signal?.addEventListener('abort', cancel, { once: true })
    const reply = this.#requests.add(requestId, onProgress)
    kernel.send({ type: 'request', requestId, channel, slot, message })
    return reply.finally(() => signal?.removeEventListener('abort', cancel))
  }

  async restart(): Promise<void> {
    if (this.#disposed) throw new Error('This session is disposed.')
    await this.#stop('The kernel was restarted.')
    if (!this.#disposed) await this.#start()
  }

  async inspect(query: VariableQuery): Promise<Reply> {
    const kernel = this.#process
    if (!kernel || this.#state === 'starting') return NO_KERNEL
    const requestId = ++this.#counter
    const reply = this.#inspections.add(requestId, undefined)
    kernel.send({ type: 'inspect', requestId, query })
    return reply
  }

  async variables(): Promise<Variable[]> {
    const reply = await this.inspect({ kind: 'list' })
    return reply.ok ? (reply.value as Variable[]) : []
  }

  async openDebugger(): Promise<string> {
    if (this.#disposed) throw new Error('This session is disposed.')
    await (this.#started?.promise ?? this.#start())
    const reply = await this.#setDebugger(true)
    if (!reply.ok) throw new Error(`No debugger can attach to the kernel: ${reply.error}`)
    return reply.value as string
  }

  async closeDebugger(): Promise<void> {
    if (this.#process && this.#state !== 'starting') await this.#setDebugger(false)
  }

  async #setDebugger(open: boolean): Promise<Reply> {
    const kernel = this.#process
    if (!kernel) return NO_KERNEL
    const requestId = ++this.#counter
    const reply = this.#debuggerRequests.add(requestId, undefined)
    kernel.send({ type: 'debugger', requestId, open })
    return reply
  }

  async pendingTimers(): Promise<number[]> {
    const kernel = this.#process
    if (!kernel || this.#state === 'starting') return []
    const requestId = ++this.#counter
    return new Promise(resolve => {
      this.#timerRequests.set(requestId, resolve)
      kernel.send({ type: 'timers', requestId })
    })
  }

  async dispose(): Promise<void> {
    this.#disposed = true
    await this.#stop('The kernel was shut down.')
    this.#stateListeners.clear()
    this.#memoryListeners.clear()
    this.#deathListeners.clear()
    this.#channelListeners.clear()
  }

  /** Runs the next cell if the kernel is idle; starts the kernel if it is stopped. */
  #next(): void {
    this.#running ??= this.#queue.shift() ?? null
    const job = this.#running
    if (!job || job.sent || this.#disposed) return
    if (this.#state === 'stopped') this.#start().catch(() => {})
    if (this.#state !== 'idle') return
    job.sent = true
    this.#setState('busy')
    job.handlers.onStart?.()
    this.#process?.send(job.request)
  }

  /** Resolves when the kernel accepts cells. A failure rejects, and is reported in the waiting cell. */
  #start(): Promise<void> {
    if (this.#started) return this.#started.promise
    const started = deferred<void>()
    this.#started = started
    started.promise.catch(() => {})
    const { cwd, notebookDir = cwd, execPath = process.execPath } = this.#options
    const kernel: KernelProcess = new KernelProcess(
      { ...this.#options, notebookDir, execPath },
      {
        onMessage: message => this.#process === kernel && this.#receive(message),
        onRawText: (name, text) =>
          this.#process === kernel && this.#running?.sent && this.#running.reportRawText(name, text),
        onMemory: bytes => this.#process === kernel && this.#setMemory(bytes),
        onExit: (reason, clean) => this.#process === kernel && this.#onExit(reason, clean),
      },
    )
    this.#process = kernel
    this.#setState('starting')
    return started.promise
  }

  #receive(message: SessionMessage): void {
    switch (message.type) {
      case 'ready':
        this.#setState('idle')
        this.#started?.resolve()
        this.#next()
        break
      case 'inspected': {
        const { requestId, type: _, ...reply } = message
        this.#inspections.settle(requestId, reply)
        break
      }
      case 'debugger': {
        const { requestId, type: _, ...reply } = message
        this.#debuggerRequests.settle(requestId, reply)
        break
      }
      case 'timers':
        this.#timerRequests.get(message.requestId)?.(message.cellNumbers)
        this.#timerRequests.delete(message.requestId)
        break
      case 'channel':
        if (message.open) this.#channels.add(message.channel)
        else this.#channels.delete(message.channel)
        for (const listener of this.#channelListeners) listener()
        break
      case 'key':
        void this.#answerKey(message)
        break
      case 'step':
        this.#requests.reportProgress(message.requestId, message.progress)
        break
      case 'reply': {
        const { requestId, type: _, ...reply } = message
        this.#interruptDeadline.ended(requestId)
        this.#requests.settle(requestId, reply)
        break
      }
      case 'done':
        void this.#onDone(message)
        break
      default:
        if (this.#running?.runId === message.runId) this.#running.report(message)
        else this.#reportLate(message)
    }
  }

  async #answerKey({ requestId, request }: SessionMessage & { type: 'key' }): Promise<void> {
    const kernel = this.#process
    const ask = this.#options.exchangeKey ?? (async () => ({ refusal: 'cells get no keys here' }))
    const answer = await ask(request).catch((error: Error): KeyAnswer => ({ refusal: error.message }))
    kernel?.answerKey(requestId, request.name, answer)
  }

  /** Hands output of an ended run to that run's handlers. */
  #reportLate(message: RunMessage): void {
    const handlers = this.#endedRuns.get(message.runId)
    if (message.type === 'notification') handlers?.onNotification?.(message.text)
    if (message.type !== 'output' && message.type !== 'update') return
    if (handlers?.onLateOutput) handlers.onLateOutput(message.output, message.displayId)
    else if (this.#running?.sent) this.#running.report(message)
  }

  async #onDone({ runId, ok, interrupted, ms }: SessionMessage & { type: 'done' }): Promise<void> {
    const job = this.#running
    if (!job || job.runId !== runId) return
    await this.#process?.drained(runId)
    if (this.#running !== job) return
    if (interrupted || !(ok || job.mayFail)) this.#dropQueue()
    this.#setState('idle')
    this.#end(job, { ok, interrupted, ms, died: false })
  }

  #end(job: CellJob, result: RunResult): void {
    this.#interruptDeadline.ended(job.runId)
    this.#running = null
    this.#endedRuns.set(job.runId, job.handlers)
    for (const runId of this.#endedRuns.keys()) {
      if (this.#endedRuns.size <= MAX_ENDED_RUNS) break
      this.#endedRuns.delete(runId)
    }
    job.end(result)
    this.#next()
  }

  #onExit(exitReason: string, clean: boolean): void {
    const killed = this.#killed
    const started = this.#started
    const wasReady = this.#state !== 'starting'
    this.#detach()
    started?.reject(new Error(exitReason))
    const reason = killed
      ? `The cell did not respond to the interrupt within ${this.#killAfterMs / 1000} s, so the kernel was killed. All variables are lost.`
      : exitReason
    if (clean && !killed) {
      this.#endCleanly(exitReason)
      return
    }
    this.#fail(killed, reason)
    if (wasReady) for (const listener of this.#deathListeners) listener(reason)
  }

  /** The running cell has called `process.exit(0)`: it ends without an error, and the others are dropped. */
  #endCleanly(reason: string): void {
    this.#dropQueue()
    const job = this.#running
    if (!job) return
    job.handlers.onOutput?.({ output_type: 'stream', name: 'stderr', text: `${reason}\n` })
    this.#end(job, { ok: true, interrupted: false, ms: 0, died: true })
  }

  /** Ends the running cell with an error and drops the others. */
  #fail(interrupted: boolean, reason: string): void {
    this.#dropQueue()
    const job = this.#running
    if (!job) return
    const [summary = '', ...details] = reason.split('\n')
    if (!job.sent) job.handlers.onStart?.()
    job.handlers.onOutput?.(createErrorOutput('KernelDied', summary, details))
    this.#end(job, { ok: false, interrupted, ms: 0, died: true })
  }

  async #stop(reason: string): Promise<void> {
    const kernel = this.#process
    const started = this.#started
    this.#detach()
    started?.reject(new Error(reason))
    this.#fail(true, reason)
    await kernel?.shutdown()
  }

  /** Forgets the process, which has exited or soon will, and everything that it holds. */
  #detach(): void {
    this.#process = null
    this.#started = null
    this.#killed = false
    this.#inspections.settleAll(NO_KERNEL)
    for (const resolve of this.#timerRequests.values()) resolve([])
    this.#timerRequests.clear()
    this.#requests.settleAll(NO_KERNEL)
    this.#debuggerRequests.settleAll(NO_KERNEL)
    this.#interruptDeadline.cancel()
    this.#channels.clear()
    this.#setMemory(undefined)
    this.#setState('stopped')
    for (const listener of this.#channelListeners) listener()
  }

  #dropQueue(): void {
    const dropped = this.#queue
    this.#queue = []
    for (const job of dropped) job.end(NOT_RUN)
  }

  #setMemory(bytes: number | undefined): void {
    if (this.#memoryBytes === bytes) return
    this.#memoryBytes = bytes
    for (const listener of this.#memoryListeners) listener()
  }

  #setState(state: SessionState): void {
    if (this.#state === state) return
    this.#state = state
    for (const listener of this.#stateListeners) listener(state)
  }
}
