/** The parent's handle to one kernel process: starts, messages, interrupts and ends it, and reports why it ended. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex, Readable, Writable } from 'node:stream'
import { deserialize } from 'node:v8'
import { isKeyVariable, type KeyAnswer, keyLabel, keyParts } from '../common/exchange-key.ts'
import { deferred } from './deferred.ts'
import { killGroup } from './detached-children.ts'
import { memoryReader } from './memory-report.ts'
import { encodeRequest, frame, readMessages } from './message-stream.ts'
import {
  endOfRunMarker,
  INTERRUPT_FD,
  type KernelArguments,
  MESSAGE_FD,
  type Message,
  REQUEST_FD,
  type Request,
  type SessionMessage,
} from './protocol.ts'
import { RawStream } from './raw-stream.ts'
import { Redactor } from './redact.ts'

export interface KernelProcessOptions {
  entry: string
  cwd: string
  notebookDir: string
  execPath: string
  maxMemoryMb?: number
  env?: Record<string, string>
}

export interface KernelProcessHandlers {
  onMessage(message: SessionMessage): void
  /** Text that the kernel does not capture, from child processes and native code. */
  onRawText(name: 'stdout' | 'stderr', text: string): void
  /** How much memory the process takes; also while a cell keeps it busy. */
  onMemory(bytes: number): void
  /** Called once, when the process has exited and its output is read; `clean` if a cell ended it by `process.exit(0)`. */
  onExit(reason: string, clean: boolean): void
}

const START_TIMEOUT_MS = 30_000
/** How long the process may take to exit by itself. */
const SHUTDOWN_TIMEOUT_MS = 500
/** How long to wait for the remaining raw output of an exited process: one of its children may keep the pipe open. */
const DRAIN_TIMEOUT_MS = 300
const MAX_DETAIL_CHARS = 4000
/** What Node writes when a debugger may attach, and when it has gone. */
const INSPECTOR_NOTICES =
  /^(?:Debugger (?:attached\.|(?:listening|ending) on ws:\/\/\S+)|For help, see: https:\/\/nodejs\.org\/en\/docs\/inspector|Waiting for the debugger to disconnect\.\.\.)\r?\n?/gm

export class KernelProcess {
  readonly #options: KernelProcessOptions
  readonly #handlers: KernelProcessHandlers
  readonly #process: ChildProcess
  readonly #requests: Writable
  readonly #messages: Readable
  readonly #interruptPipe: Writable
  /** The detached processes that cells have started. */
  readonly #detached = new Set<number>()
  readonly #cacheDir = join(tmpdir(), `liqnb-${randomUUID()}`)
  /** Secrets that the kernel knows, for the text that does not come through it. */
  readonly #secrets = new Redactor()
  readonly #raw: Record<'stdout' | 'stderr', RawStream>
  readonly #startTimer: NodeJS.Timeout
  #ready = false
  #spawnError: Error | null = null
  #timedOut = false
  #ended = false
  readonly exited: Promise<void>

