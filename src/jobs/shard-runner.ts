/** Runs shards in a process of its own, which may die, take too long or too much memory without harm to this one. */
import { type ChildProcess, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DataError, OptionError, oneLine } from '../common/errors.ts'
import { MEMORY_VARIABLE, type ShardReply, type ShardRequest } from './shard-messages.ts'

export interface ShardLimits {
  /** Memory of the process, MB. Default: that of Node.js. */
  memoryMb?: number
  /** Time of a shard, ms. Default: none. */
  timeoutMs?: number
  /** The built process, where it does not lie beside the library. */
  file?: URL
}

/** The built process, beside the library or beside the folder of its chunks; undefined when the library runs from its sources. */
export function shardProcessFile(): URL | undefined {
  const candidates = ['./shard.mjs', '../shard.mjs'].map(path => new URL(path, import.meta.url))
  return candidates.find(url => url.protocol === 'file:' && existsSync(fileURLToPath(url)))
}

const MAX_REPORT_CHARS = 2000
const ERRORS: Readonly<Record<string, new (message: string) => Error>> = { OptionError, DataError }

interface Running {
  resolve(): void
  reject(error: Error): void
  onProgress(fraction: number): void
  timer: NodeJS.Timeout | undefined
}

export class ShardRunner {
  readonly #limits: ShardLimits
  readonly #file: URL
  #child: ChildProcess | undefined
  #report = ''
  #running = new Map<number, Running>()
  #lastId = 0
  #ended = false

  constructor(limits: ShardLimits, file: URL) {
    this.#limits = limits
    this.#file = file
  }

  /** Id of the process, if there is one. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /**
   * Runs a shard, and writes its file. Starts the process if there is none.
   * @throws OptionError, DataError as the shard does; Error when the process ends, takes too long or too much memory
   */
  run(request: Omit<ShardRequest, 'id'>, onProgress: (fraction: number) => void = () => {}): Promise<void> {
    const { timeoutMs } = this.#limits
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(new Error('It was stopped'))
      const id = ++this.#lastId
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(() => this.#lose(new Error(`it took longer than ${timeoutMs / 1000} s`)), timeoutMs)
      this.#running.set(id, { resolve, reject, onProgress, timer })
      const child = this.#child ?? this.#start()
      child.send({ ...request, id } satisfies ShardRequest, error => {
        if (error) this.#lose(error)
      })
    })
  }

  /** Ends the process at once, and whatever runs in it. */
  end(): void {
    this.#ended = true
    this.#lose(new Error('It was stopped'))
  }

  #start(): ChildProcess {
    const { memoryMb } = this.#limits
    const child = fork(fileURLToPath(this.#file), [], {
      // The flags of this process configure its own debugging and memory.
      execArgv: memoryMb === undefined ? [] : [`--max-old-space-size=${memoryMb}`],
      env: {
        ...process.env,
        ELECTRON_RUN_AS_NODE: '1',
        ...(memoryMb !== undefined && { [MEMORY_VARIABLE]: String(memoryMb) }),
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child = child
    this.#report = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#report = (this.#report + text).slice(-MAX_REPORT_CHARS)
    })
    child.on('message', (reply: ShardReply) => this.#onReply(reply))
    child.on('error', error => this.#onEnd(child, error.message))
    child.on('exit', (code, signal) => this.#onEnd(child, this.#exitText(code, signal)))
    return child
  }

  #onReply(reply: ShardReply): void {
    const running = this.#running.get(reply.id)
    if (!running) return
    if ('progress' in reply) {
      running.onProgress(reply.progress)
      return
    }
    this.#running.delete(reply.id)
    clearTimeout(running.timer)
    if ('done' in reply) running.resolve()
    else running.reject(new (ERRORS[reply.error.name] ?? Error)(reply.error.message))
  }

  #exitText(code: number | null, signal: string | null): string {
    if (/heap out of memory|heap limit/i.test(this.#report)) {
      const { memoryMb } = this.#limits
      return `it ran out of memory${memoryMb === undefined ? '' : ` (limit ${memoryMb} MB)`}`
    }
    const details = this.#report.trim() === '' ? '' : `: ${oneLine(this.#report.trim(), 300)}`
    return `its process ended ${signal ? `by ${signal}` : `with code ${code}`}${details}`
  }

  #onEnd(child: ChildProcess, problem: string): void {
    if (child === this.#child) this.#lose(new Error(problem))
  }

  /** Ends the process and what runs in it with this error. */
  #lose(error: Error): void {
    const child = this.#child
    this.#child = undefined
    child?.kill('SIGKILL')
    const running = [...this.#running.values()]
    this.#running.clear()
    for (const { reject, timer } of running) {
      clearTimeout(timer)
      reject(error)
    }
  }
}
