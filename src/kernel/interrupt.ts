/**
 * The kernel's side of an interrupt. A worker thread hears of it, because the main thread may be in an endless loop. It
 * knocks at the main thread; when that does not answer, the worker has V8 terminate what runs there, and knocks again.
 *
 * A termination also hits the kernel's own code if that happens to run, so it must be known when one may be under way:
 * `word` is agreed on by compare-and-exchange. Only `asked` may become `terminating` (by the worker) or `quiet` (by the
 * main thread, which then knows that no termination will come).
 */
import { Session } from 'node:inspector'
import { Socket } from 'node:net'
import { type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads'
import { INTERRUPT_FD } from './protocol.ts'

const QUIET = 0
const ASKED = 1
const TERMINATING = 2

/** How long the main thread may take to answer before it counts as blocked. */
const PATIENCE_MS = 150
const LOOK_MS = 25

interface Knock {
  runId: number
  /** The main thread was just brought to a stop. */
  terminated: boolean
  /** Only to see whether the main thread still answers. */
  repeated: boolean
}

interface Shared {
  /** [word, id of the work under way or 0, highest id of work that has begun, id of the work to interrupt] */
  cells: Int32Array
}

/** Main thread: starts the worker and tells of interrupts. */
export class Interrupts {
  readonly #cells = new Int32Array(new SharedArrayBuffer(16))
  #run = 0
  readonly #answers = new Set<number>()

  /**
   * @param entry the kernel's own file, which runs {@link watchForInterrupts} in a worker.
   * @param onInterrupt called on the main thread, outside of any cell code. `stopped` says whether cell code was
   * terminated to get there.
   */
  constructor(entry: URL, onInterrupt: (runId: number, stopped: boolean) => void) {
    const shared: Shared = { cells: this.#cells }
    const worker = new Worker(entry, { workerData: shared, execArgv: [], argv: [] })
    worker.unref()
    let terminated = false
    worker.on('message', (knock: Knock) => {
      terminated ||= knock.terminated
      if (Atomics.compareExchange(this.#cells, 0, ASKED, QUIET) !== ASKED) return
      const stopped = terminated
      terminated = false
      if (stopped || !knock.repeated) onInterrupt(knock.runId, stopped)
    })
    worker.on('error', error => {
      process.emitWarning(`Cells cannot be interrupted: ${error.message}`)
    })
  }

  /** A run or an answer begins: from now on it may be terminated. False when it was interrupted while it had to wait. */
  begin(id: number, kind: 'run' | 'answer'): boolean {
    if (kind === 'run') this.#run = id
    else this.#answers.add(id)
    this.#publish()
    Atomics.store(this.#cells, 2, Math.max(id, Atomics.load(this.#cells, 2)))
    return Atomics.load(this.#cells, 3) !== id
  }

  /**
   * The run or answer is over. False when a termination is under way: it must hit first, and `onInterrupt` will be called.
   */
  end(id: number): boolean {
    if (this.#run === id) this.#run = 0
    this.#answers.delete(id)
    this.#publish()
    // What is asked of other work still holds.
    if (Atomics.load(this.#cells, 1) !== 0 && Atomics.load(this.#cells, 3) !== id)
      return Atomics.load(this.#cells, 0) !== TERMINATING
    return Atomics.compareExchange(this.#cells, 0, ASKED, QUIET) !== TERMINATING
  }

  /** As {@link end}; a termination that is under way hits here, where it does no harm. */
  endAnswer(id: number): void {
    if (this.end(id)) return
    while (Atomics.load(this.#cells, 0) === TERMINATING);
  }

  /** An interrupt is for the run where there is one; whatever blocks the main thread is terminated then. */
  #publish(): void {
    Atomics.store(this.#cells, 1, this.#run || Math.max(0, ...this.#answers))
  }
}

/** Worker thread: reads the interrupt pipe until the parent is gone. */
export function watchForInterrupts(): void {
  const { cells } = workerData as Shared
  const port = parentPort!
  const pipe = new Socket({ fd: INTERRUPT_FD, readable: true, writable: false })
  let rest = ''
  pipe.setEncoding('utf8')
  pipe.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    for (const line of lines) knock(Number(line), cells, port)
  })
  // The parent is gone. The main thread may not notice: it may be in an endless loop.
  pipe.on('close', () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1000))
  pipe.on('error', () => pipe.destroy())
}

function knock(runId: number, cells: Int32Array, port: MessagePort, repeated = false): void {
  if (Atomics.load(cells, 0) === TERMINATING) return
  Atomics.store(cells, 3, runId)
  Atomics.store(cells, 0, ASKED)
  post(port, { runId, terminated: false, repeated })
  const since = performance.now()
  const look = setInterval(() => {
    const over = isOver(runId, cells)
    const answered = Atomics.load(cells, 0) !== ASKED
    if (!over && !answered && performance.now() - since < PATIENCE_MS) return
    clearInterval(look)
    if (over) return
    // While the cell takes its time to end, it may block once more, for one in a listener to its signal.
    if (answered) setTimeout(() => isOver(runId, cells) || knock(runId, cells, port, true), PATIENCE_MS)
    else if (Atomics.compareExchange(cells, 0, ASKED, TERMINATING) === ASKED) terminate(runId, cells, port)
  }, LOOK_MS)
}

/** A run that has not begun is not over: what an earlier cell left behind may keep the main thread from taking it up. */
function isOver(runId: number, cells: Int32Array): boolean {
  return Atomics.load(cells, 1) !== runId && Atomics.load(cells, 2) >= runId
}

function post(port: MessagePort, message: Knock): void {
  port.postMessage(message)
}

/** Address of this file, for stack traces to leave out. */
export const INTERRUPT_MODULE = import.meta.url

let session: Session | null = null

function disconnect(): void {
  session?.disconnect()
  session = null
}

function terminate(runId: number, cells: Int32Array, port: MessagePort): void {
  if (!session) {
    session = new Session()
    session.connectToMainThread()
  }
  // A termination takes effect only when code runs. Should the main thread have come to rest just now, this wakes it.
  const wake = setInterval(() => post(port, { runId, terminated: false, repeated: true }), LOOK_MS)
  // Answered when the termination has taken effect.
  session.post('Runtime.terminateExecution', () => {
    clearInterval(wake)
    // A session that stays connected keeps the process from exiting.
    setImmediate(disconnect)
    Atomics.store(cells, 0, QUIET)
    post(port, { runId, terminated: true, repeated: true })
    knock(runId, cells, port)
  })
}
