/** `process.stdout`, `process.stderr` and `console`, as the cell that runs sees them. */
import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { currentRun, stopIfAbandoned } from './scope.ts'

type StreamName = 'stdout' | 'stderr'

export function captureStreams(): void {
  const stdout = new CapturedStream('stdout', 1)
  const stderr = new CapturedStream('stderr', 2)
  Object.defineProperty(process, 'stdout', { value: stdout, configurable: true, enumerable: true })
  Object.defineProperty(process, 'stderr', { value: stderr, configurable: true, enumerable: true })
  // Not Node's own console: the V8 inspector wraps that one and keeps what is logged alive.
  globalThis.console = new Console({ stdout, stderr, colorMode: false, ignoreErrors: false })
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

  /** Around the stream machinery: a log line costs a microsecond so, and cannot be held back by backpressure. */
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
    stopIfAbandoned()
    currentRun()?.outbox.write(this.#name, this.#textOf(chunk, encoding))
  }

  #textOf(chunk: unknown, encoding: unknown): string {
    if (chunk instanceof Uint8Array) return this.#decoder.decode(chunk, { stream: true })
    if (typeof chunk !== 'string') {
      throw new TypeError(`process.${this.#name}.write takes a string or a Uint8Array, not ${typeof chunk}.`)
    }
    return encoding === 'hex' || encoding === 'base64'
      ? this.#decoder.decode(Buffer.from(chunk, encoding), { stream: true })
      : chunk
  }
}
