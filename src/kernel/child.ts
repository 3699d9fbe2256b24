/** The parent's handle of one kernel process: start, talk, interrupt, end, and why it ended. */
import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { deferred } from './deferred.ts'
import { endOfRun, INTERRUPT_FD, type KernelArguments, type Message, type Request } from './protocol.ts'

export interface ChildOptions {
  entry: string
  cwd: string
  notebookDir: string
  execPath: string
  maxMemoryMb?: number
  env?: Record<string, string>
}

export interface ChildHandlers {
  onMessage(message: Message): void
  /** Text that came past the kernel's own capture, from child processes and native code. */
  onRawText(name: 'stdout' | 'stderr', text: string): void
  /** Called once, when the process is gone and its output is read. */
  onExit(reason: string): void
}

const START_TIMEOUT_MS = 30_000
/** How long a process that is told to go may take. */
const LEAVE_MS = 500
/** How long to wait for the rest of the raw output of a dead process: a child of its own may hold the pipe open. */
const DRAIN_MS = 300
const TAIL_CHARS = 4000
/** From here on stderr is V8's or Node's account of a crash: it goes into the error, not into the stream. */
const CRASH_MARK = /<--- Last few GCs --->|FATAL ERROR:|# Fatal error|\n?Assertion failed|----- Native stack trace/

export class KernelChild {
  readonly #options: ChildOptions
  readonly #handlers: ChildHandlers
  readonly #process: ChildProcess
  readonly #cacheDir = join(tmpdir(), `liqnb-${randomUUID()}`)
  readonly #raw: Record<'stdout' | 'stderr', RawStream>
  readonly #startTimer: NodeJS.Timeout
  #ready = false
  #spawnError: Error | null = null
  #timedOut = false
  #gone = false
  readonly exited: Promise<void>