  constructor(options: KernelProcessOptions, handlers: KernelProcessHandlers) {
    this.#options = options
    this.#handlers = handlers
    const args: KernelArguments = { notebookDir: options.notebookDir, cacheDir: this.#cacheDir }
    const nodeOptions = [
      // A terminated callback leaves Node's async hooks unbalanced; the check would end the process.
      '--no-force-async-hooks-checks',
      // A program on this machine that finds the port of a debugger must not learn the address from it.
      '--inspect-publish-uid=stderr',
      ...(options.maxMemoryMb === undefined ? [] : [`--max-old-space-size=${options.maxMemoryMb}`]),
    ]
    this.#process = spawn(options.execPath, [...nodeOptions, options.entry, JSON.stringify(args)], {
      cwd: options.cwd,
      env: { ...withoutKeys(process.env), ...withoutInspectOptions(), ...options.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
      // A separate process group: the parent handles Ctrl-C in the terminal, and can kill what a cell starts as well.
      detached: process.platform !== 'win32',
    })
    const { stdout, stderr } = this.#process
    const stdio: readonly unknown[] = this.#process.stdio
    const requests = stdio[REQUEST_FD]
    const messages = stdio[MESSAGE_FD]
    const interruptPipe = stdio[INTERRUPT_FD]
    if (
      !stdout ||
      !stderr ||
      !(requests instanceof Writable) ||
      !(messages instanceof Readable) ||
      !(interruptPipe instanceof Duplex)
    )
      throw new Error('The kernel process was started without its pipes.')
    this.#raw = {
      stdout: new RawStream(stdout, text => handlers.onRawText('stdout', text), this.#secrets),
      stderr: new RawStream(
        stderr,
        text => {
          const shown = text.replaceAll(INSPECTOR_NOTICES, '')
          if (shown !== '') handlers.onRawText('stderr', shown)
        },
        this.#secrets,
        true,
      ),
    }
    this.#interruptPipe = interruptPipe
    this.#requests = requests
    this.#messages = messages
    // A write to a process that has just exited fails; the exit itself is reported.
    interruptPipe.on('error', () => {})
    interruptPipe.setEncoding('utf8').on(
      'data',
      memoryReader(bytes => this.#ended || handlers.onMemory(bytes)),
    )
    requests.on('error', () => {})
    messages.on('error', () => {})
    this.#startTimer = setTimeout(() => {
      this.#timedOut = true
      this.kill()
    }, START_TIMEOUT_MS)
    readMessages(messages, message => this.#receive(deserialize(message) as Message))
    this.exited = new Promise(resolve => {
      const onEnd = () => this.#onEnd().then(resolve)
      this.#process.once('error', error => {
        this.#spawnError ??= error
        if (this.#process.pid === undefined) void onEnd()
      })
      this.#process.once('exit', () => void onEnd())
    })
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  send(request: Request): void {
    if (this.#requests.writable) this.#requests.write(frame(encodeRequest(request)))
  }

  /** Gives the kernel a key, or says why not. */
  answerKey(requestId: number, name: string, answer: KeyAnswer): void {
    if ('key' in answer) for (const part of keyParts(answer.key)) this.#secrets.add(part, keyLabel(name))
    this.send({ type: 'key', requestId, answer })
  }

  interrupt(runId: number): void {
    if (this.#interruptPipe.writable) this.#interruptPipe.write(`${runId}\n`)
  }

  /** Resolves when all raw output that belongs to a run has been forwarded. */
  async drained(runId: number): Promise<void> {
    const marker = endOfRunMarker(runId)
    await Promise.all([this.#raw.stdout.markerRead(marker), this.#raw.stderr.markerRead(marker)])
  }

  /** Lets the process exit by itself, and kills it if it does not. */
  async shutdown(): Promise<void> {
    if (this.#ended) return
    this.#requests.destroy()
    const timer = setTimeout(() => this.kill(), SHUTDOWN_TIMEOUT_MS)
    await this.exited
    clearTimeout(timer)
  }

  kill(): void {
    const { pid } = this.#process
    if (pid === undefined || this.#ended) return
    this.#killGroups(pid)
    this.#process.kill('SIGKILL')
  }

  /** Ends the processes that cells have started. */
  #killGroups(pid: number): void {
    for (const leader of [pid, ...this.#detached]) killGroup(leader)
  }

  #receive(message: Message): void {
    if (message.type === 'ready') {
      this.#ready = true
      this.#raw.stderr.release()
      clearTimeout(this.#startTimer)
    }
    if (message.type === 'hide') this.#secrets.add(message.secret, message.label)
    else if (message.type !== 'detached') {
      if (!this.#ended) this.#handlers.onMessage(message)
    } else if (message.running) this.#detached.add(message.pid)
    else this.#detached.delete(message.pid)
  }

  async #onEnd(): Promise<void> {
    if (this.#ended) return
    clearTimeout(this.#startTimer)
    const { pid } = this.#process
    if (pid !== undefined) this.#killGroups(pid)
    const messagesRead = deferred<void>()
    if (this.#messages.closed) messagesRead.resolve()
    else this.#messages.once('close', messagesRead.resolve)
    const drained = Promise.all([this.#raw.stdout.ended, this.#raw.stderr.ended, messagesRead.promise])
    const timeout = deferred<void>()
    const timer = setTimeout(timeout.resolve, pid === undefined ? 0 : DRAIN_TIMEOUT_MS)
    await Promise.race([drained, timeout.promise])
    clearTimeout(timer)
    // The last messages may have told of another process.
    if (pid !== undefined) this.#killGroups(pid)
    this.#ended = true
    await rm(this.#cacheDir, { recursive: true, force: true })
    this.#handlers.onExit(this.#exitReason(), this.#ready && this.#process.exitCode === 0)
  }

  #exitReason(): string {
    const { execPath, entry, maxMemoryMb } = this.#options
    const report = this.#raw.stderr.withheld.trim()
    const details = report === '' ? '' : `\n${report.slice(-MAX_DETAIL_CHARS)}`
    if (this.#spawnError && this.#process.pid === undefined) {
      return `The kernel could not be started with ${execPath}: ${this.#spawnError.message}. Check that this is an executable Node.js (20.9 or later), and that the folder ${this.#options.cwd} exists.`
    }
    const { exitCode, signalCode } = this.#process
    const exit = signalCode ? `was ended by ${signalCode}` : `exited with code ${exitCode}`
    if (!this.#ready) {
      const problem = this.#timedOut
        ? `was not ready within ${START_TIMEOUT_MS / 1000} s`
        : `${exit} before it was ready`
      return `The kernel ${problem}. It was started as: ${execPath} ${entry}${details}`
    }
    if (/heap out of memory|heap limit/i.test(report)) {
      const limit = maxMemoryMb === undefined ? '' : ` (limit ${maxMemoryMb} MB)`
      return `The kernel ran out of memory${limit}. Load less, free what is not needed, or raise the memory limit. All variables are lost.${details}`
    }
    if (exitCode === 0) return 'The cell called process.exit(0), which ended the kernel. All variables are lost.'
    const hint = signalCode === null ? ' Did a cell call process.exit()?' : ''
    return `The kernel ${exit}.${hint} All variables are lost.${details}`
  }
}

/** `NODE_OPTIONS` without the parent's debugger flags, so that the kernel opens no debug port. */
function withoutInspectOptions(): Record<string, string> {
  const options = process.env.NODE_OPTIONS
  return options === undefined ? {} : { NODE_OPTIONS: options.replaceAll(/--inspect\S*/g, '') }
}

/** The environment without keys of exchanges: a cell gets them by naming the exchange. */
function withoutKeys(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isKeyVariable(name)))
}
