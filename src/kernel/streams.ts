/** Replaces `process.stdout`, `process.stderr` and `console`, so that their text goes to the running cell. */
import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { types } from 'node:util'
import { currentRun, throwIfAbandoned } from './scope.ts'

type StreamName = 'stdout' | 'stderr'

export function captureStreams(global: typeof globalThis): void {
  const stdout = new CapturedStream('stdout', 1)
  const stderr = new CapturedStream('stderr', 2)
  Object.defineProperty(process, 'stdout', { value: stdout, configurable: true, enumerable: true })
  Object.defineProperty(process, 'stderr', { value: stderr, configurable: true, enumerable: true })
  // A new console: the V8 inspector wraps Node's own and keeps logged values alive.
  const console = new Console({ stdout, stderr, colorMode: false, ignoreErrors: false })
  countGroups(console)
  global.console = console
}

/** How many groups of the console are open. */
let openGroups = 0
let endGroup = () => {}

function countGroups(console: Console): void {
  const { group, groupEnd } = console
  console.group = console.groupCollapsed = (...label: unknown[]) => {
    openGroups++
    group.apply(console, label)
  }
  endGroup = console.groupEnd = () => {
    openGroups = Math.max(0, openGroups - 1)
    groupEnd.call(console)
  }
}

/** Ends the groups that a cell has left open, which would indent the text of the next one. */
export function endGroups(): void {
  while (openGroups > 0) endGroup()
}

class CapturedStream extends Writable {
  readonly fd: number
  readonly isTTY = false
  readonly #name: StreamName
  readonly #decoder = new TextDecoder()

  constructor(name: StreamName, fd: number) {
    super({ decodeStrings: false })
    this.#name = name
    this.fd = fd
  }

  /** Bypasses the stream's buffer: a log line costs a microsecond, and backpressure cannot delay it. */
  override write(chunk: unknown, ...rest: unknown[]): boolean {
    const [encoding, callback] = typeof rest[0] === 'function' ? [undefined, rest[0]] : rest
    this.#put(chunk, encoding)
    if (typeof callback === 'function') process.nextTick(callback)
    return true
  }

  override _write(chunk: unknown, encoding: BufferEncoding, callback: () => void): void {
    this.#put(chunk, encoding)
    callback()
  }

  #put(chunk: unknown, encoding: unknown): void {
    throwIfAbandoned()
    currentRun()?.outbox.write(this.#name, this.#textOf(chunk, encoding))
  }

  #textOf(chunk: unknown, encoding: unknown): string {
    if (types.isUint8Array(chunk)) return this.#decoder.decode(chunk, { stream: true })
    if (typeof chunk !== 'string') {
      throw new TypeError(`process.${this.#name}.write takes a string or a Uint8Array, not ${typeof chunk}.`)
    }
    return encoding === 'hex' || encoding === 'base64'
      ? this.#decoder.decode(Buffer.from(chunk, encoding), { stream: true })
      : chunk
  }
}