  constructor(options: ChildOptions, handlers: ChildHandlers) {
    this.#options = options
    this.#handlers = handlers
    const args: KernelArguments = { notebookDir: options.notebookDir, cacheDir: this.#cacheDir }
    this.#process = fork(options.entry, [JSON.stringify(args)], {
      cwd: options.cwd,
      execPath: options.execPath,
      execArgv: [
        // A terminated callback leaves Node's own bookkeeping of it unbalanced; checking it would end the process.
        '--no-force-async-hooks-checks',
        ...(options.maxMemoryMb === undefined ? [] : [`--max-old-space-size=${options.maxMemoryMb}`]),
      ],
      env: { ...process.env, ...withoutDebugging(), ...options.env, ELECTRON_RUN_AS_NODE: '1' },
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
      // A group of its own: Ctrl-C in the terminal is for us to handle, and what a cell starts can be killed with it.
      detached: process.platform !== 'win32',
    })
    this.#raw = {
      stdout: new RawStream(this.#process.stdout!, text => handlers.onRawText('stdout', text)),
      stderr: new RawStream(this.#process.stderr!, text => handlers.onRawText('stderr', text), true),
    }
    // Writing to a process that has just died is no error of ours; its exit is reported.
    this.#interruptPipe.on('error', () => {})
    this.#startTimer = setTimeout(() => {
      this.#timedOut = true
      this.kill()
    }, START_TIMEOUT_MS)
    this.#process.on('message', message => this.#receive(message as Message))
    this.exited = new Promise(resolve => {
      const leave = () => this.#leave().then(resolve)
      this.#process.once('error', error => {
        this.#spawnError ??= error
        if (this.#process.pid === undefined) void leave()
      })
      this.#process.once('exit', () => void leave())
    })
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  get #interruptPipe(): Writable {
    return this.#process.stdio[INTERRUPT_FD] as Writable
  }

  send(request: Request): void {
    if (this.#process.connected) this.#process.send(request, () => {})
  }

  interrupt(runId: number): void {
    if (this.#interruptPipe.writable) this.#interruptPipe.write(`${runId}\n`)
  }

  /** Resolves when all raw output that belongs to a run has been handed on. */
  async drained(runId: number): Promise<void> {
    await Promise.all([this.#raw.stdout.reached(endOfRun(runId)), this.#raw.stderr.reached(endOfRun(runId))])
  }

  /** Lets the process end in good order, and kills it when it does not. */
  async leave(): Promise<void> {
    if (this.#gone) return
    if (this.#process.connected) this.#process.disconnect()
    const timer = setTimeout(() => this.kill(), LEAVE_MS)
    await this.exited
    clearTimeout(timer)
  }

  kill(): void {
    const { pid } = this.#process
    if (pid === undefined || this.#gone) return
    killGroup(pid)
    this.#process.kill('SIGKILL')
  }

  #receive(message: Message): void {
    if (message.type === 'ready') {
      this.#ready = true
      this.#raw.stderr.release()
      clearTimeout(this.#startTimer)
    }
    if (!this.#gone) this.#handlers.onMessage(message)
  }

  async #leave(): Promise<void> {
    if (this.#gone) return
    clearTimeout(this.#startTimer)
    if (this.#process.pid !== undefined) killGroup(this.#process.pid)
    const ended = Promise.all([this.#raw.stdout.ended, this.#raw.stderr.ended])
    const timeout = deferred<void>()
    const timer = setTimeout(timeout.resolve, this.#process.pid === undefined ? 0 : DRAIN_MS)
    await Promise.race([ended, timeout.promise])
    clearTimeout(timer)
    this.#gone = true
    await rm(this.#cacheDir, { recursive: true, force: true })
    this.#handlers.onExit(this.#reason())
  }

  #reason(): string {
    const { execPath, entry, maxMemoryMb } = this.#options
    const tail = this.#raw.stderr.tail.trim()
    const details = tail === '' ? '' : `\n${tail.slice(-TAIL_CHARS)}`
    if (this.#spawnError && this.#process.pid === undefined) {
      return `The kernel could not be started with ${execPath}: ${this.#spawnError.message}. Is that a Node.js (20.9 or later) that can be run, and does the folder ${this.#options.cwd} exist?`
    }
    const { exitCode, signalCode } = this.#process
    const how = signalCode ? `was ended by ${signalCode}` : `exited with code ${exitCode}`
    if (!this.#ready) {
      const why = this.#timedOut ? `was not ready within ${START_TIMEOUT_MS / 1000} s` : `${how} before it was ready`
      return `The kernel ${why}. It was started as: ${execPath} ${entry}${details}`
    }
    if (/heap out of memory|heap limit/i.test(tail)) {
      const limit = maxMemoryMb === undefined ? '' : ` (limit ${maxMemoryMb} MB)`
      return `The kernel ran out of memory${limit}. Load less, free what is not needed, or raise the memory limit. All variables are lost.${details}`
    }
    const hint = signalCode === null ? ' Did a cell call process.exit()?' : ''
    return `The kernel ${how}.${hint} All variables are lost.${details}`
  }
}

/** A raw output pipe: hands text on, takes out the end-of-run marks, keeps the account of a crash apart. */
class RawStream {
  readonly ended: Promise<void>
  /** The end of what was not handed on. */
  tail = ''
  readonly #forward: (text: string) => void
  readonly #marks = new Set<string>()
  readonly #waiting = new Map<string, () => void>()
  #pending = ''
  #watchesForCrash: boolean
  #held: boolean

  /** @param heldBack whether the text is kept until {@link release}, and from the account of a crash on. */
  constructor(stream: Readable, forward: (text: string) => void, heldBack = false) {
    this.#forward = forward
    this.#watchesForCrash = heldBack
    this.#held = heldBack
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => this.#take(text))
    this.ended = new Promise(resolve => {
      stream.once('close', () => {
        this.#pass(this.#pending)
        for (const arrive of this.#waiting.values()) arrive()
        resolve()
      })
    })
    stream.on('error', () => {})
  }

  /** The process has started: from now on its text is handed on. */
  release(): void {
    this.#held = false
    this.tail = ''
  }

  /** Resolves when a mark has been read, or the stream has ended. */
  reached(mark: string): Promise<void> {
    if (this.#marks.delete(mark)) return Promise.resolve()
    return Promise.race([this.ended, new Promise<void>(resolve => this.#waiting.set(mark, resolve))])
  }

  #take(text: string): void {
    this.#pending += text
    for (;;) {
      const match = /\0liqnb:\d+\0/.exec(this.#pending)
      if (!match) break
      this.#pass(this.#pending.slice(0, match.index))
      this.#pending = this.#pending.slice(match.index + match[0].length)
      const arrive = this.#waiting.get(match[0])
      this.#waiting.delete(match[0])
      if (arrive) arrive()
      else this.#marks.add(match[0])
    }
    // The start of a mark may end the chunk.
    const cut = this.#pending.lastIndexOf('\0')
    const whole = cut < 0 || this.#pending.length - cut > 40 ? this.#pending.length : cut
    this.#pass(this.#pending.slice(0, whole))
    this.#pending = this.#pending.slice(whole)
  }

  #pass(text: string): void {
    if (text === '') return
    const crash = this.#watchesForCrash ? CRASH_MARK.exec(text) : null
    const at = this.#held ? 0 : (crash?.index ?? text.length)
    if (crash) this.#held = true
    if (at > 0) this.#forward(text.slice(0, at))
    this.tail = (this.tail + text.slice(at)).slice(-2 * TAIL_CHARS)
  }
}

/** A debugger on the parent must not make the kernel open a port of its own. */
function withoutDebugging(): Record<string, string> {
  const options = process.env.NODE_OPTIONS
  return options === undefined ? {} : { NODE_OPTIONS: options.replaceAll(/--inspect\S*/g, '') }
}

function killGroup(pid: number): void {
  if (process.platform === 'win32') return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // The group is gone, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
